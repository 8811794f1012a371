"""The shipped models, on sentences of our own."""

from __future__ import annotations

import numpy as np
import pytest

from tabayyun import Checker, read
from tabayyun.models import registry
from tabayyun.models.matching import cosines
from tests.conftest import EXAMPLES

pytestmark = pytest.mark.models

TRANSLATIONS = [
    ("أعيد فتح الجسر أمام الشاحنات صباح الاثنين.", "The bridge was reopened to lorries on Monday morning."),
    ("يعاني نصف سكان القرية من نقص مياه الشرب.", "Half of the villagers suffer from a lack of drinking water."),
    ("فاز الفريق بالكأس للمرة الثالثة في تاريخه.", "The team won the cup for the third time in its history."),
    ("رفع البنك المركزي سعر الفائدة ربع نقطة.", "The central bank raised its interest rate by a quarter point."),
]


def test_translations_find_each_other() -> None:
    embedder = registry.embedder(registry.DEFAULT_EMBEDDER)
    a, b = (embedder.embed([pair[side] for pair in TRANSLATIONS]) for side in (0, 1))
    assert np.allclose(np.linalg.norm(a, axis=1), 1, atol=1e-5)
    for matching in (None, registry.matching(registry.DEFAULT_EMBEDDER)):
        assert cosines(a, b, matching).argmax(axis=1).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("premise", "hypothesis", "label"),
    [
        ("وقع الوزيران اتفاق المياه في مسقط أمس.", "لم يوقع الوزيران اتفاق المياه في مسقط.", "contradiction"),
        ("أغلقت المدارس أبوابها بسبب العاصفة.", "تسببت العاصفة في إغلاق المدارس.", "entailment"),
        ("The bridge was reopened on Monday morning.", "The bridge is still closed.", "contradiction"),
    ],
)
def test_the_judge_knows_the_plain_cases(premise: str, hypothesis: str, label: str) -> None:
    judge = registry.judge(registry.DEFAULT_JUDGE)
    assert judge.judge([(premise, hypothesis)])[0].label == label


def test_the_example_shows_its_contradiction_and_agreements() -> None:
    a, b = (read(EXAMPLES / f"port-strike-{side}.txt") for side in "ab")
    report = Checker().check(a, b)
    flagged = [(v.a.text, v.b.text) for v in report.contradictions]
    assert any("اتفاق" in x and ("لم يتوصلا" in y or "فلم نوقع" in y) for x, y in flagged), flagged
    assert len(report.agreements) >= 2
    assert report.only_in_a
    assert report.only_in_b
    assert Checker().check(a, b).to_json() == report.to_json()
