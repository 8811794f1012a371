"""`tabayyun review`: start the review page and the API, or write out what was decided."""

from __future__ import annotations

import logging
import os
import socket
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tabayyun.errors import ConfigError, InputError
from tabayyun.models.registry import DEFAULT_EMBEDDER, DEFAULT_JUDGE
from tabayyun.options import ConfigOption, EmbedderOption, JudgeOption

if TYPE_CHECKING:
    from tabayyun.checker import Checker
    from tabayyun.review.pages import Setup
    from tabayyun.review.store import Store

_TOKEN = "TABAYYUN_REVIEW_TOKEN"  # noqa: S105  the name of a variable
_CONNECTIONS = 500  # a browser holds six, so that fifty people have room
_GRACE = 5


def review(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Two articles to check; or pairs, Label Studio tasks, reports to take in."),
    ] = None,
    store: Annotated[
        Path | None, typer.Option(help="The SQLite file of reports and decisions (default: in the user's data folder).")
    ] = None,
    host: Annotated[str, typer.Option(help=f"Where to listen; not on loopback, {_TOKEN} must be set.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on.")] = 8765,
    name: Annotated[list[str] | None, typer.Option(help="A host name by which browsers reach the page.")] = None,
    allow_urls: Annotated[bool, typer.Option("--allow-urls", help="Let the page fetch articles from the web.")] = False,
    export: Annotated[
        Path | None, typer.Option(help="Write the labels to this file and end: .jsonl pairs, .json Label Studio.")
    ] = None,
    labeller: Annotated[str, typer.Option(help="Whose labels --export writes as pairs.")] = "reviewer",
    embedder: EmbedderOption = DEFAULT_EMBEDDER,
    judge: JudgeOption = DEFAULT_JUDGE,
    config: ConfigOption = None,
) -> None:
    """Open a page on which people judge verdicts and label pairs, with an HTTP API beside it."""
    missing = [package for package in ("fastapi", "uvicorn", "python_multipart") if find_spec(package) is None]
    if missing:
        raise ConfigError(f"The review page needs {', '.join(missing)}. Install it: pip install 'tabayyun[review]'")
    from platformdirs import user_data_path

    from tabayyun import settings
    from tabayyun.checker import Checker
    from tabayyun.review.store import Store

    setup = setup_of(host, name or [], allow_urls, os.environ.get(_TOKEN, ""))
    opened = Store.open(store or user_data_path("tabayyun") / "review.sqlite")
    articles = [path for path in files or [] if not _took_in(opened, path)]
    if len(articles) not in (0, 2):
        raise InputError(
            f"A check needs two articles, not {len(articles)}: {', '.join(map(str, articles))}. Give two files, "
            "or none."
        )
    if export and articles:
        raise InputError(f"--export checks nothing: leave {', '.join(map(str, articles))} away.")
    if export:
        _export(opened, export, labeller)
    else:
        _serve(opened, setup, (host, port), articles, Checker(embedder, judge, settings.load(config)))


def setup_of(host: str, names: list[str], allow_urls: bool, token: str) -> Setup:
    """Return how the server is to be started.

    Raises:
        ConfigError: it would be open to others without a token or without a name.
    """
    from tabayyun.review import guard
    from tabayyun.review.pages import Setup

    make_one = f"Set one: export {_TOKEN}=$(python -c 'import secrets; print(secrets.token_hex(16))')"
    if not token and not guard.is_loopback(host):
        raise ConfigError(f"Others reach {host}, so that the page needs a token. {make_one}")
    if token and len(token) < guard.LEAST_TOKEN:
        raise ConfigError(f"{_TOKEN} is shorter than {guard.LEAST_TOKEN} characters. {make_one}")
    if host in ("0.0.0.0", "::") and not names:  # noqa: S104  compared, not listened on
        raise ConfigError(f"Say by which name browsers reach {host}: --name review.example.org")
    return Setup(token, (*guard.LOOPBACK, host, f"[{host}]", *names), allow_urls)


def _took_in(store: Store, path: Path) -> bool:
    """Take in a file of pairs, tasks or reports; an article is left to be checked."""
    from tabayyun.ingest import JSON_SUFFIX, LINES_SUFFIX
    from tabayyun.review import exchange
    from tabayyun.review.pages import take

    if path.suffix.lower() not in (JSON_SUFFIX, LINES_SUFFIX):
        return False
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}. Check its path and rights.") from error
    if exchange.is_article(data):
        return False
    print(f"{path}: {take(store, exchange.read(data, path.name))} new pairs", file=sys.stderr)
    return True


def _export(store: Store, path: Path, labeller: str) -> None:
    from tabayyun.review import pages

    writers = {".jsonl": lambda: pages.labelled_pairs(store, labeller), ".json": lambda: pages.label_studio(store)}
    if path.suffix not in writers:
        raise InputError(f"{path} must end with .jsonl (labelled pairs) or .json (Label Studio). Name it so.")
    try:
        path.write_text(writers[path.suffix](), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}. Give a file in a folder of yours.") from error


def _serve(store: Store, setup: Setup, where: tuple[str, int], articles: list[Path], checker: Checker) -> None:
    import uvicorn

    from tabayyun.ingest import read
    from tabayyun.review.app import create_app
    from tabayyun.review.jobs import log
    from tabayyun.review.pages import keep

    host, port = where
    try:
        listening = socket.create_server(where, family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise InputError(f"{host}, port {port} is not free: {error.strerror}. Choose another --port.") from error
    log.addHandler(logging.StreamHandler())
    log.setLevel(logging.INFO)
    app = create_app(checker, store, setup)
    address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/"
    if articles:
        a, b = articles
        jobs = app.state.room.jobs
        address += f"checks/{jobs.submit(lambda: (read(a), read(b)), lambda report: keep(store, report)).id}"
    print(f"Open {address} (Ctrl+C ends the server)", file=sys.stderr)
    # The library's own log would hold addresses, and with them the token of a first visit.
    options = uvicorn.Config(
        app, access_log=False, log_level="warning", server_header=False, limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=_GRACE,
    )  # fmt: skip
    uvicorn.Server(options).run(sockets=[listening])
