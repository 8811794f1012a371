"""Frames: amounts, times, stages, denials and speakers, in all the spellings that newsrooms use."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabayyun import Article, extract, frames, quantities, times
from tabayyun.configs import language_table
from tabayyun.eval import passages
from tabayyun.spelling import flat

TODAY = date(2015, 10, 14)
DATA = Path(__file__).parent / "data"


def amounts(text: str, language: str = "ar") -> list[tuple[float | None, float | None, str, str]]:
    return [(q.low, q.high, q.unit, q.counted) for q in quantities.find(text, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ضربت أربعين هدفا", (40, 40, "count", "هدفا")),
        ("ضربت ٤٠ هدفا", (40, 40, "count", "هدفا")),
        ("ضربت ۴۰ هدفا", (40, 40, "count", "هدفا")),
        ("ضَرَبَت أَرْبَعِينَ هَدَفًا", (40, 40, "count", "هَدَفًا")),
        ("قتل ثلاثة وعشرون شخصا", (23, 23, "count", "شخصا")),
        ("وصلت إحدى عشرة شاحنة", (11, 11, "count", "شاحنة")),
        ("دمرت دبابتين", (2, 2, "count", "دبابتين")),
        ("نحو ألفي لاجئ", (1800, 2200, "count", "لاجئ")),
        ("ما لا يقل عن 1,250 منزلا", (1250, None, "count", "منزلا")),
        ("15 مدرسة على الأقل", (15, None, "count", "مدرسة")),
        ("ما بين ثلاثة وخمسة ملايين نسمة", (3_000_000, 5_000_000, "count", "نسمة")),
        ("أكثر من نصف مليون نازح", (500_000, None, "count", "نازح")),
        ("ارتفع ٤٫٥ في المئة", (4.5, 4.5, "percent", "")),
        ("بقيمة 4ر5 مليار دولار", (4_500_000_000, 4_500_000_000, "USD", "")),
        ("تنتج مليوني برميل", (2_000_000, 2_000_000, "barrel", "")),
        ("استمرت يومين", (2, 2, "day", "")),
        ("القتلى الأربعة", (4, 4, "count", "القتلى")),
        ("عاد الصيادون الـ24", (24, 24, "count", "الصيادون")),
    ],
)
def test_arabic_amounts(text: str, expected: tuple[float | None, float | None, str, str]) -> None:
    assert amounts(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "في 14 تشرين الأول 2015",
        "عام 2014",
        "طائرات سو-24",
        "يوم الاثنين",
        "الساعات الـ24 الماضية",
        "المدرب كريستين بوتين في أفغانستان",
        "القرار 2254",
        "عند الساعة 10:30",
        "مجموعة 5+1",
        "في الحادية عشرة من صباح الاثنين",
        "عند الخامسة و40 دقيقة عصرا",
        "وهي في الرابعة والثلاثين",
    ],
)
def test_what_is_no_amount(text: str) -> None:
    assert amounts(text) == []


def test_an_ordinal_leaves_the_amount_behind_it() -> None:
    assert [q[:2] for q in amounts("وسجل الثاني 12 نقطة")] == [(12, 12)]
    assert amounts("shortly after 6am, not 10 o'clock", "en") == []


def test_number_words_come_back() -> None:
    """The words were written by num2words, which is no dependency: it is LGPL and needs a package without a wheel."""
    rows = [line.split("\t") for line in (DATA / "number_words.tsv").read_text(encoding="utf-8").splitlines()]
    read = [(number, [q[:2] for q in amounts(written, language)]) for number, language, written in rows]
    assert len(read) == 905
    assert [row for row in read if row[1] != [(int(row[0]), int(row[0]))]] == []


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("وصل مساء أمس الثلاثاء", "2015-10-13", "2015-10-13"),
        ("وصل أول من أمس", "2015-10-12", "2015-10-12"),
        ("وقع الجمعة", "2015-10-09", "2015-10-09"),
        ("سيوقع يوم الخميس", "2015-10-15", "2015-10-15"),
        ("في 30 سبتمبر/أيلول الماضي", "2015-09-30", "2015-09-30"),
        ("في الثالث من نيسان", "2015-04-03", "2015-04-03"),
        ("قصفت خلال الساعات الـ24 الماضية", "2015-10-13", "2015-10-14"),
        ("منذ يوم الاثنين", "2015-10-12", None),
        ("حتى ٢٠ تشرين الأول", None, "2015-10-20"),
        ("في أيار الماضي", "2015-05-01", "2015-05-31"),
        ("عام ٢٠١٤", "2014-01-01", "2014-12-31"),
        ("قبل ثلاثة أيام", "2015-10-11", "2015-10-11"),
    ],
)
def test_times(text: str, first: str | None, last: str | None) -> None:
    found = times.find(text, "ar", TODAY, quantities.find(text, "ar"))
    assert [p.to_dict() for p in found] == [{"from": first, "to": last}]


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("On 12 May the dam overflowed", "en", "2015-05-12"),
        ("The dam may be closed on 12 May", "en", "2016-05-12"),
        ("ON MAY 12, 2014 THE DAM OVERFLOWED", "en", "2014-05-12"),
        ("At least 12 may have drowned", "en", None),
        ("They march 20 miles", "en", None),
        ("The court sits next Friday", "en", "2015-10-16"),
        ("He resigned last Wednesday", "en", "2015-10-07"),
        ("He resigned last November", "en", "2014-11-01"),
        ("Mahkeme geçen Çarşamba toplandı", "tr", "2015-10-07"),
        ("Суд собрался в прошлую среду", "ru", "2015-10-07"),
        ("Суд соберется в следующую пятницу", "ru", "2015-10-16"),
        ("Le tribunal siège le 20 octobre prochain", "fr", "2015-10-20"),
        ("تعقد المحكمة جلستها الأربعاء المقبل", "ar", "2015-10-21"),
        ("ستعقد المحكمة جلستها الأربعاء", "ar", "2015-10-14"),
        ("انعقدت المحكمة الأسبوع الماضي الجمعة", "ar", "2015-10-09"),
    ],
)
def test_times_of_other_languages(text: str, language: str, first: str | None) -> None:
    found = times.find(text, language, TODAY, quantities.find(text, language))
    assert [p.to_dict()["from"] for p in found] == ([first] if first else [])


def test_may_is_no_month() -> None:
    assert amounts("At least 12 may have drowned", "en") == [(12, None, "count", "")]


def test_times_without_a_date_are_not_guessed() -> None:
    assert times.find("وصل أمس", "ar", None) == ()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("لم ينجز أي شيء بعد", "not_yet"),
        ("توصل الطرفان إلى اتفاق", "agreed"),
        ("ستنسحب القوات غدا", "planned"),
        ("قد تنسحب القوات", "unconfirmed"),
        ("تنسحب القوات إذا وقع الاتفاق", "conditional"),
        ("أرجئت الجلسة", "postponed"),
        ("ألغت الشركة الرحلات", "cancelled"),
        ("رفضت الحكومة العرض", "refused"),
        ("لا تزال الاشتباكات مستمرة", "under_way"),
        ("قتل ثلاثة جنود", "completed"),
        ("الاتفاق خطوة مهمة", None),
    ],
)
def test_stages(text: str, status: str | None) -> None:
    told = frames.status(text, "ar")
    assert (told.value if told else None) == status


def test_two_negations_cancel_out_and_denial_counts() -> None:
    assert frames.polarity("لم ينف الوزير الخبر", "ar").value == "affirmative"
    assert frames.polarity("تكون الغارات أصابت المدنيين", "ar", said="denied").value == "negative"
    assert frames.polarity("ما لا يقل عن أربعين شخصا", "ar").value == "affirmative"


@pytest.mark.parametrize(
    ("text", "voice", "speaker", "claim"),
    [
        ("وبحسب شركة الميناء، كلف التعطل مليون دولار.", "reported", "شركة الميناء", "كلف التعطل مليون دولار"),
        ("أغلق المطار بعد الغارة، وفق مصدر ملاحي.", "reported", "مصدر ملاحي", "أغلق المطار بعد الغارة"),
        ("لكن الشركة تقول إن السفينة لم تتعطل.", "reported", "الشركة", "السفينة لم تتعطل"),
        (
            "وقالت وزيرة العلوم، التي تابعت الإطلاق، إن المسبار وصل إلى مداره.",
            "reported",
            "وزيرة العلوم",
            "المسبار وصل إلى مداره",
        ),
        (
            "ونقلت وكالات أنباء عن ممثل للوزارة قوله يوم السبت إن الطائرات شنت 64 طلعة.",
            "reported",
            "ممثل للوزارة",
            "الطائرات شنت 64 طلعة",
        ),
        (
            "وقال المتحدث باسم الوزارة في تعقيب على كلام نظيره إن الاقتراح لم يصل بعد.",
            "reported",
            "المتحدث باسم الوزارة",
            "الاقتراح لم يصل بعد",
        ),
        (
            'وقال مدير وكالة "المدينة" للأنباء إن الطريق مغلق تماما.',
            "reported",
            'مدير وكالة "المدينة" للأنباء',
            "الطريق مغلق تماما",
        ),
        ('"لن نتراجع عن القرار"، قال الوزير.', "quoted", "الوزير", "لن نتراجع عن القرار"),
        ("وفي المكلا، قال مدير المطار إن الرحلات توقفت ساعتين.", "reported", "مدير المطار", "الرحلات توقفت ساعتين"),
        (
            "وعن البحارة الأربعة، أوضح مدير الميناء أن السفينة لا تقلهم.",
            "reported",
            "مدير الميناء",
            "وعن البحارة الأربعة، أوضح مدير الميناء أن السفينة لا تقلهم",
        ),
        ("ويروي حارس المستودع أن الأبواب لم تكسر.", "reported", "حارس المستودع", "الأبواب لم تكسر"),
        ("وإدارة السد قالت في بيان مقتضب إن البوابات مغلقة كلها.", "reported", "إدارة السد", "البوابات مغلقة كلها"),
        (
            "ووصلت الشاحنات، بحسب حارس المستودع، فارغة تماما.",
            "reported",
            "حارس المستودع",
            "ووصلت الشاحنات، بحسب حارس المستودع، فارغة تماما",
        ),
    ],
)
def test_speakers_wherever_they_stand(text: str, voice: str, speaker: str, claim: str) -> None:
    found = extract(Article.from_text(text, language="ar")).claims
    assert [(c.voice, c.speaker, c.text) for c in found] == [(voice, speaker, claim)]


def test_a_pronoun_is_no_speaker() -> None:
    text = "وقال الوزير إن المحادثات طويلة. وأضاف الوزير بعد ذلك: أنه يأمل أن يتم الاتفاق."
    assert {c.speaker for c in extract(Article.from_text(text, language="ar")).claims} == {"الوزير"}


def test_each_part_of_a_quotation_is_a_claim_of_its_speaker() -> None:
    text = 'وقال كارتر: "المحادثات تحقق تقدما. لكن لم ينجز أي شيء بعد".'
    found = extract(Article.from_text(text, language="ar")).claims
    assert [(c.speaker, c.status) for c in found] == [("كارتر", None), ("كارتر", "not_yet")]


@given(
    st.text(st.sampled_from("ابتة أإىي ـَُ٤40دينارلمبعد،.مئةألفينو"), max_size=60), st.sampled_from(["ar", "fa", "en"])
)
def test_offsets_hold_on_any_text(text: str, language: str) -> None:
    plain, at = flat(text)
    assert len(at) == len(plain) + 1
    found = quantities.find(text, language)
    for quantity in found:
        assert 0 <= quantity.start < quantity.end <= len(text)
        assert quantity.counted in text
    for period in times.find(text, language, TODAY, found):
        assert 0 <= period.start < period.end <= len(text)


def test_spelling_changes_no_frame() -> None:
    text = "وقالت الوزارة إن طائراتها ضربت ما لا يقل عن ٤٠ هدفا أمس."
    variants = [text, text.replace("٤٠", "40"), "وقالت الوزارة إنّ طائراتِها ضَرَبَت ما لا يقلّ عن ٤٠ هدفًا أمسِ."]
    variants += [unicodedata.normalize("NFD", text), text.replace(" ", "\u200f ")]
    found = [extract(Article.from_text(t, language="ar", published="2015-10-14")).claims[0] for t in variants]
    assert len({(c.status, c.time.first if c.time else None, c.quantities[0].low, c.voice) for c in found}) == 1


def test_measures_of_extraction() -> None:
    assert passages.other_digits("40 و٤٠") == "٤٠ و40"
    assert passages.without_diacritics("هَدَفــا") == "هدفا"


@pytest.mark.parametrize("language", ["ar", "en", "fr", "ru", "tr", "fa", "he"])
def test_stages_that_are_told_anywhere_come_first_in_the_tables(language: str) -> None:
    anywhere = [
        rule["status"] in ("denied", "unconfirmed", "conditional", "not_yet")
        for rule in language_table("frames", language)["status"]
    ]
    assert anywhere == sorted(anywhere, reverse=True)
