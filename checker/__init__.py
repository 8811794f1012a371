"""tabayyun tells a fact-checker where two newsrooms agree and where they contradict each other.

>>> from tabayyun import Article, Checker, check  # doctest: +SKIP
>>> report = check(Article.from_text(text_a), Article.from_text(text_b))  # doctest: +SKIP
>>> for verdict in report.contradictions:  # doctest: +SKIP
...     print(verdict.probability, verdict.a.text, verdict.b.text)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tabayyun.article import Article
    from tabayyun.checker import Checker, check
    from tabayyun.claims import Claim, Extraction, extract
    from tabayyun.ingest import read, read_many
    from tabayyun.models.base import Embedder, Judge, Scores
    from tabayyun.models.errors import (
        ConfigError,
        DataError,
        InputError,
        ModelError,
        ModelFileError,
        ModelNotFoundError,
        TabayyunError,
    )
    from tabayyun.pairing import ClaimPair
    from tabayyun.report import Report
    from tabayyun.verdicts import Verdict

_HOMES = {
    "Article": "article",
    "read": "ingest",
    "read_many": "ingest",
    "Checker": "checker",
    "check": "checker",
    "Claim": "claims",
    "Extraction": "claims",
    "extract": "claims",
    "ClaimPair": "pairing",
    "Report": "report",
    "Verdict": "verdicts",
    "Embedder": "models.base",
    "Judge": "models.base",
    "Scores": "models.base",
    "ConfigError": "models.errors",
    "DataError": "models.errors",
    "InputError": "models.errors",
    "ModelError": "models.errors",
    "ModelFileError": "models.errors",
    "ModelNotFoundError": "models.errors",
    "TabayyunError": "models.errors",
}

__all__ = [
    "Article",
    "Checker",
    "Claim",
    "ClaimPair",
    "ConfigError",
    "DataError",
    "Embedder",
    "Extraction",
    "InputError",
    "Judge",
    "ModelError",
    "ModelFileError",
    "ModelNotFoundError",
    "Report",
    "Scores",
    "TabayyunError",
    "Verdict",
    "check",
    "extract",
    "read",
    "read_many",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that importing tabayyun is quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'tabayyun' has no attribute {name!r}")
    return getattr(import_module(f"tabayyun.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
