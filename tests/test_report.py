"""Reports in every format: keys, wording, HTML that stays harmless, Markdown, CSV, ClaimReview, published schemas."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from markdown_it import MarkdownIt
from rich.console import Console

from tabayyun import Article, Checker, Report, extract
from tabayyun.bidi import direction, harmless
from tabayyun.boilerplate import lines_of
from tabayyun.configs import FOLDER, names, table
from tabayyun.html import claims_page, report_page
from tabayyun.markdown import escaped, markdown
from tabayyun.marked import Mark, lines, pieces
from tabayyun.models.text import normalise
from tabayyun.render import show, show_claims
from tabayyun.report import SECTIONS, section_of, verdict_key
from tabayyun.tables import COLUMNS, claim_reviews, csv_table, defused
from tabayyun.verdicts import Verdict
from tabayyun.wording import amount, name, words_of

DOCS = Path(__file__).parent.parent / "docs"
HOSTILE_A = """<img src=x onerror=alert(1)> خبر «عاجل» عن الاتفاق في مسقط

\u202eقال الوزير إن <script>alert("xss")</script> الاتفاق وقع أمس في مسقط\u2066 بحضور 40 ضيفا.
أعلنت الشركة أن [الموقع](javascript:alert(1)) </textarea></style> عاد إلى العمل صباح اليوم\u202b كالمعتاد.
=HYPERLINK("javascript:alert(1)";"اضغط") وصلت ثلاث سفن إلى ميناء العقبة.
"""
HOSTILE_B = """\u202eقال الوزير إن <script>alert("xss")</script> الاتفاق لم يوقع أمس في مسقط\u2066 بحضور 40 ضيفا.
=HYPERLINK("javascript:alert(1)";"اضغط") وصلت ثلاث سفن إلى ميناء العقبة.
"""


@pytest.fixture
def report(checker: Checker, article_a: Article, article_b: Article) -> Report:
    return checker.check(article_a, article_b)


@pytest.fixture
def hostile(checker: Checker) -> Report:
    a = Article.from_text(HOSTILE_A, outlet='"><script>alert(2)</script>', title="=1+1<b>", published="2024-03-12")
    return checker.check(a, Article.from_text(HOSTILE_B, outlet="\u202eباء"))


def test_a_key_is_about_the_two_statements_only(checker: Checker, article_a: Article, article_b: Article) -> None:
    verdicts = checker.check(article_a, article_b).verdicts
    keys = [verdict_key(v) for v in verdicts]
    assert len(set(keys)) == len({frozenset((normalise(v.a.text), normalise(v.b.text))) for v in verdicts})
    assert sorted(keys) == sorted(verdict_key(v) for v in checker.check(article_b, article_a).verdicts)
    first = verdicts[0]
    vowelled = replace(first, probability=0.1, a=replace(first.a, text=first.a.text.replace("وقع", "وَقَّع")))
    assert verdict_key(vowelled) == verdict_key(first)


@pytest.mark.parametrize(
    ("label", "relation", "section"),
    [
        ("contradiction", "contradiction", "contradiction"),
        ("contradiction", "dispute", "dispute"),
        ("agreement", "agreement", "agreement"),
        ("neutral", "superseded", "superseded"),
        ("neutral", "different_event", "superseded"),
        ("neutral", "compatible", "neutral"),
        ("uncertain", "compatible", "uncertain"),
    ],
)
def test_every_verdict_has_a_section(report: Report, label: str, relation: str, section: str) -> None:
    verdict: Verdict = replace(report.verdicts[0], label=label, relation=relation)  # type: ignore[arg-type]
    assert section_of(verdict) == section
    assert section in SECTIONS


def test_everything_that_is_shown_has_a_name_in_both_languages() -> None:
    english, arabic = words_of("en"), words_of("ar")
    assert {g: set(e) for g, e in english.items()} == {g: set(e) for g, e in arabic.items()}
    assert set(english["section"]) == set(english["rating"]) == set(SECTIONS)
    assert {status for pair in table("clashes")["status"] for status in pair} <= set(english["status"])
    for language in names("frames"):
        content = table(f"frames/{language}")
        assert {rule["status"] for rule in content.get("status", ())} <= set(english["status"])
        assert set(content["acts"]) <= set(english["act"])
    kinds = {kind for part in ("lines", "anywhere", "from_here") for kind in table("boilerplate")[part]}
    assert kinds | {"caption", "menu", "other"} <= set(english["removed"])
    measures = {unit for unit in table("numbers/ar")["units"] if not re.fullmatch("[A-Z]{3}", unit)}
    assert measures <= set(english["unit"])
    assert all(
        re.search("[\u0600-\u06ff]", word) for group in ("page", "section", "kind") for word in arabic[group].values()
    )


def test_interface_table_fills_the_same_places_in_both_languages() -> None:
    entries = tomllib.loads((FOLDER / "interface.toml").read_text(encoding="utf-8"))
    for group in entries.values():
        # A template would find the method of the dict first.
        assert not set(group) & set(dir(dict))
        for both in group.values():
            assert set(re.findall(r"\{\w+\}", both["en"])) == set(re.findall(r"\{\w+\}", both["ar"])), both


def test_reasons_with_numbers_are_worded() -> None:
    assert name(words_of("ar"), "reason", "over the budget of 240 judged pairs") == "تجاوز الحد: 240 زوجا مفحوصا"
    assert name(words_of("ar"), "reason", "something new about 7") == "something new about 7"


def test_amounts(article_b: Article) -> None:
    claim = extract(
        Article.from_text("قتل نحو 40 جنديا في ما لا يقل عن ثلاث غارات، وبلغت الزيادة 12 في المئة.")
    ).claims[0]
    told = [harmless(amount(q, words_of("en"))) for q in claim.quantities]
    assert told == ["36 to 44 جنديا", "at least 3 غارات", "12 percent"]


def page_of(source: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(source)


def test_the_page_shows_both_texts_and_every_verdict_with_its_key(report: Report) -> None:
    page = page_of(report_page(report, all_verdicts=True))
    keys = page.xpath('//li[contains(@class, "verdict")]/@data-key')
    assert sorted(keys) == sorted(verdict_key(v) for v in report.verdicts)
    for side, article in (("a", report.a), ("b", report.b)):
        shown = page.xpath(f'//div[@id="text-{side}"]/p')
        assert ["".join(p.itertext()) for p in shown] == [article.text[slice(*line)] for line in lines_of(article.text)]
    number = page.xpath('//li[contains(@class, "contradiction")]/@data-item')[0]
    evidence = page.xpath(f'//div[@id="text-b"]//mark[contains(concat(" ", @data-words, " "), " {number} ")]')
    start, end = report.contradictions[0].spans[1][0]
    assert "".join(evidence[0].itertext()) == report.b.text[start:end]


def test_neutral_verdicts_only_when_asked_for(report: Report) -> None:
    neutral = replace(report.verdicts[0], label="neutral", relation="compatible", kind=None)
    one = replace(report, verdicts=(neutral,))
    for write in (report_page, markdown, csv_table):
        assert neutral.a.text in write(one, all_verdicts=True)
    assert verdict_key(neutral) in report_page(one, all_verdicts=True)
    assert verdict_key(neutral) not in report_page(one)
    assert neutral.a.text not in markdown(one)
    assert len(csv_table(one).splitlines()) == 1


def test_the_arabic_page_is_right_to_left(report: Report) -> None:
    page = page_of(report_page(report, language="ar"))
    assert (page.get("dir"), page.get("lang")) == ("rtl", "ar")
    assert page.xpath("//h1")[0].text == "مقارنة بين مقالين"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_hostile_articles_show_as_harmless_text(hostile: Report, language: str) -> None:
    for source in (
        report_page(hostile, language=language, all_verdicts=True),  # type: ignore[arg-type]
        claims_page(hostile.a, extract(hostile.a), language=language),  # type: ignore[arg-type]
    ):
        page = page_of(source)
        assert len(page.xpath("//script")) == len(page.xpath("//style")) == 1
        assert not page.xpath("//img | //iframe | //object | //embed | //link | //base | //@style | //@src")
        assert not [a for a in page.xpath("//@*") if getattr(a, "attrname", "").startswith("on")]
        assert all(address.startswith("#") for address in page.xpath("//@href"))
        body = source[source.index("</title>") :]
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f]", body)
        text = "".join(page.xpath('//div[@id="text-a"]')[0].itertext())
        assert '<script>alert("xss")</script>' in text
        assert "[الموقع](javascript:alert(1))" in text


def test_the_policy_allows_the_page_s_own_code_and_nothing_else(report: Report) -> None:
    page = page_of(report_page(report))
    policy = page.xpath('//meta[@http-equiv="Content-Security-Policy"]/@content')[0]
    assert "default-src 'none'" in policy
    for tag in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256(page.xpath(f"//{tag}")[0].text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_a_line_keeps_its_direction() -> None:
    assert direction("ar", "Reuters - 12") == "ltr"
    assert direction("ar", "12-03-2024") == "rtl"
    assert direction("en", "قال الوزير") == "rtl"
    assert direction("en", "The minister said «قال»") == "ltr"


@given(st.text(), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 5))))
def test_cutting_loses_and_adds_nothing(text: str, places: list[tuple[int, int, int]]) -> None:
    marks = [Mark(min(a, b), max(a, b), n, "dispute") for a, b, n in places]
    cut = pieces(text, 0, len(text), marks)
    assert "".join(piece.text for piece in cut) == harmless(text)


def test_claims_page_marks_every_claim_and_removed_line() -> None:
    article = Article.from_text(
        "وقع الوزيران الاتفاق في مسقط صباح اليوم.\nوصلت ثلاث سفن إلى ميناء العقبة.\nاترك تعليقا\nلن يتم نشر بريدك."
    )
    page = page_of(claims_page(article, extract(article)))
    marked = ["".join(m.itertext()) for m in page.xpath('//div[@id="text-a"]//mark')]
    assert marked == [claim.text for claim in extract(article).claims]
    assert len(page.xpath('//div[@id="text-a"]/p[@class="removed"]')) == len(article.boilerplate) == 2
    assert [line.removed for line in lines(article, [])] == [False, False, True, True]


def test_markdown_has_no_markup_of_the_articles(hostile: Report) -> None:
    source = markdown(hostile, all_verdicts=True)
    tokens = [t for block in MarkdownIt("commonmark").parse(source) for t in (block, *(block.children or ()))]
    assert not [t for t in tokens if t.type in ("html_inline", "html_block", "link_open", "image", "code_inline")]
    assert '\\<script\\>alert("xss")\\</script\\>' in source


@given(st.text())
def test_escaped_text_reads_as_before(text: str) -> None:
    plain = " ".join(harmless(text).split())
    inline = MarkdownIt("commonmark").parseInline(escaped(f"x{plain}x"))[0].children or []
    assert {t.type for t in inline} <= {"text", "text_special"}
    assert "".join(t.content for t in inline) == f"x{plain}x"


def test_markdown_in_arabic(report: Report) -> None:
    source = markdown(report, language="ar")
    assert source.startswith('<div dir="rtl">\n\n# مقارنة بين مقالين')
    assert report.contradictions[0].why_in("ar") in source


def test_csv_holds_no_formula(hostile: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_table(hostile, all_verdicts=True))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(hostile.verdicts)
    assert not [cell for row in rows for cell in row.values() if cell.lstrip().startswith(("=", "+", "-", "@"))]
    assert any(row["a_text"].startswith("'=HYPERLINK") for row in rows)


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx", "  =1", "＝1"])
def test_what_spreadsheets_run_is_defused(cell: str) -> None:
    assert defused(cell) == f"'{cell}"


def test_claim_reviews_are_drafts_about_both_statements(report: Report) -> None:
    found = claim_reviews(report, report.contradictions)
    assert found["@context"] == "https://schema.org"
    first, second = found["@graph"]
    verdict = report.contradictions[0]
    assert (first["claimReviewed"], second["claimReviewed"]) == (verdict.a.text, verdict.b.text)
    assert first["identifier"] == second["identifier"] == verdict_key(verdict)
    assert first["creativeWorkStatus"] == "Draft"
    assert first["reviewRating"] == {"@type": "Rating", "alternateName": "Contradicted by باء"}
    assert first["itemReviewed"]["appearance"] == second["citation"]
    assert first["itemReviewed"]["author"] == {"@type": "Organization", "name": "ألف"}
    assert claim_reviews(report, [])["@graph"] == []


def validator(schema: str) -> jsonschema.Draft202012Validator:
    content = json.loads((DOCS / schema).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(content)
    return jsonschema.Draft202012Validator(content, format_checker=jsonschema.FormatChecker())


def test_reports_and_claims_meet_their_published_schemas(checker: Checker, hostile: Report) -> None:
    text = "أعلنت الوزارة الأحد 10 آذار أن نحو 40 عاملا أضربوا في الميناء، وقال الوزير إن الاتفاق لم يوقع بعد في دمشق."
    article = Article.from_text(text, published="2024-03-12")
    small = checker.settings.pairing.model_copy(update={"max_pairs": 1})
    checker.settings = checker.settings.model_copy(update={"pairing": small})
    reports = [hostile, checker.check(article, hostile.a)]
    assert reports[1].not_checked
    for report in reports:
        validator("report.schema.json").validate(report.to_dict(all_verdicts=True))
        for side in (report.a, report.b):
            validator("claims.schema.json").validate(extract(side).to_dict(side))


def test_a_report_with_an_unknown_label_does_not_meet_the_schema(report: Report) -> None:
    broken = report.to_dict()
    broken["verdicts"][0]["label"] = "lie"
    with pytest.raises(jsonschema.ValidationError, match="'lie' is not one of"):
        validator("report.schema.json").validate(broken)


def printed(width: int) -> Console:
    return Console(width=width, file=io.StringIO(), highlight=False, markup=False, emoji=False)


def output(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_terminal_isolates_every_line(report: Report) -> None:
    for language in ("en", "ar"):
        console = printed(40)
        show(report, console, all_verdicts=True, language=language)  # type: ignore[arg-type]
        for line in output(console).splitlines():
            assert line.count("\u2067") + line.count("\u2066") + line.count("\u2068") == line.count("\u2069"), line
    assert "تناقض" in output(console)


@pytest.mark.parametrize("width", [60, 110])
def test_claims_stand_in_the_running_text(width: int) -> None:
    article = Article.from_text(
        "قال الوزير سامر الخطيب إن الاتفاق لم يوقع بعد.\nوصلت ثلاث سفن إلى ميناء العقبة.\nاترك تعليقا"
    )
    console = printed(width)
    show_claims(article, extract(article), console)
    shown = harmless(output(console))
    for part in ("قال الوزير سامر الخطيب إن [1] الاتفاق", "[2] وصلت", "1 reporting", "negated", "(comment form)"):
        assert part in shown
    beside = [line for line in shown.splitlines() if "[1]" in line and "1 reporting" in line]
    assert bool(beside) == (width > 80)
