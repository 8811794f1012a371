"""Names: one entity under all its aliases, and the place where something is."""

from __future__ import annotations

import pytest

from tabayyun import Article, entities, extract
from tabayyun.configs import table


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
