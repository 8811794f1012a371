"""Labels to and from other programs: labelled pairs (JSONL), Label Studio tasks, reports and corpus exports (JSON).

Offsets count code points everywhere. So does Label Studio today (`charsToCodePoints` in its editor); old versions
counted UTF-16 units, which is noticed by the text that is kept beside the offsets.
"""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tabayyun.configs import table
from tabayyun.errors import DataError
from tabayyun.ingest import decode
from tabayyun.report import SCHEMA, pair_key
from tabayyun.review.store import Decision, Pair, Side

CORPUS_SCHEMA = "tabayyun.corpus/1"
RELATIONS: dict[str, str] = {r: label for label, relations in table("review")["relations"].items() for r in relations}
"""The label of each relation, in the order in which they are offered."""
KINDS: dict[str, str] = table("review")["kinds"]
_KIND_OF = {phenomenon: kind for kind, phenomenon in KINDS.items() if phenomenon}
_NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file holds: reports, pairs that may be labelled, and labels that somebody gave them."""

    reports: list[dict[str, Any]] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)


def read(data: bytes, name: str) -> Taken:
    """Return what is in a file: labelled pairs, Label Studio tasks, a report, or a corpus export.

    Raises:
        DataError: it is none of them, or breaks its format.
    """
    text = decode(data, name).encode("utf-8", "replace").decode("utf-8")
    try:
        content = _json(text)
        if isinstance(content, list):
            return _from_label_studio(content)
        if isinstance(content, dict) and content.get("schema") == SCHEMA:
            _sound(content)
            return Taken([content], pairs_of(content))
        if isinstance(content, dict) and content.get("schema") == CORPUS_SCHEMA:
            reports = _reports_of(content)
            for report in reports:
                _sound(report)
            return Taken(reports, [pair for report in reports for pair in pairs_of(report)])
        rows = [json.loads(line) for line in text.split("\n") if line.strip()]
        return _from_rows(rows, name)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise DataError(
            f"{name} cannot be taken in ({type(error).__name__}: {str(error)[:100]}). Give labelled pairs (JSONL), "
            "Label Studio tasks, a report or a corpus export (JSON)."
        ) from error


def is_article(data: bytes) -> bool:
    """Whether a JSON file is an article (it has a text) rather than something to take in."""
    content = _json(decode(data))
    return isinstance(content, dict) and "text" in content


def _json(text: str) -> Any:
    """What a JSON file holds, or None when it is not one value: then it may be JSON lines."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _sound(report: Mapping[str, Any]) -> None:
    """Refuse what the pages could not show.

    Raises:
        ValueError: a value is not one that a report has; KeyError, TypeError: it is no report.
    """
    for article in (report["a"], report["b"]):
        wrong = [name for name in ("id", "outlet", "title", "text", "language") if not isinstance(article[name], str)]
        if article["published"] is not None:
            datetime.date.fromisoformat(article["published"])
        if article["published_from"] not in ("argument", "metadata", "text", "unknown"):
            wrong.append("published_from")
        if any(not (isinstance(s["kind"], str) and 0 <= s["start"] <= s["end"]) for s in article["boilerplate"]):
            wrong.append("boilerplate")
        if wrong:
            raise ValueError(f"wrong {', '.join(wrong)}")
    for verdict in report["verdicts"]:
        fits = (
            RELATIONS.get(verdict["relation"]) == verdict["label"] or verdict["label"] == "uncertain",
            verdict["relation"] in RELATIONS,
            verdict["kind"] in (None, *KINDS),
            isinstance(verdict["probability"], float | int),
            isinstance(verdict["independent"], bool),
            isinstance(verdict["why"], str) and isinstance(verdict.get("why_ar", ""), str),
            all(verdict[side]["voice"] in ("outlet", "reported", "quoted") for side in "ab"),
            all(isinstance(verdict[side][name], str) for side in "ab" for name in ("text", "speaker")),
        )
        if not all(fits):
            raise ValueError("a verdict with a value that no report has")


def pairs_of(report: Mapping[str, Any]) -> list[Pair]:
    """The pairs that the verdicts of a report are about, in their order.

    Raises:
        ValueError: a statement does not stand where the report says; KeyError, TypeError: it is no report.
    """
    return [
        Pair(
            pair_key(verdict["a"]["text"], verdict["b"]["text"]),
            *(_side(report[side], verdict[side]) for side in ("a", "b")),
        )
        for verdict in report["verdicts"]
    ]


def _side(article: Mapping[str, Any], claim: Mapping[str, Any]) -> Side:
    return Side(
        _at(article["text"], claim["start"], claim["end"], claim["text"]),
        claim["start"],
        claim["end"],
        article["text"],
        language=str(article["language"]),
        date=article["published"] and str(article["published"]),
        outlet=str(article["outlet"]),
        speaker=str(claim["speaker"]),
    )


def _at(article: str, start: int, end: int, text: str) -> str:
    if not _stands(article, start, end, text) or not text.strip():
        raise ValueError(f"no such statement from {start} to {end}")
    return text


def _stands(article: str, start: int, end: int, text: str) -> bool:
    return 0 <= start <= end <= len(article) and article[start:end] == text


def _reports_of(corpus: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One report for each two articles of a corpus export that verdicts bring together."""
    articles = {article["id"]: article for article in corpus["articles"]}
    reports: dict[tuple[str, str], dict[str, Any]] = {}
    for verdict in corpus["verdicts"]:
        ends = verdict["a"]["article"], verdict["b"]["article"]
        report = reports.setdefault(
            ends, {"schema": SCHEMA, "a": articles[ends[0]], "b": articles[ends[1]], "verdicts": []}
        )
        report["verdicts"].append(verdict)
    return list(reports.values())


def to_rows(labelled: Iterable[tuple[Pair, Decision]]) -> Iterator[dict[str, Any]]:
    """Rows of a labelled-pairs file, as `tabayyun eval pairs` reads it."""
    for pair, decision in labelled:
        row = {
            "id": pair.key,
            "a": pair.a.text,
            "b": pair.b.text,
            "a_lang": pair.a.language,
            "b_lang": pair.b.language,
            "a_date": pair.a.date,
            "b_date": pair.b.date,
            "label": decision.label,
            "relation": decision.relation,
            "phenomenon": _phenomenon(decision),
        }
        yield {key: value for key, value in row.items() if value or key not in ("relation", "phenomenon")}


def _phenomenon(decision: Decision) -> str | None:
    if decision.relation in ("superseded", "different_event"):
        return decision.relation
    return KINDS.get(decision.kind or "")


def _from_rows(rows: Iterable[Mapping[str, Any]], name: str) -> Taken:
    taken = Taken()
    labeller = labeller_name(name.rsplit(".", 1)[0]) or "file"
    for row in rows:
        sides = [
            Side(row[s], 0, len(row[s]), row[s], row.get(f"{s}_lang") or "", row.get(f"{s}_date")) for s in ("a", "b")
        ]
        pair = Pair(pair_key(row["a"], row["b"]), *sides)
        taken.pairs.append(pair)
        if row.get("label"):
            given = row.get("relation") or row["label"]
            kind = _KIND_OF.get(row.get("phenomenon", ""))
            taken.decisions.append(_imported(pair.key, labeller, given, kind, ""))
    return taken


def _imported(key: str, labeller: str, given: str, kind: str | None, note: str) -> Decision:
    """The decision of a relation, or of a bare label, that stands in a file."""
    label = RELATIONS.get(given, given)
    if label not in RELATIONS.values():
        raise ValueError(f"unknown label {given!r}")
    relation = given if given in RELATIONS else None
    return Decision(key, labeller, "import", label, relation, kind if label == "contradiction" else None, note)


def to_label_studio(pairs: Iterable[Pair], standing: Iterable[Decision]) -> list[dict[str, Any]]:
    """Label Studio tasks: the two articles, the statements as regions, and one annotation for each labeller.

    The labelling interface that fits stands in docs/review.md. An unlabelled pair has its regions as a prediction.
    """
    by_key: dict[str, dict[str, Decision]] = defaultdict(dict)
    for d in standing:
        if d.label:
            by_key[d.key][d.labeller] = d
    return [_task(pair, by_key[pair.key].values()) for pair in pairs]


def _task(pair: Pair, decisions: Iterable[Decision]) -> dict[str, Any]:
    data: dict[str, Any] = {"key": pair.key}
    regions = []
    for name, side in (("a", pair.a), ("b", pair.b)):
        data |= {name: side.article, f"{name}_lang": side.language, f"{name}_date": side.date}
        data |= {f"{name}_outlet": side.outlet, f"{name}_speaker": side.speaker}
        place = {"start": side.start, "end": side.end, "text": side.text, "labels": ["statement"]}
        regions.append(_result(f"statement_{name}", name, "labels", place))
    annotations = []
    for d in decisions:
        result = [*regions, _result("relation", "a", "choices", {"choices": [d.relation or d.label]})]
        if d.kind:
            result.append(_result("kind", "a", "choices", {"choices": [d.kind]}))
        if d.note:
            result.append(_result("note", "a", "textarea", {"text": [d.note]}))
        annotations.append({"labeller": d.labeller, "result": result})
    predictions = [] if annotations else [{"model_version": "tabayyun", "result": regions}]
    return {"data": data, "annotations": annotations, "predictions": predictions}


def _result(name: str, text: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "from_name": name, "to_name": text, "type": kind, "value": value}


def _from_label_studio(tasks: list[dict[str, Any]]) -> Taken:
    taken = Taken()
    for task in tasks:
        predicted = [r for p in task.get("predictions") or [] for r in p["result"]]
        annotations = [a for a in task.get("annotations") or [] if not a.get("was_cancelled")]
        if not annotations:
            taken.pairs.append(_labelled_pair(task["data"], predicted))
        for annotation in annotations:
            result = annotation["result"]
            pair = _labelled_pair(task["data"], [*result, *predicted])
            taken.pairs.append(pair)
            value = {r["from_name"]: r["value"] for r in result}
            if "relation" in value:
                note = " ".join(value.get("note", {}).get("text", []))
                kind = value.get("kind", {}).get("choices", [None])[0]
                given = value["relation"]["choices"][0]
                taken.decisions.append(_imported(pair.key, _labeller(annotation), given, kind, note))
    return taken


def _labelled_pair(data: Mapping[str, Any], results: Iterable[Mapping[str, Any]]) -> Pair:
    places = {r["from_name"]: r["value"] for r in reversed(list(results)) if r["type"] == "labels"}
    sides = []
    for name in ("a", "b"):
        article = data[name]
        start, end = _place(article, places.get(f"statement_{name}"))
        known = {key: data.get(f"{name}_{key}") or "" for key in ("outlet", "speaker")}
        language, date = data.get(f"{name}_lang") or "", data.get(f"{name}_date")
        sides.append(Side(article[start:end], start, end, article, language, date, **known))
    return Pair(pair_key(sides[0].text, sides[1].text), *sides)


def _place(article: str, region: Mapping[str, Any] | None) -> tuple[int, int]:
    """Where a region stands, in code points; without a region it is the whole text.

    >>> _place("🚢 وصلت Alpha أمس", {"start": 7, "end": 12, "text": "Alpha"})
    (7, 12)
    >>> _place("🚢 وصلت Alpha أمس", {"start": 8, "end": 13, "text": "Alpha"})  # counted in UTF-16
    (7, 12)
    """
    if region is None:
        return 0, len(article)
    start, end = int(region["start"]), int(region["end"])
    text = region.get("text")
    if text is None:
        text = article[start:end]
    elif not _stands(article, start, end, text):
        start, end = (_code_points(article, place) for place in (start, end))
    _at(article, start, end, text)
    return start, end


def _code_points(text: str, units: int) -> int:
    """How many code points the first UTF-16 units of a text are."""
    return len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "replace"))


def _labeller(annotation: Mapping[str, Any]) -> str:
    by = annotation.get("completed_by")
    name = annotation.get("labeller") or (by.get("email") or by.get("id") if isinstance(by, dict) else by)
    return labeller_name(f"user {name}" if isinstance(name, int) else str(name or "")) or "Label Studio"


def labeller_name(written: str) -> str:
    """Return a name that a labeller may have: printable, on one line, of 40 characters at most; else nothing.

    >>> labeller_name("  منى \\u202e "), labeller_name("x" * 50)
    ('منى', '')
    """
    name = " ".join("".join(char if char.isprintable() else " " for char in written).split())
    return name if len(name) <= _NAME_LENGTH else ""
