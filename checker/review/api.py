"""The HTTP API: `POST /api/check` for programs, `GET /api/health` for whoever watches the server."""

from __future__ import annotations

import asyncio
import json
import math
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from starlette.requests import Request

from tabayyun.article import Article
from tabayyun.configs import FOLDER
from tabayyun.review.jobs import CancelledError
from tabayyun.review.pages import room

router = APIRouter(prefix="/api")
_WATCH = 1.0


_EXAMPLE: JsonDict = {
    "a": {"text": "وقع الوزيران الاتفاق في مسقط صباح اليوم.", "outlet": "ألف", "published": "2024-03-12"},
    "b": {"text": "لم يوقع الوزيران الاتفاق في مسقط صباح اليوم.", "outlet": "باء", "published": "2024-03-12"},
}


class ArticleFile(BaseModel):
    """An article in the article-file format."""

    text: str = Field(min_length=1, description="The whole text as it was published.")
    id: str | None = None
    outlet: str | None = None
    title: str | None = None
    published: str | None = Field(None, description="ISO 8601.")
    url: str | None = None
    language: str | None = None


class TwoArticles(BaseModel):
    """What is to be compared."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    a: ArticleFile
    b: ArticleFile


class Problem(BaseModel):
    """What was wrong and what to do next."""

    error: str


_COMPONENTS = "#/components/schemas/"
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"schema": {"$ref": f"{_COMPONENTS}Report"}}}, "description": "The report."},
    400: {"model": Problem, "description": "An article cannot be used."},
    401: {"model": Problem, "description": "The token is missing or wrong: send it as a bearer."},
    413: {"model": Problem, "description": "The request is too large."},
    422: {"model": Problem, "description": "The body is not two articles."},
    429: {"model": Problem, "description": "Too many requests: wait for Retry-After seconds."},
    503: {"model": Problem, "description": "Too many checks wait: come again after Retry-After seconds."},
}


@router.post("/check", responses=_ANSWERS, summary="Compare two articles")
async def check(
    request: Request,
    articles: TwoArticles,
    all_verdicts: Annotated[bool, Query(alias="all", description="Neutral verdicts too.")] = False,
) -> dict[str, Any]:
    """Return the report on two articles (schema `tabayyun.report/1`); nothing of it is kept."""
    here = room(request)
    client = request.client.host if request.client else ""
    if wait := here.calls.wait(client):
        raise HTTPException(429, "Too many requests.", {"Retry-After": str(math.ceil(wait))})
    job = here.jobs.submit(
        lambda: (
            Article.from_mapping(articles.a.model_dump(), "a"),
            Article.from_mapping(articles.b.model_dump(), "b"),
        ),
        lambda report: report.to_dict(all_verdicts=all_verdicts),
    )
    waiting = asyncio.wrap_future(job.future)
    while not (await asyncio.wait([waiting], timeout=_WATCH))[0]:
        if await request.is_disconnected():
            job.cancel()
    here.jobs.forget(job)
    if waiting.cancelled():
        raise CancelledError
    found: dict[str, Any] = await waiting
    return found


@router.get("/health", summary="Whether the server is up", openapi_extra={"security": []})
async def health() -> dict[str, str]:
    """Return the version; asks for no token and loads no model."""
    return {"status": "ok", "version": version("tabayyun")}


def described(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of the API, with the schema of the report and the token, if one is asked for."""
    source = (FOLDER / "schemas" / "report.schema.json").read_text(encoding="utf-8")
    report = json.loads(source.replace("#/$defs/", _COMPONENTS))
    document = FastAPI.openapi(app)
    document["components"]["schemas"] |= {**report.pop("$defs"), "Report": report}
    if app.state.room.setup.token:
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
    return document
