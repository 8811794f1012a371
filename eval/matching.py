"""Fits the map of claim matching (`tabayyun.models.matching`) on labelled articles."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tabayyun.claims import extract
from tabayyun.errors import DataError
from tabayyun.eval.labelled import LabelledPair, folder_or_error, meets, read_articles
from tabayyun.models.base import Embedder
from tabayyun.models.matching import save
from tabayyun.pairing import word_overlap

if TYPE_CHECKING:
    import torch

_ROUNDS, _RATE, _RATE_OF_SCALE, _ARTICLES_A_STEP = 2, 5e-4, 1e-2, 8
_SCALE, _OVERLAP_WEIGHT = 30.0, 0.1
_SEED = 0
_NEVER = -1e4


@dataclass(frozen=True, slots=True)
class Example:
    """The claims of one labelled article pair: their vectors, and which of them speak of one fact.

    `same` and `alike` are arrays (claims of a, claims of b): the pairs that agree or contradict each other, and those
    that are labelled neutral, which need neither be found nor be left.
    """

    a: NDArray[np.float32]
    b: NDArray[np.float32]
    overlap: NDArray[np.float32]
    same: NDArray[np.bool_]
    alike: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The map, an array (dimensions, dimensions), and what full word overlap should add to its cosines."""

    matching: NDArray[np.float32]
    overlap_weight: float


def write(folders: Sequence[Path], embedder: Embedder, out: Path) -> float:
    """Fit the map on the labelled articles of the folders and write it into `out`; return its overlap weight."""
    folder_or_error(out, "the map")
    found = fit(examples(folders, embedder))
    save(found.matching, out)
    return found.overlap_weight


def examples(folders: Sequence[Path], embedder: Embedder) -> list[Example]:
    """Return the labelled article pairs of the folders in which claims speak of one fact.

    Raises:
        DataError: there is none.
    """
    read = (pair for folder in folders for pair in read_articles(folder))
    found = [example for example in (_example(pair, embedder) for pair in read) if example.same.any()]
    if not found:
        raise DataError(f"No labelled quotes of {', '.join(map(str, folders))} meet claims. Give other articles.")
    return found


def _example(labelled: LabelledPair, embedder: Embedder) -> Example:
    claims_a, claims_b = (extract(article).claims for article in (labelled.a, labelled.b))
    a, b = (embedder.embed([claim.in_full for claim in side]) for side in (claims_a, claims_b))
    same, alike = np.zeros((2, len(a), len(b)), dtype=np.bool_)
    for gold in labelled.gold:
        rows = [i for i, claim in enumerate(claims_a) if meets(claim, gold.a)]
        columns = [j for j, claim in enumerate(claims_b) if meets(claim, gold.b)]
        (alike if gold.label == "neutral" else same)[np.ix_(rows, columns)] = True
    return Example(a, b, word_overlap(claims_a, claims_b).astype(np.float32), same, alike & ~same)


def fit(given: Sequence[Example]) -> Fitted:
    """Return the map under which the claims that speak of one fact stand out among all claims of the other article.

    Each such claim must find its partners among the claims of the other side, and they it (InfoNCE: van den Oord et
    al. 2018, "Representation learning with contrastive predictive coding"). Two rounds from the identity on: more fit
    the articles better and new ones worse.
    """
    import torch
    from torch.nn.functional import normalize

    matching = torch.eye(given[0].a.shape[1], requires_grad=True)
    weight = torch.tensor(_OVERLAP_WEIGHT, requires_grad=True)
    scale = torch.tensor(math.log(_SCALE), requires_grad=True)
    groups = [{"params": [matching], "lr": _RATE}, {"params": [weight, scale], "lr": _RATE_OF_SCALE}]
    optimiser = torch.optim.Adam(groups)
    steps = math.ceil(len(given) / _ARTICLES_A_STEP) * _ROUNDS
    falling = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.02, total_iters=steps)

    def loss(example: Example) -> torch.Tensor:
        a, b = (normalize(torch.from_numpy(side) @ matching, dim=1) for side in (example.a, example.b))
        logits = (a @ b.T + weight * torch.from_numpy(example.overlap)) * scale.exp()
        logits = logits.masked_fill(torch.from_numpy(example.alike), _NEVER)
        same = torch.from_numpy(example.same)
        return _missed(logits, same) + _missed(logits.T, same.T)

    chance, order = random.Random(_SEED), list(given)
    for _ in range(_ROUNDS):
        chance.shuffle(order)
        for start in range(0, len(order), _ARTICLES_A_STEP):
            part = order[start : start + _ARTICLES_A_STEP]
            optimiser.zero_grad()
            torch.autograd.backward(torch.stack([loss(example) for example in part]).mean())
            optimiser.step()
            falling.step()
    return Fitted(matching.detach().numpy(), round(weight.item(), 2))


def _missed(logits: torch.Tensor, same: torch.Tensor) -> torch.Tensor:
    """The mean negative log share that the claims of each row give to their partners."""
    shares = logits.log_softmax(dim=1).masked_fill(~same, _NEVER)
    return -shares.logsumexp(dim=1)[same.any(dim=1)].mean()
