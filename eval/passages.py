"""`evaluate_claims`: claim extraction measured on labelled passages, field by field."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tabayyun import claims
from tabayyun.article import Article
from tabayyun.errors import DataError
from tabayyun.eval.harness import noise_counts
from tabayyun.eval.labelled import described_folder
from tabayyun.eval.runs import Run, measured
from tabayyun.spelling import words

_SAME_SPAN = 0.7
_SAME_NAME = 0.5
_SWAPPED = str.maketrans("0123456789٠١٢٣٤٥٦٧٨٩", "٠١٢٣٤٥٦٧٨٩0123456789")


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage and what is true of it, as offsets into its text."""

    name: str
    article: Article
    claims: tuple[tuple[int, int, dict[str, Any]], ...]
    boilerplate: tuple[tuple[int, int], ...]


def read_passages(folder: Path, vary: Callable[[str], str] = str) -> list[Passage]:
    """Return the labelled passages of `folder` (`*.json`), every text in it changed by `vary`.

    Raises:
        DataError: there is none, one breaks the format, or a quote does not stand in its text.
    """
    found = []
    for file in sorted(folder.glob("*.json")):
        try:
            data = _varied(json.loads(file.read_text(encoding="utf-8")), vary)
            text, at, spans = data["text"], 0, []
            for claim in data["claims"]:
                start = text.find(claim["text"], at)
                start = start if start >= 0 else text.index(claim["text"])
                spans.append((start, start + len(claim["text"]), claim))
                at = max(at, start)
            noise = [(text.index(n["text"]), text.index(n["text"]) + len(n["text"])) for n in data["boilerplate"]]
            article = Article.from_text(
                text,
                id=file.stem,
                outlet=data.get("outlet", ""),
                published=data["published"],
                language=data["language"],
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"{file} is no labelled passage ({type(error).__name__}: {error}). Mend it or take it out."
            ) from error
        found.append(Passage(file.stem, article, tuple(spans), tuple(noise)))
    if not found:
        raise DataError(f"{folder} holds no labelled passages (*.json). Name the folder that does.")
    return found


def _varied(value: Any, vary: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return vary(value)
    if isinstance(value, list):
        return [_varied(item, vary) for item in value]
    if isinstance(value, dict):
        keep = ("published", "from", "to", "language", "unit", "voice", "status", "polarity", "act")
        return {key: item if key in keep else _varied(item, vary) for key, item in value.items()}
    return value


def without_diacritics(text: str) -> str:
    """Return `text` without Arabic diacritics and tatweel."""
    return "".join(c for c in text if c != "\u0640" and not ("\u064b" <= c <= "\u0652"))


def other_digits(text: str) -> str:
    """Return `text` with ASCII digits as Arabic-Indic ones and the other way round.

    >>> other_digits("40 و٤٠")
    '٤٠ و40'
    """
    return text.translate(_SWAPPED)


def evaluate_claims(folder: Path, vary: Callable[[str], str] = str) -> Run:
    """Measure extraction on the labelled passages of `folder`.

    A claim meets a labelled one when they share at least 70 % of their union; voice, speaker, status, polarity, act and
    time are measured on the claims that met, quantities and boilerplate over the whole text.
    """
    passages = read_passages(folder, vary)
    began = time.perf_counter()
    items = [{"id": p.name, "group": p.name, "counts": _count(p)} for p in passages]
    seconds = round(time.perf_counter() - began, 2)
    return measured(
        "claims", f"claims, {vary.__name__}", items, described_folder(folder), {}, speed={"seconds": seconds}
    )


def _count(passage: Passage) -> dict[str, list[int]]:
    """(right, found, labelled) of every field on one passage."""
    extraction = claims.extract(passage.article)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    met = matches(extraction.claims, passage.claims)
    counts["boundaries"] = [len(met), len(extraction.claims), len(passage.claims)]
    for claim, gold in met:
        found = claim.to_frame()
        for field in ("voice", "speaker", "act", "status", "polarity", "time"):
            ours, theirs = (
                None if value == "affirmative" else value or None for value in (found[field], gold.get(field))
            )
            if isinstance(theirs, dict):
                theirs = {key: theirs.get(key) for key in ("from", "to")}
            same = ours == theirs if field != "speaker" else _same_name(str(ours or ""), str(theirs or ""))
            counts[field][0] += bool(ours and theirs and same)
            counts[field][1] += ours is not None
            counts[field][2] += theirs is not None
    ours = Counter(_amount(entry.to_dict()) for claim in extraction.claims for entry in claim.quantities)
    theirs = Counter(_amount(entry) for *_, gold in passage.claims for entry in gold["quantities"])
    counts["quantities"] = [(ours & theirs).total(), ours.total(), theirs.total()]
    counts["boilerplate"] = list(noise_counts(passage.article, passage.boilerplate))
    return dict(counts)


def _amount(entry: dict[str, Any]) -> tuple[Any, ...]:
    return entry["low"], entry["high"], entry["unit"], *words(entry["counted"])


def matches(
    found: Sequence[claims.Claim], labelled: Sequence[tuple[int, int, dict[str, Any]]]
) -> list[tuple[claims.Claim, dict[str, Any]]]:
    """Pairs of a found and a labelled claim that share most of their span, each used once."""
    left = list(labelled)
    pairs = []
    for claim in found:
        best = max(left, key=lambda gold: _shared(claim, gold), default=None)
        if best is not None and _shared(claim, best) >= _SAME_SPAN:
            left.remove(best)
            pairs.append((claim, best[2]))
    return pairs


def _shared(claim: claims.Claim, gold: tuple[int, int, dict[str, Any]]) -> float:
    common = min(claim.end, gold[1]) - max(claim.start, gold[0])
    return max(0, common) / (max(claim.end, gold[1]) - min(claim.start, gold[0]))


def _same_name(first: str, second: str) -> bool:
    a, b = set(words(first)), set(words(second))
    return bool(a and b) and len(a & b) >= _SAME_NAME * min(len(a), len(b))
