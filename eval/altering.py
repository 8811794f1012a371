"""Training rows out of labelled pairs by changing what can be counted or dated: numbers, weekdays and months.

An encoder learns slowly that 12 and 21 kilometres cannot both be the depth of one earthquake. Two reports that agree
and share a number contradict each other once the number of one of them is changed, and agree again once it is changed
in both; where they are neutral, they stay so (the idea of contrast sets: Gardner et al. 2020, "Evaluating Models' Local
Decision Boundaries via Contrast Sets").
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tabayyun.configs import language_table
from tabayyun.eval.labelled import folder_or_error
from tabayyun.models.data import read_table
from tabayyun.spelling import any_of, flat, fold

_NUMBER = re.compile(r"(?<![\w.,:/-])\d+(?:[.,]\d+)?(?![\w:/-]|[.,]\d)")
_YEARS = range(1900, 2101)
_FORMS = {
    "ar": (
        ("ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة"),
        ("ثلاث", "أربع", "خمس", "ست", "سبع", "ثماني", "تسع", "عشر"),
        ("عشرون", "ثلاثون", "أربعون", "خمسون", "ستون", "سبعون", "ثمانون", "تسعون"),
        ("عشرين", "ثلاثين", "أربعين", "خمسين", "ستين", "سبعين", "ثمانين", "تسعين"),
    ),
    "en": (
        ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
    ),
}
"""Words of numbers that can stand for each other in a sentence."""


@dataclass(frozen=True, slots=True)
class Item:
    """A number, weekday or month in a text: what it is, its value, where it stands and what may stand there."""

    kind: str
    value: float
    start: int
    end: int
    others: tuple[tuple[float, str], ...]


def items(text: str, language: str) -> list[Item]:
    """Return the numbers, weekdays and months of `text` that can be changed in place.

    >>> [(i.kind, i.value) for i in items("قتل 12 شخصا يوم الأحد", "ar")]
    [('number', 12.0), ('weekday', 6)]
    """
    plain, at = flat(text)
    found = [_digits(match, at) for match in _NUMBER.finditer(plain)]
    for kind, forms in _word_forms(language):
        either_case = re.I if kind == "number" else 0  # "may" is no month
        pattern = re.compile(rf"(?<!\w)(?:[وفبل])?({any_of(tuple(word for word, _ in forms))})(?!\w)", either_case)
        values = {fold(word): value for word, value in forms}
        for match in pattern.finditer(plain):
            value = values[fold(re.sub(r"\s+", " ", match.group(1)))]
            others = tuple((other, word) for word, other in forms if other != value)
            found.append(Item(kind, value, at[match.start(1)], at[match.end(1)], others))
    return sorted(found, key=lambda item: item.start)


@cache
def _word_forms(language: str) -> tuple[tuple[str, tuple[tuple[str, float], ...]], ...]:
    """Groups of words that can stand for each other, each with its value."""
    numbers = {fold(word): value for word, value in language_table("numbers", language)["words"].items()}
    times = language_table("times", language)
    forms = [("number", tuple((word, numbers[fold(word)]) for word in group)) for group in _FORMS.get(language, ())]
    forms.append(("weekday", tuple((names[0], place) for place, names in enumerate(times["weekdays"]))))
    columns = range(max(len(names) for names in times["months"]))
    for column in columns:  # one system of month names each
        named = [(names[column], place) for place, names in enumerate(times["months"]) if column < len(names)]
        forms.append(("month", tuple(named)))
    return tuple(forms)


def _digits(match: re.Match[str], at: list[int]) -> Item:
    written = match.group()
    value = float(written.replace(",", "."))
    return Item("number", value, at[match.start()], at[match.end()], tuple(_other_numbers(written, value)))


def _other_numbers(written: str, value: float) -> Iterator[tuple[float, str]]:
    """Numbers of the same form that are far enough not to round to `value`; years stay years."""
    if not re.fullmatch(r"\d+", written):
        whole, sign, rest = re.split(r"([.,])", written)
        for factor in (0.5, 0.7, 1.5, 2):
            other = f"{max(1, round(int(whole) * factor))}{sign}{rest}"
            if other != written:
                yield float(other.replace(",", ".")), other
    elif int(value) in _YEARS:
        for step in (-4, -2, -1, 1):
            yield value + step, str(int(value) + step)
    else:
        for factor in (0.35, 0.5, 0.65, 1.5, 1.8, 2.5):
            count = round(value * factor)
            if count >= 1 and abs(count - value) >= max(1, 0.3 * value):
                yield float(count), str(count)


def altered(row: dict[str, Any], chance: random.Random) -> Iterator[dict[str, Any]]:
    """Return rows made of a labelled pair or an NLI row: with something changed in one text, or the same in both.

    >>> pair = {"id": "1", "a": "قتل 12 شخصا", "b": "12 قتيلا", "label": "agreement"}
    >>> [row["label"] for row in altered(pair, random.Random(0))]
    ['contradiction', 'contradiction', 'agreement']
    """
    a, b = ("a", "b") if "a" in row else ("premise", "hypothesis")
    of = {side: items(row[side], row.get(f"{side}_lang") or row.get("lang", "ar")) for side in (a, b)}
    shared = [(x, y) for x in of[a] for y in of[b] if (x.kind, x.value) == (y.kind, y.value)]
    shared = [(x, y) for x, y in shared if _once(x, of[a]) and _once(y, of[b])]
    if not shared:
        return
    x, y = chance.choice(shared)
    if row["label"] in ("agreement", "entailment"):
        for side, item in ((a, x), (b, y)):
            if item.others:
                yield _changed(row, "contradiction", {side: (item, chance.choice(item.others)[1])})
        words = _both(x, y, chance)
        if words:
            yield _changed(row, row["label"], {a: (x, words[0]), b: (y, words[1])})
    elif row["label"] == "neutral":
        side, item = chance.choice(((a, x), (b, y)))
        if item.others:
            yield _changed(row, "neutral", {side: (item, chance.choice(item.others)[1])})


def _once(item: Item, found: list[Item]) -> bool:
    return sum((i.kind, i.value) == (item.kind, item.value) for i in found) == 1


def _both(x: Item, y: Item, chance: random.Random) -> tuple[str, str] | None:
    """One other value that both texts can take, each in its own words."""
    of_x, of_y = dict(x.others), dict(y.others)
    values = sorted(of_x.keys() & of_y.keys())
    if not values:
        return None
    value = chance.choice(values)
    return of_x[value], of_y[value]


def _changed(row: dict[str, Any], label: str, changes: dict[str, tuple[Item, str]]) -> dict[str, Any]:
    texts = {side: row[side][: item.start] + word + row[side][item.end :] for side, (item, word) in changes.items()}
    relation = {"relation": label} if "relation" in row else {}
    return {**row, **texts, **relation, "id": f"{row['id']}-{label}-{'-'.join(changes)}", "label": label}


def alter(sources: Sequence[Path], out: Path, seed: int = 13) -> int:
    """Write the rows made of labelled pairs or NLI rows (JSONL, .gz too) into `out`; return how many.

    Rows without an id get the number of their line.

    Raises:
        DataError: a file is missing or no JSONL, or there is no folder to write into.
    """
    folder_or_error(out, "the rows")
    chance = random.Random(seed)
    rows = ({"id": number, **row} for source in sources for number, row in enumerate(read_table(source), 1))
    made = [new for row in rows for new in altered(row, chance)]
    out.write_text("".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in made), encoding="utf-8")
    return len(made)
