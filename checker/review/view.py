"""What the pages show: pure functions from reports and decisions to what the templates print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tabayyun.article import Article, parse_date
from tabayyun.boilerplate import Span, find_title
from tabayyun.marked import Mark, lines
from tabayyun.report import SECTIONS, pair_key, section
from tabayyun.review.exchange import RELATIONS
from tabayyun.review.store import Decision, Side

DISMISSED = "dismissed"
_AROUND = 300


@dataclass(frozen=True, slots=True)
class Shown:
    """A verdict of a report with what the labeller decided of it; its words in the texts are known by its number."""

    number: int
    key: str
    verdict: Mapping[str, Any]
    decision: Decision | None

    @property
    def section(self) -> str:
        """Where the verdict would stand if nothing were decided."""
        return section(self.verdict["label"], self.verdict["relation"])

    @property
    def group(self) -> str:
        """Where it stands: by what was decided, else by the verdict."""
        if self.decision is None:
            return self.section
        if self.decision.action == "dismiss":
            return DISMISSED
        return section(str(self.decision.label), self.decision.relation)


def shown(report: Mapping[str, Any], decided: Mapping[str, Decision]) -> list[Shown]:
    """The verdicts of a report, each with what was decided of its two statements, in whatever report that was."""
    keys = (pair_key(verdict["a"]["text"], verdict["b"]["text"]) for verdict in report["verdicts"])
    return [
        Shown(number, key, verdict, decided.get(key))
        for number, (key, verdict) in enumerate(zip(keys, report["verdicts"], strict=True), 1)
    ]


def grouped(verdicts: Iterable[Shown]) -> dict[str, list[Shown]]:
    """Verdicts by group, in the order of a report; a flag that was dismissed once is among the dismissed again."""
    groups: dict[str, list[Shown]] = {name: [] for name in (*SECTIONS, DISMISSED)}
    for verdict in verdicts:
        groups[verdict.group].append(verdict)
    return groups


def pane(report: Mapping[str, Any], side: str, verdicts: Iterable[Shown] = ()) -> dict[str, Any]:
    """One article of a report, cut into lines in which the statements of the verdicts are marked."""
    data = report[side]
    article = Article(
        text=data["text"],
        id=str(data["id"]),
        outlet=str(data["outlet"]),
        title=str(data["title"]),
        published=parse_date(data["published"]) if data["published"] else None,
        published_from=data["published_from"],
        language=str(data["language"]),
        boilerplate=tuple(Span(s["start"], s["end"], s["kind"]) for s in data["boilerplate"]),
        headline=find_title(data["text"], data["title"]),
    )
    marks = [Mark(v.verdict[side]["start"], v.verdict[side]["end"], v.number, v.section) for v in verdicts]
    return {"side": side, "article": article, "lines": lines(article, marks)}


def around(side: Side) -> tuple[str, str]:
    """What stands before and after a statement in its article."""
    return side.article[max(0, side.start - _AROUND) : side.start], side.article[side.end : side.end + _AROUND]


def judged(action: str, found: str, relation: str, kind: str) -> tuple[str, str | None, str | None] | None:
    """Return label, relation and kind of a decision on a verdict that says `found`; None when it makes no sense.

    To confirm takes `relation` and `kind` of the verdict, to correct those that were chosen. To dismiss a flag is to
    call it neutral, unless a relation was chosen that says something else.

    >>> judged("dismiss", "contradiction", "dispute", "number")
    ('neutral', None, None)
    >>> judged("confirm", "contradiction", "dispute", "number")
    ('contradiction', 'dispute', 'number')
    """
    label = RELATIONS.get(relation)
    if action == "dismiss" and (label is None or label == found):
        return "neutral", None, None
    if label is None or (action == "confirm" and label != found) or action not in ("confirm", "correct", "dismiss"):
        return None
    return label, relation, (kind or None) if label == "contradiction" else None
