"""An article from the web: only when asked for by name, never from a private address, within bounds of size and time.

Addresses are checked when the connection is made (httpx-secure), so that neither a redirect nor a name that changes
its address between check and use reaches the inner network. Answers are taken unpacked only: a packed one could be
a thousand times its size.
"""

from __future__ import annotations

import ipaddress
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tabayyun.article import Article
from tabayyun.errors import ConfigError, InputError
from tabayyun.ingest import MAX_BYTES, fields, from_fields

if TYPE_CHECKING:
    import httpx

SECONDS = 20.0
MAX_REDIRECTS = 5
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "application/pdf": ".pdf",
    "application/json": ".json",
}
_PORTS = (None, 80, 443)
_INNER = tuple(
    map(
        ipaddress.ip_network,
        ("::/96", "2002::/16", "64:ff9b:1::/48", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15"),
    )
)
"""Networks that reach inner ones by translation, or belong to a provider, though they count as global."""


def fetch(url: str, *, outlet: str = "", published: str | None = None) -> Article:
    """Return the article at `url` (http or https); `outlet` and `published` win over what the page says.

    Raises:
        ConfigError: the extra `web` is not installed.
        InputError: the address is not a public web address, does not answer in time, is too large, or holds no article.
    """
    import asyncio

    _plain_or_error(url)
    if find_spec("httpx_secure") is None:
        raise ConfigError(
            "Web addresses need an extra: pip install 'tabayyun[web]'. Or save the page and give the file."
        )
    data, kind, final = asyncio.run(_download(url))
    suffix = _SUFFIXES.get(kind)
    if suffix is None:
        raise InputError(f"{url} is of the type {kind or 'unknown'}, not a page. Give the address of an article.")
    return from_fields(fields(data, url, suffix, final) | {"url": final}, url, outlet, published)


def _plain_or_error(url: str) -> None:
    try:
        parts = urlsplit(url)
        allowed = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port in _PORTS
    except ValueError:
        allowed = False
    if not allowed or parts.username or parts.password:
        raise InputError(f"{url} is no plain web address. Give one that begins with https:// and has no password.")


async def _plain_hop(request: httpx.Request) -> None:
    """A redirect leads to a plain web address, too."""
    _plain_or_error(str(request.url))


def is_public(host: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int) -> bool:
    """Whether an address that counts as global is one of the public web.

    >>> is_public("", ipaddress.ip_address("2002:7f00:1::"), 80), is_public("", ipaddress.ip_address("192.0.2.1"), 80)
    (False, True)
    """
    inner = any(address in network for network in _INNER if network.version == address.version)
    return not (inner or address.is_multicast)


async def _download(url: str) -> tuple[bytes, str, str]:
    """The body, its type and the final address."""
    import asyncio

    import httpx
    from httpx_secure import SSRFProtectionError, httpx_ssrf_protection

    client = httpx.AsyncClient(
        follow_redirects=True,
        max_redirects=MAX_REDIRECTS,
        timeout=SECONDS,
        trust_env=False,
        headers=_HEADERS,
        event_hooks={"request": [_plain_hop]},
    )
    try:
        protected = httpx_ssrf_protection(client, custom_validator=is_public)
        async with asyncio.timeout(SECONDS), protected as safe, safe.stream("GET", url) as response:
            response.raise_for_status()
            packed = response.headers.get("content-encoding", "identity").lower()
            if packed != "identity":
                raise InputError(f"{url} answers packed ({packed[:20]}), unasked. Save the page and give the file.")
            data = bytearray()
            async for chunk in response.aiter_raw():
                data += chunk
                if len(data) > MAX_BYTES:
                    raise InputError(f"{url} is larger than {MAX_BYTES // 1_000_000} MB. Save the article as .txt.")
            return (
                bytes(data),
                response.headers.get("content-type", "").split(";")[0].strip().lower(),
                str(response.url),
            )
    except SSRFProtectionError as error:
        raise InputError(
            f"{url} leads to a private address, which is not allowed. Save the page and give the file."
        ) from error
    except TimeoutError as error:
        raise InputError(
            f"{url} did not answer within {SECONDS:.0f} seconds. Save the page and give the file."
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise InputError(
            f"{url} cannot be fetched ({error or type(error).__name__}). Save the page instead."
        ) from error


_HEADERS = {
    "User-Agent": "tabayyun (fact-checking tool)",
    "Accept": "text/html,application/pdf,text/plain",
    "Accept-Encoding": "identity",
}
