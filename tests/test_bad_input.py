"""Bad input, by table: what is wrong, the command that meets it, and what the program must say.

A message in a table is "what|where|what to do next": each part must stand in the error, whose exit code is 2. An empty
message means that the input is odd but must be read. Nothing may ever end in a traceback.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from safetensors.numpy import save_file

from tabayyun.cli import main
from tabayyun.models import encoder, registry

HERE = Path(__file__).parent
NEWS = (
    "أعلنت وزارة الصحة في بيروت صباح اليوم أن عدد المصابين بلغ 120 شخصا بعد انهيار المبنى.\n"
    "وقال الوزير سامي خليل إن فرق الإنقاذ تواصل عملها منذ الفجر.\n"
)
LANGUAGES = {
    "fr": "Le ministre a déclaré à Paris que 120 personnes ont été évacuées après l'effondrement de l'école.\n",
    "ru": "Министр заявил в Москве, что 120 человек были эвакуированы после обрушения здания.\n",
    "tr": "Bakan Ankara'da 120 kişinin çöken binadan tahliye edildiğini açıkladı.\n"
    "Kurtarma çalışmaları şafaktan beri sürüyor.\n",
    "he": "השר הודיע הבוקר בירושלים כי 120 בני אדם פונו לאחר קריסת הבניין.\n",
}
PAGE = f"<html><body><article><h1>انهيار مبنى</h1><p>{NEWS * 3}</p></article></body></html>"
PARTS = (
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>",
    "<</Length 12>>stream\n0 0 9 9 re f\nendstream",
)


def drawing(trailer: str = "") -> bytes:
    """Return a PDF of one page with a drawing and no text."""
    body, places = "%PDF-1.4\n", []
    for number, part in enumerate(PARTS, 1):
        places.append(f"{len(body):010} 00000 n \n")
        body += f"{number} 0 obj{part}\nendobj\n"
    table = f"xref\n0 5\n0000000000 65535 f \n{''.join(places)}trailer<</Size 5/Root 1 0 R{trailer}>>"
    return f"{body}{table}\nstartxref\n{len(body)}\n%%EOF\n".encode()


LOCK = f"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{'00' * 32}>/U<{'00' * 32}>>>"
PDF = (HERE / "data" / "port-strike-a.pdf").read_bytes()
GOOD = {"good.txt": NEWS.encode(), "other.txt": NEWS.replace("120", "90").encode()}
PAIR = {"id": "1", "a": "وقع الوزير الاتفاق.", "b": "لم يوقع الوزير الاتفاق.", "label": "contradiction"}
REPORT = {"schema": "tabayyun.report/1"}

long = pytest.mark.skipif("LONG" not in os.environ, reason="takes long; LONG=1 runs it")


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended."""

    code: object
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], instant_models: None
) -> Iterator[Run]:
    """Lay files into an empty folder and run a command line there, with instant models."""
    monkeypatch.chdir(tmp_path)

    def call(command: str, files: dict[str, bytes] | None = None, stdin: bytes = b"") -> Result:
        lay(Path(), {**GOOD, **(files or {})})
        monkeypatch.setattr(sys, "argv", ["tabayyun", *shlex.split(command)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        try:
            main()
            code: object = 0
        except SystemExit as ended:
            code = ended.code
        return Result(code, *capsys.readouterr())

    return call


def lay(folder: Path, files: dict[str, bytes]) -> None:
    """Write the files that are not there yet."""
    for name, content in files.items():
        if not (folder / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)


def refused(result: Result, message: str) -> None:
    """Assert that a command ended with a clear error that holds every part of `message`."""
    assert result.code == 2, result
    assert "Traceback" not in result.err
    assert [part for part in message.split("|") if part not in result.err] == [], result.err


def article(**fields: object) -> bytes:
    return json.dumps({"text": NEWS, **fields}).encode()


def lines(*rows: object) -> bytes:
    return "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows).encode()


ARTICLES: list[tuple[str, bytes, str]] = [
    ("empty.txt", b"", "is empty|empty |Give a file"),
    ("white.txt", b" \n\t\r\n", "is empty|white |Give a file"),
    ("mark.txt", b"\xef\xbb\xbf", "is empty|mark |Give a file"),
    ("word.txt", "وزير".encode(), "holds no claim|word|Give the full text"),
    ("punctuation.txt", "؟!.,;:«»".encode() * 300, "holds no claim|punctuation|Give the full text"),
    ("dots.txt", b"." * 50_000, "holds no claim|dots|Give the full text"),
    ("emoji.txt", "😀🎉 ".encode() * 300, "holds no claim|emoji|Give the full text"),
    ("joiners.txt", "\u200d".encode() * 3000, "holds no claim|joiners|Give the full text"),
    ("digits.txt", b"1234567890 " * 300, "holds no claim|digits|Give the full text"),
    ("groups.txt", "١٢٣ ".encode() * 2000, "holds no claim|groups|Give the full text"),
    ("number.txt", b"9" * 50_000, "holds no claim|number|Give the full text"),
    ("large.txt", b"x" * 50_000_000, "larger than 5 MB|large.txt|cut it out"),
    ("random.txt", bytes(range(256)) * 20, "binary|random.txt|Save it as UTF-8"),
    ("nul.txt", NEWS.replace(" ", "\0", 1).encode(), "binary|nul.txt|Save it as UTF-8"),
    ("surrogate.txt", b"\xed\xa0\x80" + NEWS.encode(), "no encoding|surrogate.txt|Save it as UTF-8"),
    ("cut.txt", "\ufeffخبر".encode("utf-16-le") + b"\x06", "breaks off|cut.txt|Save it as UTF-8"),
    ("a.docx", b"PK\3\4", ".docx files cannot be read|a.docx|Save the article as"),
    ("mixed.txt", f"أعلنت Ministry of Health שלום Привет 你好 في بيروت.\n{NEWS}".encode(), ""),
    ("override.txt", f"\u202e{NEWS}\u202d\u2066".encode(), ""),
    ("marks.txt", f"ا{chr(0x301) * 5000} {NEWS}".encode(), ""),
    ("escape.txt", f"\x1b[31m\x07{NEWS}".encode(), ""),
    ("returns.txt", NEWS.replace("\n", "\r").encode(), ""),
    ("amount.txt", f"أعلنت الوزارة أن الديون بلغت {'9' * 3000} دولار.\n{NEWS}".encode(), ""),
    ("sentence.txt", ("أعلنت الوزارة أن " + "الرجل " * 16_000 + f"وصل.\n{NEWS}").encode(), ""),
    ("empty.html", b"<html><body></body></html>", "no article|empty.html|Save its text"),
    ("tags.html", b"<" * 5000, "no article|tags.html|Save its text"),
    ("cut.html", PAGE[: len(PAGE) * 2 // 3].encode(), ""),
    ("codec.html", b"<meta charset=undefined>" + PAGE.encode("cp1256"), ""),
    ("klingon.html", b"<meta charset=klingon>" + PAGE.encode("cp1256"), ""),
    ("empty.pdf", b"", "PDF that cannot be read|empty.pdf|Save its text"),
    ("cut.pdf", PDF[: len(PDF) // 2], "PDF|cut.pdf|Save its text"),
    ("picture.pdf", drawing(), "PDF without text|picture.pdf|OCR"),
    ("locked.pdf", drawing(LOCK), "PDF without text|locked.pdf|unlock it"),
    ("junk.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 50, "PDF that cannot be read|junk.pdf|Save its text"),
    ("broken.json", b'{"text": "a', "broken JSON|broken.json|line 1, column 10"),
    ("deep.json", b"[" * 200_000, "beyond reading|deep.json|Give one flat object"),
    ("huge.json", b'{"text": ' + b"9" * 10_000 + b"}", "beyond reading|huge.json|Give one flat object"),
    ("list.json", b"[]", "not a list|list.json|must hold one JSON object"),
    ("null.json", b"null", "not a NoneType|null.json|must hold one JSON object"),
    ("textless.json", b'{"title": "x"}', "'text' is missing|textless|'text' is missing. Add it"),
    ("number.json", article(text=3), "not int|number|'text' must be text"),
    ("outlet.json", article(outlet=["x"]), "not list|outlet|'outlet' must be text"),
    ("month.json", article(published="2015-13-01"), "'2015-13-01' is not|month|Write it as"),
    ("year.json", article(published="0000-01-01"), "'0000-01-01' is not|year|Write it as"),
    ("first.json", article(published="0001-01-01"), "no date of a news article|first|Give one of 1900 to 2100"),
    ("last.json", article(published="9999-12-31"), "no date of a news article|last|Give one of 1900 to 2100"),
    ("later.json", article(published="10000-01-01"), "'10000-01-01' is not|later|Write it as"),
    ("word.json", article(published="yesterday"), "'yesterday' is not|word|Write it as"),
    ("halves.json", article(title="\ud800", outlet="\udfff", id="\ud800", url="http://a\ud800"), ""),
    ("address.json", article(url="http://[bad"), ""),
    ("language.json", article(language="xx"), ""),
    ("two.jsonl", lines({"text": NEWS}, {"text": NEWS}), "holds 2 articles|two.jsonl|corpus add"),
]


@pytest.mark.parametrize(("name", "content", "message"), ARTICLES, ids=[name for name, *_ in ARTICLES])
def test_an_article(run: Run, name: str, content: bytes, message: str) -> None:
    result = run(f"check {name} good.txt --format json --all", {name: content})
    if message:
        refused(result, message)
        return
    assert (result.code, result.err) == (0, ""), result.err
    report = json.loads(result.out)
    text = report["a"]["text"]
    claims = [v["a"] for v in report["verdicts"]] + report["only_in_a"]
    assert claims
    assert all(text[claim["start"] : claim["end"]] == claim["text"] for claim in claims)
    for form in ("text", "html", "csv") if name.endswith((".txt", ".json")) else ():
        assert run(f"check {name} good.txt --format {form} --all").code == 0, form


ENCODINGS = [
    *((NEWS, name) for name in ("utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")),
    *((NEWS, name) for name in ("cp1256", "iso8859_6", "mac_arabic", "cp720")),
    *((LANGUAGES["fr"], name) for name in ("latin-1", "cp1252", "mac_roman")),
    *((LANGUAGES["ru"], name) for name in ("cp1251", "koi8-r", "iso8859_5")),
    *((LANGUAGES["tr"], name) for name in ("cp1254", "iso8859_9")),
    *((LANGUAGES["he"], name) for name in ("cp1255", "iso8859_8")),
]
UNREAD = {"mac_arabic", "cp720", "mac_roman", "koi8-r", "iso8859_5", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"}


@pytest.mark.parametrize(("text", "encoding"), ENCODINGS, ids=[name for _, name in ENCODINGS])
def test_an_encoding_is_read_right_or_refused(run: Run, text: str, encoding: str) -> None:
    result = run("claims a.txt --format json", {"a.txt": text.encode(encoding, "replace")})
    if encoding in UNREAD:
        refused(result, "a.txt|Save it as UTF-8")
    else:
        assert json.loads(result.out)["article"]["text"] == text


COMMANDS: list[tuple[str, dict[str, bytes], str]] = [
    ("check good.txt", {}, "Missing argument|'b'|--help"),
    ("check missing.txt good.txt", {}, "There is no file|missing.txt|Check its path"),
    ("check . good.txt", {}, "is a folder|.|Give the file"),
    ("check good.txt/a.txt good.txt", {}, "cannot be read|good.txt/a.txt|Check its path"),
    (f"check {'x' * 5000}.txt good.txt", {}, "cannot be read|x.txt|Check its path"),
    ("check /dev/zero good.txt", {}, "larger than 5 MB|/dev/zero|cut it out"),
    ("check - good.txt", {}, "is empty|stdin|Give a file"),
    ("check - -", {}, "Only one|standard input|"),
    ("check https://example.org good.txt", {}, "web address|https://example.org|--url"),
    ("check http://127.0.0.1:1/ good.txt --url", {}, "http://127.0.0.1:1/|Give"),
    ("check good.txt other.txt --a-date 2015-02-30", {}, "'2015-02-30' is not|Write it as"),
    ("check good.txt other.txt --format klingon", {}, "klingon|--format|json"),
    ("check good.txt other.txt -o .", {}, "cannot be written|.|Give a file"),
    ("check good.txt other.txt -o no/folder.txt", {}, "cannot be written|no/folder.txt|Give a file"),
    ("check good.txt other.txt -o /dev/full", {}, "cannot be written|/dev/full|Give a file"),
    ("check good.txt other.txt --format json -o /dev/full", {}, "cannot be written|/dev/full|Give a file"),
    ("claims good.txt -o /dev/full", {}, "cannot be written|/dev/full|Give a file"),
    ("check good.txt other.txt --config no.toml", {}, "cannot be read|no.toml|Check its path"),
    ("check good.txt other.txt --config .", {}, "cannot be read|.|Check its path"),
    ("check good.txt other.txt --config c.toml", {"c.toml": b"[pairing"}, "is not TOML|c.toml|Write it as [section]"),
    ("check good.txt other.txt --config c.toml", {"c.toml": b"\xff\xfe"}, "is not TOML|c.toml|Write it as [section]"),
    (
        "check good.txt other.txt --config c.toml",
        {"c.toml": b"[pears]\nx=1"},
        "no section|c.toml|sections are models, pairing",
    ),
    ("check good.txt other.txt --config c.toml", {"c.toml": b"pairing = 3"}, "no section|c.toml|sections are"),
    ("check good.txt other.txt --config c.toml", {"c.toml": b"[pairing]\nper_clam=1"}, "pairing.per_clam|c.toml|"),
    ("check good.txt other.txt --config c.toml", {"c.toml": b"[pairing]\nmax_pairs=0"}, "pairing.max_pairs|greater|"),
    ("check good.txt other.txt --config c.toml", {"c.toml": b"[pairing]\nmax_pairs='x'"}, "pairing.max_pairs|integer|"),
    ("check good.txt other.txt --config c.toml", {"c.toml": b"[models]\nprecision='x'"}, "models.precision|'auto'|"),
    ("corpus add missing --store s", {}, "There is no file or folder|missing|Check its path"),
    ("corpus add good.txt --store good.txt", {}, "cannot be opened|good.txt|--store"),
    ("corpus add good.txt --store /proc/no", {}, "cannot be opened|/proc/no|--store"),
    ("corpus add good.txt --store s", {"s/corpus.sqlite": b"x" * 5000}, "cannot be opened|corpus.sqlite|--store"),
    ("corpus check --store s", {}, "There is no corpus|s|corpus add"),
    ("eval pairs none.jsonl", {}, "no data file or folder|none.jsonl|Hub name"),
    ("eval pairs p.jsonl", {"p.jsonl": b""}, "holds no pairs|p.jsonl|"),
    ("eval pairs p.jsonl", {"p.jsonl": lines(PAIR, "{broken")}, "broken JSON|p.jsonl, line 2|Mend the line"),
    ("eval pairs p.jsonl", {"p.jsonl": lines("[" * 100_000)}, "beyond reading|p.jsonl, line 1|Give a flat object"),
    ("eval pairs p.jsonl", {"p.jsonl": lines("[]")}, "no JSON object|p.jsonl, line 1|Mend the line"),
    ("eval pairs p.jsonl", {"p.jsonl": lines({**PAIR, "a": 3})}, "a missing or no text|p.jsonl, line 1|--columns"),
    ("eval pairs p.jsonl", {"p.jsonl": lines({**PAIR, "b": None})}, "b missing or no text|p.jsonl, line 1|--columns"),
    ("eval pairs p.jsonl", {"p.jsonl": lines({**PAIR, "label": "x"})}, "label 'x'|p.jsonl, line 1|--labels"),
    ("eval pairs p.jsonl", {"p.jsonl": lines({**PAIR, "label": [1]})}, "label|p.jsonl, line 1|"),
    ("eval pairs p.jsonl", {"p.jsonl": b"\xff\xfe" * 9}, "cannot be read|p.jsonl|"),
    ("eval pairs p.jsonl.gz", {"p.jsonl.gz": gzip.compress(lines(PAIR) * 99)[:60]}, "cannot be unpacked|p.jsonl.gz|"),
    ("eval pairs p.jsonl.gz", {"p.jsonl.gz": lines(PAIR)}, "cannot be read|p.jsonl.gz|"),
    ("eval pairs p.csv", {"p.csv": b"a,b,label\nx,y\n"}, "label|p.csv, line 2|"),
    ("eval nli n.jsonl", {"n.jsonl": lines({"premise": "x"})}, "hypothesis, label missing|n.jsonl, line 1|--columns"),
    ("eval articles none", {}, "no labelled articles|none|gold.json"),
    ("eval articles d", {"d/1/gold.json": b"{}"}, "no gold file|d/1/gold.json|"),
    ("eval articles d", {"d/1/gold.json": b'{"pairs": []}'}, "no article a|d/1|"),
    ("eval claims none", {}, "none|"),
    ("eval compare no.json good.txt", {}, "cannot be read|no.json|"),
    ("eval leaderboard good.txt", {}, "no file of runs|good.txt|--save"),
    ("eval validate none", {}, "none|"),
    ("eval gate --file good.txt", {}, "good.txt|"),
    ("eval pairs p.jsonl --save .", {"p.jsonl": lines(PAIR)}, "cannot be saved|.|"),
    ("eval pairs p.jsonl --predictions .", {"p.jsonl": lines(PAIR)}, "cannot be written|.|Give a file"),
    ("review missing.txt good.txt --store r.sqlite --export x.jsonl", {}, "checks nothing|missing.txt|leave"),
    ("review good.txt --store r.sqlite", {}, "needs two articles|good.txt|"),
    ("review --store good.txt", {}, "no review file|good.txt|--store"),
    ("review r.json --store r.sqlite", {"r.json": b"{broken"}, "cannot be taken in|r.json|Give labelled pairs"),
    ("review r.json --store r.sqlite", {"r.json": json.dumps(REPORT).encode()}, "cannot be taken in|r.json|Give"),
    ("review r.jsonl --store r.sqlite", {"r.jsonl": lines(PAIR, [3])}, "cannot be taken in|r.jsonl|Give labelled"),
    ("review --store r.sqlite --export x.doc", {}, "must end with|x.doc|.jsonl"),
    ("review --store r.sqlite --export no/x.json", {}, "cannot be written|no/x.json|"),
    ("review --store r.sqlite --host 192.0.2.1", {}, "needs a token|192.0.2.1|TABAYYUN_REVIEW_TOKEN"),
    ("train no.toml --data . --out t", {}, "no.toml|"),
    ("train r.toml --data . --out t", {"r.toml": b"x = 1"}, "r.toml|"),
    ("calibrate good.txt good.txt", {}, "good.txt|"),
]


@pytest.mark.parametrize(("command", "files", "message"), COMMANDS, ids=[c[:60] for c, *_ in COMMANDS])
def test_a_command(run: Run, command: str, files: dict[str, bytes], message: str) -> None:
    refused(run(command, files), message)


# The real ones: what they load is damaged, not faked.
JUDGE, EMBEDDER = registry.judge, registry.embedder


def config(**changed: object) -> bytes:
    from tabayyun.models.pair_classifier import ARCHITECTURE

    labels = {"0": "entailment", "1": "neutral", "2": "contradiction"}
    return json.dumps({"architecture": ARCHITECTURE, "id2label": labels, **changed}).encode()


def weights(folder: Path) -> bytes:
    import numpy as np

    save_file({"head.weight": np.zeros((2, 2), np.float16)}, folder / "w")
    return (folder / "w").read_bytes()


JUDGES: list[tuple[str, Callable[[Path], dict[str, bytes]], str]] = [
    ("tabayyun-judg", lambda folder: {}, "no judge|'tabayyun-judg'|Did you mean 'tabayyun-judge'"),
    ("m", lambda folder: {"m/config.json": b"{"}, "no config of a judge|m/config.json|Install it again"),
    ("m", lambda folder: {"m/config.json": config(id2label={"0": "x"})}, "out of range|m/config.json|Install it"),
    ("m", lambda folder: {"m/config.json": config(temperature=0)}, "out of range|m/config.json|Install it"),
    ("m", lambda folder: {"m/config.json": config(max_tokens="x")}, "no config of a judge|m/config.json|Install it"),
    ("m", lambda folder: {"m/config.json": config()}, "cannot be read|m/|nstall it again"),
    (
        "m",
        lambda folder: {"m/config.json": config(), "m/model.safetensors": weights(folder)[:-3]},
        "cannot be read|m/model.safetensors|install it again",
    ),
    (
        "m",
        lambda folder: {"m/config.json": config(), "m/model.safetensors": weights(folder)},
        "does not fit the encoder|m/model.safetensors|Install it again",
    ),
]


@pytest.mark.usefixtures("tiny_encoder")
@pytest.mark.parametrize(("name", "files", "message"), JUDGES, ids=range(len(JUDGES)))
def test_a_judge(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    files: Callable[[Path], dict[str, bytes]],
    message: str,
) -> None:
    monkeypatch.setattr(registry, "judge", JUDGE)
    refused(run(f"eval nli n.jsonl --judge {name}", {"n.jsonl": lines(PAIR), **files(tmp_path)}), message)


@pytest.mark.usefixtures("tiny_encoder")
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda source, place: source.write_bytes(flipped(source.read_bytes())), "SHA-256|tiny.bin|Reinstall"),
        (lambda source, place: source.write_bytes(source.read_bytes()[:-9]), "SHA-256|tiny.bin|Reinstall"),
        (lambda source, place: damaged(place / "model.safetensors", flipped), "damaged|model.safetensors|Delete"),
        (lambda source, place: damaged(place / "tokenizer.json", lambda b: b[:99]), "damaged|tokenizer.json|Delete"),
        (lambda source, place: damaged(place / "config.json", lambda b: b"{}"), "damaged|config.json|Delete"),
        (lambda source, place: damaged(place / "manifest.json", lambda b: b"{"), "damaged|manifest.json|Delete"),
        (lambda source, place: place.parent.write_bytes(b""), "cannot be written|cache|TABAYYUN_CACHE"),
    ],
    ids=range(7),
)
def test_the_encoder(
    run: Run,
    tiny_encoder: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage: Callable[[Path, Path], object],
    message: str,
) -> None:
    place = encoder.cache_root() / f"{encoder.NAME}-{encoder._SOURCE_SHA256[:12]}-{encoder._FORMAT}"
    monkeypatch.setattr(registry, "embedder", EMBEDDER.__wrapped__)
    damage(tiny_encoder, place)
    encoder.verified.cache_clear()
    refused(run("check good.txt other.txt"), message)


def flipped(data: bytes) -> bytes:
    return data[:-40] + bytes([data[-40] ^ 1]) + data[-39:]


def damaged(file: Path, change: Callable[[bytes], bytes]) -> None:
    """Make the cache entry, then damage one of its files."""
    encoder.folder()
    file.write_bytes(change(file.read_bytes()))


RIGHTS = [
    ("claims good.txt", "Permission denied|good.txt|Check its path and rights"),
    ("claims other.txt -o out.txt", "Permission denied|out.txt|Give a file in a folder of yours"),
    ("corpus add other.txt --store s", "Permission denied|corpus.sqlite|--store"),
    ("review --store r.sqlite --export x.jsonl", "Permission denied|r.sqlite|--store"),
]


@pytest.mark.parametrize(("command", "message"), RIGHTS, ids=[command for command, _ in RIGHTS])
def test_what_may_not_be_read_or_written(run: Run, tmp_path: Path, command: str, message: str) -> None:
    run(command)  # so that everything is imported, and files are there
    for made in ("out.txt", "s/corpus.sqlite", "s", "r.sqlite", "x.jsonl"):
        path = tmp_path / made
        (path.rmdir if path.is_dir() else path.unlink)() if path.exists() else None
    tmp_path.chmod(0o755)
    (tmp_path / "good.txt").chmod(0)
    user = os.geteuid()
    if not user:
        os.seteuid(65534)  # root may do everything
    else:
        tmp_path.chmod(0o555)
    try:
        result = run(command)
    finally:
        os.seteuid(user)
        tmp_path.chmod(0o755)
    refused(result, message)


PAIRS: list[tuple[str, dict[str, bytes], str]] = [
    ("good.txt good.txt", {}, "agreement"),
    ("good.txt other.txt --a-outlet X --b-outlet X", {}, "agreement"),
    ("good.txt other.txt --a-date 1920-01-01 --b-date 2020-01-01", {}, ""),
    ("good.txt far.txt", {"far.txt": LANGUAGES["fr"].encode()}, "only_in_a"),
]


@pytest.mark.parametrize(("command", "files", "found"), PAIRS, ids=[command for command, *_ in PAIRS])
def test_an_odd_pair_gives_a_report(run: Run, command: str, files: dict[str, bytes], found: str) -> None:
    report = json.loads(run(f"check {command} --format json --all", files).out)
    labels = [verdict["label"] for verdict in report["verdicts"]]
    assert "contradiction" not in labels
    assert found in (*labels, "", *(side for side in ("only_in_a", "only_in_b") if report[side]))


def batch() -> dict[str, bytes]:
    """Every bad article of the table in one folder, a file of bad and good lines, and one good article."""
    bad = {f"in/{name}": content for name, content, message in ARTICLES if message and len(content) < 10_000_000}
    rows = lines({"text": NEWS, "id": "first"}, "{broken", "[]", {"text": 3}, "", {"text": NEWS, "id": "last"})
    return {**bad, "in/many.jsonl": rows, "in/good.txt": NEWS.encode()}


def test_a_batch_goes_on_and_lists_what_is_bad(run: Run) -> None:
    files = batch()
    added = run("corpus add in --store s --format json", files)
    assert added.code == 0, added.err
    listed = json.loads(added.out)["not_checked"]
    reasons = {Path(entry["source"]).name: entry["reason"] for entry in listed}
    without_claims = {name for name, _, message in ARTICLES if message.startswith("holds no claim")}
    expected = {name.removeprefix("in/") for name in files} - without_claims - {"good.txt", "many.jsonl", "two.jsonl"}
    assert set(reasons) == expected | {"many.jsonl:2", "many.jsonl:3", "many.jsonl:4"}
    assert run("corpus check --store s").code == 0
    export = json.loads(run("corpus export --store s").out)
    assert {"first", "last", "good"} <= {article["id"] for article in export["articles"]}
    assert len(export["not_checked"]) >= len(expected) + 3


PROGRAM = """
from tabayyun.models import fakes, registry
registry.embedder = lambda name: fakes.FakeEmbedder()
registry.matching = lambda embedder: None
registry.judge = lambda name, precision="auto": fakes.FakeJudge()
from tabayyun.cli import main
main()
"""
SMALL_DISK = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
"""
NO_INPUT = "import sys; sys.stdin = None"


def start(folder: Path, command: str, before: str = "", output: int = subprocess.PIPE) -> subprocess.Popen[bytes]:
    """Start a command line in a process of its own, with instant models."""
    lay(folder, GOOD)
    program = [sys.executable, "-c", before + PROGRAM, *shlex.split(command)]
    # A shell starts what runs in its background deaf to ctrl-C, and children stay so.
    return subprocess.Popen(
        program,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )


@long
@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("check good.txt other.txt --format html -o out.html", "cannot be written|temporary file|Make room"),
        ("corpus add good.txt --store s", "s/corpus.sqlite|disk|--store"),
        ("review --store r.sqlite --export x.jsonl", "r.sqlite|disk|--store"),
    ],
)
def test_a_full_disk(tmp_path: Path, command: str, message: str) -> None:
    process = start(tmp_path, command, SMALL_DISK)
    out, err = process.communicate(timeout=120)
    refused(Result(process.returncode, out.decode(), err.decode()), message)


def test_standard_output_is_full_or_closed(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        process = start(tmp_path, "check good.txt other.txt --format html", output=full.fileno())
        _, err = process.communicate(timeout=120)
    refused(Result(process.returncode, "", err.decode()), "cannot be written|standard output|Make room")
    reading, writing = os.pipe()
    os.close(reading)
    process = start(tmp_path, "check good.txt other.txt --format html", output=writing)
    os.close(writing)
    _, err = process.communicate(timeout=120)
    assert b"Traceback" not in err
    assert b"Exception ignored" not in err


@long
def test_standard_input_is_closed(tmp_path: Path) -> None:
    process = start(tmp_path, "check - good.txt", NO_INPUT)
    out, err = process.communicate(timeout=120)
    refused(Result(process.returncode, out.decode(), err.decode()), "standard input|")


def test_ctrl_c_ends_with_130_and_loses_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never.txt")
    process = start(tmp_path, "corpus add good.txt other.txt never.txt --store s")
    while b"other" not in b"".join(file.read_bytes() for file in tmp_path.glob("s/*")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    try:
        _, err = process.communicate(timeout=20)
    except subprocess.TimeoutExpired:  # it came just before the pipe was opened, which then waits for the next one
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in err
    (tmp_path / "never.txt").unlink()
    again = start(tmp_path, "corpus add good.txt other.txt --store s")
    assert again.communicate(timeout=120)[0].startswith(b"0 articles added, 2 known already")


@long
def test_ten_thousand_sentences(run: Run) -> None:
    count = 10_000
    text = "\n".join(f"أعلنت الوزارة رقم {n} أن البلدة رقم {n * 7} استقبلت {n * 3} نازحا." for n in range(1, count + 1))
    result = run("check long.txt good.txt --format json", {"long.txt": text.encode()})
    report = json.loads(result.out)
    assert len(report["only_in_a"]) + len(report["verdicts"]) > count / 2


def test_a_fetch_that_breaks_off(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    monkeypatch.setattr("httpx_secure.httpx_ssrf_protection", lambda client, **options: client)
    monkeypatch.setattr("tabayyun.fetch._PORTS", (port,))

    def answer() -> None:
        with server, server.accept()[0] as client:
            client.recv(5000)
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n<p>cut")

    threading.Thread(target=answer, daemon=True).start()
    refused(
        run(f"check http://127.0.0.1:{port}/a good.txt --url"), f"cannot be fetched|127.0.0.1:{port}/a|Save the page"
    )
