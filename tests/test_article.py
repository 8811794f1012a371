"""Reading articles: encodings, formats, dates, noise."""

from __future__ import annotations

import datetime
import io
import json
import sys
from pathlib import Path

import pytest

from tabayyun import Article, InputError, read
from tabayyun.article import detect_language
from tabayyun.ingest import decode

NEWS = "افتتحت البلدية أمس السوق المركزي الجديد في حي الزهور، وقالت إن العمل فيه استغرق عامين كاملين."

PICTURED = (
    "عنوان الخبر الطويل هنا\n\n{}\nرئيسة البلدية في السوق (الأوروبية)\n\n"
    "افتتحت البلدية {} السوق المركزي الجديد في حي الزهور."
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
def test_encodings(encoding: str) -> None:
    assert decode((NEWS * 3).encode(encoding)) == NEWS * 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"   \n\t", "is empty"),
        (b"\x00\x01\x02\x03" * 40, "binary"),
        (b"\xff\xfe\x41", "breaks off"),
        (b"x" * 5_000_001, "larger than 5 MB"),
    ],
)
def test_bad_text_files(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "x.txt"
    file.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read(file)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"text": ', "broken JSON: .* line 1"),
        ("[]", "must hold one JSON object"),
        ('{"outlet": "x"}', "'text' is missing"),
        ('{"text": 5}', "'text' must be text, not int"),
        ('{"text": "خبر", "published": "yesterday"}', "not an ISO 8601 date"),
    ],
)
def test_bad_json_files(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read(file)


def test_missing_folder_and_unknown_kind(tmp_path: Path) -> None:
    for path, message in (
        (tmp_path / "no.txt", "no file"),
        (tmp_path, "is a folder"),
        (tmp_path / "a.docx", "cannot be read"),
    ):
        with pytest.raises(InputError, match=message):
            read(path)


def test_json_fields_and_arguments(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(
        json.dumps({"id": "7", "outlet": "الوطن", "published": "2021-03-04T10:00:00", "text": NEWS, "title": "عنوان"}),
        encoding="utf-8",
    )
    article = read(file)
    assert (article.id, article.outlet, article.published, article.published_from) == (
        "7",
        "الوطن",
        datetime.date(2021, 3, 4),
        "metadata",
    )
    changed = read(file, outlet="غيره", published="2021-03-05")
    assert (changed.outlet, changed.published_from) == ("غيره", "argument")


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(json.dumps({"text": NEWS}).encode())

    monkeypatch.setattr(sys, "stdin", Stdin)
    assert read("-").text == NEWS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("عنوان الخبر هنا\n\n14-10-2015\n\n" + NEWS, datetime.date(2015, 10, 14)),
        ("عنوان الخبر هنا\n٢٠١٨/٥/٢\n" + NEWS, datetime.date(2018, 5, 2)),
        ("عنوان الخبر هنا\nالثلاثاء 24/نوفمبر/2021 - 04:37 م\n" + NEWS, datetime.date(2021, 11, 24)),
        ("عنوان الخبر هنا\nكتبت: هالة | 3 آذار/مارس 2019\n" + NEWS, datetime.date(2019, 3, 3)),
        ("باريس، 3 مارس 2019 (وكالة الرافد) - " + NEWS, datetime.date(2019, 3, 3)),
        ("افتتحت البلدية أمس الثلاثاء (13 أكتوبر 2015) السوق المركزي الجديد.", datetime.date(2015, 10, 14)),
        (PICTURED.format("Mayor opens the market, 17 May 2016.", "أمس الخميس"), datetime.date(2016, 5, 20)),
        (PICTURED.format("Mayor opens the market, 17 May 2016.", "صباحا"), None),
        ("السبت 25 مارس 2017 م - ٢٦ جمادي الثاني ١٤٣٨ هـ\nعنوان الخبر الطويل هنا\n\n" + NEWS, None),
        ("السبت 25 مارس 2017\nالرئيسية / محليات / أخبار\nعنوان الخبر الطويل هنا\n\n" + NEWS, None),
        ("عنوان\n" + NEWS + "\nووقع الحادث في 14-10-2015 قرب السوق.", None),
        ("عنوان\n99-99-2015\n" + NEWS, None),
    ],
)
def test_only_a_date_that_can_be_that_of_publication_is_believed(text: str, expected: datetime.date | None) -> None:
    article = Article.from_text(text)
    assert article.published == expected
    assert article.published_from == ("text" if expected else "unknown")


@pytest.mark.parametrize(
    ("fields", "outlet", "source"),
    [
        ({"text": NEWS, "url": "https://www.alwatan.sy/archives/1"}, "الوطن (سوريا)", "metadata"),
        ({"text": f"{NEWS}\n\nالمصدر : الجزيرة + وكالات"}, "الجزيرة", "text"),
        ({"text": f"دمشق ــ الوطن ــ رويترز: {NEWS}"}, "الوطن", "text"),
        ({"text": f"{NEWS}\n\nالمصدر: رويترز"}, "", "unknown"),
        ({"text": NEWS, "outlet": "جريدة الحي"}, "جريدة الحي", "metadata"),
    ],
)
def test_the_outlet_and_where_it_comes_from(fields: dict[str, str], outlet: str, source: str) -> None:
    article = Article.from_mapping(fields)
    assert (article.outlet, article.outlet_from) == (outlet, source)


def test_credited_agencies_are_no_outlet() -> None:
    assert Article.from_text(f"{NEWS}\n\nالمصدر : الجزيرة + رويترز").agencies == ("رويترز",)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (NEWS, "ar"),
        ("The council opened the new central market in the flower district yesterday.", "en"),
        ("Le conseil municipal a inauguré hier le nouveau marché central.", "fr"),
        ("Городской совет вчера открыл новый центральный рынок.", "ru"),
        ("Belediye dün yeni merkez pazarını Çiçek mahallesinde açtı.", "tr"),
        ("شهرداری دیروز بازار مرکزی جدید را در محله گل‌ها افتتاح کرد.", "fa"),
        ("העירייה פתחה אתמול את השוק המרכזי החדש בשכונת הפרחים.", "he"),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert detect_language(text) == language


DUMP = f"""الرئيسية / محليات / أسواق
السوق المركزي يفتح أبوابه بعد عامين من العمل

السبت 25 مارس 2017 م - ٢٦ جمادي الثاني ١٤٣٨ هـ
واجهة السوق الجديد في حي الزهور (رويترز)
Vendors wait for the doors to open at the new central market, 24 March 2017.

{NEWS}

إعلان

وأضافت البلدية أن مئة وعشرين متجرا بدأت استقبال الزبائن منذ ساعات الصباح الأولى.

اقرأ أيضا: أسعار الخضار ترتفع
المصدر: وكالات

إضافة تعليق جديد

محتويات هذا الحقل سرية ولن تظهر للآخرين.
نص عادي"""


def test_noise_is_removed_with_its_kind() -> None:
    article = Article.from_text(DUMP)
    kinds = {article.text[s.start : s.end][:12]: s.kind for s in article.boilerplate}
    assert kinds == {
        "الرئيسية / م": "menu",
        "السبت 25 مار": "other",
        "واجهة السوق ": "caption",
        "Vendors wait": "caption",
        "إعلان": "ad",
        "اقرأ أيضا: أ": "other",
        "المصدر: وكال": "credit",
        "إضافة تعليق ": "comment_form",
        "محتويات هذا ": "comment_form",
        "نص عادي": "comment_form",
    }
    assert article.title == "السوق المركزي يفتح أبوابه بعد عامين من العمل"


def test_news_after_a_tag_line_is_kept() -> None:
    paragraph = (
        NEWS + " وأوضحت أن المتاجر الصغيرة ستدفع نصف الإيجار في السنة الأولى، وأن السوق يغلق أبوابه عند منتصف الليل."
    )
    text = (
        "عنوان الخبر هو هذا\n"
        + NEWS
        + "\nالوسوم\n"
        + "\n".join(f"{paragraph[:-1]} {n}." for n in ("واحد", "اثنان", "ثلاثة", "أربعة"))
    )
    article = Article.from_text(text)
    assert [text[s.start : s.end] for s in article.boilerplate] == ["الوسوم"]


STRUCK = "قالت الوزارة يوم الاثنين إن اثني عشر شخصا قتلوا في القصف الذي استهدف سوق المدينة وأصيب ثلاثون آخرون بجروح."
SEARCHED = "وأضافت الوزارة أن فرق الإنقاذ ما زالت تبحث عن مفقودين تحت أنقاض ثلاثة مبان انهارت في الحي القديم."
HEADLINE = "مقتل 12 مدنيا في قصف على ريف إدلب"


@pytest.mark.parametrize(
    "line",
    [
        "قتل صحفي فلسطيني في غارة إسرائيلية على خيمة بخان يونس.",
        "وقال باحث متخصص في الشأن الإيراني إن الضربة أخرت البرنامج النووي عامين.",
        "وقال إن طهران لا تتحمل مسؤولية الهجوم على القاعدة الأمريكية.",
        "وقال الوزير إن هذه التصريحات لا تمثل رأي الحكومة.",
        "وأرسلت الأمم المتحدة وفدا للتواصل مع الأطراف المتحاربة في السودان.",
        "وعثرت القوات في هذا الموقع على أسلحة وذخائر.",
        "وضمن الإعلان الدستوري كل الحقوق للأكراد.",
        "وتلقى الخط الساخن للوزارة 300 بلاغ خلال يومين.",
        "وتظهر الصورة من الأقمار الصناعية ثلاث حفر.",
        "يمنع نقل البضائع عبر المعبر حتى إشعار آخر.",
        "أرسل 500 إلى الحدود مع لبنان.",
        "ينص الاتفاق على ثلاث مراحل، مدة كل منها 42 يومًا.[12]",
    ],
)
def test_news_that_looks_like_the_page_speaking_of_itself_stays(line: str) -> None:
    article = Article.from_text("\n".join([HEADLINE, STRUCK, line, SEARCHED]))
    assert line not in [article.text[span.start : span.end] for span in article.boilerplate]


@pytest.mark.parametrize("words", ["من نحن", "اتصل بنا", "سياسة الخصوصية", "اترك تعليقاً", "About us"])
def test_words_of_a_menu_above_the_news_do_not_end_the_page(words: str) -> None:
    article = Article.from_text(
        "\n".join(["الرئيسية", words, HEADLINE, "14/10/2024", words, STRUCK, "وأكد المحافظ النبأ."])
    )
    gone = [article.text[span.start : span.end] for span in article.boilerplate]
    assert STRUCK not in gone
    assert "وأكد المحافظ النبأ." not in gone
    assert words in gone


def test_headline_and_date_below_a_long_menu_are_found() -> None:
    menu = [f"قسم {name}" for name in ("السياسة", "الاقتصاد", "الرياضة", "الثقافة", "المحليات", "العالم", "الرأي") * 3]
    article = Article.from_text("\n".join([*menu, HEADLINE, "14 أكتوبر، 2024", f"{STRUCK} {SEARCHED}"]))
    assert article.headline is not None
    assert article.text[slice(*article.headline)] == HEADLINE
    assert article.published == datetime.date(2024, 10, 14)


def test_a_question_is_the_headline_where_nothing_else_is() -> None:
    asked = "كيف قتل 12 مدنيا في سوق الدانا بريف إدلب؟"
    article = Article.from_text("\n".join([asked, "دمشق - الوطن", "14/10/2024", f"{STRUCK} {SEARCHED}"]))
    assert article.headline is not None
    assert article.text[slice(*article.headline)] == asked


@pytest.mark.parametrize("line", ["14 أكتوبر، 2024", "14 أكتوبر تشرين الأول 2024", "14 / 10 / 2024"])
def test_more_forms_of_a_date(line: str) -> None:
    assert Article.from_text("\n".join([HEADLINE, line, STRUCK])).published == datetime.date(2024, 10, 14)


def test_the_day_of_publication_goes_before_that_of_an_update() -> None:
    lines = [HEADLINE, "آخر تحديث: 15/10/2024", "تاريخ النشر: 14/10/2024", STRUCK]
    assert Article.from_text("\n".join(lines)).published == datetime.date(2024, 10, 14)
