"""Labelled data as rows: claim pairs and NLI rows out of JSONL, CSV or `datasets`, and labelled article pairs."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from tabayyun import article, ingest
from tabayyun.claims import Claim
from tabayyun.errors import DataError
from tabayyun.models.base import NLI_LABELS
from tabayyun.models.data import NOT_ENTAILMENT, Row, days_between
from tabayyun.models.data import PAIR_LABELS as AS_NLI
from tabayyun.models.packed import check_packed
from tabayyun.models.text import date_gap

PAIR_LABELS = ("agreement", "contradiction", "neutral")
_HALF = 0.5
_DELIMITERS = {".csv": ",", ".tsv": "\t"}

Place = Path | str
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """How a source names what we read: our field -> its column, its label -> ours, and the split of a data set."""

    columns: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    split: str | None = None


AS_WRITTEN = Names()


def read_pairs(place: Place, names: Names = AS_WRITTEN) -> list[Record]:
    """Return labelled claim pairs: `a`, `b`, `label`, and `id` (the number of the row where there is none).

    `place` is a file (.jsonl, .csv, .tsv, each .gz too), a folder of `datasets`, or the Hub name of a data set.

    Raises:
        DataError: there is nothing to read, or a row breaks the format.
    """
    rows = []
    for number, (where, record) in enumerate(records(place, names), 1):
        _texts_or_error(where, record, ("a", "b", "label"))
        _label_or_error(where, record["label"], PAIR_LABELS)
        key = record.get("id")
        rows.append({**record, "id": str(number if key in (None, "") else key)})
    if not rows:
        raise DataError(f"{place} holds no pairs. Give a file with one labelled pair a line.")
    return rows


def read_nli(place: Place, names: Names = AS_WRITTEN) -> list[Record]:
    """Return NLI rows: `premise`, `hypothesis`, `label` and `id`; labelled pairs are read as such rows.

    Raises:
        DataError: there is nothing to read, or a row breaks the format.
    """
    rows = []
    for number, (where, record) in enumerate(records(place, names), 1):
        texts = ("premise", "hypothesis") if "premise" in record or "a" not in record else ("a", "b")
        _texts_or_error(where, record, (*texts, "label"))
        label = AS_NLI.get(record["label"], str(record["label"]))
        _label_or_error(where, label, (*NLI_LABELS, NOT_ENTAILMENT))
        premise, hypothesis = (record[name] for name in texts)
        rows.append({"id": str(number), **record, "premise": premise, "hypothesis": hypothesis, "label": label})
    if not rows:
        raise DataError(f"{place} holds no rows. Give a file with one labelled row a line.")
    return rows


def nli_row(record: Record, *, mark_dates: bool) -> Row:
    """The row as the judge reads it: of two dated texts the later one is marked, where the judge reads dates."""
    days = days_between(record.get("a_date"), record.get("b_date")) if mark_dates else None
    return Row(*date_gap(record["premise"], record["hypothesis"], days), record["label"])


def _texts_or_error(where: str, record: Record, wanted: Sequence[str]) -> None:
    missing = [name for name in wanted if not isinstance(record.get(name), str) or not record[name].strip()]
    if missing:
        raise DataError(
            f"{where}: {', '.join(missing)} missing or no text; its fields are {', '.join(map(str, record))}. "
            f"Name the columns: --columns {missing[0]}=COLUMN."
        )


def _label_or_error(where: str, label: str, known: Sequence[str]) -> None:
    if label not in known:
        raise DataError(
            f"{where}: label {label!r} is none of {', '.join(known)}. Say what it means: --labels {label}={known[0]}."
        )


def records(place: Place, names: Names = AS_WRITTEN) -> Iterator[tuple[str, Record]]:
    """Yield every row under our names, with where it stands.

    Raises:
        DataError: there is nothing of that name, a row cannot be read, or a mapped column is missing.
    """
    path = Path(place)
    if path.is_file():
        kind = Path(path.stem).suffix if path.suffix == ".gz" else path.suffix
        found = _csv_rows(path, _DELIMITERS[kind]) if kind in _DELIMITERS else _json_rows(path)
    else:
        found = _dataset_rows(place, names.split)
    for where, raw in found:
        row = dict(raw)
        for ours, theirs in names.columns.items():
            if theirs not in raw:
                raise DataError(f"{where}: there is no column {theirs!r}. Choose from {', '.join(map(str, raw))}.")
            row[ours] = raw[theirs]
        if row.get("label") is not None:
            row["label"] = names.labels.get(str(row["label"]), str(row["label"]))
        yield where, row


def _text(path: Path) -> str:
    try:
        check_packed(path)
        content = path.read_bytes()
        return (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}. Check its path and rights.") from error


def _json_rows(path: Path) -> Iterator[tuple[str, Record]]:
    for number, line in enumerate(_text(path).split("\n"), 1):
        where = f"{path}, line {number}"
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise DataError(f"{where} is broken JSON: {error.msg}. Mend the line or take it out.") from error
        except (ValueError, RecursionError) as error:
            raise DataError(f"{where} is JSON beyond reading ({type(error).__name__}). Give a flat object.") from error
        if not isinstance(row, dict):
            raise DataError(f"{where} is no JSON object. Mend the line or take it out.")
        yield where, row


def _csv_rows(path: Path, delimiter: str) -> Iterator[tuple[str, Record]]:
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), delimiter=delimiter, restkey="", restval="")
    try:
        for row in reader:
            where = f"{path}, line {reader.line_num}"
            if "" in row:
                raise DataError(f"{where} has more fields than the head of the file. Quote texts that hold commas.")
            yield where, row
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num} is no CSV: {error}. Mend the line or take it out.") from error


def _dataset_rows(place: Place, split: str | None) -> Iterator[tuple[str, Record]]:
    """Rows of a folder of `datasets` (saved, or of data files) or of a data set on the Hub; class numbers by name."""
    import datasets
    from datasets.exceptions import DatasetNotFoundError

    path = Path(place)
    if not path.is_dir() and not re.fullmatch(r"[\w.-]+/[\w.-]+", str(place)):
        raise DataError(f"There is no data file or folder {place}; the Hub name of a data set is written owner/name.")
    datasets.disable_progress_bars()
    try:
        saved = path.is_dir() and any((path / name).exists() for name in ("state.json", "dataset_dict.json"))
        loaded = datasets.load_from_disk(str(path)) if saved else datasets.load_dataset(str(place))
    except (OSError, ValueError, DatasetNotFoundError) as error:
        raise DataError(
            f"{place} cannot be loaded with `datasets`: {str(error).splitlines()[0]}. Check its name and the network."
        ) from error
    if isinstance(loaded, datasets.DatasetDict):
        if split is None and len(loaded) == 1:
            split = next(iter(loaded))
        if split not in loaded:
            raise DataError(f"{place} has the splits {', '.join(loaded)}. Name one: --split {next(iter(loaded))}.")
        loaded = loaded[split]
    classes = {name: kind for name, kind in loaded.features.items() if isinstance(kind, datasets.ClassLabel)}
    for number, row in enumerate(loaded, 1):
        named = {
            name: kind.int2str(row[name]) if row[name] is not None and row[name] >= 0 else None
            for name, kind in classes.items()
        }
        yield f"{place}, row {number}", {**row, **named}


def described(place: Place, rows: Sequence[Record]) -> dict[str, str]:
    """What a run says of its data: where it was read, and its hash."""
    return {"path": Path(place).as_posix(), "sha256": digest(rows)}


def folder_or_error(out: Path, what: str) -> None:
    """Say before any work is done that the file `out` has no folder to stand in; `what` is to be written there.

    Raises:
        DataError: it has none.
    """
    if not out.parent.is_dir():
        raise DataError(f"There is no folder {out.parent} to write {what} to. Make it, or name another file.")


def described_folder(folder: Path) -> dict[str, str]:
    """What a run says of a folder of data."""
    return {"path": folder.as_posix(), "sha256": folder_digest(folder)}


def digest(rows: Sequence[Record]) -> str:
    """Return the SHA-256 of the rows as they were read: it names the data of a measurement."""
    content = json.dumps(rows, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()


def folder_digest(folder: Path) -> str:
    """Return the SHA-256 over the names and bytes of all files of a folder."""
    total = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(
            f"{file.relative_to(folder).as_posix()}\n{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode()
        )
    return total.hexdigest()


@dataclass(frozen=True, slots=True)
class GoldPair:
    """One labelled pair of quotes: on each side the offsets of every substring that carries the claim."""

    a: tuple[tuple[int, int], ...]
    b: tuple[tuple[int, int], ...]
    label: str
    relation: str
    phenomenon: str = ""


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two articles and what is true of them."""

    name: str
    a: article.Article
    b: article.Article
    gold: tuple[GoldPair, ...]
    boilerplate: tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]

    def met(self, a: Claim, b: Claim) -> list[GoldPair]:
        """The labelled pairs that two claims meet, on both sides."""
        return [g for g in self.gold if meets(a, g.a) and meets(b, g.b)]


def read_articles(folder: Path) -> list[LabelledPair]:
    """Return the labelled article pairs of `folder` (`*/a.*`, `*/b.*`, `*/gold.json`).

    Raises:
        DataError: there is none, or a quote does not stand in its article.
    """
    found = []
    for gold_file in sorted(folder.glob("*/gold.json")):
        gold = _read_gold(gold_file)
        sides = {}
        for side in ("a", "b"):
            file = next(iter(sorted(gold_file.parent.glob(f"{side}.*"))), None)
            if file is None:
                raise DataError(f"{gold_file.parent} has no article {side}. Put {side}.txt beside gold.json.")
            sides[side] = ingest.read(file, outlet=gold.get(f"{side}_outlet", ""), published=gold.get(f"{side}_date"))
        pairs = tuple(
            GoldPair(
                _places(gold_file, sides["a"].text, [p["a_quote"], *p.get("a_also", [])]),
                _places(gold_file, sides["b"].text, [p["b_quote"], *p.get("b_also", [])]),
                p["label"],
                p.get("relation", p["label"]),
                p.get("phenomenon", ""),
            )
            for p in gold["pairs"]
        )
        noise = tuple(
            tuple(_places(gold_file, sides[side].text, gold.get(f"{side}_boilerplate", []))) for side in ("a", "b")
        )
        found.append(LabelledPair(gold_file.parent.name, sides["a"], sides["b"], pairs, cast(Any, noise)))
    if not found:
        raise DataError(f"{folder} holds no labelled articles. Give a folder of folders with a.*, b.* and gold.json.")
    return found


def _read_gold(file: Path) -> dict[str, Any]:
    try:
        gold = json.loads(file.read_text(encoding="utf-8"))
        for pair in gold["pairs"]:
            if pair["label"] not in PAIR_LABELS or not pair["a_quote"] or not pair["b_quote"]:
                raise ValueError(f"a pair with the label {pair['label']!r}")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{file} is no gold file ({type(error).__name__}: {error}). Mend it: docs/evaluation.md has the fields."
        ) from error
    return cast(dict[str, Any], gold)


def _places(file: Path, text: str, quotes: Sequence[str]) -> tuple[tuple[int, int], ...]:
    places = []
    for quote in quotes:
        found = [match.span() for match in re.finditer(re.escape(quote), text)]
        if not found:
            raise DataError(
                f"{file}: the quote {quote[:60]!r} does not stand in its article. Copy it from there, "
                "letter for letter."
            )
        places += found
    return tuple(places)


def meets(claim: Claim, places: Sequence[tuple[int, int]]) -> bool:
    """Whether the claim overlaps one of the places by at least half of the shorter of the two.

    >>> meets(Claim("x" * 10, 0, 10, (0, 10)), [(5, 40)])
    True
    """
    for start, end in places:
        common = min(claim.end, end) - max(claim.start, start)
        if common > 0 and common >= _HALF * min(claim.end - claim.start, end - start):
            return True
    return False
