"""Properties of every parser and pure decision, on any input that hypothesis can think of.

`make test` tries twenty examples of each, `HYPOTHESIS_PROFILE=long python -m pytest tests/test_properties.py` a
thousand. What the fuzzer found (`scripts/fuzz.py`) stands in a table.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import math
from dataclasses import replace
from itertools import pairwise

import jsonschema
import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tabayyun import (
    Article,
    Checker,
    ConfigError,
    DataError,
    InputError,
    Scores,
    bidi,
    boilerplate,
    compare,
    dates,
    entities,
    importance,
    ingest,
    outlets,
    quantities,
    sentences,
    settings,
    spelling,
    times,
    verdicts,
    wording,
)
from tabayyun.article import LANGUAGES, date_in_url, parse_date
from tabayyun.claims import Claim, extract, single
from tabayyun.configs import FOLDER, language_table
from tabayyun.eval import metrics
from tabayyun.html import claims_page, report_page
from tabayyun.markdown import escaped, markdown
from tabayyun.models.fakes import FakeEmbedder, FakeJudge
from tabayyun.models.text import date_gap, normalise
from tabayyun.pairing import pair_claims, word_overlap
from tabayyun.report import verdict_key
from tabayyun.review import exchange
from tabayyun.tables import COLUMNS, claim_reviews, csv_table, defused
from tests import invariants

TODAY = datetime.date(2015, 10, 14)
SCHEMA = jsonschema.Draft202012Validator(json.loads((FOLDER / "schemas" / "report.schema.json").read_text("utf-8")))


def _cues(language: str) -> list[str]:
    """Words that mean something to the extraction, with a few that do not."""
    tables = [language_table(folder, language) for folder in ("cues", "frames", "numbers", "times")]
    lists = [value for table in tables for value in table.values() if isinstance(value, list)]
    listed = [word for one in lists for word in one if isinstance(word, str)]
    return [*listed, "الاتفاق", "سفينة", "killed", "people", "40", "٣", "1,200", "5%", "2015", "13/10/2015", "12:30"]


MARKS = st.sampled_from([" ", " ", " ", " ", "، ", ". ", ": ", ' "', '" ', " «", "» ", "؟ ", "\n", " - ", " (", ") "])
ODD = st.text(
    st.sampled_from("\u0640\u064e\u202e\u2066\u2028\u00a0\x00\x1b²ıİſ\U0001f600e\u0301=+@<|`*") | st.characters()
)
languages = st.sampled_from(LANGUAGES)
texts = languages.flatmap(
    lambda code: st.lists(st.tuples(st.sampled_from(_cues(code)) | ODD, MARKS), min_size=1, max_size=40).map(
        lambda parts: (code, "".join(word + mark for word, mark in parts))
    )
)
"""A language and a text of its cue words, odd characters and punctuation."""
days = st.none() | st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31))
scores = st.lists(st.floats(0.001, 1), min_size=3, max_size=3).map(lambda v: Scores(*(x / sum(v) for x in v)))
scores |= st.sampled_from([Scores(1.0, 0.0, 0.0), Scores(0.0, 1.0, 0.0), Scores(0.0, 0.0, 1.0)])


def tells(error: Exception) -> None:
    """An error says something, and a terminal can print it."""
    assert str(error).encode()


def written(text: str) -> str:
    assume(text.removeprefix("\ufeff").strip())
    return text


@pytest.mark.parametrize(
    "text",
    [
        "وقع الانفجار قبل 999999999999 يوما في المدينة القديمة.",
        "يعيش السكان منذ 999999999999 شهرا في المدينة القديمة.",
        "وقع الانفجار خلال الأيام الـ 99999999999 الماضية في المدينة.",
        f"ورفضت الوزارة الطلب وعدده {'9' * 5000} في المدينة القديمة.",
        f"ورفضت الوزارة طلب الشركة، بينما {'9' * 400} دعت غرفة التجارة إلى تعويض الناس.",
        "كان " + "مصدر، " * 90,
        "وصلت إلى الميناء " + "3 سفن و" * 500 + "4 سفن.",
        "نشر في 31/12/9999\n\nوصل الوفد مساء أمس إلى المدينة القديمة.",
    ],
)
@pytest.mark.parametrize("day", [None, datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)])
def test_what_the_fuzzer_found(text: str, day: datetime.date | None) -> None:
    article = Article.from_text(text, language="ar", published=day)
    invariants.of_article(article)
    invariants.of_pairs(invariants.of_claims(article))


@given(texts, days)
def test_articles_claims_and_comparisons(found: tuple[str, str], day: datetime.date | None) -> None:
    article = Article.from_text(written(found[1]), language=found[0], published=day)
    invariants.of_article(article)
    claims = invariants.of_claims(article)
    invariants.of_pairs(claims)
    weights = importance.weights(claims)
    assert all(-1e-9 <= weight <= 1.5 + 1e-9 for weight in weights)
    assert importance.ranked(claims, claims) == tuple(
        sorted(claims, key=lambda c: (-weights[claims.index(c)], c.start))
    )
    assert extract(article).claims == claims


@given(texts, texts, days)
def test_reports_in_every_format(a: tuple[str, str], b: tuple[str, str], day: datetime.date | None) -> None:
    pair = [Article.from_text(written(text), language=code, published=day) for code, text in (a, b)]
    report = Checker(FakeEmbedder(), FakeJudge()).check_many([(pair[0], pair[1])])[0]
    data = json.loads(report.to_json(all_verdicts=True))
    SCHEMA.validate(data)
    rows = list(csv.reader(io.StringIO(csv_table(report, all_verdicts=True))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 1 + len(report.verdicts)
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert len(claim_reviews(report, report.verdicts)["@graph"]) == 2 * len(report.verdicts)
    for language in ("en", "ar"):
        for page in (report_page(report, language=language), markdown(report, language=language, all_verdicts=True)):
            assert not set("\u202a\u202b\u202d\u202e\x00\x1b") & set(page)
    assert claims_page(pair[0], extract(pair[0]))
    taken = exchange.read(json.dumps(data).encode(), "report.json")
    assert [p.key for p in taken.pairs] == list(map(verdict_key, report.verdicts))


@given(texts)
def test_a_claim_comes_back_from_json(found: tuple[str, str]) -> None:
    adapter = TypeAdapter(Claim)
    for claim in extract(Article.from_text(written(found[1]), language=found[0], published=TODAY)).claims:
        assert adapter.validate_json(adapter.dump_json(claim)) == claim
    one = single(found[1], found[0])
    assert (one.start, one.text) == (0, Article.from_text(found[1]).text)
    invariants.of_frame(one)


@given(texts, days)
def test_parsers_keep_their_offsets(found: tuple[str, str], day: datetime.date | None) -> None:
    language, text = found
    plain, at = spelling.flat(text)
    assert len(at) == len(plain) + 1
    assert at == sorted(set(at))
    amounts = quantities.find(text, language)
    for amount in amounts:
        assert 0 <= amount.start < amount.end <= len(text)
        assert all(math.isfinite(value) for value in (amount.low, amount.high) if value is not None)
    assert len(quantities.in_currency_of(text, amounts, language)) == len(amounts)
    periods = times.find(text, language, day, amounts)
    assert all(0 <= p.start < p.end <= len(text) for p in periods)
    assert all(p.first <= p.last for p in periods if p.first and p.last)
    assert all(p.meets(p) for p in periods)
    assert all(0 <= a.start < a.end <= len(text) for a in times.anchors(text, language))
    assert set(times.weekdays(text, language)) <= set(range(7))
    named = entities.find(text)
    assert all(0 <= n.start < n.end <= len(text) for n in named)
    assert entities.place(text, language, named) in (None, *named)
    line = " ".join(text.split())
    assert "".join(line[a:b] for a, b in sentences.split(line, language)) == line
    quoted = sentences.quotations(text)
    assert all(a[1] <= b[0] for a, b in pairwise(quoted))
    assert 0 <= boilerplate.dateline(line) <= len(line)
    assert all(text[a:b] == text[a:b].strip() != "" for a, b in boilerplate.lines_of(text))
    dated = dates.find(text, language, boilerplate.find_title(text), ())
    assert dated is None or 0 <= dated.start < dated.end <= len(text)
    assert isinstance(outlets.named(line), list)


@given(texts)
def test_folding(found: tuple[str, str]) -> None:
    text = found[1]
    folded, normal = spelling.fold(text), normalise(text)
    assert spelling.fold(folded) == folded
    assert normalise(normal) == normal
    assert spelling.words(text) == spelling.words(folded) == spelling.words(normal)
    assert all(spelling.words(text))
    assert spelling.flat(spelling.flat(text)[0])[0] == spelling.flat(text)[0]


@given(texts | st.tuples(st.just("ar"), st.text()), st.sampled_from(["en", "ar"]))
def test_what_is_shown_is_harmless(found: tuple[str, str], language: wording.Language) -> None:
    text = found[1]
    shown = bidi.isolated(text)
    assert shown.count("\u2068") == shown.count("\u2069") == 1
    assert bidi.harmless(bidi.harmless(text)) == bidi.harmless(text)
    assert not set("\u202e\u2066\x00\x1b\x9b") & set(bidi.harmless(text))
    assert bidi.direction(found[0], text) in ("rtl", "ltr")
    assert not defused(text).lstrip().startswith(("=", "+", "-", "@"))
    assert len(escaped(text)) >= len(text)
    words = wording.words_of(language)
    for claim in extract(Article.from_text(written(text), language=found[0], published=TODAY)).claims:
        assert all(
            isinstance(part, str) and part for part in (*wording.frame(claim, words), wording.voice(claim, words))
        )


@pytest.mark.parametrize(
    ("a", "b", "relation"),
    [
        ("وصلت 40 سفينة", "وصلت 50 سفينة", "clash"),
        ("وصلت 40 سفينة", "وصلت 40 سفينة وغرقت 3 سفن", "same"),
        ("وصلت 40 سفينة و30 سفينة", "وصلت 40 سفينة و50 سفينة", "clash"),
        ("وصلت " + "3 سفن و" * 150 + "4 سفن", "وصلت " + "5 سفن و" * 150 + "6 سفن", "clash"),
    ],
)
def test_amounts_clash_whichever_claim_comes_first(a: str, b: str, relation: str) -> None:
    first, second = single(a, "ar"), single(b, "ar")
    assert compare.numbers(first, second).relation == compare.numbers(second, first).relation == relation


@pytest.mark.parametrize("text", ["\ufeffوصلت 40 سفينة أمس", "وصلت 40 سفينة \ud800 أمس"])
def test_one_sentence_is_cleaned_like_an_article(text: str) -> None:
    claim = single(text, "ar")
    assert claim.text == Article.from_text(text, language="ar").text
    assert claim.end == len(claim.text)
    invariants.of_frame(claim)


@given(scores, scores, texts, texts, st.floats(-1, 1), st.none() | st.floats(0, 1), st.integers(-40, 40))
def test_verdicts_are_the_same_both_ways_round(
    there: Scores, back: Scores, x: tuple[str, str], y: tuple[str, str], alike: float, shared: float | None, apart: int
) -> None:
    a, b = (single(written(text), code, "2015-10-14") for code, text in (x, y))
    invariants.of_pair(a, b, there, back)
    first, second = compare.compare(a, b), compare.compare(b, a)
    assert replace(first, number_spans=None) == replace(second, number_spans=None)
    assert compare.copied(a.text, b.text) == compare.copied(b.text, a.text)
    assert compare.contained(a.text, b.text) == compare.contained(b.text, a.text)
    pair = replace(invariants.PAIR, similarity=alike, overlap=shared)
    verdict = verdicts.decide(pair, a, b, there, back, invariants.SETTINGS, days=apart, one_event=False)
    assert verdict.label != "contradiction"
    assert sum(verdict.probabilities.values()) == pytest.approx(1)
    assert date_gap(a.text, b.text, apart) == date_gap(b.text, a.text, -apart)[::-1]
    assert verdicts.settle([verdict]) == [verdict]


@given(st.lists(texts, max_size=4), st.lists(texts, max_size=4))
def test_pairs_stand_within_both_articles(x: list[tuple[str, str]], y: list[tuple[str, str]]) -> None:
    a, b = ([single(written(text), code) for code, text in found] for found in (x, y))
    embedder, least = FakeEmbedder(), settings.load().pairing
    found = pair_claims(a, b, *(embedder.embed([c.text for c in claims]) for claims in (a, b)), least)
    pairs = [*found.chosen, *found.over_budget]
    assert len({(p.a, p.b) for p in pairs}) == len(pairs)
    assert all(0 <= p.a < len(a) and 0 <= p.b < len(b) for p in pairs)
    assert all(p.overlap is not None and -1e-9 <= p.overlap <= 1 + 1e-9 for p in pairs)
    if a and b:
        assert np.allclose(word_overlap(a, b), word_overlap(b, a).T)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda v: st.lists(v) | st.dictionaries(st.text(), v),
)
FIELDS = st.sampled_from(
    ["text", "id", "outlet", "title", "published", "url", "language", "schema", "a", "b", "verdicts"]
)
records = st.dictionaries(FIELDS, json_values | st.sampled_from(["خبر قصير عن الاتفاق.", "ar", "2016-02-30"]))
bytes_of_files = (
    st.binary(max_size=300)
    | texts.map(lambda found: found[1].encode("utf-8", "replace"))
    | st.tuples(texts, st.sampled_from(["utf-16", "cp1256", "utf-8-sig"])).map(
        lambda x: x[0][1].encode(x[1], "replace")
    )
    | (records | json_values).map(lambda value: json.dumps(value).encode())
    | texts.map(lambda found: f"<html><body><article><p>{found[1]}</p></article>".encode("utf-8", "replace"))
)


@given(bytes_of_files, st.sampled_from(ingest.SUFFIXES))
@example(b'{"text": "\\ud800 a", "published": "\\ud800"}', ".json")
@example(b'{"text": "x", "published": "0001-01-01"}', ".json")
def test_any_bytes_give_an_article_or_say_what_is_wrong(data: bytes, suffix: str) -> None:
    try:
        article = ingest.from_fields(ingest.fields(data, "file", suffix), "file")
    except InputError as error:
        tells(error)
        return
    invariants.of_article(article)
    again = Article.from_mapping(article.to_dict())
    assert (again.text, again.language, again.published) == (article.text, article.language, article.published)
    adapter = TypeAdapter(Article)
    assert adapter.validate_json(adapter.dump_json(article)) == article


@given(bytes_of_files)
def test_any_bytes_are_taken_in_or_say_what_is_wrong(data: bytes) -> None:
    try:
        exchange.read(data, "file")
    except (DataError, InputError) as error:
        tells(error)


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:+]{0,14})?", fullmatch=True))
def test_dates_are_of_our_days_or_say_what_is_wrong(text: str) -> None:
    try:
        assert 1900 <= parse_date(text).year <= 2100
    except InputError as error:
        tells(error)
    found = date_in_url(f"https://example.org/{text.replace('-', '/')}/")
    assert found is None or parse_date(found)


plain_keys = st.text(st.characters(exclude_categories=("C",)), max_size=9)
known_keys = st.sampled_from(["min_nearness", "per_claim", "agreement_probability", "max_days", "precision"])
values = st.booleans() | st.integers(-9, 9) | st.floats(-2, 2) | st.sampled_from(["auto", "half"])
parts = st.sampled_from(["models", "pairing", "verdicts", "event", "x"])


@given(st.dictionaries(parts, st.dictionaries(plain_keys | known_keys, values)))
def test_settings_are_valid_or_refused(tmp_path_factory: pytest.TempPathFactory, changes: dict[str, dict]) -> None:  # type: ignore[type-arg]
    path = tmp_path_factory.getbasetemp() / "settings.toml"
    lines = [
        f"[{part}]\n{''.join(map(_entry, *zip(*v.items(), strict=True)))}" if v else f"[{part}]"
        for part, v in changes.items()
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        found = settings.load(path)
    except ConfigError as error:
        tells(error)
        return
    assert settings.Settings.model_validate_json(found.model_dump_json()) == found
    assert len(found.hash) == 12


def _entry(key: str, value: object) -> str:
    return f"{json.dumps(key, ensure_ascii=False)} = {json.dumps(value)}\n"


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.floats(0, 1)), min_size=1, max_size=30))
def test_measures_stay_in_their_bounds(rows: list[tuple[int, int, float]]) -> None:
    gold, said, sure = (np.array(column) for column in zip(*rows, strict=True))
    counts = metrics.confusion(gold, said, 3)
    assert counts.sum() == len(rows)
    assert 0 <= metrics.macro_f1(counts) <= 1
    assert -1 - 1e-9 <= metrics.mcc(counts) <= 1 + 1e-9
    area = metrics.pr_auc(gold == 0, sure)
    assert math.isnan(area) or 0 <= area <= 1 + 1e-9
    right = gold == said
    assert 0 <= metrics.ece(right, sure) <= 1
    coverage, risk = metrics.risk_coverage(right, sure)
    assert coverage[-1] == 1
    assert ((risk >= 0) & (risk <= 1 + 1e-9)).all()
    assert risk[-1] == pytest.approx(1 - right.mean())
    shares = np.column_stack([sure, 1 - sure])
    assert 0 <= metrics.brier(np.column_stack([right, ~right]).astype(float), shares) <= 2
    ranks = [int(rank) or None for rank in gold]
    assert 0 <= metrics.recall_at(ranks, 1) <= metrics.mrr(ranks) <= metrics.recall_at(ranks, 2) <= 1
    names = [["a", "b", "c"][label] for label in gold]
    assert metrics.classification(names, names, ["a", "b", "c"])["accuracy"] == 1
    low, high = metrics.interval(lambda rows: float(right[rows].mean()), names, resamples=20) or (0, 0)
    assert 0 <= low <= high <= 1
