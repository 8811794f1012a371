"""Articles: cleaned of what is no news, with outlet, date and language as far as they are known, and where from."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, Self

from tabayyun import dates, outlets
from tabayyun.boilerplate import Span, dateline, find_boilerplate, find_title, lines_of
from tabayyun.errors import InputError

LANGUAGES = ("ar", "en", "fr", "ru", "tr", "fa", "he")

Source = Literal["argument", "metadata", "text", "unknown"]
_YEARS = range(1900, 2101)
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=[/-]|$)")


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
    outlet_from: Source = "unknown"
    published: datetime.date | None = None
    published_from: Source = "unknown"
    agencies: tuple[str, ...] = ()
    """The agencies that the text credits."""
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
        outlet_from: Source = "argument",
        title: str = "",
        published: datetime.date | str | None = None,
        published_from: Source = "argument",
        url: str = "",
        language: str = "",
    ) -> Self:
        """Build an article from plain text; what is not given is looked for in the text.

        Raises:
            InputError: the text is empty, or a date is not ISO 8601.
        """
        # Half a surrogate pair, which JSON can spell, cannot be written anywhere.
        text, id, outlet, title, url = (
            given.encode("utf-8", "replace").decode("utf-8")
            for given in (text.removeprefix("\ufeff"), id, outlet, title, url)
        )
        if not text.strip():
            raise InputError(f"{id or 'The article'} is empty. Give a file with the text of an article.")
        language = _known_language(language) or detect_language(text)
        headline = find_title(text, title)
        noise = find_boilerplate(text, headline)
        day = parse_date(published, id) if published else _date_of(text, language, headline, noise)
        named, of_url = _credits(text, headline, noise), outlets.of_url(url)
        return cls(
            text=text,
            id=id,
            outlet=outlet or of_url or named.outlet,
            outlet_from=outlet_from if outlet else "metadata" if of_url else _text_or_unknown(named.outlet),
            title=title or (text[slice(*headline)] if headline else ""),
            published=day,
            published_from=published_from if published else _text_or_unknown(day),
            agencies=named.agencies,
            url=url,
            language=language,
            boilerplate=noise,
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
                raise InputError(
                    f"{name}: the field {key!r} must be text, not {type(data[key]).__name__}. Put it in quotes."
                )
        if data.get("text") is None:
            raise InputError(f"{name}: the field 'text' is missing. Add it: {{\"text\": ...}}.")
        return cls.from_text(
            data["text"],
            id=data.get("id") or name,
            outlet=data.get("outlet") or "",
            outlet_from="metadata",
            title=data.get("title") or "",
            published=data.get("published") or date_in_url(data.get("url") or ""),
            published_from="metadata",
            url=data.get("url") or "",
            language=data.get("language") or "",
        )

    def to_dict(self) -> dict[str, Any]:
        """The article as it stands in the report JSON."""
        return {
            "id": self.id,
            "outlet": self.outlet,
            "outlet_from": self.outlet_from,
            "agencies": list(self.agencies),
            "title": self.title,
            "published": self.published.isoformat() if self.published else None,
            "published_from": self.published_from,
            "url": self.url,
            "language": self.language,
            "text": self.text,
            "boilerplate": [{"start": s.start, "end": s.end, "kind": s.kind} for s in self.boilerplate],
        }


def _date_of(
    text: str, language: str, headline: tuple[int, int] | None, noise: tuple[Span, ...]
) -> datetime.date | None:
    dated = dates.find(text, language, headline, noise)
    return dated.day if dated else None


def _credits(text: str, headline: tuple[int, int] | None, noise: tuple[Span, ...]) -> outlets.Credits:
    def lines(*kinds: str) -> list[str]:
        return [text[s.start : s.end] for s in noise if s.kind in kinds]

    spans = {(s.start, s.end) for s in noise} | ({headline} if headline else set())
    lead = next((text[slice(*line)] for line in lines_of(text) if line not in spans), "")
    return outlets.credited(lines("credit"), lead[: dateline(lead)], lines("other", "author_box"))


def _text_or_unknown(found: object) -> Source:
    return "text" if found else "unknown"


def date_in_url(url: str) -> str | None:
    """Return the day that the path of an address names, as news sites do, in ISO 8601.

    >>> date_in_url("https://example.org/news/2015/10/14/talks"), date_in_url("https://example.org/2015/99/1/")
    ('2015-10-14', None)
    """
    match = _URL_DATE.search(url)
    try:
        return datetime.date(*map(int, match.groups())).isoformat() if match else None
    except ValueError:
        return None


def parse_date(value: datetime.date | str, where: str = "") -> datetime.date:
    """Return the day of an ISO 8601 date or time.

    Raises:
        InputError: it is not one, or not of the years 1900 to 2100.
    """
    try:
        day = datetime.datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
    except ValueError as error:
        raise InputError(
            f"{where}{': ' * bool(where)}{value!r} is not an ISO 8601 date. Write it as 2015-10-14."
        ) from error
    if day.year not in _YEARS:
        raise InputError(
            f"{where}{': ' * bool(where)}{value} is no date of a news article. Give one of 1900 to 2100, or none."
        )
    return day.date() if isinstance(day, datetime.datetime) else day


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
