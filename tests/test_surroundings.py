"""What the articles around a pair of claims tell of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tabayyun import ClaimPair, Scores
from tabayyun.claims import Claim
from tabayyun.surroundings import Surroundings, surroundings

A = [Claim(text, 0, len(text), (0, len(text))) for text in ("وقع الوزير الاتفاق", "غادر الوفد جنيف", "هطل المطر")]
B = [Claim(text, 0, len(text), (0, len(text))) for text in ("لم يوقع الوزير الاتفاقية", "الوفد في جنيف")]
PAIRS = [ClaimPair(0, 0, 0.95, 0.95, 0.5), ClaimPair(1, 1, 0.9, 0.9, 0.4), ClaimPair(0, 1, 0.85, 0.85, 0.0)]
CLASH, SUPPORT, NEITHER = Scores(0.1, 0.1, 0.8), Scores(0.7, 0.2, 0.1), Scores(0.1, 0.6, 0.3)
SCORES = [(CLASH, CLASH), (SUPPORT, NEITHER), (NEITHER, NEITHER)]


def test_rivals_neighbours_and_places() -> None:
    clash, _, between = surroundings(PAIRS, SCORES, A, B)
    assert (clash.rivals, clash.better_most, clash.first, clash.last) == (0, 0, 0, 0)
    assert clash.rival_entailment == 0.1
    assert clash.ahead == pytest.approx(0.1)
    assert clash.near_entailment == 0.7
    assert (between.rivals, between.better_least, between.better_most, between.last) == (1, 1, 1, 1)
    assert between.rival_entailment == 0.7
    assert between.near_contradiction == 0.8


def test_words_count_by_their_openings_and_their_rarity() -> None:
    clash, both, between = surroundings(PAIRS, SCORES, A, B)
    assert clash.shared == both.shared > between.shared == 0
    assert 0 < both.shared_of_heavier < both.shared_of_lighter == 1


def test_both_articles_are_looked_at_alike() -> None:
    turned = [replace(pair, a=pair.b, b=pair.a) for pair in PAIRS]
    assert surroundings(turned, [(back, forth) for forth, back in SCORES], B, A) == surroundings(PAIRS, SCORES, A, B)


def test_two_sentences_are_their_own_surroundings() -> None:
    (alone,) = surroundings(PAIRS[:1], SCORES[:1], A[:1], B[:1])
    assert replace(alone, shared=0, shared_of_lighter=0, shared_of_heavier=0) == Surroundings()
    assert alone.shared > 0
