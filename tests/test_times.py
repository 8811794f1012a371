"""What a day in a sentence means: whether it is to come, what belongs together, and what only looks like a time."""

from __future__ import annotations

from datetime import date

import pytest

from tabayyun import quantities, times

THURSDAY = date(2024, 3, 14)


def found(text: str, language: str) -> list[str]:
    """The periods of a sentence published on a Thursday: one day, or the first and the last."""
    periods = times.find(text, language, THURSDAY, quantities.find(text, language))
    ends = [tuple("" if day is None else day.isoformat() for day in (p.first, p.last)) for p in periods]
    return [first if first == last else f"{first}..{last}" for first, last in ends]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("انفجرت سيارة مفخخة الثلاثاء في أعزاز.", "2024-03-12"),
        ("سيطرت قوات الدعم السريع السبت على المدينة.", "2024-03-09"),
        ("حكم على ناشط بالسجن خمس سنوات الأربعاء.", "2024-03-13"),
        ("تظاهر المئات الأربعاء من أجل وقف الحرب.", "2024-03-13"),
        ("وكان الجيش قد أعلن الثلاثاء مقتل قائد في الحزب.", "2024-03-12"),
        ("دعا المقرر الأممي الثلاثاء إلى وقف بيع السلاح.", "2024-03-12"),
        ("أجلت السلطات الأربعاء مئات السكان بسبب الفيضانات.", "2024-03-13"),
        ("اندلعت الحرب في 7 أكتوبر ولن تتوقف قريبا.", "2023-10-07"),
        ("هجوم 7 أكتوبر لن يتكرر.", "2023-10-07"),
        ("وقع البلدان في 12 ديسمبر اتفاقا سيسمح بتصدير الغاز.", "2023-12-12"),
        ("قالت واشنطن الأربعاء إنها سترسل مساعدات.", "2024-03-13"),
        ("سيتم توقيع الاتفاق الاثنين.", "2024-03-18"),
        ("سيصل الوفد إلى الدوحة يوم الاثنين.", "2024-03-18"),
        ("سيلتقي الوفدان الاثنين في القاهرة.", "2024-03-18"),
        ("من المقرر أن تفتح المدارس يوم الاثنين.", "2024-03-18"),
        ("ينتظر أن يصل الرئيس الثلاثاء إلى بكين.", "2024-03-19"),
        ("وستفتح المدارس غدا الجمعة.", "2024-03-15"),
        ("تعقد القمة الجمعة في بروكسل.", "2024-03-15"),
        ("تنطلق البطولة في 14 يونيو بألمانيا.", "2024-06-14"),
        ("أجلت المحكمة النظر في القضية إلى الاثنين.", "2024-03-18"),
    ],
)
def test_a_day_is_to_come_when_its_own_clause_says_so(text: str, expected: str) -> None:
    assert found(text, "ar") == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("منذ 7 أكتوبر قتل أكثر من 31 ألفا، ولن تقبل إسرائيل بوقف النار.", ["2023-10-07.."]),
        (
            "فاز الرئيس في ديسمبر بولاية ثالثة، وسيؤدي اليمين في أبريل.",
            ["2023-12-01..2023-12-31", "2024-04-01..2024-04-30"],
        ),
        ("وقع الهجوم يوم السبت 7 أكتوبر 2023.", ["2023-10-07"]),
        ("وقع الحادث الأربعاء 6 مارس.", ["2024-03-06"]),
        ("عقد المؤتمر من 5 إلى 8 مارس في الرياض.", ["2024-03-05..2024-03-08"]),
        ("يقام المعرض بين 20 و25 مارس/آذار الجاري.", ["2024-03-20..2024-03-25"]),
        ("يومي 15 و16 مارس تتوقف الرحلات.", ["2024-03-15..2024-03-16"]),
        ("في الـ7 من أكتوبر نفذت الجماعة هجوما.", ["2023-10-07"]),
        ("قتل العشرات بين 7 أكتوبر و13 مارس.", ["2023-10-07", "2024-03-13"]),
        ("قتل آلاف بين تشرين الأول وكانون الأول 2023.", ["2023-10-01..2023-10-31", "2023-12-01..2023-12-31"]),
        ("وفي آذار/مارس من العام الماضي وقع البلدان اتفاقا.", ["2023-03-01..2023-03-31"]),
        ("وفي يناير من العام الماضي زار الوزير بكين.", ["2023-01-01..2023-01-31"]),
        ("وفي يونيو من العام الجاري تجري الانتخابات.", ["2024-06-01..2024-06-30"]),
        ("تدور الحرب منذ 2011 في البلاد.", ["2011-01-01.."]),
        ("وصل الوفد إلى القاهرة الليلة الماضية.", ["2024-03-13"]),
    ],
)
def test_words_that_belong_to_one_time(text: str, expected: list[str]) -> None:
    assert found(text, "ar") == expected


@pytest.mark.parametrize(
    "text",
    [
        "في اليوم التالي أعلن الجيش انسحابه.",
        "ناقش الوزراء خطط اليوم التالي للحرب.",
        "في اليوم نفسه أصيب ثلاثة جنود.",
        "في اليوم الـ160 للحرب قتل العشرات.",
        "تدخل 100 شاحنة في اليوم.",
        "قالت صحيفة المصري اليوم إن الأسعار ارتفعت.",
        "نقلت صحيفة اليوم السابع عن مصدر أن القرار ألغي.",
        "شارك في ثورة يناير ثم غادر البلاد.",
        "اعتقل مؤسس حركة 6 أبريل في القاهرة.",
        "تظاهر المئات في مدينة السادس من أكتوبر.",
        "أعلنت شركة نيسان اليابانية خسائر.",
        "قال الأمين العام الحالي للحزب إنه باق.",
    ],
)
def test_names_and_other_days_tell_no_time(text: str) -> None:
    assert found(text, "ar") == []


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "The Sept. 11, 2001, attacks changed everything.", ["2001-09-11"]),
        ("en", "Since Oct. 7 more than 31,000 people have been killed.", ["2023-10-07.."]),
        ("en", "Saturday, October 7, 2023, was the deadliest day.", ["2023-10-07"]),
        ("en", "The group attacked on October 7 and will face consequences.", ["2023-10-07"]),
        ("en", "The bank, which could cut rates, met on Tuesday.", ["2024-03-12"]),
        ("en", "The minister said on Tuesday that he will sign.", ["2024-03-12"]),
        ("en", "The talks on Tuesday will focus on aid.", ["2024-03-19"]),
        ("en", "Washington Post and USA Today reported the call.", []),
        ("fr", "Du 5 au 8 mars, le salon a accueilli 3000 visiteurs.", ["2024-03-05..2024-03-08"]),
        ("fr", "Les élections auront lieu le 9 juin.", ["2024-06-09"]),
        ("ru", "Министр заявил во вторник, что страна будет отвечать.", ["2024-03-12"]),
        ("tr", "Bakan salı günü Bakü'ye gidecek.", ["2024-03-19"]),
        ("he", "ביום ראשון הקרוב ייפגשו השרים.", ["2024-03-17"]),
    ],
)
def test_other_languages(language: str, text: str, expected: list[str]) -> None:
    assert found(text, language) == expected
