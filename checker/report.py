"""The report on two articles: plain data, and its JSON form (schema `tabayyun.report/1`)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from tabayyun.article import Article
from tabayyun.bidi import safe_json
from tabayyun.claims import Claim
from tabayyun.models.text import normalise
from tabayyun.verdicts import Verdict

SCHEMA = "tabayyun.report/1"
SECTIONS = ("contradiction", "dispute", "agreement", "superseded", "uncertain", "neutral")
"""The parts of a report for people, most important first."""


def verdict_key(verdict: Verdict) -> str:
    """Return the `pair_key` of the two statements that a verdict is about."""
    return pair_key(verdict.a.text, verdict.b.text)


def pair_key(a: str, b: str) -> str:
    """Return 16 hex digits that name two statements, in either order, however spelled.

    A key stays the same over runs, models and settings, so that what a person decided is found again.
    """
    return hashlib.sha256("\n".join(sorted(map(normalise, (a, b)))).encode()).hexdigest()[:16]


def section_of(verdict: Verdict) -> str:
    """The part of a report in which a verdict stands, one of `SECTIONS`."""
    return section(verdict.label, verdict.relation)


def section(label: str, relation: str | None) -> str:
    """The part of a report in which a label and a relation stand, one of `SECTIONS`."""
    if relation in ("superseded", "different_event"):
        return "superseded"
    return "dispute" if relation == "dispute" else label


@dataclass(frozen=True, slots=True)
class NotChecked:
    """Two claims that were worth comparing and were not, with the reason."""

    a: Claim
    b: Claim
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """The entry as it stands in the report JSON."""
        return {"a": self.a.to_dict(), "b": self.b.to_dict(), "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Report:
    """What two articles say of the same events, most important first."""

    a: Article
    b: Article
    verdicts: tuple[Verdict, ...]
    only_in_a: tuple[Claim, ...]
    only_in_b: tuple[Claim, ...]
    not_checked: tuple[NotChecked, ...]
    embedder: str
    judge: str
    config_hash: str
    version: str

    @property
    def contradictions(self) -> list[Verdict]:
        """The contradictions, the most probable first."""
        return [v for v in self.verdicts if v.label == "contradiction"]

    @property
    def agreements(self) -> list[Verdict]:
        """The agreements, the most probable first."""
        return [v for v in self.verdicts if v.label == "agreement"]

    def sections(self) -> dict[str, list[Verdict]]:
        """The verdicts by the parts of a report for people, in the order of `SECTIONS`."""
        found: dict[str, list[Verdict]] = {section: [] for section in SECTIONS}
        for verdict in self.verdicts:
            found[section_of(verdict)].append(verdict)
        return found

    def to_dict(self, *, all_verdicts: bool = False) -> dict[str, Any]:
        """The report as JSON data; neutral verdicts only with `all_verdicts`."""
        shown = [v for v in self.verdicts if all_verdicts or v.label != "neutral"]
        return {
            "schema": SCHEMA,
            "a": self.a.to_dict(),
            "b": self.b.to_dict(),
            "verdicts": [v.to_dict() for v in shown],
            "only_in_a": [c.to_dict() for c in self.only_in_a],
            "only_in_b": [c.to_dict() for c in self.only_in_b],
            "not_checked": [n.to_dict() for n in self.not_checked],
            "models": {"embedder": self.embedder, "judge": self.judge},
            "config_hash": self.config_hash,
            "version": self.version,
        }

    def to_json(self, *, all_verdicts: bool = False) -> str:
        """The report as JSON text, Arabic readable."""
        return safe_json(self.to_dict(all_verdicts=all_verdicts), indent=1)
