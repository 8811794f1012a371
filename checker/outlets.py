"""Which newsroom an article is of, and which agencies it credits: names and domains of `configs/outlets.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from tabayyun.configs import table
from tabayyun.spelling import fold

_SEPARATOR = re.compile(r"\s*[+،,/|()\[\]:：–—]\s*|\s*ـ+\s*|\s+-+\s+|\s+و(?=\S)")
_LABEL = re.compile(r"^\W*(?:(?:ال)?مصدر|(?:ال)?مصادر|sources?|kaynak|источник|מקור|منبع)\s*[:：]\s*", re.I)
_PUBLISHERS_WORDS = 14


@dataclass(frozen=True, slots=True)
class Outlet:
    """One newsroom of the table."""

    name: str
    agency: bool


@dataclass(frozen=True, slots=True)
class Credits:
    """The newsroom that a text names as its own (empty when it names none), and the agencies that it credits."""

    outlet: str
    agencies: tuple[str, ...]


@cache
def _by_name() -> dict[str, Outlet]:
    """Outlets by folded name; a name that several share stands for itself."""
    found: dict[str, Outlet] = {}
    for entry in table("outlets")["outlets"]:
        outlet = Outlet(entry["name"], entry.get("agency", False))
        for name in (entry["name"], entry["latin"], *entry["also"]):
            key = fold(name)
            known = found.get(key)
            found[key] = Outlet(name, outlet.agency) if known and known.name != outlet.name else outlet
    return found


def names() -> frozenset[str]:
    """All names of outlets and agencies, in the normal form of `spelling.fold`."""
    return frozenset(_by_name())


@cache
def _by_domain() -> dict[str, str]:
    return {domain: entry["name"] for entry in table("outlets")["outlets"] for domain in entry["domains"]}


def of_url(url: str) -> str:
    """Return the name of the outlet at `url`, or nothing when the table does not have it.

    >>> of_url("https://www.alwatan.com/details/1"), of_url("https://example.org/")
    ('الوطن (عمان)', '')
    """
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    while host:
        if host in _by_domain():
            return _by_domain()[host]
        host = host.partition(".")[2]
    return ""


def named(text: str) -> list[Outlet]:
    """Return the outlets that a credit or dateline names, in order.

    >>> [(o.name, o.agency) for o in named("المصدر : الجزيرة + رويترز")]
    [('الجزيرة', False), ('رويترز', True)]
    """
    parts = (fold(part).strip(" .") for part in _SEPARATOR.split(_LABEL.sub("", text)))
    return [_by_name()[part] for part in parts if part in _by_name()]


def credited(credit_lines: Iterable[str], dateline: str, about: Iterable[str]) -> Credits:
    """Return who an article is of, by its credit lines, then its dateline, then what the page says about itself.

    >>> credited([], "دمشق ــ الوطن ــ رويترز:", [])
    Credits(outlet='الوطن', agencies=('رويترز',))
    """
    found = [outlet for line in (*credit_lines, dateline) for outlet in named(line)]
    own = next((outlet.name for outlet in found if not outlet.agency), "")
    agencies = tuple(dict.fromkeys(outlet.name for outlet in found if outlet.agency))
    return Credits(own or next(filter(None, map(_publisher, about)), ""), agencies)


def _publisher(line: str) -> str:
    """The outlet that opens a line in which a page speaks of itself."""
    opening = fold(line).split()[:_PUBLISHERS_WORDS]
    for length in range(len(opening), 1, -1):
        outlet = _by_name().get(" ".join(opening[:length]))
        if outlet and not outlet.agency:
            return outlet.name
    return ""
