"""Names: one entity under all its aliases, and the place where something is."""

from __future__ import annotations

import pytest

from tabayyun import Article, entities, extract
from tabayyun.compare import places
from tabayyun.configs import table
from tabayyun.entities import Named


def names(text: str) -> list[str]:
    return [named.entity.name for named in entities.find(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("قالت واشنطن", "أعلنت الولايات المتحدة"),
        ("في أميركا", "في أمريكا"),
        ("تنظيم الدولة الإسلامية", "مقاتلو داعش"),
        ("الكرملين", "أكدت موسكو"),
        ("وبالأمم المتحدة", "the United Nations"),
        ("سيرغي لافروف", "سيرجي لافروف"),
        ("في دمشق", "in Damascus"),
        ("к востоку от Алеппо", "شرقي حلب"),
        ("İstanbul'da", "في إسطنبول"),
        ('عناصر تنظيم "داعش"', "مقاتلو داعش"),
        ('انسحب لـ"حماس"', "the group 'Hamas'"),
        ('ארה"ב', "واشنطن"),
        ("سوريا ولبنان", "بلبنان"),
        ("للعراق", "وبريطانيا والعراق"),
    ],
)
def test_one_entity_under_two_names(one: str, other: str) -> None:
    assert set(names(one)) & set(names(other))


@pytest.mark.parametrize("text", ["العلاقات المالية", "tell us about it", "أمل كبير", "ما كان هنا أحد"])
def test_common_words_are_no_names(text: str) -> None:
    assert names(text) == []


def test_offsets() -> None:
    text = "وقالَ الرئيسُ بوتين إنّ الولايات المتّحدة ترفض."
    assert [text[n.start : n.end] for n in entities.find(text)][-1] == "الولايات المتّحدة"


@pytest.mark.parametrize(
    ("text", "language", "place"),
    [
        ("قتل ثلاثة في ريف حلب الشمالي", "ar", "حلب"),
        ("أعلنت واشنطن أن القصف انتهى", "ar", None),
        ('أغلق المعبر في "حلب"', "ar", "حلب"),
        ("لقاء ثلاثي بواشنطن", "ar", "واشنطن"),
        ("انفجار عنيف وبحلب جرحى", "ar", "حلب"),
        ("اعتراف رسمي بإسرائيل", "ar", None),
        ("A bomb exploded in the city of Homs", "en", "حمص"),
        ("Une bombe a explosé à Beyrouth", "fr", "بيروت"),
    ],
)
def test_a_place_is_where_something_is(text: str, language: str, place: str | None) -> None:
    found = entities.place(text, language, entities.find(text))
    assert (found.entity.name if found else None) == place


def test_claims_carry_their_names() -> None:
    text = "أعلنت روسيا أن طائراتها ضربت مواقع داعش في حلب أمس."
    frame = extract(Article.from_text(text)).claims[0].to_frame()
    assert frame["place"] == "حلب"
    assert {"تنظيم الدولة الإسلامية", "حلب"} <= {entity["name"] for entity in frame["entities"]}
    assert all(text[entity["start"] : entity["end"]] for entity in frame["entities"])


def test_every_place_lies_in_a_known_one() -> None:
    entries = table("entities")["entities"]
    known = {entry["name"] for entry in entries}
    assert len(known) == len(entries)
    assert {entry["in"] for entry in entries if "in" in entry} <= known


@pytest.mark.parametrize("text", ["نما الاقتصاد", "بندا في الاتفاق"])
def test_a_clitic_is_not_taken_off_names(text: str) -> None:
    assert names(text) == []


def test_the_longest_name_wins() -> None:
    assert names("the UN Security Council") == ["مجلس الأمن"]
    assert names("the US's envoy") == ["الولايات المتحدة"]


def the_place(text: str, language: str = "ar") -> Named:
    found = entities.place(text, language, entities.find(text))
    assert found
    return found


@pytest.mark.parametrize(
    ("a", "b", "relation"),
    [
        ("قصف في جنين", "غارة في الضفة الغربية", "same"),
        ("اشتباكات في منبج", "معارك في حلب", "same"),
        ("إضراب في نابلس", "إضراب في الضفة", "same"),
        ("هجوم في البحر الأحمر", "هجوم في الحديدة", "unknown"),
        ("لقاء في أوروبا", "لقاء في فرنسا", "unknown"),
        ("غارة في مدينة غزة", "غارة في رفح", "clash"),
        ("جولة في عُمان", "جولة في سلطنة عمان", "same"),
        ("جولة في عُمان", "جولة في عمان", "clash"),
    ],
)
def test_a_town_lies_in_its_province(a: str, b: str, relation: str) -> None:
    assert places(the_place(a), the_place(b)) == relation


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("القوات الأميركية في سوريا تعرضت لهجوم في الحسكة", "الحسكة"),
        ("أعلنت وزارة الصحة في غزة مقتل عشرين شخصا في رفح", "رفح"),
        ("انفجار سيارة مفخخة في العاصمة دمشق", "دمشق"),
        ("في محافظتي درعا والسويداء", "درعا"),
    ],
)
def test_where_it_happened(text: str, expected: str) -> None:
    assert the_place(text).entity.name == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L'Iran a tiré des missiles sur Israël", ["إيران", "إسرائيل"]),
        ("près d’Alep", ["حلب"]),
        ("نقلت صحيفة واشنطن بوست عن مسؤولين", ["واشنطن بوست"]),
        ("زار الوزير حلب بعد أن قصفت دمشق مرتين", ["حلب", "دمشق"]),
    ],
)
def test_names_behind_an_elision_and_inside_other_names(text: str, expected: list[str]) -> None:
    assert [named.entity.name for named in entities.find(text)] == expected
