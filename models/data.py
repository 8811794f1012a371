"""Labelled rows for training and measuring a judge, loaded with Hugging Face `datasets`."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

from tabayyun.models.base import NLI_LABELS
from tabayyun.models.errors import DataError
from tabayyun.models.packed import GZIP, check_packed
from tabayyun.models.recipe import Phase, Source
from tabayyun.models.text import date_gap, normalise

if TYPE_CHECKING:
    from datasets import Dataset

NOT_ENTAILMENT, NOT_CONTRADICTION = "not_entailment", "not_contradiction"
_SUMS = {NOT_ENTAILMENT: ("neutral", "contradiction"), NOT_CONTRADICTION: ("entailment", "neutral")}
"""Labels that leave open which of two NLI labels holds."""
PAIR_LABELS = {"agreement": "entailment", "neutral": "neutral", "contradiction": "contradiction"}
"""Labels of claim pairs as NLI labels."""
_LABELS = (*NLI_LABELS, *_SUMS)


@dataclass(frozen=True, slots=True)
class Row:
    """One premise-hypothesis pair; `label` is an NLI label or one of `not_entailment` and `not_contradiction`."""

    premise: str
    hypothesis: str
    label: str


def load_rows(
    path: Path, exclude_relations: Sequence[str] = (), *, mark_dates: bool = True
) -> tuple[list[Row], list[str]]:
    """Return the rows of a JSONL file (.gz too) and their ids.

    Rows are NLI rows (`premise`, `hypothesis`, `label`) or labelled pairs (`a`, `b`, `label`), whose dates, where
    both are given, mark the later text as `text.date_gap` says (unless `mark_dates` is false).

    Raises:
        DataError: the file is missing or breaks the format.
    """
    table = read_table(path)
    columns = set(table.column_names)
    names = ("premise", "hypothesis") if "premise" in columns else ("a", "b")
    if not {*names, "label"} <= columns:
        raise DataError(
            f"{path} has the fields {sorted(columns)}. Name them premise, hypothesis, label (or a, b, label)."
        )
    relations = table["relation"] if exclude_relations and "relation" in columns else [None] * len(table)
    ids = table["id"] if "id" in columns else range(len(table))
    dated = mark_dates and {"a_date", "b_date"} <= columns
    gaps = map(days_between, table["a_date"], table["b_date"]) if dated else repeat(None, len(table))
    rows, kept = [], []
    for number, (a, b, written, relation, key, days) in enumerate(
        zip(table[names[0]], table[names[1]], table["label"], relations, ids, gaps, strict=True), 1
    ):
        if relation in exclude_relations and relation is not None:
            continue
        label = PAIR_LABELS.get(written, written)
        if label not in _LABELS or not isinstance(a, str) or not isinstance(b, str):
            raise DataError(
                f"{path}, row {number}: label {label!r} or a text is wrong. Labels are {', '.join(_LABELS)}; "
                "mend the row."
            )
        rows.append(Row(*date_gap(a, b, days), label))
        kept.append(str(key))
    return rows, kept


def days_between(a: str | date | None, b: str | date | None) -> int | None:
    """Return the days from date `a` to date `b` (ISO 8601, or parsed); None when one of them is no whole date.

    >>> days_between("2015-10-10", "2015-10-14"), days_between("2015", "2015-10-14")
    (4, None)
    """
    try:
        first, second = (date.fromisoformat(str(written)[:10]) for written in (a, b))
    except ValueError:
        return None
    return (second - first).days


def read_table(path: Path) -> Dataset:
    """Return the rows of a JSONL file (.gz too) as they are written."""
    import datasets
    from datasets.exceptions import DatasetGenerationError

    if not path.is_file():
        raise DataError(f"There is no data file {path}. Name another folder with --data.")
    # `datasets` would unpack archives of any kind, and count a use on the Hub.
    with path.open("rb") as stream:
        head = stream.read(512)
    if not head.startswith(GZIP) and (not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") or b"\0" in head):
        raise DataError(f"{path} is not JSONL with one object a line, nor gzip of it. Convert it first.")
    check_packed(path)
    datasets.config.HF_UPDATE_DOWNLOAD_COUNTS = False
    datasets.disable_progress_bars()
    try:
        return datasets.load_dataset("json", data_files=str(path), split="train")
    except (DatasetGenerationError, ValueError) as error:
        raise DataError(f"{path} is not JSONL with one object a line: {error}. Convert it first.") from error


def source_rows(source: Source, data: Path, seed: int) -> list[Row]:
    """The rows of one source: joined, limited, repeated."""
    rows: list[Row] = []
    for name in source.files:
        found, ids = load_rows(data / name, source.exclude_relations)
        if source.cross:
            found = _crossed(found, ids, [data / other for other in source.cross])
        rows += [row for row in found if not source.labels or row.label in source.labels]
    random.Random(seed).shuffle(rows)
    return rows[: source.limit] * source.repeat


def _crossed(rows: list[Row], ids: list[str], others: Iterable[Path]) -> list[Row]:
    """Take each hypothesis from the row of the same id in the other files; rows without a twin fall out."""
    twins: dict[str, Row] = {}
    for path in others:
        other, other_ids = load_rows(path)
        twins.update(zip(other_ids, other, strict=True))
    return [replace(row, hypothesis=twins[key].hypothesis) for row, key in zip(rows, ids, strict=True) if key in twins]


def phase_rows(phase: Phase, data: Path, seed: int, spelling_noise: float = 0.0) -> list[Row]:
    """All rows of a phase in the order of the seed, some turned round, all in the judge's normal form."""
    chance = random.Random(f"{seed}-{phase.name}")
    rows = []
    for number, source in enumerate(phase.sources):
        for row in source_rows(source, data, seed + number):
            turn = source.swap == "all" or (source.swap == "contradictions" and row.label == "contradiction")
            premise, hypothesis = normalise(row.premise), normalise(row.hypothesis)
            if turn and chance.random() < 0.5:
                premise, hypothesis = hypothesis, premise
            if chance.random() < spelling_noise:
                premise, hypothesis = vary_spelling(premise, chance), vary_spelling(hypothesis, chance)
            rows.append(Row(premise, hypothesis, row.label))
    chance.shuffle(rows)
    return rows


_SPELLINGS: tuple[dict[str, str], ...] = (
    {},
    {"\u0623": "\u0627", "\u0625": "\u0627", "\u0622": "\u0627"},
    {"\u0629": "\u0647"},
    {"\u064a": "\u0649"},
)
"""Spellings that Arabic web pages mix: no hamza on alef, haa for taa marbuta, final yeh without dots."""


def vary_spelling(text: str, chance: random.Random) -> str:
    """Return `text` in one of the spellings that Arabic web pages mix.

    >>> sorted({vary_spelling("إيران", random.Random(seed)) for seed in range(20)})
    ['إيران', 'ايران']
    """
    spelling = chance.choice(_SPELLINGS)
    final_only = "\u064a" in spelling
    words = text.split(" ")
    for old, new in spelling.items():
        if final_only:
            words = [word[:-1] + new if word.endswith(old) else word for word in words]
        else:
            words = [word.replace(old, new) for word in words]
    return " ".join(words)


def batches(lengths: Sequence[int], size: int, seed: int) -> Iterator[list[int]]:
    """Yield batches of indices with like lengths: little padding, yet a shuffled order.

    >>> sorted(len(b) for b in batches([5, 1, 4, 2, 3], 2, seed=0))
    [1, 2, 2]
    """
    chance = random.Random(seed)
    order = list(range(len(lengths)))
    pool = size * 40
    made = []
    for start in range(0, len(order), pool):
        chunk = sorted(order[start : start + pool], key=lambda i: lengths[i])
        made += [chunk[i : i + size] for i in range(0, len(chunk), size)]
    chance.shuffle(made)
    yield from made


def label_columns(label: str, id2label: dict[int, str]) -> list[int]:
    """The logit columns that make up `label` (two of them for a label that leaves one of two open)."""
    return [i for i, name in id2label.items() if name in _SUMS.get(label, (label,))]
