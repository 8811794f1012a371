"""Claim matching: the map is fitted so that claims about one fact find each other, and ranks their partners."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tabayyun import DataError, ModelFileError
from tabayyun.claims import single
from tabayyun.eval import matching
from tabayyun.models.fakes import FakeEmbedder
from tabayyun.models.matching import cosines, save
from tabayyun.models.matching import load as load_map
from tabayyun.pairing import pair_claims
from tabayyun.settings import load
from tests.test_eval_tools import articles

CLAIMS, DIMENSIONS, OUTLET = 6, 16, 8


def example(chance: np.random.Generator) -> matching.Example:
    """Claims whose first half of a vector tells the fact, and whose second, stronger half tells the newsroom."""
    facts = chance.normal(size=(CLAIMS, OUTLET))
    a, b = (np.hstack([facts, 1.5 * chance.normal(size=(CLAIMS, DIMENSIONS - OUTLET))]) for _ in "ab")
    a, b = ((side / np.linalg.norm(side, axis=1, keepdims=True)).astype(np.float32) for side in (a, b))
    same = np.eye(CLAIMS, dtype=bool)
    return matching.Example(a, b, np.zeros(same.shape, dtype=np.float32), same, ~same & False)


def found_first(given: list[matching.Example], fitted: NDArray[np.float32] | None) -> float:
    """The share of claims whose nearest claim of the other side is theirs."""
    best = [cosines(one.a, one.b, fitted).argmax(axis=1) == np.arange(CLAIMS) for one in given]
    return float(np.mean(best))


def test_the_map_learns_what_tells_a_fact_and_keeps_it_for_others() -> None:
    chance = np.random.default_rng(0)
    given, others = ([example(chance) for _ in range(count)] for count in (4000, 50))
    fitted = matching.fit(given).matching
    assert fitted.shape == (DIMENSIONS, DIMENSIONS)
    assert found_first(others, fitted) > found_first(others, None) + 0.1


def test_the_map_is_fitted_on_labelled_articles_and_written(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    data, out = articles(tmp_path / "data", 3), tmp_path / "map.safetensors"
    (one, *_) = matching.examples([data], embedder)
    assert one.same.any(axis=1).all()
    assert not (one.same & one.alike).any()
    assert 0 <= matching.write([data], embedder, out) < 1
    assert out.stat().st_size > 2 * 64 * 64
    with pytest.raises(DataError, match="There is no folder"):
        matching.write([data], embedder, tmp_path / "nowhere" / "map.safetensors")
    for gold in data.glob("*/gold.json"):
        gold.write_text(
            gold.read_text(encoding="utf-8").replace('"agreement"', '"neutral"').replace('"contradiction"', '"neutral"')
        )
    with pytest.raises(DataError, match="Give other articles"):
        matching.write([data], embedder, out)


def test_a_map_that_is_saved_comes_back_in_half_precision(tmp_path: Path) -> None:
    save(np.diag([1.0, 2.0, 1 / 3]), tmp_path / "map.safetensors")
    assert np.array_equal(load_map(tmp_path / "map.safetensors"), np.diag([1.0, 2.0, np.float16(1 / 3)]))


def test_partners_are_chosen_by_the_map_and_keep_both_cosines() -> None:
    a, b = (np.asarray(rows, dtype=np.float32) for rows in ([[0.8, 0.6]], [[1.0, 0.0], [0.0, 1.0]]))
    told, others = [single("فتح الجسر", "ar")], [single("أغلق الطريق", "ar"), single("زار الوزير المدينة", "ar")]
    one_partner = load().pairing.model_copy(update={"per_claim": 1})
    blind_to_the_first = np.diag([0.0, 1.0]).astype(np.float32) + 0.01

    def best(matching: NDArray[np.float32] | None) -> tuple[int, float, float]:
        found = pair_claims(told, others, a, b, one_partner, matching=matching).chosen[0]
        return found.b, found.similarity, found.matching

    assert best(None) == (0, pytest.approx(0.8), pytest.approx(0.8))
    assert best(blind_to_the_first) == (1, pytest.approx(0.6), pytest.approx(1.0, abs=1e-2))


def test_a_damaged_or_missing_map_is_named(tmp_path: Path) -> None:
    (tmp_path / "cut.safetensors").write_bytes(b"1234")
    save(np.ones((2, 3)), tmp_path / "flat.safetensors")
    for name in ("cut", "flat", "missing"):
        with pytest.raises(ModelFileError, match=name):
            load_map(tmp_path / f"{name}.safetensors")
