"""The review page and the API, on fake models: what they do, and what they refuse."""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import anyio
import jsonschema
import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from tabayyun import Article, Checker, ConfigError, InputError, Scores, cli
from tabayyun.configs import table
from tabayyun.models.fakes import FakeEmbedder, FakeJudge
from tabayyun.review import cli as review_cli
from tabayyun.review import pages
from tabayyun.review.app import create_app
from tabayyun.review.pages import Setup
from tabayyun.review.store import Store

TOKEN = "a token of some length"  # noqa: S105
LIMITS = table("review")["server"]


class SlowJudge(FakeJudge):
    """Judges when it is let."""

    def __init__(self) -> None:
        self.asked, self.may = threading.Event(), threading.Event()

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        self.asked.set()
        assert self.may.wait(10)
        return super().judge(pairs)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "review.sqlite")


@pytest.fixture
def site(store: Store, checker: Checker) -> Iterator[TestClient]:
    with TestClient(create_app(checker, store), base_url="http://localhost") as client:
        yield client


def form_token(site: TestClient) -> str:
    found = re.search(r'name="form_token" value="(\w+)"', site.get("/").text)
    assert found
    return found[1]


def post(site: TestClient, address: str, **fields: str):  # type: ignore[no-untyped-def]
    return site.post(address, data={"form_token": form_token(site), **fields})


def ended(site: TestClient, address: str):  # type: ignore[no-untyped-def]
    """Wait for a check; return the page that it ends on."""
    for _ in range(200):
        found = site.get(address)
        if "hx-trigger" not in found.text:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{address} does not end")


def checked(site: TestClient, a: str, b: str, **fields: str):  # type: ignore[no-untyped-def]
    return ended(site, str(post(site, "/checks", a_text=a, b_text=b, **fields).url))


def keys(html: str, group: str) -> list[str]:
    """The verdicts that a page shows with a label."""
    return re.findall(rf'class="item verdict {group}[^"]*" id="v-(\w+)"', html)


def test_a_dismissed_flag_does_not_come_back(site: TestClient, article_a: Article, article_b: Article) -> None:
    report = checked(site, article_a.text, article_b.text)
    (key,) = keys(report.text, "contradiction")
    assert "Contradictions <b>1</b>" in report.text
    part = site.post(
        f"{report.url}/{key}",
        data={"form_token": form_token(site), "action": "dismiss", "note": "مزحة"},
        headers={"HX-Request": "true"},
    )
    assert part.text.lstrip().startswith("<li")
    assert "مزحة" in part.text
    again = checked(site, article_a.text, article_b.text)
    assert "Contradictions <b>" not in again.text
    assert "Dismissed <b>1</b>" in again.text
    swapped = checked(site, article_b.text, article_a.text)
    assert "Dismissed <b>1</b>" in swapped.text
    assert "Contradictions <b>1</b>" in post(site, f"{report.url}/{key}", action="undo").text
    assert site.get("/history").text.count("taken back") == 2


def test_confirm_and_correct(site: TestClient, store: Store, article_a: Article, article_b: Article) -> None:
    report = checked(site, article_a.text, article_b.text, a_date="2024-03-12")
    (clash,), (same,) = (keys(report.text, group) for group in ("contradiction", "agreement"))
    post(site, f"{report.url}/{clash}", action="confirm")
    post(site, f"{report.url}/{same}", action="correct", relation="dispute", kind="number")
    decided = {d.key: (d.action, d.label, d.relation) for d in store.standing()}
    assert decided[clash][:2] == ("confirm", "contradiction")
    assert decided[same] == ("correct", "contradiction", "dispute")
    for nonsense in ({"action": "explode"}, {"action": "correct", "relation": "x"}):
        assert post(site, f"{report.url}/{same}", **nonsense).status_code == 400
    assert post(site, f"{report.url}/0000", action="confirm").status_code == 404
    drafts = json.loads(site.get(f"{report.url}/claimreview.json").text)
    assert [draft["identifier"] for draft in drafts["@graph"]] == [clash, clash]
    assert store.pair(clash).a.date == "2024-03-12"  # type: ignore[union-attr]
    assert "sandbox" in site.get(f"{report.url}/page").headers["content-security-policy"]


@pytest.mark.usefixtures("instant_models")
def test_a_label_of_the_page_is_found_by_eval_pairs(
    site: TestClient, tmp_path: Path, article_a: Article, article_b: Article
) -> None:
    checked(site, article_a.text, article_b.text)
    for key, relation in ((key, "dispute") for key in re.findall(r'name="key" value="(\w+)"', site.get("/label").text)):
        assert "Pairs left: <bdi>2</bdi>" in post(site, "/label", key=key, relation=relation).text
    file = tmp_path / "labels.jsonl"
    file.write_text(site.get("/export/pairs.jsonl").text, encoding="utf-8")
    result = CliRunner().invoke(cli.app, ["eval", "pairs", str(file), "--format", "json"])
    measured = json.loads(result.stdout)
    assert (measured["n"], measured["labels"]["contradiction"]["support"]) == (1, 1)


def test_the_second_labeller_is_blind(site: TestClient, article_a: Article, article_b: Article) -> None:
    report = checked(site, article_a.text, article_b.text)
    (clash,), (same,) = (keys(report.text, group) for group in ("contradiction", "agreement"))
    post(site, "/label", key=clash, relation="contradiction", note="سر")
    post(site, "/label", key=same, relation="agreement", note="سر")
    (doubted,) = keys(report.text, "uncertain")
    post(site, "/label", key=doubted, relation="unrelated", note="سر")
    assert "All pairs are labelled" in site.get("/label").text
    post(site, "/labeller", name="منى")
    for address in ("/label", "/history", str(report.url)):
        text = site.get(address).text
        assert "سر" not in text
        assert "Decided" not in text
    page = site.get("/label").text
    assert "%" not in page
    key = re.search(r'name="key" value="(\w+)"', page)[1]  # type: ignore[index]
    assert key == min(clash, same, doubted)
    post(site, "/label", key=key, relation="skip")
    assert "taken back" not in post(site, "/label", relation="undo").text
    post(site, "/label", key=clash, relation="contradiction")
    post(site, "/label", key=same, relation="agreement")
    post(site, "/label", key=doubted, relation="unrelated")
    assert re.search(r"<td>3</td><td>1.0</td>", site.get("/decisions").text)
    assert post(site, "/labeller", name="x" * 41).status_code == 400


def test_files_are_given_and_taken(site: TestClient, article_a: Article, article_b: Article) -> None:
    report = checked(site, article_a.text, article_b.text)
    (key,) = keys(report.text, "contradiction")
    post(site, f"{report.url}/{key}", action="confirm")
    tasks = site.get("/export/label-studio.json")
    assert "attachment" in tasks.headers["content-disposition"]
    for name, content, new in (("t.json", tasks.content, 0), ("p.jsonl", b'{"a": "one", "b": "two"}', 1)):
        found = site.post("/import", data={"form_token": form_token(site)}, files={"file": (name, content)})
        assert f"<bdi>{new}</bdi>" in found.text
    for files in ({"file": ("p.jsonl", b"?")}, {"other": ("p.jsonl", b"?")}):
        assert site.post("/import", data={"form_token": form_token(site)}, files=files).status_code == 400


def test_articles_come_as_files(site: TestClient, article_a: Article, article_b: Article) -> None:
    html = f"<html><title>خبر</title><body><article>{''.join(f'<p>{x}</p>' for x in article_a.text.split(chr(10)))}"
    files = {
        "a_file": ("page.html", html.encode()),
        "b_file": ("b.json", json.dumps({"text": article_b.text, "outlet": "باء"}).encode()),
    }
    sent = site.post("/checks", data={"form_token": form_token(site), "a_outlet": "ألف"}, files=files)
    report = ended(site, str(sent.url))
    assert keys(report.text, "contradiction")
    assert "باء" in report.text
    broken = site.post("/checks", data={"form_token": form_token(site)}, files={"a_file": ("x.docx", b"PK\0\0")})
    assert "is binary, not text" in ended(site, str(broken.url)).text
    assert "The article is empty" not in report.text


def test_urls_only_when_allowed(store: Store, checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    from tabayyun import fetch

    monkeypatch.setattr(fetch, "fetch", lambda url, **_: Article.from_text("وقع الوزيران الاتفاق صباح اليوم.", id=url))
    for allowed in (False, True):
        with TestClient(create_app(checker, store, Setup(allow_urls=allowed)), base_url="http://localhost") as site:
            assert ("a_url" in site.get("/").text) is allowed
            sent = checked(site, "", "لم يوقع الوزيران الاتفاق صباح اليوم.", a_url="https://example.org/")
            assert ("Contradictions <b>1</b>" in sent.text) is allowed


HOSTILE = (
    "<script>alert(1)</script> لم يوقع الوزيران الاتفاق في مسقط <img src=x onerror=alert(2)> صباح اليوم.\n"
    '\u202eوصلت\u2066 ثلاث سفن {{ 7 * 7 }} محملة "><a href="javascript:alert(3)">بالقمح</a> إلى ميناء العقبة.'
)


def test_a_hostile_article_is_harmless_text(site: TestClient, article_a: Article) -> None:
    report = checked(site, article_a.text, HOSTILE, b_outlet="<b>\u202eoutlet</b>", b_date="")
    assert "javascript:alert(3)" in report.text
    for address in (str(report.url), "/", "/label", "/history", "/decisions", "/nothing<script>"):
        page = site.get(address)
        assert not re.search(r"<(script(?! src=\"/static/)|img|b>outlet|a href=\"javascript)", page.text)
        assert not set("\u202e\u2066") & set(page.text)
        assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "{{ 7 * 7 }}" in report.text


def test_every_form_needs_its_token(site: TestClient) -> None:
    posts = [route.path for route in pages.router.routes if "POST" in route.methods]  # type: ignore[attr-defined]
    assert len(posts) == 6
    for path in posts:
        address = path.format(name="x", key="y")
        assert site.post(address).status_code == 403
        assert site.post(address, data={"form_token": "x"}).status_code == 403
        foreign = site.post(address, data={"form_token": form_token(site)}, headers={"Origin": "http://evil.example"})
        assert foreign.status_code == 403


def test_only_who_knows_the_token_comes_in(
    store: Store, checker: Checker, article_a: Article, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    app = create_app(checker, store, Setup(token=TOKEN))
    with TestClient(app, base_url="http://localhost") as site:
        for address in ("/", "/export/pairs.jsonl", "/api/openapi.json", "/?token=wrong"):
            assert site.get(address).status_code == 401
        assert site.get("/api/health").status_code == 200
        body = {"a": {"text": article_a.text}, "b": {"text": article_a.text}}
        assert site.post("/api/check", json=body).status_code == 401
        assert site.post("/api/check", json=body, headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert site.post("/api/check", json=body, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
        first = site.get("/label", params={"token": TOKEN})
        assert (first.status_code, str(first.url)) == (200, "http://localhost/label")
        assert TOKEN not in str(site.cookies)
        assert site.get("/").status_code == 200
        assert site.get("/api/openapi.json").json()["security"] == [{"token": []}]
    assert TOKEN not in caplog.text
    assert article_a.text[:10] not in caplog.text
    assert "POST /api/check 200" in caplog.text


def test_other_hosts_and_large_bodies_are_refused(site: TestClient) -> None:
    assert site.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert site.post("/api/check", content=b"x" * (LIMITS["max_body"] + 1)).status_code == 413
    answer = site.get("/api/health")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert [site.get(f"{at}.css").headers["cache-control"] for at in ("/page", "/static/review")] == ["max-age=600"] * 2


def test_the_api_returns_the_report(site: TestClient, checker: Checker, article_a: Article, article_b: Article) -> None:
    sides = [{"text": x.text, "outlet": x.outlet} for x in (article_a, article_b)]
    found = site.post("/api/check", params={"all": "true"}, json=dict(zip("ab", sides, strict=True)))
    a, b = (Article.from_mapping(data, name) for data, name in zip(sides, "ab", strict=True))
    assert found.json() == checker.check(a, b).to_dict(all_verdicts=True)
    assert site.get("/label").text.count("There are no pairs yet") == 1
    assert site.post("/api/check", json={"a": sides[0]}).json() == {"error": "body.b: Field required."}
    short = site.post("/api/check", json={"a": sides[0], "b": {"text": "عاجل"}})
    assert short.status_code == 400
    assert "no claim to check" in short.json()["error"]
    described = site.get("/api/openapi.json").json()
    assert set(described["paths"]) == {"/api/check", "/api/health"}
    answer = described["paths"]["/api/check"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    validator = jsonschema.Draft202012Validator({**described, **answer})
    assert validator.is_valid(found.json())
    assert not validator.is_valid({**found.json(), "verdicts": [{}]})


def test_programs_that_call_too_often_wait(site: TestClient) -> None:
    body = {"a": {"text": "عاجل"}, "b": {"text": "عاجل"}}
    codes = [site.post("/api/check", json=body).status_code for _ in range(LIMITS["api_requests"])]
    assert set(codes) == {400}
    answer = site.post("/api/check", json=body)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= LIMITS["api_seconds"]


def test_a_full_queue_says_so_and_a_check_can_be_cancelled(
    store: Store, article_a: Article, article_b: Article
) -> None:
    judge = SlowJudge()
    with TestClient(create_app(Checker(FakeEmbedder(), judge), store), base_url="http://localhost") as site:
        token = form_token(site)
        texts = {"form_token": token, "a_text": article_a.text, "b_text": article_b.text}
        started = [site.post("/checks", data=texts) for _ in range(LIMITS["waiting"])]
        assert judge.asked.wait(10)
        assert "Judging pairs of claims: 0 of" in site.get(str(started[0].url)).text
        assert "Waiting for its turn" in started[-1].text
        refused = site.post("/checks", data=texts)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, str(LIMITS["retry_after"]))
        body = {"a": {"text": article_a.text}, "b": {"text": article_b.text}}
        assert site.post("/api/check", json=body).status_code == 503
        assert "Cancelled" in post(site, f"{started[-1].url}/cancel").text
        post(site, f"{started[0].url}/cancel")
        judge.may.set()
        assert "/reports/" in str(ended(site, str(started[1].url)).url)
        assert "Cancelled" in ended(site, str(started[0].url)).text
        assert site.get("/checks/none").status_code == 404


def test_a_check_stops_when_its_client_has_gone(store: Store, article_a: Article, article_b: Article) -> None:
    judge, sent = SlowJudge(), []
    body = json.dumps({"a": {"text": article_a.text}, "b": {"text": article_b.text}}).encode()
    messages = iter([{"type": "http.request", "body": body}])

    async def receive() -> dict[str, object]:
        message = next(messages, None)
        if message is None:
            judge.asked.wait(10)
            threading.Timer(1.5, judge.may.set).start()
            return {"type": "http.disconnect"}
        return message

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/api/check", "query_string": b"", "headers": headers}
    app = create_app(Checker(FakeEmbedder(), judge), store)
    anyio.run(app, scope, receive, send)
    assert sent[0]["status"] == 503


def test_an_error_of_ours_tells_nothing_of_the_article(
    store: Store, checker: Checker, article_a: Article, article_b: Article, caplog: pytest.LogCaptureFixture
) -> None:
    class BrokenJudge(FakeJudge):
        def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
            raise KeyError(pairs[0][0])

    with TestClient(create_app(Checker(FakeEmbedder(), BrokenJudge()), store), base_url="http://localhost") as site:
        failed = checked(site, article_a.text, article_b.text)
        assert "The check failed" in failed.text
        body = {"a": {"text": article_a.text}, "b": {"text": article_b.text}}
        assert site.post("/api/check", json=body).json() == {"error": "Internal Server Error"}
    assert "KeyError in" in caplog.text
    assert "الوزيران" not in caplog.text


def test_in_arabic(site: TestClient) -> None:
    assert '<html lang="en" dir="ltr">' in site.get("/").text
    assert '<html lang="ar" dir="rtl">' in site.get("/", headers={"Accept-Language": "ar-SA,en;q=0.5"}).text
    site.get("/?lang=ar")
    assert "قارن مقالين" in site.get("/").text


@pytest.mark.parametrize(
    ("host", "names", "token", "message"),
    [
        ("192.0.2.1", [], "", "needs a token"),
        ("192.0.2.1", [], "short", "shorter than 16"),
        ("::", [], TOKEN, "--name"),
    ],
)
def test_starts_that_would_be_open_are_refused(host: str, names: list[str], token: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        review_cli.setup_of(host, names, False, token)


def test_starts_that_are_fine() -> None:
    assert "localhost" in review_cli.setup_of("127.0.0.1", [], False, "").hosts
    assert "review.example.org" in review_cli.setup_of("::", ["review.example.org"], False, TOKEN).hosts


def test_the_command_takes_in_and_writes_out(tmp_path: Path) -> None:
    file, store = tmp_path / "منى.jsonl", tmp_path / "review.sqlite"
    row = {"id": 1, "a": "وصلت السفينة.", "b": "لم تصل السفينة.", "label": "contradiction", "relation": "dispute"}
    file.write_text(json.dumps(row), encoding="utf-8")

    def run(*more: object):  # type: ignore[no-untyped-def]
        return CliRunner().invoke(cli.app, ["review", "--store", str(store), *map(str, more)])

    assert run(file, "--export", tmp_path / "out.jsonl", "--labeller", "منى").exit_code == 0
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["relation"] == "dispute"
    assert run("--export", tmp_path / "out.json").exit_code == 0
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))[0]["annotations"][0]["labeller"] == "منى"
    for wrong in (["--export", "out.txt"], [tmp_path / "a.txt"], [tmp_path / "no.json"]):
        assert isinstance(run(*wrong).exception, InputError)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_cli, "find_spec", lambda name: None)
    result = CliRunner().invoke(cli.app, ["review"])
    assert isinstance(result.exception, ConfigError)
    assert "pip install 'tabayyun[review]'" in str(result.exception)
