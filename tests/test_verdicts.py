"""Pairing and verdicts: pure decisions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabayyun import ClaimPair, Scores, fusion, settings, verdicts
from tabayyun.claims import Claim, single
from tabayyun.compare import compare, speakers
from tabayyun.errors import ConfigError
from tabayyun.pairing import pair_claims, word_overlap
from tabayyun.surroundings import Surroundings

SETTINGS = settings.load()
CLOSE = ClaimPair(0, 0, 0.95, 0.95, 0.5)
probabilities = st.lists(st.floats(0.001, 1), min_size=3, max_size=3).map(lambda v: Scores(*(x / sum(v) for x in v)))


def claim(text: str, start: int = 0) -> Claim:
    return Claim(text, start, start + len(text), (start, start + len(text)))


@given(probabilities, probabilities, st.sampled_from([None, 0, 4]))
def test_the_order_of_the_claims_does_not_matter(one: Scores, other: Scores, days: int | None) -> None:
    same = compare(claim("أ"), claim("ب"))
    there, back = (
        fusion.features(CLOSE, same, *scores, days, Surroundings()) for scores in ((one, other), (other, one))
    )
    assert there == back
    found = fusion.probabilities(there)
    assert sum(found.values()) == pytest.approx(1, abs=1e-6)
    assert all(0 <= value <= 1 for value in found.values())


@pytest.mark.parametrize(
    ("there", "back", "label"),
    [
        (Scores(0.02, 0.08, 0.9), Scores(0.05, 0.05, 0.9), "contradiction"),
        (Scores(0.9, 0.05, 0.05), Scores(0.6, 0.35, 0.05), "agreement"),
        (Scores(0.1, 0.8, 0.1), Scores(0.1, 0.8, 0.1), "neutral"),
        (Scores(0.7, 0.0, 0.3), Scores(0.7, 0.0, 0.3), "uncertain"),
    ],
)
def test_labels(there: Scores, back: Scores, label: str) -> None:
    far = replace(CLOSE, similarity=0.86, matching=0.5, overlap=0.1)
    pair = CLOSE if label in ("contradiction", "agreement") else far
    assert verdicts.decide(pair, claim("أ"), claim("ب"), there, back, SETTINGS.verdicts).label == label


def test_quoted_parties_dispute_and_newsrooms_contradict() -> None:
    clash = Scores(0.0, 0.0, 1.0)
    said = {"وزير الدفاع": "أ", "المعارضة": "ب"}
    heard = [replace(claim(text), voice="quoted", speaker=name) for name, text in said.items()]
    assert verdicts.decide(CLOSE, *heard, clash, clash, SETTINGS.verdicts).relation == "dispute"
    unnamed = replace(heard[1], speaker="")
    assert verdicts.decide(CLOSE, heard[0], unnamed, clash, clash, SETTINGS.verdicts).relation == "dispute"
    assert verdicts.decide(CLOSE, heard[0], claim("ج"), clash, clash, SETTINGS.verdicts).relation == "contradiction"


@pytest.mark.parametrize(
    ("a", "b", "who"),
    [
        ("سيرغي لافروف", "وزير الخارجية الروسي لافروف", "same"),
        ("مدير المستشفى في المكلا", "طبيبة في أحد أقسام المستشفى", "different"),
        ("مصدر في الجيش", "محام في العاصمة", "different"),
        ("", "محام في العاصمة", "unknown"),
    ],
)
def test_one_shared_word_makes_no_one_speaker(a: str, b: str, who: str) -> None:
    heard = [replace(claim("قيل كلام"), voice="reported", speaker=name) for name in (a, b)]
    assert speakers(*heard) == who


def test_two_copies_of_one_text_are_not_two_sources() -> None:
    text = "أغلقت السلطات المعبر الحدودي صباح اليوم أمام الشاحنات القادمة من الشمال"
    support = Scores(0.98, 0.01, 0.01)
    assert not verdicts.decide(CLOSE, claim(text), claim(text), support, support, SETTINGS.verdicts).independent
    other = claim("لم يعد في وسع سائقي الشاحنات أن يعبروا الحدود منذ هذا الصباح")
    assert verdicts.decide(CLOSE, claim(text), other, support, support, SETTINGS.verdicts).independent


@pytest.mark.parametrize(
    ("a", "b", "clashes"),
    [
        ("لم تتلق بلاده طلبات دعم إلا من سوريا", "لم تتلق بلاده طلبات دعم عسكري إلا من سوريا", False),
        ("هاجم الجيش مواقع المعارضة فجرا", "هاجمت المعارضة مواقع الجيش فجرا", True),
        ("هاجم الجيش المعارضة", "هاجم المعارضة الجيش", True),
        ("وقع الطرفان الاتفاق", "لم يوقع الطرفان الاتفاق", True),
    ],
)
def test_a_statement_never_clashes_with_its_own_words_in_their_order(a: str, b: str, *, clashes: bool) -> None:
    clash = Scores(0.0, 0.0, 1.0)
    found = verdicts.decide(CLOSE, claim(a), claim(b), clash, clash, SETTINGS.verdicts)
    assert (found.label == "contradiction") == clashes
    assert found.label != "agreement"


@pytest.mark.parametrize(
    ("a", "b", "relation"),
    [
        ("قصفت الطائرات أربعين هدفا", "قصفت الطائرات 40 هدفا", "same"),
        ("قصفت الطائرات نحو 40 هدفا", "قصفت الطائرات 42 هدفا", "same"),
        ("قصفت الطائرات أكثر من 40 هدفا", "قصفت الطائرات 55 هدفا", "same"),
        ("قصفت الطائرات أربعين هدفا", "قصفت الطائرات ٥٥ هدفا", "clash"),
        ("قتل أربعون مدنيا", "قصفت الطائرات 55 هدفا", "unknown"),
        ("ارتفعت الأسعار 4 في المئة", "ارتفعت الأسعار 4 دولارات", "unknown"),
        ("ارتفعت الأسعار", "ارتفعت الأسعار 4 دولارات", "unknown"),
    ],
)
def test_only_amounts_of_the_same_things_are_compared(a: str, b: str, relation: str) -> None:
    assert compare(single(a, "ar"), single(b, "ar")).number == relation


def test_the_clashing_amounts_are_the_evidence() -> None:
    a, b = single("قصفت الطائرات أربعين هدفا في حماة", "ar"), single("قصفت الطائرات ٥٥ هدفا في حماة", "ar")
    clash = Scores(0.0, 0.0, 1.0)
    found = verdicts.decide(CLOSE, a, b, clash, clash, SETTINGS.verdicts)
    assert found.kind == "number"
    assert [[a.text[slice(*s)] for s in found.spans[0]], [b.text[slice(*s)] for s in found.spans[1]]] == [
        ["أربعين هدفا"],
        ["٥٥ هدفا"],
    ]


def test_one_contradiction_for_each_claim_and_nothing_dropped() -> None:
    sure, less = Scores(0.0, 0.02, 0.98), Scores(0.0, 0.2, 0.8)
    a, b1, b2 = claim("أ"), claim("ب"), claim("ج", 10)
    found = verdicts.settle(
        [
            verdicts.decide(CLOSE, a, b2, less, less, SETTINGS.verdicts),
            verdicts.decide(CLOSE, a, b1, sure, sure, SETTINGS.verdicts),
        ]
    )
    assert [(v.label, v.b.text) for v in found] == [("contradiction", "ب"), ("uncertain", "ج")]


def test_a_contradiction_goes_before_a_more_probable_agreement_of_the_same_claim() -> None:
    sure = Scores(0.0, 0.02, 0.98)
    clash = verdicts.decide(CLOSE, claim("أ"), claim("ب"), sure, sure, SETTINGS.verdicts)
    support = replace(clash, label="agreement", relation="agreement", b=claim("ج", 10), probability=0.99)
    found = verdicts.settle([support, replace(clash, probability=0.5)])
    assert [(v.label, v.b.text) for v in found] == [("contradiction", "ب"), ("uncertain", "ج")]


def test_a_contradiction_of_two_claims_that_both_agree_more_elsewhere_does_not_stand() -> None:
    sure = Scores(0.0, 0.02, 0.98)
    clash = verdicts.decide(CLOSE, claim("أ"), claim("ب"), sure, sure, SETTINGS.verdicts)
    of_a = replace(clash, label="agreement", relation="agreement", b=claim("ج", 10), probability=0.99)
    of_b = replace(of_a, a=claim("د", 20), b=clash.b, probability=0.8)
    found = verdicts.settle([of_a, of_b, replace(clash, probability=0.7)])
    assert [(v.label, v.a.text, v.b.text) for v in found] == [
        ("agreement", "أ", "ج"),
        ("agreement", "د", "ب"),
        ("uncertain", "أ", "ب"),
    ]
    surer = verdicts.settle([of_a, of_b, replace(clash, probability=0.9)])
    assert [v.label for v in surer] == ["contradiction", "uncertain", "uncertain"]


def test_pairs_are_the_best_partners_and_the_budget_is_accounted_for() -> None:
    a = [claim("وصل القطار إلى المحطة"), claim("ارتفع سعر الخبز")]
    b = [claim("ارتفع سعر الخبز كثيرا"), claim("وصل القطار إلى المحطة متأخرا")]
    va = np.asarray([[1, 0], [0, 1]], dtype=np.float32)
    vb = np.asarray([[0, 1], [1, 0]], dtype=np.float32)
    found = pair_claims(a, b, va, vb, SETTINGS.pairing)
    assert [(p.a, p.b) for p in found.chosen] == [(0, 1), (1, 0)]
    tight = pair_claims(a, b, va, vb, SETTINGS.pairing.model_copy(update={"max_pairs": 1}))
    assert (len(tight.chosen), len(tight.over_budget)) == (1, 1)
    assert pair_claims([], b, va[:0], vb, SETTINGS.pairing).chosen == ()


def test_overlap_counts_rare_words_of_the_shorter_claim() -> None:
    a = [claim("وصل القطار السريع")]
    b = [claim("القطار السريع وصل صباح اليوم إلى المدينة"), claim("سعر الخبز")]
    shares = word_overlap(a, b)
    assert shares[0, 0] == pytest.approx(1.0)
    assert shares[0, 1] == 0.0


def test_settings_files(tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "s.toml"
    file.write_text("[pairing]\nper_claim = 2\n", encoding="utf-8")
    changed = settings.load(file)
    assert changed.pairing.per_claim == 2
    assert changed.hash != SETTINGS.hash
    for content, message in (
        ("[pairing]\nper_klaim = 2", "per_klaim"),
        ("[other]\nx = 1", "no section"),
        ("= 1", "not TOML"),
    ):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(ConfigError, match=message):
            settings.load(file)


def test_the_words_that_clash_are_the_evidence() -> None:
    clash = Scores(0.0, 0.0, 1.0)
    a, b = single("وقع الطرفان الاتفاق في جنيف", "ar"), single("لم يوقع الطرفان الاتفاق في جنيف", "ar")
    found = verdicts.decide(CLOSE, a, b, clash, clash, SETTINGS.verdicts)
    assert found.kind == "polarity"
    texts = [claim.text[slice(*spans[0])] for claim, spans in zip((a, b), found.spans, strict=True)]
    assert texts[0] == a.text


@pytest.mark.parametrize(
    ("likeness", "days", "same_language", "one_event"),
    [
        (0.91, 0, True, True),
        (0.89, 3, True, True),
        (0.89, None, True, False),
        (0.91, None, True, True),
        (0.91, 200, True, False),
        (0.85, 0, True, False),
        (0.85, 0, False, True),
    ],
)
def test_articles_of_one_event(likeness: float, days: int | None, same_language: bool, one_event: bool) -> None:
    assert verdicts.of_one_event(likeness, days, SETTINGS.event, same_language=same_language) is one_event


def test_articles_of_two_events_contradict_each_other_in_nothing() -> None:
    clash = Scores(0.0, 0.0, 1.0)
    found = verdicts.decide(CLOSE, claim("أ"), claim("ب"), clash, clash, SETTINGS.verdicts, one_event=False)
    assert (found.label, found.relation) == ("neutral", "different_event")
    assert found.probabilities["contradiction"] == 0


def test_a_very_sure_judge_is_heard_where_no_words_are_shared() -> None:
    doubting = fusion.Model(fusion.Trees(-3.0, []), fusion.Trees(-1.0, []))
    far, sure, less = replace(CLOSE, similarity=0.8, overlap=0.0), Scores(0.1, 0.1, 0.8), Scores(0.2, 0.2, 0.6)
    found, doubted = (
        verdicts.decide(
            far, claim("لم ينته شيء"), claim("تم الاتفاق"), scores, scores, SETTINGS.verdicts, model=doubting
        )
        for scores in (sure, less)
    )
    assert (found.label, doubted.label) == ("contradiction", "uncertain")
    assert found.probability == pytest.approx(1 - 0.4 * (1 - doubted.probabilities["contradiction"]))
    told_elsewhere = Surroundings(rival_entailment=0.9)
    elsewhere = verdicts.decide(
        far,
        claim("لم ينته شيء"),
        claim("تم الاتفاق"),
        sure,
        sure,
        SETTINGS.verdicts,
        around=told_elsewhere,
        model=doubting,
    )
    assert elsewhere.label == "uncertain"


def test_what_two_events_share_must_be_surer_to_be_agreement() -> None:
    support, alike = Scores(0.85, 0.1, 0.05), replace(CLOSE, similarity=0.9, overlap=0.2)
    alone = [
        verdicts.decide(alike, claim("أ"), claim("ب"), support, support, SETTINGS.verdicts, one_event=together)
        for together in (True, False)
    ]
    assert [v.label for v in alone] == ["agreement", "uncertain"]


def test_a_flag_has_a_ground_that_can_be_shown() -> None:
    keen = SETTINGS.verdicts.model_copy(update={"contradiction_probability": 0.0, "agreement_probability": 1.0})
    unsure, sure = Scores(0.3, 0.4, 0.3), Scores(0.2, 0.3, 0.5)
    labels = [
        verdicts.decide(CLOSE, a, claim("وصل الوفد"), scores, scores, keen).label
        for a, scores in (
            (claim("غادر الوزير"), unsure),
            (claim("غادر الوزير"), sure),
            (single("لم يصل الوفد إلى جنيف"), unsure),
        )
    ]
    assert labels[0] != "contradiction"
    assert labels[1:] == ["contradiction", "contradiction"]


def test_a_refusal_does_not_clash_with_a_negation() -> None:
    refused, will_not, went = map(
        single, ("امتنعت واشنطن عن استقبال الوفد", "لا تستقبل واشنطن الوفد", "وصل الوفد اليوم")
    )
    assert compare(refused, will_not).polarity == compare(will_not, refused).polarity == "unknown"
    assert compare(will_not, went).polarity == "clash"


def test_of_several_amounts_those_clash_that_share_their_words() -> None:
    a, b = single("بلغ عمق البؤرة 12 كيلومترا وطول الشق 3 كيلومترات"), single("حدد المعهد عمق البؤرة عند 21 كيلومترا")
    spans = compare(a, b).number_spans
    assert spans
    assert a.text[slice(*spans[0])].startswith("12")
    assert b.text[slice(*spans[1])].startswith("21")


def test_a_clash_for_the_judge_alone_is_not_called_neutral() -> None:
    careful = SETTINGS.verdicts.model_copy(update={"contradiction_probability": 1.0, "neutral_probability": 0.0})
    for clash, label in ((Scores(0.1, 0.3, 0.6), "uncertain"), (Scores(0.1, 0.6, 0.3), "neutral")):
        found = verdicts.decide(CLOSE, claim("أ"), claim("ب"), clash, clash, careful, days=4)
        assert (found.label, found.relation) == (label, "compatible")


def test_a_later_stage_in_the_later_report_is_an_update() -> None:
    careful = SETTINGS.verdicts.model_copy(update={"contradiction_probability": 1.0, "neutral_probability": 0.0})
    before, after = single("ستوقع الحكومة الاتفاق", "ar"), single("وقعت الحكومة الاتفاق", "ar")
    calm = Scores(0.1, 0.8, 0.1)
    relations = [
        verdicts.decide(pair, a, b, calm, calm, careful, days=days).relation
        for pair, a, b, days in (
            (CLOSE, before, after, 4),
            (CLOSE, after, before, -4),
            (CLOSE, before, after, -4),
            (CLOSE, before, after, 0),
            (replace(CLOSE, best_of=1), before, after, 4),
            (replace(CLOSE, matching=0.5), before, after, 4),
        )
    ]
    assert relations == ["superseded", "superseded", *["compatible"] * 4]
