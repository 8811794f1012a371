"""Tiny stand-ins for models, for tests of programs that use tabayyun: deterministic, instant, offline."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tabayyun.models.base import Scores
from tabayyun.models.text import normalise

_NEGATION = re.compile(r"(?<!\w)(?:لم|لن|لا|ليس|ليست|نفى|نفت|not|no|never|pas|не|değil)(?!\w)", re.I)


class FakeEmbedder:
    """Hashes words into a vector: texts that share words are alike."""

    name = "fake-embedder"

    def __init__(self, dimensions: int = 64) -> None:
        self.dimensions = dimensions

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an array (len(texts), dimensions) whose rows have length 1."""
        vectors = np.full((len(texts), self.dimensions), 0.5, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in normalise(text).split():
                vectors[row, hashlib.sha256(word.encode()).digest()[0] % self.dimensions] += 1.0
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


class FakeJudge:
    """Sees a contradiction where just one side is negated, and entailment where words are shared."""

    name = "fake-judge"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        """Return one `Scores` per (premise, hypothesis), in the same order."""
        return [self._one(normalise(a), normalise(b)) for a, b in pairs]

    def _one(self, premise: str, hypothesis: str) -> Scores:
        if bool(_NEGATION.search(premise)) != bool(_NEGATION.search(hypothesis)):
            return Scores(0.05, 0.05, 0.9)
        a, b = set(premise.split()), set(hypothesis.split())
        shared = len(a & b) / max(1, min(len(a), len(b)))
        return Scores(0.9, 0.08, 0.02) if shared >= 0.5 else Scores(0.05, 0.9, 0.05)
