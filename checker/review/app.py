"""The server: pages and API under one guard. `create_app` is all that a test or an ASGI server needs."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tabayyun.checker import Checker
from tabayyun.configs import table
from tabayyun.errors import ModelError, TabayyunError
from tabayyun.review import api, guard, pages
from tabayyun.review.jobs import BusyError, CancelledError, Jobs, log, where
from tabayyun.review.store import Store

_LOOKS = ("/static/", "/page.css")
_OPEN = (*_LOOKS, "/api/health")


def create_app(checker: Checker, store: Store, setup: pages.Setup | None = None) -> FastAPI:
    """Return the ASGI application of the review page and the API, on one checker and one store."""
    setup = setup or pages.Setup()
    limits = table("review")["server"]
    app = FastAPI(
        title="tabayyun",
        version=version("tabayyun"),
        summary="Tells where two newsrooms agree and where they contradict each other.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        max_body_size=limits["max_body"],
        lifespan=_lifespan,
    )
    app.state.room = pages.Room(
        store,
        Jobs(checker, limits["waiting"], limits["max_text"]),
        setup,
        guard.Window(limits["api_requests"], limits["api_seconds"]),
        secrets.token_hex(16),
    )
    app.include_router(pages.router)
    app.include_router(api.router)
    # A strict editable install is a folder of links.
    app.mount("/static", StaticFiles(directory=pages.FOLDER / "static", follow_symlink=True))
    app.add_middleware(_Guard)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(setup.hosts), www_redirect=False)
    app.openapi = lambda: api.described(app)  # type: ignore[method-assign]
    for kind in (HTTPException, RequestValidationError, TabayyunError, BusyError, CancelledError):
        app.add_exception_handler(kind, _problem)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    with app.state.room.store.kept_open():
        yield
        app.state.room.jobs.close()


class _Guard:
    """Lets in who may come in, puts the headers on every answer, and logs a request by its route.

    Neither addresses nor texts get into the log. It hands messages on as they come, so that the API notices when its
    client has gone.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        request = Request(scope, receive)

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                if request.url.path.startswith(_LOOKS):
                    headers["Cache-Control"] = guard.KEPT
                for name, value in guard.HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await (_turned_away(request) or self._app)(scope, receive, answer)
        except Exception as error:  # what it says may quote an article
            log.error("%s", where(error))
            if not status:
                failed = _answer(request, 500, HTTPStatus.INTERNAL_SERVER_ERROR.phrase)
                await failed(scope, receive, answer)
        route = getattr(scope.get("route"), "path", "-")
        log.info("%s %s %d %.0f ms", request.method, route, status, 1000 * (time.perf_counter() - began))


def _turned_away(request: Request) -> Response | None:
    """The answer to a request that may not come in, or one that has just shown the token."""
    if request.method not in ("GET", "HEAD") and guard.is_foreign(request):
        return _answer(request, 403, pages.texts(pages.language(request))["csrf"])
    token = pages.room(request).setup.token
    if not token or request.url.path.startswith(_OPEN) or guard.has_access(request, token):
        return None
    if request.method == "GET" and guard.same(request.query_params.get("token", ""), token):
        response = RedirectResponse(request.url.path, 303)
        pages.set_cookie(request, response, guard.ACCESS_COOKIE, guard.seal(token, guard.ACCESS_COOKIE))
        return response
    if request.url.path.startswith("/api/"):
        return _answer(request, 401, "Send the token: Authorization: Bearer TOKEN.", {"WWW-Authenticate": "Bearer"})
    return pages.page(request, "token.html", 401)


async def _problem(request: Request, error: Exception) -> Response:
    """Every error as an answer: a sentence, and for programs the same as JSON."""
    retry = {"Retry-After": str(table("review")["server"]["retry_after"])}
    if isinstance(error, HTTPException):
        return _answer(request, error.status_code, str(error.detail), dict(error.headers or {}))
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        return _answer(request, 422, f"{'.'.join(map(str, first['loc']))}: {first['msg']}.")
    if isinstance(error, BusyError | CancelledError):
        return _answer(request, 503, pages.texts(pages.language(request))["busy"], retry)
    if isinstance(error, TabayyunError):
        return _answer(request, 500 if isinstance(error, ModelError) else 400, str(error))
    raise error


def _answer(request: Request, status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": message}, status, headers)
    name = "_error.html" if pages.is_htmx(request) else "error.html"
    response = pages.page(request, name, status, message=message)
    response.headers.update(headers or {})
    return response
