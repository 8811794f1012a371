"""Sentences and claims: what is cut where, who speaks, and that offsets never lie."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabayyun import Article, extract, sentences
from tabayyun.models.text import normalise
from tabayyun.spelling import any_of, flat, fold, words

READERS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "readers.jsonl").read_text(encoding="utf-8").splitlines()
]
NEWS = "أعلنت الشركة وقف العمل في الميناء حتى إشعار آخر بعد الحريق."
ANY_TEXT = st.text(
    st.sampled_from('ابتثجلمنوهيةأإ كقال أن بينما لكن"«»“”.،؟!:\n12٣٤ abc й שש()ـَ') | st.characters(), max_size=200
)


@given(ANY_TEXT)
def test_offsets_and_nothing_lost_on_any_text(text: str) -> None:
    if not text.removeprefix("\ufeff").strip():
        return
    article = Article.from_text(text, language="ar")
    extraction = extract(article)
    for claim in extraction.claims:
        assert article.text[claim.start : claim.end] == claim.text
        assert claim.text.strip() == claim.text != ""


@given(ANY_TEXT, st.sampled_from(["ar", "en", "fr", "ru", "tr", "fa", "he"]))
def test_sentences_give_the_text_back(text: str, language: str) -> None:
    line = " ".join(text.split())
    if line:
        assert "".join(line[a:b] for a, b in sentences.split(line, language)) == line


@given(ANY_TEXT)
def test_normal_form_is_idempotent(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_spellings_meet() -> None:
    import re

    assert fold("الإِتّفَـاقِيَّة") == fold("الاتفاقيه")
    assert re.search(any_of(("إلا أن",)), flat("الا  أنّ")[0])
    assert words("وبالاتفاقيات") == words("الاتفاقيات")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (["وصل الوفد إلى المدينة.", "وبدأت المحادثات فورا."], 2),
        (["وصل الوفد إلى المدينة.وبدأت", " المحادثات فورا."], 2),
        (["بلغت النسبة 3.5 في المئة هذا العام."], 1),
        (['قال الوزير: "انتهى الأمر." ', "ثم غادر القاعة."], 2),
    ],
)
def test_sentence_ends(text: list[str], expected: int) -> None:
    assert len(sentences.split("".join(text), "ar")) == expected


def claims_of(text: str, language: str = "ar") -> list[tuple[str, str, str]]:
    return [(c.voice, c.speaker, c.text) for c in extract(Article.from_text(text, language=language)).claims]


def test_speaker_clauses_and_chain() -> None:
    text = (
        "أكد وزير المياه سالم العلي في مؤتمر صحفي أن السد امتلأ إلى نصفه، مشيرا إلى أن التوربينات ستعمل في الصيف.\n"
        'وأضاف: "لن نطلب قرضا جديدا هذا العام".\n'
        "وتراجع سعر القمح في الأسواق المحلية.\n"
        "وأوضح أن المزارعين راضون عن الخطة الجديدة."
    )
    assert claims_of(text) == [
        ("reported", "وزير المياه سالم العلي", "السد امتلأ إلى نصفه"),
        ("reported", "وزير المياه سالم العلي", "التوربينات ستعمل في الصيف"),
        ("quoted", "وزير المياه سالم العلي", "لن نطلب قرضا جديدا هذا العام"),
        ("outlet", "", "وتراجع سعر القمح في الأسواق المحلية"),
        ("reported", "", "المزارعين راضون عن الخطة الجديدة"),
    ]


def test_contrast_splits_and_the_speaker_goes_on_speaking() -> None:
    assert [c[2] for c in claims_of("غادر نصف السكان القرية بينما بقي النصف الآخر في بيوته.")] == [
        "غادر نصف السكان القرية",
        "بقي النصف الآخر في بيوته",
    ]
    assert [c[:2] for c in claims_of('وقال المدير إن "العمل يسير ببطء لكن المشروع لم يتوقف بعد".')] == [
        ("quoted", "المدير"),
        ("quoted", "المدير"),
    ]


def test_an_agency_relays_a_speaker() -> None:
    text = 'ونقلت وكالة "سما" عن مدير المصنع قوله إن الإنتاج توقف صباح أمس تماما.'
    assert claims_of(text) == [("reported", "مدير المصنع", "الإنتاج توقف صباح أمس تماما")]


def test_dateline_and_embedded_name_in_quotes() -> None:
    text = 'دمشق ــ الوطن ــ وكالات: أعلنت جمعية "بيتنا" الخيرية أن المساعدات وصلت إلى القرى الجبلية.'
    assert claims_of(text) == [("reported", 'جمعية "بيتنا" الخيرية', "المساعدات وصلت إلى القرى الجبلية")]


def test_english() -> None:
    text = "The mayor said that the bridge would reopen on Monday, adding that repairs cost two million dollars."
    assert claims_of(text, "en") == [
        ("reported", "The mayor", "the bridge would reopen on Monday"),
        ("reported", "The mayor", "repairs cost two million dollars"),
    ]


@pytest.mark.parametrize(
    ("source", "claim", "language"),
    [
        ("According to the harbour office but not the union", "both cranes were repaired in March", "en"),
        ("وفقا لما أعلنته البلدية فيما يخص السوق", "فتحت المحال أبوابها صباح الاثنين", "ar"),
    ],
)
def test_words_that_name_the_source_stay_out_of_the_claim(source: str, claim: str, language: str) -> None:
    comma = "،" if language == "ar" else ","
    assert [text for _, _, text in claims_of(f"{source}{comma} {claim}.", language)] == [claim]


@pytest.mark.parametrize(
    ("sentence", "speaker", "claim", "language"),
    [
        ("لم يبق من الجسر غير دعائمه الأربع، تقول البلدية.", "البلدية", "لم يبق من الجسر غير دعائمه الأربع", "ar"),
        ("لم يحضر الجلسة أي وسيط أجنبي، على ما رواه لنا مشارك.", "مشارك", "لم يحضر الجلسة أي وسيط أجنبي", "ar"),
        ("والسبب، في نظرهم، عطل في المضخة الكبيرة.", "", "والسبب، في نظرهم، عطل في المضخة الكبيرة", "ar"),
        ("وعلمت «المنارة» من مصدرين أن السفينة لم تفرغ بعد.", "مصدرين", "السفينة لم تفرغ بعد", "ar"),
        ("وزير النقل قال إن السفينة لم تفرغ بعد.", "وزير النقل", "السفينة لم تفرغ بعد", "ar"),
        ('وزير النقل قال لـ"المنارة" إن السفينة لم تفرغ بعد.', "وزير النقل", "السفينة لم تفرغ بعد", "ar"),
        ("عدن - أعلنت إدارة الميناء أن السفينة لم تفرغ بعد.", "إدارة الميناء", "السفينة لم تفرغ بعد", "ar"),
        ("11:05 — أعلنت إدارة الميناء أن السفينة لم تفرغ بعد.", "إدارة الميناء", "السفينة لم تفرغ بعد", "ar"),
        ("The ship lies off the quay, two pilots told the Herald.", "two pilots", "The ship lies off the quay", "en"),
        ("Two pilots told the Herald the ship lies off the quay.", "Two pilots", "the ship lies off the quay", "en"),
        (
            "Harbour chief Omar Saleh said 20 ships lie off the quay.",
            "Harbour chief Omar Saleh",
            "20 ships lie off the quay",
            "en",
        ),
        ("Un pilote du port raconte que le navire est vide.", "Un pilote du port", "le navire est vide", "fr"),
        ("لم تفرغ السفينة بعد، كما أقر مدير المرفأ.", "مدير المرفأ", "لم تفرغ السفينة بعد", "ar"),
        ("لم تفرغ السفينة بعد، وفق ما شرحه لنا ملاح قديم.", "ملاح قديم", "لم تفرغ السفينة بعد", "ar"),
        ("لم تفرغ السفينة بعد كما تقول النقابة.", "النقابة", "لم تفرغ السفينة بعد", "ar"),
        ("مدير المرفأ لإذاعتنا: السفينة لم تفرغ بعد.", "مدير المرفأ", "السفينة لم تفرغ بعد", "ar"),
        ("09:40 مدير المرفأ يقول لقناتنا إن السفينة لم تفرغ بعد.", "مدير المرفأ", "السفينة لم تفرغ بعد", "ar"),
        ("يحكي ملاح، وهو من الجزيرة، كيف أفرغت السفينة ليلا.", "ملاح", "أفرغت السفينة ليلا", "ar"),
        (
            "Omar Saleh, who runs the harbour, claimed that the ship lies off the quay.",
            "Omar Saleh",
            "the ship lies off the quay",
            "en",
        ),
        (
            "The ship lies off the quay, the harbour chief, Omar Saleh, admitted in parliament on Monday.",
            "the harbour chief, Omar Saleh",
            "The ship lies off the quay",
            "en",
        ),
        ("Le navire est vide, déplore Omar Saleh.", "Omar Saleh", "Le navire est vide", "fr"),
        ("وبحسب النقابة فإن السفينة لم تفرغ بعد.", "النقابة", "السفينة لم تفرغ بعد", "ar"),
        ("وجاء في بيان الشركة أن السفينة لم تفرغ بعد.", "بيان الشركة", "السفينة لم تفرغ بعد", "ar"),
        ("14:20 مدير المرفأ: السفينة لم تفرغ بعد.", "مدير المرفأ", "السفينة لم تفرغ بعد", "ar"),
        ("وقال مدير المرفأ للجزيرة إن السفينة لم تفرغ بعد.", "مدير المرفأ", "السفينة لم تفرغ بعد", "ar"),
        ("The ship lies off the quay, police said on Sunday.", "police", "The ship lies off the quay", "en"),
    ],
)
def test_who_tells_a_statement_behind_it_or_before_it(sentence: str, speaker: str, claim: str, language: str) -> None:
    assert claims_of(sentence, language) == [("reported", speaker, claim)]


@pytest.mark.parametrize(
    ("sentence", "voice", "speaker"),
    [
        ("وقالت الشركة إنها لن تعاود العمل قبل أن ينخفض الماء في النفق.", "reported", "الشركة"),
        ("علق المزارعون اعتصامهم في الساحة بعد أن أعلنت الهيئة سعر القمح.", "outlet", ""),
        ("وعن مصير المحافظ، أوضح مصدر أمني أنه وصل إلى أربيل قبل أن تبدأ العملية.", "reported", "مصدر أمني"),
        ("The mayor declined to say what his staff had been told.", "outlet", ""),
    ],
)
def test_what_only_looks_like_saying_that(sentence: str, voice: str, speaker: str) -> None:
    language = "ar" if "ا" in sentence else "en"
    assert claims_of(sentence, language) == [(voice, speaker, sentence.rstrip("."))]


@pytest.mark.parametrize(
    "opening",
    [
        "، إذ أكد نائب في اللجنة أن ",
        "، كما أكد نائب في اللجنة أن ",
        ": أكد نائب في اللجنة أن ",
        "، والنائب عمر أكد أن ",
    ],
)
def test_where_another_begins_to_speak(opening: str) -> None:
    text = f"والرواية الرسمية ناقصة كلها{opening}الحكومة لم تعرف بالأمر."
    assert [c[:2] for c in claims_of(text)] in (
        [("outlet", ""), ("reported", "نائب في اللجنة")],
        [("outlet", ""), ("reported", "النائب عمر")],
    )


@pytest.mark.parametrize(
    ("opening", "voice"),
    [("خالف حارس المرفأ الرواية وقال كلاما آخر", "quoted"), ("رفعت النقابة شعارا", "quoted")],
)
def test_a_quotation_behind_a_colon_is_not_the_newsrooms(opening: str, voice: str) -> None:
    assert claims_of(f"{opening}: «السفينة راسية هنا منذ خمسة أيام».") == [
        (voice, "", "السفينة راسية هنا منذ خمسة أيام")
    ]
    assert claims_of(f"{opening}: «معا».")[0][0] == "outlet"


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("ليس هناك ما يؤكد أن السفينة أفرغت حمولتها.", "ar"),
        ("ولا توجد أدلة تؤكد أن السفينة أفرغت حمولتها.", "ar"),
        ("رفض المدير أن يؤكد أن السفينة أفرغت حمولتها.", "ar"),
        ("إذا قال المدير إن السفينة أفرغت حمولتها فهو واهم.", "ar"),
        ("علقت الشركة رحلاتها كلها إلى أن تفرغ السفينة حمولتها.", "ar"),
        ("الاتفاق بين الشركتين ينص على أن السفينة تفرغ حمولتها.", "ar"),
        ("ولم يصدر عن الشركة أي تعليق على الحادث حتى الآن.", "ar"),
        ("The mayor did not say that the bridge was closed.", "en"),
        ("No one said that the bridge was closed.", "en"),
        ("After the mayor said that the bridge was closed, traffic stopped.", "en"),
        ("The governor, who said that the dam would hold, resigned on Monday.", "en"),
        ("The company, which is owned by the state, denied wrongdoing in the tender.", "en"),
        ("Le ministre n'a pas dit que l'accord était signé.", "fr"),
        ("Le groupe, fondé en 1990, a annoncé une perte de deux millions.", "fr"),
    ],
)
def test_what_nobody_says_stays_whole(sentence: str, language: str) -> None:
    assert claims_of(sentence, language) == [("outlet", "", sentence.rstrip("."))]


@pytest.mark.parametrize(
    ("sentence", "speaker", "in_full"),
    [
        (
            "قال الوزير إنه لا يعتقد أن السفينة ستصل هذا العام.",
            "الوزير",
            "قال الوزير إنه لا يعتقد أن السفينة ستصل هذا العام",
        ),
        ("ونفت الشركة أن تكون السفينة قد وصلت.", "الشركة", "ونفت الشركة أن تكون السفينة قد وصلت"),
        ("واستبعدت الشركة أن تصل السفينة غدا.", "الشركة", "واستبعدت الشركة أن تصل السفينة غدا"),
        ("The mayor denied that the bridge was closed.", "The mayor", "The mayor denied that the bridge was closed"),
        (
            "The governor said he did not believe that the dam would hold.",
            "The governor",
            "he did not believe that the dam would hold",
        ),
    ],
)
def test_an_opening_that_turns_the_sense_is_not_lost(sentence: str, speaker: str, in_full: str) -> None:
    language = "ar" if "ا" in sentence else "en"
    (claim,) = extract(Article.from_text(f"{sentence}\n", language=language)).claims
    assert (claim.speaker, claim.in_full) == (speaker, in_full)


def test_a_denial_that_the_claim_itself_holds_is_told_once() -> None:
    (claim,) = extract(Article.from_text("كما نفت الشركة وصول أي سفينة إلى المرفأ.")).claims
    assert (claim.opening, claim.act, claim.in_full) == ("", "denied", "نفت الشركة وصول أي سفينة إلى المرفأ")


def test_two_speakers_in_one_sentence() -> None:
    text = "وبينما أكد وزير الدفاع أن قواته انسحبت من المدينة، قال سكان المدينة إن الدبابات لا تزال في الشوارع."
    assert [c[1] for c in claims_of(text)] == ["وزير الدفاع", "سكان المدينة"]
    text = "قال شهود عيان إن الجنود أطلقوا النار، وهو ما نفاه الجيش الذي قال إن جنوده لم يكونوا في المكان."
    assert [c[:2] for c in claims_of(text)] == [("reported", "شهود عيان"), ("outlet", "")]
    text = "ونقلت رويترز عن مسؤولين أن الضربة نفذت فجر اليوم، وفقا للأمم المتحدة."
    assert {c[1] for c in claims_of(text)} <= {"مسؤولين", "الأمم المتحدة"}


def test_who_did_and_said() -> None:
    assert claims_of("اعتقلت الشرطة ثلاثة أشخاص وقالت إن السفينة لم تفرغ بعد.") == [
        ("outlet", "", "اعتقلت الشرطة ثلاثة أشخاص"),
        ("reported", "", "السفينة لم تفرغ بعد"),
    ]
    text = "قالت الشركة إنها وافقت على الثمن. ورفضت النقابة الثمن، وقالت إنه لا يكفي أحدا."
    assert [c[1] for c in claims_of(text)] == ["الشركة", "", ""]


def test_turkish_ends_with_who_says_it() -> None:
    text = "Enerji Bakanlığı santralin kapatıldığını yalanladı, ancak işçiler üretimin durduğunu açıkladı."
    claims = extract(Article.from_text(text, language="tr")).claims
    assert [(c.voice, c.act, c.status, c.polarity) for c in claims] == [
        ("reported", "denied", "denied", "negative"),
        ("reported", "announced", "completed", "affirmative"),
    ]


def test_what_is_no_claim_is_kept_with_its_reason() -> None:
    lines = ["سوق جديد في حي الزهور", "أرقام قياسية", "لماذا تأخر العمل في السوق كل هذا الوقت؟"]
    lines += ["انتهى بناء السوق في شهر آذار الماضي.", "وانتهى بناء السوق في شهر آذار الماضي."]
    text = "\n\n".join(lines)
    article = Article.from_text(text)
    assert [(d.reason, article.text[d.start : d.end][:12]) for d in extract(article).dropped] == [
        ("headline", "سوق جديد في "),
        ("heading", "أرقام قياسية"),
        ("question", "لماذا تأخر ا"),
        ("repeats an earlier claim", "وانتهى بناء "),
    ]


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("أعتقد أن الحكومة أخطأت في هذا القرار.", "opinion of the writer"),
        ("الهدنة عبارة عن وقف مؤقت للقتال بين طرفين.", "definition"),
        ("هل يوقع الطرفان الاتفاق هذا الأسبوع؟", "question"),
        ("أهلا بكم في نشرة المساء على شاشتنا.", "greeting"),
    ],
)
def test_what_is_no_claim_is_left_out_with_a_reason(sentence: str, reason: str) -> None:
    extraction = extract(Article.from_text(f"{NEWS}\n\n{sentence}", language="ar"))
    assert [d.reason for d in extraction.dropped] == [reason]


def test_what_a_speaker_thinks_is_news() -> None:
    said = "قال الوزير: «أعتقد أن الاتفاق سيوقع غدا». https://example.org/a"
    extraction = extract(Article.from_text(f"{NEWS} {said}", language="ar"))
    assert "أعتقد أن الاتفاق سيوقع غدا" in [c.text for c in extraction.claims]


@pytest.mark.parametrize("case", READERS, ids=[f"{n}-{case['language']}" for n, case in enumerate(READERS)])
def test_what_fresh_readers_found(case: dict[str, Any]) -> None:
    """Sentences that readers wrote before they saw a table, and that were read wrongly then."""
    article = Article.from_text(case["text"], language=case["language"], published="2024-03-14")
    found = [claim.to_frame() | {"opening": claim.opening} for claim in extract(article).claims]
    assert len(found) == len(case["claims"])
    assert [{field: claim[field] for field in told} for claim, told in zip(found, case["claims"], strict=True)] == case[
        "claims"
    ]
