"""Articles out of HTML, PDF, JSON lines and web addresses."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tabayyun import Article, InputError, fetch, read, read_many
from tabayyun.spelling import words
from tests.servers import serving

HERE = Path(__file__).parent
NEWS = (
    "أعلنت هيئة الموانئ أن العمال عادوا إلى عملهم فجر الثلاثاء بعد إضراب دام ستة أيام، وأن السفن تفرغ حمولتها.",
    "وقال مدير الهيئة سامر الخطيب إن الاتفاق ينص على زيادة الأجور بنسبة 12 في المئة ابتداء من الشهر المقبل.",
    "ورفضت وزارة النقل طلب الشركة الاستعانة بعمال من خارج الميناء، بينما دعت غرفة التجارة إلى تعويض المستوردين.",
)
PAGE = """<!doctype html><html lang="ar"><head><meta charset="{charset}"><title>عودة العمال - شبكة الساحل</title>
<meta property="og:site_name" content="شبكة الساحل">{head}</head><body>
<nav><a href="/">الرئيسية</a> <a href="/e">اقتصاد</a></nav>
<article><h1>عودة العمال إلى الميناء بعد اتفاق</h1>{body}<script>alert(1)</script></article>
<footer>جميع الحقوق محفوظة</footer></body></html>"""
PUBLISHED = '<meta property="article:published_time" content="2024-03-12T09:00:00+02:00">'


def page(charset: str = "utf-8", head: str = PUBLISHED) -> bytes:
    body = "".join(f"<p>{line}</p>" for line in NEWS)
    return PAGE.format(charset=charset, head=head, body=body).encode(charset)


@pytest.mark.parametrize("charset", ["utf-8", "windows-1256", "utf-16"])
def test_a_web_page(tmp_path: Path, charset: str) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(page(charset))
    article = read(file)
    assert all(line in article.text for line in NEWS)
    assert "alert" not in article.text
    assert "اقتصاد" not in article.text
    assert (article.outlet, article.outlet_from) == ("شبكة الساحل", "metadata")
    assert (article.published, article.published_from) == (datetime.date(2024, 3, 12), "metadata")
    assert article.title == "عودة العمال إلى الميناء بعد اتفاق"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-03-12 09:00:00 GMT", datetime.date(2024, 3, 12)),
        ("2024-03-12T9:05:00Z", datetime.date(2024, 3, 12)),
        ("0000-00-00T00:00:00", datetime.date(2024, 3, 14)),
        ("0001-01-01", datetime.date(2024, 3, 14)),
        ("yesterday", datetime.date(2024, 3, 14)),
    ],
)
def test_a_sloppy_date_of_a_page_is_read_or_passed_over(tmp_path: Path, written: str, expected: datetime.date) -> None:
    script = '<script type="application/ld+json">{"datePublished": "2024-03-14"}</script>'
    file = tmp_path / "page.html"
    file.write_bytes(page(head=f'<meta property="article:published_time" content="{written}">{script}'))
    assert read(file).published == expected


def test_a_page_without_a_declared_date_gets_none(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(page(head=""))
    assert read(file).published is None


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.html", b"<html><body></body></html>", "no article"),
        ("a.html", b"<" * 3000, "no article"),
        ("a.pdf", b"%PDF-1.4 broken", "cannot be read"),
        ("a.pdf", b"no pdf at all", "cannot be read"),
        ("a.docx", b"PK", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_a_clear_error(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read(file)


def test_a_deeply_nested_page_is_no_crash(tmp_path: Path) -> None:
    file = tmp_path / "deep.html"
    file.write_bytes(b"<div>" * 50_000 + NEWS[0].encode())
    with contextlib.suppress(InputError):
        assert NEWS[0] in read(file).text


def test_a_pdf_keeps_its_arabic_in_order() -> None:
    found = read(HERE / "data" / "port-strike-a.pdf")
    expected = words((HERE.parent / "examples" / "port-strike-a.txt").read_text(encoding="utf-8"))
    assert words(found.text) == expected
    assert found.published == datetime.date(2024, 3, 12)


def test_one_bad_line_does_not_stop_the_others(tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    file.write_text(f'{{"id": "one", "text": "{NEWS[0]}"}}\n{{broken\n\n{{"text": "{NEWS[1]}"}}\n', encoding="utf-8")
    found = dict(read_many(file))
    good = [name for name, article in found.items() if isinstance(article, Article)]
    assert [name.rpartition(":")[2] for name in good] == ["1", "4"]
    assert "broken JSON" in str(found[f"{file}:2"])
    with pytest.raises(InputError, match="holds 3 articles"):
        read(file)


class Site(BaseHTTPRequestHandler):
    """A small site: an article, a redirect to it, a page without end, an image."""

    asked = 0

    def do_GET(self) -> None:
        Site.asked += 1
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/2024/03/12/strike")
            self.end_headers()
            return
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Type", "image/png" if self.path == "/image" else "text/html; charset=utf-8")
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(b"<p>" * 3_000_000 if self.path == "/huge" else page(head=""))

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving(Site) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def inner_addresses_allowed(monkeypatch: pytest.MonkeyPatch, site: str) -> None:
    monkeypatch.setattr("httpx_secure.httpx_ssrf_protection", lambda client, **options: client)
    monkeypatch.setattr(fetch, "_PORTS", (int(site.rpartition(":")[2]),))


@pytest.mark.usefixtures("inner_addresses_allowed")
def test_an_article_of_the_web(site: str) -> None:
    article = fetch.fetch(f"{site}/moved")
    assert NEWS[0] in article.text
    assert article.url == f"{site}/2024/03/12/strike"
    assert (article.published, article.published_from) == (datetime.date(2024, 3, 12), "metadata")


@pytest.mark.usefixtures("inner_addresses_allowed")
@pytest.mark.parametrize(("path", "message"), [("/huge", "larger than"), ("/image", "image/png"), ("/gone", "404")])
def test_answers_that_are_no_article(site: str, path: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        fetch.fetch(site + path)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_private_addresses_are_never_asked(site: str, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port = site.rpartition(":")[2]
    monkeypatch.setattr(fetch, "_PORTS", (int(port),))
    asked = Site.asked
    with pytest.raises(InputError):
        fetch.fetch(f"http://{host}:{port}/")
    assert Site.asked == asked


def test_a_redirect_to_a_private_address_is_not_followed(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "_PORTS", (int(site.rpartition(":")[2]),))
    with pytest.raises(InputError, match="private address"):
        fetch.fetch(f"{site}/moved")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/a",
        "https://me:word@example.org/",
        "http://example.org:22/",
        "https://",
    ],
)
def test_only_plain_web_addresses(url: str) -> None:
    with pytest.raises(InputError, match="no plain web address"):
        fetch.fetch(url)
