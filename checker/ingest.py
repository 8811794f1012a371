"""Articles out of files: text, Markdown, HTML, PDF, JSON, JSON lines and standard input, in any usual encoding.

HTML is read by trafilatura, PDF by qalam (both keep Arabic in its order), in a process of their own with bounds on
time and memory (`tabayyun.parsers`); neither touches the network.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from tabayyun import parsers
from tabayyun.article import Article, parse_date
from tabayyun.errors import InputError

MAX_BYTES = 5_000_000
TEXT_SUFFIXES = (".txt", ".md", ".text", "")
HTML_SUFFIXES = (".html", ".htm", ".xhtml")
PDF_SUFFIX, JSON_SUFFIX, LINES_SUFFIX = ".pdf", ".json", ".jsonl"
SUFFIXES = (*TEXT_SUFFIXES, *HTML_SUFFIXES, PDF_SUFFIX, JSON_SUFFIX, LINES_SUFFIX)
_DECLARED = re.compile(rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]{3,20})", re.I)
_DECLARED_WITHIN = 4000
_HTML_START = re.compile(r"\s*<(?:!doctype html|html|head|body|\?xml)\b", re.I)
_DATE_SCRIPT = re.compile(r'"datePublished"\s*:\s*"(\d{4}-\d\d-\d\d)')
_SECONDS = 3 * parsers.CPU_SECONDS
"""By the clock, on a machine that has other things to do."""
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),  # begins like the mark of UTF-16
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def read(path: str | Path, *, outlet: str = "", published: str | None = None) -> Article:
    """Read the article in a file (.txt, .md, .html, .pdf, .json, .jsonl with one line; `-` is standard input).

    `outlet` and `published` (ISO 8601) win over what the file says.

    Raises:
        InputError: the file is missing, too large, binary, empty, holds several articles, or cannot be read.
    """
    name = str(path)
    suffix = _suffix(name)
    data = _read_bytes(name)
    if suffix == LINES_SUFFIX:
        lines = [line for line in data.split(b"\n") if line.strip()]
        if len(lines) > 1:
            raise InputError(f"{name} holds {len(lines)} articles; give a file with one, or use `tabayyun corpus add`.")
    return from_fields(fields(data, name, suffix), _id(name), outlet, published)


def from_fields(found: dict[str, Any], name: str, outlet: str = "", published: str | None = None) -> Article:
    """Return the article of the fields of a file, where a given outlet and date win.

    Raises:
        InputError: a field is missing or wrong.
    """
    given = ({"outlet": outlet} if outlet else {}) | ({"published": published} if published else {})
    article = Article.from_mapping(found | given, name)
    return replace(
        article,
        published_from="argument" if published else article.published_from,
        outlet_from="argument" if outlet else article.outlet_from,
    )


def read_many(path: str | Path) -> Iterator[tuple[str, Article | InputError]]:
    """Yield name and article of every line of a JSONL file, or of the one article that another file holds.

    What cannot be read comes as its error, so that the rest goes on.
    """
    name = str(path)
    if _suffix(name) != LINES_SUFFIX:
        yield name, _or_error(lambda: read(path))
        return
    try:
        with Path(name).open("rb") as stream:
            for number, line in enumerate(iter(lambda: stream.readline(MAX_BYTES), b""), 1):
                if line.strip():
                    place = f"{name}:{number}"
                    yield place, _or_error(lambda: Article.from_mapping(fields(line, place, JSON_SUFFIX), place))  # noqa: B023
    except OSError as error:
        yield name, InputError(f"{name} cannot be read: {error.strerror}.")


def _or_error(work: Any) -> Article | InputError:
    try:
        return cast(Article, work())
    except InputError as error:
        return error


def fields(data: bytes, name: str, suffix: str, url: str = "") -> dict[str, Any]:
    """Return the fields of an article (`text`, and what the file tells of title, outlet, date ...) out of its bytes.

    Raises:
        InputError: they are not what `suffix` says, or cannot be read.
    """
    if suffix == PDF_SUFFIX or data.startswith(b"%PDF-"):
        return _parsed("pdf", data, name)
    if suffix in HTML_SUFFIXES:
        return _html_fields(_decode_html(data, name), name, url)
    text = decode(data, name)
    if suffix in (JSON_SUFFIX, LINES_SUFFIX) or (name == "-" and text.lstrip().startswith("{")):
        return _json_fields(text, name)
    if name == "-" and _HTML_START.match(text):
        return _html_fields(text, name, url)
    return {"text": text}


def _suffix(name: str) -> str:
    suffix = "" if name == "-" else Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"{name}: {suffix} files cannot be read. Save the article as .txt, .html, .pdf or .json.")
    return suffix


def _id(name: str) -> str:
    return "stdin" if name == "-" else Path(name).stem.encode("utf-8", "replace").decode("utf-8")


def _read_bytes(name: str) -> bytes:
    if name == "-":
        if sys.stdin is None:
            raise InputError("There is no standard input to read an article from. Pipe one in, or give a file.")
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    else:
        path = Path(name)
        try:
            if path.is_dir():
                raise InputError(f"{name} is a folder. Give the file of one article.")
            with path.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        except FileNotFoundError as error:
            raise InputError(f"There is no file {name}. Check its path.") from error
        except OSError as error:
            raise InputError(f"{name} cannot be read: {error.strerror}. Check its path and rights.") from error
    if len(data) > MAX_BYTES:
        raise InputError(
            f"{name} is larger than {MAX_BYTES // 1_000_000} MB. An article is a few kilobytes: cut it out first."
        )
    return data


def decode(data: bytes, name: str = "The input") -> str:
    """Return the text of `data`: UTF-8 or UTF-16 by its mark, UTF-8 when it is valid, else what its bytes look like.

    Raises:
        InputError: it is not text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise InputError(
                    f"{name} begins like {encoding} but breaks off: {error.reason}. Save it as UTF-8."
                ) from error
    if b"\x00" in data:
        raise InputError(
            f"{name} is binary, not text (or UTF-16 without its mark). Save it as UTF-8, or give .html, .pdf or .json."
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=["cp1256", "iso8859_6", "cp1252", "cp1251", "cp1254", "cp1255"]).best()
    if best is None:
        raise InputError(f"{name} is in no encoding that can be recognised. Save it as UTF-8.")
    return str(best)


def _decode_html(data: bytes, name: str) -> str:
    """The text of a page: by its byte-order mark, UTF-8 when valid, else the encoding that it declares."""
    declared = _DECLARED.search(data[:_DECLARED_WITHIN])
    if declared and not data.startswith(tuple(mark for mark, _ in _MARKS)):
        for encoding in ("utf-8", declared.group(1).decode("ascii")):
            try:
                return data.decode(encoding)
            except (UnicodeError, LookupError):
                continue
    return decode(data, name)


def _json_fields(text: str, name: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{name} is broken JSON: {error.msg} in line {error.lineno}, column {error.colno}. Mend it there."
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name} is JSON beyond reading ({type(error).__name__}). Give one flat object.") from error
    if not isinstance(content, dict):
        raise InputError(f'{name} must hold one JSON object, not a {type(content).__name__}. Write {{"text": ...}}.')
    return cast(dict[str, Any], content)


def _html_fields(page: str, name: str, url: str) -> dict[str, Any]:
    """The article of a web page. Its date is one that the page's data declares; else the text is asked later."""
    found = _parsed("html", page.encode("utf-8", "replace"), name, url)
    declared = found.pop("declared") + _DATE_SCRIPT.findall(page)
    title, text = found["title"], found["text"]
    if title and not text.lstrip().startswith(title):
        text = f"{title}\n\n{text}"
    return found | {
        "text": text,
        "published": next((value.strip()[:10] for value in declared if _names_a_day(value.strip()[:10])), None),
    }


def _names_a_day(written: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", written) and parse_date(written))
    except InputError:
        return False


def _parsed(kind: str, data: bytes, name: str, url: str = "") -> dict[str, Any]:
    """What the parser of that kind finds, in a process of its own: a hostile file can make a parser run for hours."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "article"
        file.write_bytes(data)
        command = [sys.executable, "-P", parsers.__file__, kind, str(file), url]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            done = None
    if done is None or done.returncode:
        raise InputError(
            f"{name} takes too much time or memory to read as {kind.upper()}: it is broken or made to do harm. "
            "Save its text as .txt."
        )
    found: dict[str, Any] = json.loads(done.stdout)
    if "error" in found:
        raise InputError(f"{name} {found['error']}")
    return found
