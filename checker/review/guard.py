"""Who may do what: the token, the form token against forged requests, headers, and how often a program may call."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import time
from collections import defaultdict, deque
from urllib.parse import urlsplit

from starlette.requests import Request

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
KEPT = "max-age=600"
"""How long a browser may keep styles and scripts, which say nothing of anybody's articles."""
ACCESS_COOKIE = "tabayyun-access"
FORM_COOKIE = "tabayyun-form"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
LEAST_TOKEN = 16
_MOST_CLIENTS = 10_000


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`.

    >>> is_loopback("127.0.0.1"), is_loopback("0.0.0.0"), is_loopback("localhost")
    (True, False, True)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def seal(secret: str, value: str) -> str:
    """Return what only who knows `secret` can make of `value` (HMAC-SHA-256, RFC 2104)."""
    return hmac.new(secret.encode(), value.encode(), hashlib.sha256).hexdigest()


def same(given: str, wanted: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(given.encode(), wanted.encode())


def has_access(request: Request, token: str) -> bool:
    """Whether the request brings the token as a bearer, or the cookie that is given for it."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and same(bearer, token):
        return True
    return same(request.cookies.get(ACCESS_COOKIE, ""), seal(token, ACCESS_COOKIE))


def is_foreign(request: Request) -> bool:
    """Whether a browser says that a page of another site sent the request."""
    origin = request.headers.get("origin")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")


class Window:
    """At most `limit` calls of one client in `seconds`.

    >>> window = Window(2, 60)
    >>> [window.wait("one", now) for now in (0, 1, 2)]
    [0, 0, 58]
    """

    def __init__(self, limit: int, seconds: int) -> None:
        self._limit, self._seconds = limit, seconds
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def wait(self, client: str, now: float | None = None) -> float:
        """Count a call of `client` and return 0, or return the seconds it must wait and count nothing."""
        now = time.monotonic() if now is None else now
        if len(self._calls) > _MOST_CLIENTS:
            self._calls.clear()
        calls = self._calls[client]
        while calls and calls[0] <= now - self._seconds:
            calls.popleft()
        if len(calls) >= self._limit:
            return calls[0] + self._seconds - now
        calls.append(now)
        return 0
