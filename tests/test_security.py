"""One test for each line of the threat model in docs/security.md."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import json
import re
import socket
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from starlette.testclient import TestClient
from typer.testing import CliRunner

from tabayyun import Article, Checker, InputError, cli, fetch, ingest, parsers, read
from tabayyun.bidi import harmless, safe_json
from tabayyun.corpus import Store, add
from tabayyun.errors import DataError, ModelError, TabayyunError
from tabayyun.html import report_page
from tabayyun.markdown import markdown
from tabayyun.models import data, encoder, judge, pair_classifier
from tabayyun.models.embedder import SentenceEmbedder
from tabayyun.render import show
from tabayyun.report import Report
from tabayyun.review import exchange
from tabayyun.review.app import create_app
from tabayyun.review.pages import Setup
from tabayyun.review.store import Store as ReviewStore
from tabayyun.tables import claim_reviews_json, csv_table
from tests.conftest import EXAMPLES
from tests.servers import serving

ROOT = Path(__file__).parent.parent
# What must not reach a screen as it came: ANSI escapes (7 and 8 bit), bell, direction overrides, invisible tags.
LIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067\u200e\u200f\u061c\U000e0000-\U000e007f]")
EVIL = "\x1b]0;own\x07\x1b[31m\x9b2J\u202e<script>alert(1)</script>{{7*7}}[x](javascript:alert(2))\U000e0041"
TEXT_A = "وقع الوزيران الاتفاق في مسقط صباح اليوم.\nوصلت ثلاث سفن محملة بالقمح إلى ميناء العقبة."
TEXT_B = f"=cmd|' /C calc'!A0 {EVIL} لم يوقع الوزيران الاتفاق في مسقط صباح اليوم."


@pytest.fixture
def hostile(checker: Checker) -> Report:
    a = Article.from_text(TEXT_A, outlet=f"@{EVIL}", title=EVIL, id=EVIL, published="2024-03-12", url="javascript:a()")
    return checker.check(a, Article.from_text(TEXT_B, outlet=f"+{EVIL}", title=f"={EVIL}", published="2024-03-12"))


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: object, **named: object) -> None:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refused)


def printed(report: Report) -> str:
    from rich.console import Console

    console = Console(file=io.StringIO(), width=100, highlight=False, markup=False, emoji=False)
    show(report, console, all_verdicts=True)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def pdf(stream: bytes) -> bytes:
    """A PDF of one page whose content is `stream`, deflated."""
    packed = zlib.compress(stream, 9)
    parts = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)


# Hostile articles


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", pdf(b"BT /F 12 Tf 10 10 Td (hello) Tj ET\n" * 200_000)),
        ("a.html", b"<html><body>" + b"<p>" * 1_000_000),
    ],
)
def test_a_bomb_costs_its_parser_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    bounded = tmp_path / "parsers.py"
    source = Path(parsers.__file__).read_text(encoding="utf-8")
    bounded.write_text(source.replace(f"CPU_SECONDS = {parsers.CPU_SECONDS}", "CPU_SECONDS = 1"), encoding="utf-8")
    monkeypatch.setattr(parsers, "__file__", str(bounded))
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"too much time or memory"):
        read(file)


FORMATS: dict[str, Callable[[Report], str]] = {
    "terminal": printed,
    "html": lambda r: report_page(r, all_verdicts=True),
    "markdown": lambda r: markdown(r, all_verdicts=True),
    "csv": lambda r: csv_table(r, all_verdicts=True),
    "json": lambda r: r.to_json(all_verdicts=True),
    "claimreview": claim_reviews_json,
}


@pytest.mark.parametrize("format", FORMATS)
def test_no_format_lets_a_control_character_through(hostile: Report, format: str) -> None:
    assert hostile.contradictions
    written = FORMATS[format](hostile)
    isolates = re.compile("[\u2066\u2067]") if format == "terminal" else re.compile("(?!)")
    assert not LIVE.search(isolates.sub("", written))
    assert "{{7*7}}" in written.replace("\\", "")
    if format == "html":
        assert "<script>alert" not in written
    if format == "markdown":
        tokens = [t for block in MarkdownIt("commonmark").parse(written) for t in (block, *(block.children or ()))]
        assert not [t for t in tokens if t.type in ("html_inline", "html_block", "link_open", "image")]
    if format == "csv":
        cells = [cell for row in csv.reader(io.StringIO(written)) for cell in row]
        assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]
    if format == "json":
        assert json.loads(written) == hostile.to_dict(all_verdicts=True)
    if format == "claimreview":
        assert '"javascript:a()"' not in written


def test_file_names_and_errors_cannot_write_on_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = "a\x1b[31m\u202e.json"
    (tmp_path / evil).write_text("{", encoding="utf-8")
    for arguments in (
        ["claims", str(tmp_path / evil)],
        ["corpus", "add", str(tmp_path), "--store", str(tmp_path / "s")],
    ):
        monkeypatch.setattr(sys, "argv", ["tabayyun", *arguments])
        with pytest.raises(SystemExit):
            cli.main()
        shown = "".join(capsys.readouterr())
        assert "broken JSON" in shown
        assert not LIVE.search(shown)


def test_json_keeps_what_it_escapes() -> None:
    assert json.loads(safe_json({EVIL: [EVIL]})) == {EVIL: [EVIL]}
    assert not LIVE.search(harmless(EVIL))


def test_a_corpus_folder_cannot_reach_outside(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(TEXT_A, encoding="utf-8")
    folder = tmp_path / "given"
    (folder / "deep").mkdir(parents=True)
    (folder / "good.txt").write_text(TEXT_A, encoding="utf-8")
    (folder / "link.txt").symlink_to("../secret.txt")
    (folder / "deep" / "all").symlink_to(tmp_path)
    (folder / "deep" / "inner.txt").symlink_to("../good.txt")
    store = Store.open(tmp_path / "store", create=True)
    added = add(store, [folder])
    store.close()
    assert (added.new, added.known) == (2, 0)
    assert [(Path(source).name, "leads out" in reason) for source, reason in added.not_read] == [("link.txt", True)]


def test_packed_data_are_bounded(tmp_path: Path) -> None:
    row = json.dumps({"premise": "a", "hypothesis": "b", "label": "neutral"}).encode() + b"\n"
    bombs = {
        "bomb.jsonl.gz": gzip.compress(row * 400_000),
        "cut.jsonl.gz": gzip.compress(row)[:-9],
        "tar.jsonl": b"{name" + bytes(600) + row,
        "zip.jsonl": b"PK\x03\x04" + row,
    }
    for name, content in bombs.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=r"times its size|unpacked|not JSONL"):
            data.load_rows(tmp_path / name)


# Hostile models


def test_nothing_loads_pickles_or_code_of_others() -> None:
    """The words stand in no file of ours but where Ray's actors, all of them ours, talk to each other."""
    banned = re.compile(
        r"\bpickle\.|\bjoblib\b|torch\.(?:load|save)\(|allow_pickle=True|trust_remote_code=True|weights_only=False"
        r"|\beval\(|\bexec\(|yaml\.(?:unsafe_)?load\(|shell=True|os\.system"
    )
    files = [f for room in ("checker", "models", "eval", "configs") for f in (ROOT / room).rglob("*.py")]
    found = {f.relative_to(ROOT).as_posix() for f in files if banned.search(f.read_text(encoding="utf-8"))}
    found -= {
        f for f in found if not re.search(banned, re.sub(r"\.eval\(", "", (ROOT / f).read_text(encoding="utf-8")))
    }
    assert found == {"checker/corpus/engines.py"}
    assert not [f for suffix in ("pt", "bin", "pkl", "npy", "npz") for f in (ROOT / "models").rglob(f"*.{suffix}")]


def test_shipped_weights_are_those_of_their_checksum(tmp_path: Path, tiny_encoder: Path) -> None:
    config = json.loads((judge.SHIPPED_FOLDER / pair_classifier.CONFIG_FILE).read_text(encoding="utf-8"))
    assert encoder.sha256(judge.SHIPPED_FOLDER / pair_classifier.WEIGHTS_FILE) == config["sha256"]
    pair_classifier.save(pair_classifier.new(0), tmp_path / "j", {"max_tokens": 32})
    weights = tmp_path / "j" / pair_classifier.WEIGHTS_FILE
    changed = bytearray(weights.read_bytes())
    changed[-1] ^= 1
    weights.write_bytes(changed)
    with pytest.raises(ModelError, match="SHA-256"):
        judge.from_pretrained(str(tmp_path / "j"))


@pytest.mark.parametrize("load", [judge.from_pretrained, lambda place: SentenceEmbedder.load("evil", place, "")])
@pytest.mark.parametrize("weights", ["pytorch_model.bin", "model.safetensors"])
def test_a_model_folder_runs_no_code(tmp_path: Path, load: Callable[[str], object], weights: str) -> None:
    ran = tmp_path / "ran"
    code = f"import pathlib\npathlib.Path({str(ran)!r}).touch()\n"
    (tmp_path / "evil.py").write_text(code, encoding="utf-8")
    config = {
        "model_type": "evil",
        "auto_map": dict.fromkeys(("AutoConfig", "AutoModel", "AutoModelForSequenceClassification"), "evil.Evil"),
    }
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (tmp_path / "modules.json").write_text(json.dumps([{"idx": 0, "name": "0", "path": "", "type": "evil.Evil"}]))
    (tmp_path / weights).write_bytes(b"\x80\x04cos\nsystem\n(Vtouch " + str(ran).encode() + b"\ntR.")
    with pytest.raises(ModelError):
        load(str(tmp_path))
    assert not ran.exists()


# Hostile stores


@pytest.mark.parametrize("store", ["corpus", "review"])
@pytest.mark.parametrize(
    "change",
    [
        "CREATE TRIGGER evil AFTER INSERT ON {table} BEGIN DELETE FROM {table}; END",
        "CREATE VIEW evil AS SELECT load_extension('evil')",
        "ALTER TABLE {table} ADD COLUMN evil",
        "DROP TABLE {table}",
    ],
)
def test_a_store_with_a_foreign_schema_is_refused(tmp_path: Path, store: str, change: str) -> None:
    place, table = (tmp_path / "corpus.sqlite", "not_read") if store == "corpus" else (tmp_path / "r.sqlite", "texts")

    def opened() -> None:
        Store.open(tmp_path).close() if store == "corpus" else ReviewStore.open(place)

    Store.open(tmp_path, create=True).close() if store == "corpus" else ReviewStore.open(place)
    opened()
    database = sqlite3.connect(place)
    database.execute(change.format(table=table))
    database.commit()
    database.close()
    if store == "review" and change.startswith("DROP"):
        opened()  # made anew, empty
        return
    with pytest.raises(InputError, match="which tabayyun never made"):
        opened()


def test_a_value_beyond_bounds_is_not_read(tmp_path: Path) -> None:
    store = Store.open(tmp_path, create=True)
    with pytest.raises(sqlite3.DataError, match="too big"):
        store.connection.execute("SELECT length(zeroblob(500000000) || 'x')").fetchone()
    with pytest.raises(sqlite3.OperationalError):
        store.connection.execute("SELECT load_extension('evil')")
    store.close()


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("verdicts", 0, "probability"), "1"),
        (("verdicts", 0, "kind"), "{{7*7}}"),
        (("verdicts", 0, "relation"), "evil"),
        (("verdicts", 0, "a", "voice"), "evil"),
        (("verdicts", 0, "a", "start"), -5),
        (("a", "title"), {"evil": 1}),
        (("a", "published"), "evil"),
        (("b", "boilerplate"), [{"start": -1, "end": 2, "kind": "x"}]),
        (("b", "text"), None),
    ],
)
def test_a_report_from_elsewhere_is_checked(hostile: Report, place: tuple[Any, ...], value: object) -> None:
    report = hostile.to_dict()
    assert exchange.read(json.dumps(report).encode(), "r.json").reports
    at: Any = report
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = value
    with pytest.raises(DataError, match=r"r\.json cannot be taken in"):
        exchange.read(json.dumps(report).encode(), "r.json")


# Hostile web addresses


class Inner(BaseHTTPRequestHandler):
    """A page of the inner network; what is asked for is counted. `/to?X` leads on to X."""

    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        Inner.asked.append(self.path)
        path, _, target = self.path.partition("?")
        self.send_response(302 if path == "/to" else 200)
        self.send_header("Location", target)
        self.send_header("Content-Type", "text/html")
        if path == "/bomb":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if path == "/bomb":
            self.wfile.write(gzip.compress(bytes(20_000_000)))

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def inner() -> Iterator[int]:
    with serving(Inner) as port:
        yield port


def test_a_name_that_turns_inward_is_never_asked(inner: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS re-binding: a resolver that answers with a public address first, and with one of this machine afterwards."""
    answers = iter(["192.0.2.1"])
    asked: list[object] = []

    async def resolved(self: object, host: object, port: int, **options: object) -> list[Any]:
        asked.append(host)
        address = next(answers, "127.0.0.1")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolved)
    monkeypatch.setattr(fetch, "_PORTS", (inner,))
    monkeypatch.setattr(fetch, "SECONDS", 2.0)
    Inner.asked.clear()
    for _ in range(2):
        with pytest.raises(InputError, match=r"private address|did not answer|cannot be fetched"):
            fetch.fetch(f"http://rebind.example:{inner}/")
    assert len(asked) >= 2
    assert not Inner.asked


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/to?http://example.org:22/", "no plain web address"),
        ("/to?http://me:word@example.org/", "no plain web address"),
        ("/to?file:///etc/passwd", "cannot be fetched|no plain web address"),
        ("/bomb", "packed"),
    ],
)
def test_redirects_and_packed_answers_are_refused(
    inner: int, path: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("httpx_secure.httpx_ssrf_protection", lambda client, **options: client)
    monkeypatch.setattr(fetch, "_PORTS", (inner,))
    with pytest.raises(InputError, match=message):
        fetch.fetch(f"http://127.0.0.1:{inner}{path}")


# Offline


@pytest.mark.usefixtures("no_sockets", "instant_models")
def test_the_main_job_opens_no_socket(tmp_path: Path) -> None:
    page = tmp_path / "b.html"
    source = (EXAMPLES / "port-strike-b.txt").read_text(encoding="utf-8")
    page.write_text(f"<img src='http://evil.example/x'><article><p>{source.replace(chr(10), '</p><p>')}</p></article>")
    for other in (EXAMPLES / "port-strike-b.txt", page):
        done = CliRunner().invoke(cli.app, ["check", str(EXAMPLES / "port-strike-a.txt"), str(other)])
        assert (done.exit_code, done.exception) == (0, None)


@pytest.mark.models
def test_the_shipped_models_open_no_socket() -> None:
    """In a process of its own, where the interpreter itself reports every socket."""
    code = (
        "import sys\n"
        "def watch(event, arguments):\n"
        "    if event.startswith('socket.') and event != 'socket.__new__':\n"
        "        raise SystemExit(f'{event} {arguments}')\n"
        "sys.addaudithook(watch)\n"
        "from tabayyun import cli\n"
        "cli.main()\n"
    )
    files = [str(EXAMPLES / f"port-strike-{side}.txt") for side in "ab"]
    done = subprocess.run([sys.executable, "-c", code, "check", *files], capture_output=True, text=True, check=False)
    assert (done.returncode, "AGREEMENT" in done.stdout) == (0, True), done.stderr


# A shared server


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {"Host": "evil.example"}, 400),
        ("GET", "/", {"Host": "localhost.evil.example"}, 400),
        ("POST", "/checks", {"Origin": "http://evil.example"}, 403),
        ("POST", "/checks", {"Origin": "null"}, 403),
        ("POST", "/api/check", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("POST", "/checks", {}, 403),
        ("GET", "/static/../../../../etc/passwd", {}, 404),
        ("GET", "/static/%2e%2e/%2e%2e/app.py", {}, 404),
        ("GET", "/reports/..%2f..%2fetc", {}, 404),
    ],
)
def test_forged_requests_are_refused(
    tmp_path: Path, checker: Checker, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    app = create_app(checker, ReviewStore.open(tmp_path / "r.sqlite"))
    with TestClient(app, base_url="http://localhost") as site:
        assert site.request(method, path, headers=headers).status_code == status


def test_uploads_are_bounded(tmp_path: Path, checker: Checker) -> None:
    app = create_app(checker, ReviewStore.open(tmp_path / "r.sqlite"), Setup())
    with TestClient(app, base_url="http://localhost") as site:
        piecemeal = site.post("/api/check", content=(b"x" * 1_000_000 for _ in range(9)))
        assert piecemeal.status_code == 413
        long = {"text": "قال الوزير إن الاتفاق وقع أمس. " * 11_000}
        answer = site.post("/api/check", json={"a": long, "b": long})
        assert (answer.status_code, "300,000 characters" in answer.json()["error"]) == (400, True)


def test_a_page_out_of_the_store_calls_nowhere(tmp_path: Path, checker: Checker, hostile: Report) -> None:
    store = ReviewStore.open(tmp_path / "r.sqlite")
    name = store.save_report(hostile.to_dict(), {"page en": "<script>fetch('http://evil.example')</script>"})
    with TestClient(create_app(checker, store), base_url="http://localhost") as site:
        policy = site.get(f"/reports/{name}/page").headers["content-security-policy"]
        assert {"default-src 'none'", "sandbox allow-scripts"} <= set(policy.split("; "))
        page = site.get(f"/reports/{name}").text + site.get("/").text
    assert "<script>alert" not in page
    assert not LIVE.search(page)


def test_json_deeper_than_the_stack_is_refused() -> None:
    with pytest.raises(TabayyunError):
        ingest.fields(b'{"a":' * 200_000, "a.json", ".json")
