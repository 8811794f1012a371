"""The validator of labelled data: what is wrong with it, and the figures of the data card."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tabayyun.errors import DataError
from tabayyun.eval import shortcuts
from tabayyun.eval.families import crossed, read
from tabayyun.eval.labelled import PAIR_LABELS, LabelledPair, read_articles, read_pairs
from tabayyun.spelling import fold, words

RELATIONS = {
    "agreement": ("agreement",),
    "contradiction": ("contradiction", "dispute"),
    "neutral": ("superseded", "different_event", "compatible", "unrelated"),
}
PHENOMENA = (
    "status",
    "polarity",
    "numbers",
    "time",
    "entities",
    "places",
    "attribution",
    "superseded",
    "different_event",
    "antonyms",
    "paraphrase",
    "overlap_neutral",
    "cause",
    "hedging",
)
LANGUAGES = ("ar", "en", "fr", "tr", "fa", "he", "ru")

MOST_CUES, MOST_SECOND_SENTENCE, LEAST_KAPPA = 0.50, 0.45, 0.80
_LEAST_LABEL, _LEAST_LABEL_INSIDE = 0.25, 0.15
_ENOUGH, _ENOUGH_INSIDE = 100, 30
_WORDS = range(5, 46)
_ENOUGH_ROWS = 8_000
_NEAR = 0.9
_WORD = re.compile(r"\w+")
_MOST_SKELETON = 3
_COMMON_WORDS, _COMMON_SHARE, _LEAST_COMMON = 200, 0.005, 3


@dataclass
class Validation:
    """What was found: problems (where and what), and figures by file."""

    problems: list[str] = field(default_factory=list)
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)


def validate(path: Path) -> Validation:
    """Check a file of labelled pairs, a folder of labelled articles, or a whole data folder.

    A data folder holds `pairs/SPLIT.jsonl`, `articles/SPLIT/`, `families/SPLIT.jsonl` (crossed to pairs here),
    `second/SPLIT.jsonl` and `second/families-SPLIT.jsonl` (second labels by id).

    Raises:
        DataError: there is nothing to check, or a file breaks its format.
    """
    found = Validation()
    if path.is_file():
        _check_pairs(path.stem, read_pairs(path), found)
        return found
    if any(path.glob("*/gold.json")):
        _check_articles(path.name, read_articles(path), found)
        return found
    splits = {file.stem: read_pairs(file) for file in sorted(path.glob("pairs/*.jsonl"))}
    splits |= {
        f"families/{file.stem}": [row for family in read(file) for row in crossed(family)]
        for file in sorted(path.glob("families/*.jsonl"))
    }
    folders = {folder.name: read_articles(folder) for folder in sorted(path.glob("articles/*/"))}
    if not splits and not folders:
        raise DataError(f"{path} holds neither pairs/*.jsonl nor articles/*/. Name a data folder or a JSONL file.")
    for name, rows in splits.items():
        _check_pairs(name, rows, found)
        second = path / "second" / f"{name.replace('/', '-')}.jsonl"
        if second.exists():
            _check_second(name, rows, second, found)
    for name, labelled in folders.items():
        _check_articles(name, labelled, found)
    _check_across(splits, found)
    _check_events(folders, found)
    return found


def _check_pairs(name: str, rows: Sequence[dict[str, Any]], found: Validation) -> None:
    for row in rows:
        found.problems += [f"{name}, {row['id']}: {problem}" for problem in row_problems(row)]
    found.problems += [f"{name}, {key}: the id occurs {n} times" for key, n in _repeated(r["id"] for r in rows)]
    texts = [tuple(sorted((fold(row["a"]), fold(row["b"])))) for row in rows]
    dated = [(*pair, str(r.get("a_date")), str(r.get("b_date"))) for pair, r in zip(texts, rows, strict=True)]
    found.problems += [f"{name}: one pair occurs {n} times: {key[0][:60]}" for key, n in _repeated(dated)]
    labels = Counter(row["label"] for row in rows)
    found.problems += [f"{name}: {problem}" for problem in balance_problems(labels, _LEAST_LABEL, _ENOUGH)]
    by_phenomenon: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        by_phenomenon[row.get("phenomenon", "")][row["label"]] += 1
    for phenomenon, inside in by_phenomenon.items():
        problems = balance_problems(inside, _LEAST_LABEL_INSIDE, _ENOUGH_INSIDE)
        found.problems += [f"{name}, {phenomenon}: {problem}" for problem in problems]
    for skeleton, families in skeletons(rows).items():
        if len(families) > _MOST_SKELETON:
            found.problems.append(f"{name}: one sentence skeleton in {len(families)} families: {skeleton}")
    figures: dict[str, Any] = {
        "pairs": len(rows),
        "families": len({row.get("family", row["id"]) for row in rows}),
        "labels": dict(labels),
        "relations": dict(Counter(row.get("relation", row["label"]) for row in rows)),
        "languages": dict(Counter("-".join(sorted(row.get(f"{side}_lang") or "?" for side in "ab")) for row in rows)),
        "phenomena": {
            key: {label: inside[label] for label in PAIR_LABELS} for key, inside in sorted(by_phenomenon.items())
        },
    }
    if len(rows) >= _ENOUGH and figures["families"] > 1:
        some = _some_families(rows)
        cues, second = shortcuts.cue_accuracy(some), shortcuts.second_sentence_accuracy(some)
        figures |= {"cue_accuracy": round(cues, 3), "second_sentence_accuracy": round(second, 3)}
        if cues >= MOST_CUES:
            found.problems.append(f"{name}: surface cues alone reach an accuracy of {cues:.2f} (under {MOST_CUES})")
        if second >= MOST_SECOND_SENTENCE:
            found.problems.append(
                f"{name}: sentence b alone reaches an accuracy of {second:.2f} (under {MOST_SECOND_SENTENCE})"
            )
    found.figures[name] = figures


def _some_families(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of every nth family, so that at most `_ENOUGH_ROWS` or so are left: what they show, all would show."""
    names = list(dict.fromkeys(row.get("family", row["id"]) for row in rows))
    kept = set(names[:: max(1, round(len(rows) / _ENOUGH_ROWS))])
    return [row for row in rows if row.get("family", row["id"]) in kept]


def row_problems(row: dict[str, Any]) -> list[str]:
    """What is wrong with one labelled pair.

    >>> row_problems({"id": "1", "a": "x", "b": "y", "label": "agreement", "relation": "dispute"})[0]
    "relation 'dispute' does not fit agreement"
    """
    problems = []
    relation = row.get("relation", row["label"])
    if relation not in (*RELATIONS[row["label"]], row["label"]):
        problems.append(f"relation {relation!r} does not fit {row['label']}")
    if row.get("phenomenon", PHENOMENA[0]) not in PHENOMENA:
        problems.append(f"phenomenon {row['phenomenon']!r} is unknown")
    for side in ("a", "b"):
        if row.get(f"{side}_lang") not in LANGUAGES:
            problems.append(f"{side}_lang {row.get(f'{side}_lang')!r} is none of {', '.join(LANGUAGES)}")
        if not _is_date(row.get(f"{side}_date")):
            problems.append(f"{side}_date {row.get(f'{side}_date')!r} is no ISO date")
        if len(row[side].split()) not in _WORDS:
            problems.append(f"{side} has {len(row[side].split())} words ({_WORDS.start} to {_WORDS.stop - 1} wanted)")
    if fold(row["a"]) == fold(row["b"]):
        problems.append("both sentences are the same")
    return problems


def _is_date(written: Any) -> bool:
    try:
        return bool(date.fromisoformat(written))
    except (TypeError, ValueError):
        return False


def _repeated(keys: Iterable[Any]) -> list[tuple[Any, int]]:
    return [(key, n) for key, n in Counter(keys).items() if n > 1]


def balance_problems(labels: Counter[str], least: float, enough: int) -> list[str]:
    """The labels with a share under `least`, where there are `enough` rows to say so.

    >>> balance_problems(Counter(agreement=90, contradiction=10, neutral=50), 0.2, 100)
    ['only 7 % are contradiction']
    """
    total = labels.total()
    shares = {label: labels[label] / max(1, total) for label in PAIR_LABELS}
    return [
        f"only {share:.0%} are {label}".replace("%", " %")
        for label, share in shares.items()
        if total >= enough and share < least
    ]


def skeletons(rows: Sequence[dict[str, Any]]) -> dict[str, set[str]]:
    """Families by the skeleton of their sentences: the frequent words in place, every other one as a blank.

    A sentence with fewer than three frequent words has no skeleton to speak of.
    """
    sentences = {row[side]: row.get("family", row["id"]) for row in rows for side in ("a", "b")}
    split = {text: words(text) for text in sentences}
    counts = Counter(w for found in split.values() for w in set(found)).most_common(_COMMON_WORDS)
    frequent = {w for w, n in counts if n >= _COMMON_SHARE * len(split)}
    families: dict[str, set[str]] = defaultdict(set)
    for text, family in sentences.items():
        kept = [w if w in frequent else "_" for w in split[text]]
        if len(kept) - kept.count("_") >= _LEAST_COMMON:
            families[" ".join(kept)].add(family)
    return families


def _check_second(name: str, rows: Sequence[dict[str, Any]], file: Path, found: Validation) -> None:
    from sklearn.metrics import cohen_kappa_score

    try:
        second = {r["id"]: r["label"] for r in map(json.loads, file.read_text(encoding="utf-8").splitlines())}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{file} is no file of second labels ({type(error).__name__}: {error}). Mend it or take it out."
        ) from error
    both = [(row["label"], second[row["id"]]) for row in rows if row["id"] in second]
    if not both:
        found.problems.append(f"{name}: no second label belongs to one of its pairs")
        return
    kappa = float(cohen_kappa_score([a for a, _ in both], [b for _, b in both]))
    found.figures[name] |= {"labelled_twice": len(both), "kappa": round(kappa, 3)}
    if kappa < LEAST_KAPPA:
        found.problems.append(f"{name}: Cohen's kappa of the second labels is {kappa:.2f} (at least {LEAST_KAPPA})")


def _check_across(splits: dict[str, list[dict[str, Any]]], found: Validation) -> None:
    names = list(splits)
    for number, first in enumerate(names):
        for second in names[number + 1 :]:
            shared = {r.get("family", r["id"]) for r in splits[first]} & {
                r.get("family", r["id"]) for r in splits[second]
            }
            found.problems += [f"{first} and {second} share the family {family}" for family in sorted(shared)]
            for a, b in near_duplicates(_sentences(splits[first]), _sentences(splits[second])):
                found.problems.append(f"{first} and {second} hold nearly the same sentence: {a[:60]} / {b[:60]}")


def _sentences(rows: Sequence[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(row[side] for row in rows for side in ("a", "b")))


def near_duplicates(first: Sequence[str], second: Sequence[str], near: float = _NEAR) -> list[tuple[str, str]]:
    """Sentences of `first` and `second` whose character n-grams have a TF-IDF cosine of `near` or more.

    >>> near_duplicates(["The port opened on Monday."], ["The port opened on Monday!", "Rain fell."])
    [('The port opened on Monday.', 'The port opened on Monday!')]
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    def plain(text: str) -> str:
        return " ".join(_WORD.findall(fold(text)))

    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), preprocessor=plain)
    grams.fit([*first, *second])
    alike = (grams.transform(first) @ grams.transform(second).T).tocoo()
    return [(first[i], second[j]) for i, j, v in zip(alike.row, alike.col, alike.data, strict=True) if v >= near]


def _check_articles(name: str, labelled: Sequence[LabelledPair], found: Validation) -> None:
    labels: Counter[str] = Counter()
    relations: Counter[str] = Counter()
    for pair in labelled:
        for gold in pair.gold:
            labels[gold.label] += 1
            relations[gold.relation] += 1
            if gold.relation not in RELATIONS[gold.label]:
                found.problems.append(f"{name}/{pair.name}: relation {gold.relation!r} does not fit {gold.label}")
            for side, places, noise in zip("ab", (gold.a, gold.b), pair.boilerplate, strict=True):
                if any(max(s, x) < min(e, y) for s, e in places[:1] for x, y in noise):
                    found.problems.append(f"{name}/{pair.name}: a quote of {side} lies in boilerplate")
        for article in (pair.a, pair.b):
            if article.published is None:
                found.problems.append(f"{name}/{pair.name}: an article has no date")
    found.figures[f"articles/{name}"] = {
        "pairs": len(labelled),
        "labels": dict(labels),
        "relations": dict(relations),
        "languages": dict(Counter("-".join(sorted((p.a.language, p.b.language))) for p in labelled)),
        "without_contradiction": sum(all(g.label != "contradiction" for g in p.gold) for p in labelled),
    }


def _check_events(folders: dict[str, list[LabelledPair]], found: Validation) -> None:
    seen: dict[str, str] = {}
    for split, labelled in folders.items():
        for pair in labelled:
            for article in (pair.a, pair.b):
                if seen.setdefault(fold(article.text), split) != split:
                    found.problems.append(f"articles {split}/{pair.name} also stands in {seen[fold(article.text)]}")
