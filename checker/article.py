"""Articles: read from files, cleaned of what is no news, with outlet, date and language as far as they are known."""

from __future__ import annotations

import datetime
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self, cast

from tabayyun.boilerplate import Span, find_boilerplate, find_title
from tabayyun.errors import InputError

LANGUAGES = ("ar", "en", "fr", "ru", "tr", "fa", "he")
MAX_BYTES = 5_000_000
TEXT_SUFFIXES = (".txt", ".md", ".text", "")
JSON_SUFFIXES = (".json", ".jsonl")

DateSource = Literal["argument", "metadata", "text", "unknown"]


@dataclass(frozen=True, slots=True)
class Article:
    """One article of one outlet; `text` is kept as it came, and every offset counts its Unicode code points.

    >>> Article.from_text("وقع الطرفان الاتفاق أمس.", outlet="الوطن").language
    'ar'
    """

    text: str
    id: str = ""
    outlet: str = ""
    title: str = ""
    published: datetime.date | None = None
    published_from: DateSource = "unknown"
    url: str = ""
    language: str = ""
    boilerplate: tuple[Span, ...] = ()
    headline: tuple[int, int] | None = field(default=None, repr=False)

    @classmethod
    def from_text(
        cls,
        text: str,
        *,
        id: str = "",
        outlet: str = "",
        title: str = "",
        published: datetime.date | str | None = None,
        published_from: DateSource = "argument",
        url: str = "",
        language: str = "",
    ) -> Self:
        """Build an article from plain text; what is not given is looked for in the text.

        Raises:
            InputError: the text is empty, or a date is not ISO 8601.
        """
        text = text.removeprefix("\ufeff").encode("utf-8", "replace").decode("utf-8")
        if not text.strip():
            raise InputError(f"{id or 'The article'} is empty. Give a file with the text of an article.")
        day = parse_date(published) if published else None
        if day is None:
            day = date_in_text(text)
            published_from = "text" if day else "unknown"
        headline = find_title(text, title)
        return cls(
            text=text,
            id=id,
            outlet=outlet,
            title=title or (text[slice(*headline)] if headline else ""),
            published=day,
            published_from=published_from,
            url=url,
            language=_known_language(language) or detect_language(text),
            boilerplate=find_boilerplate(text, headline),
            headline=headline,
        )

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any], name: str = "") -> Self:
        """Build an article from the JSON fields id, outlet, title, published, url, language and text.

        Raises:
            InputError: `text` is missing, or a field is of the wrong type.
        """
        for key in ("id", "outlet", "title", "published", "url", "language", "text"):
            if data.get(key) is not None and not isinstance(data[key], str):
                raise InputError(f"{name}: the field {key!r} must be text, not {type(data[key]).__name__}.")
        if not data.get("text"):
            raise InputError(f"{name}: the field 'text' is missing or empty. An article needs at least its text.")
        return cls.from_text(
            data["text"],
            id=data.get("id") or name,
            outlet=data.get("outlet") or "",
            title=data.get("title") or "",
            published=data.get("published"),
            published_from="metadata",
            url=data.get("url") or "",
            language=data.get("language") or "",
        )

    def to_dict(self) -> dict[str, Any]:
        """The article as it stands in the report JSON."""
        return {
            "id": self.id,
            "outlet": self.outlet,
            "title": self.title,
            "published": self.published.isoformat() if self.published else None,
            "published_from": self.published_from,
            "url": self.url,
            "language": self.language,
            "text": self.text,
            "boilerplate": [{"start": s.start, "end": s.end, "kind": s.kind} for s in self.boilerplate],
        }


def read(path: str | Path, *, outlet: str = "", published: str | None = None) -> Article:
    """Read an article file (.txt, .md, .json, .jsonl with one line; `-` is standard input).

    `outlet` and `published` (ISO 8601) win over what the file says.

    Raises:
        InputError: the file is missing, too large, binary, empty, or of a kind that cannot be read.
    """
    name = str(path)
    suffix = "" if name == "-" else Path(path).suffix.lower()
    if suffix not in TEXT_SUFFIXES + JSON_SUFFIXES:
        raise InputError(f"{name}: {suffix} files cannot be read yet. Save the article as .txt, .md or .json.")
    text = decode(_read_bytes(name), name)
    looks_like_json = name == "-" and text.lstrip().startswith("{")
    if suffix in JSON_SUFFIXES or looks_like_json:
        data = _one_object(text, name)
        data |= {key: value for key, value in (("outlet", outlet), ("published", published)) if value}
        article = Article.from_mapping(data, _id(name))
    else:
        article = Article.from_text(text, id=_id(name), outlet=outlet)
    if published is None:
        return article
    from dataclasses import replace

    return replace(article, published=parse_date(published), published_from="argument")


def _id(name: str) -> str:
    return "stdin" if name == "-" else Path(name).stem.encode("utf-8", "replace").decode("utf-8")


def _read_bytes(name: str) -> bytes:
    if name == "-":
        if sys.stdin is None:
            raise InputError("There is no standard input to read an article from.")
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    else:
        path = Path(name)
        try:
            if path.is_dir():
                raise InputError(f"{name} is a folder. Give the file of one article.")
            with path.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        except FileNotFoundError as error:
            raise InputError(f"There is no file {name}.") from error
        except OSError as error:
            raise InputError(f"{name} cannot be read: {error.strerror}.") from error
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
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise InputError(
                    f"{name} begins like {encoding} but breaks off: {error.reason}. Save it as UTF-8."
                ) from error
    if b"\x00" in data:
        raise InputError(f"{name} is binary, not text. Give the article as .txt, .md or .json in UTF-8.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=["cp1256", "iso8859_6", "cp1252", "cp1251", "cp1254", "cp1255"]).best()
    if best is None:
        raise InputError(f"{name} is in no encoding that can be recognised. Save it as UTF-8.")
    return str(best)


def _one_object(text: str, name: str) -> dict[str, Any]:
    lines = [line for line in text.split("\n") if line.strip()]
    is_jsonl = name.lower().endswith(".jsonl")
    source = lines[0] if is_jsonl and len(lines) == 1 else text
    if is_jsonl and len(lines) > 1:
        raise InputError(f"{name} holds {len(lines)} articles; give a file with one.")
    try:
        data = json.loads(source)
    except json.JSONDecodeError as error:
        raise InputError(f"{name} is broken JSON: {error.msg} in line {error.lineno}, column {error.colno}.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name} is JSON beyond reading ({type(error).__name__}). Give one flat object.") from error
    if not isinstance(data, dict):
        raise InputError(f"{name} must hold one JSON object with a field 'text', not a {type(data).__name__}.")
    return cast(dict[str, Any], data)


def parse_date(value: datetime.date | str) -> datetime.date:
    """Return the day of an ISO 8601 date or time.

    Raises:
        InputError: it is not one.
    """
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.datetime.fromisoformat(value.strip()).date()
    except ValueError as error:
        raise InputError(f"{value!r} is not an ISO 8601 date. Write it as 2015-10-14.") from error


_DATE_LINE = re.compile(r"^\W*(?:(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})|(\d{4})[-/.](\d{1,2})[-/.](\d{1,2}))\W*$")
_HEAD_LINES = 8


def date_in_text(text: str) -> datetime.date | None:
    """Return the date that stands alone in one of the first lines, or None.

    Dates inside prose, captions and page headers belong to something else more often than to the article.

    >>> date_in_text("عنوان\\n\\n14-10-2015\\n\\nمتن الخبر")
    datetime.date(2015, 10, 14)
    """
    from tabayyun.models.text import normalise

    for line in [line for line in text.splitlines() if line.strip()][:_HEAD_LINES]:
        match = _DATE_LINE.match(normalise(line))
        if match:
            day, month, year, year_first, month_second, day_last = (int(v) if v else 0 for v in match.groups())
            try:
                return datetime.date(year or year_first, month or month_second, day or day_last)
            except ValueError:
                continue
    return None


def _known_language(tag: str) -> str:
    """The language of a tag such as "ar-SA" when it is one of ours, else nothing.

    >>> _known_language("AR-sa"), _known_language("xx")
    ('ar', '')
    """
    code = tag.replace("_", "-").split("-")[0].lower()
    return code if code in LANGUAGES else ""


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    return identifier


def detect_language(text: str) -> str:
    """Return the two-letter code of the language in which most of `text` is written, one of `LANGUAGES`."""
    return str(_identifier().classify(text[:20_000])[0])
