"""What a model must do to be used by tabayyun: two Protocols, and the scores a judge returns.

Models speak strings and arrays and know nothing of articles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

NLI_LABELS = ("entailment", "neutral", "contradiction")
"""The three NLI labels, in the order in which tabayyun writes them (never an index into a model's output)."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Probabilities of one premise-hypothesis pair; the three sum to 1.

    >>> Scores(0.1, 0.2, 0.7).label
    'contradiction'
    """

    entailment: float
    neutral: float
    contradiction: float

    @property
    def label(self) -> str:
        """The most probable label."""
        return max(NLI_LABELS, key=lambda name: float(getattr(self, name)))

    def to_dict(self) -> dict[str, float]:
        """The scores by label, rounded to six decimals (as in the report JSON)."""
        return {name: round(float(getattr(self, name)), 6) for name in NLI_LABELS}


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors: a name and one batch method are all that a model must bring."""

    @property
    def name(self) -> str:
        """The name that stands in reports."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an array (len(texts), dimensions) whose rows have length 1."""
        ...


@runtime_checkable
class Judge(Protocol):
    """Scores premise-hypothesis pairs: a name and one batch method are all that a model must bring.

    A judge with a true attribute `reads_dates` gets the statement of the later report marked, as
    `tabayyun.models.text.date_gap` does. Scores are kept under its attribute `key`, else under its name.
    """

    @property
    def name(self) -> str:
        """The name that stands in reports."""
        ...

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        """Return one `Scores` per (premise, hypothesis), in the same order."""
        ...
