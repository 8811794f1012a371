"""The steps of a corpus: add articles; read them, group them into events, judge what their events hold in common.

The decisions are those of `tabayyun.checker`, article pair by article pair.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from tabayyun import claims, ingest
from tabayyun.article import Article
from tabayyun.checker import Checker, Examined, Question, verdicts
from tabayyun.claims import Claim
from tabayyun.corpus import events
from tabayyun.corpus.engines import Engine
from tabayyun.corpus.events import Event
from tabayyun.corpus.store import PairToJudge, Provenance, Reading, Store
from tabayyun.errors import InputError
from tabayyun.models.base import Scores
from tabayyun.spelling import fold

Progress = Callable[[str], None]
_BATCH = 32
_QUESTIONS = 4 * _BATCH


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding articles: how many are new, how many were there, and what is no article, with the reason."""

    new: int
    known: int
    not_read: tuple[tuple[str, str], ...]


def add(store: Store, paths: Iterable[str | Path]) -> Added:
    """Add the articles in `paths`: files, folders with all below them, JSONL files with one article a line.

    What cannot be read as an article is remembered with the reason, and the rest goes on.

    Raises:
        InputError: there is nothing at one of the paths.
    """
    wanted = [Path(path) for path in paths]
    for path in wanted:
        if not path.exists():
            raise InputError(f"There is no file or folder {path}. Check its path.")
    found = {True: 0, False: 0}
    not_read = []
    for source, outcome in (
        entry for path in wanted for file in _files(path) for entry in _articles(file, path if path.is_dir() else None)
    ):
        if isinstance(outcome, InputError):
            store.could_not_read(source, str(outcome))
            not_read.append((source, str(outcome)))
        else:
            found[store.add(outcome, source)] += 1
    return Added(found[True], found[False], tuple(not_read))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    below = (file for file in path.rglob("*") if file.is_file())
    return sorted(file for file in below if not any(part.startswith(".") for part in file.relative_to(path).parts))


def _articles(file: Path, inside: Path | None) -> Iterator[tuple[str, Article | InputError]]:
    """The articles of a file, or why there is none, each with the place that it came from.

    A folder may be somebody else's: a link in it must not bring in what lies elsewhere on this machine.
    """
    try:
        if inside and not file.resolve().is_relative_to(inside.resolve()):
            raise InputError(f"{file} is a link that leads out of {inside}. Give the file itself.")
        for source, outcome in ingest.read_many(file):
            if isinstance(outcome, Article) and outcome.id == source:
                outcome = replace(outcome, id=Path(source).name)  # noqa: PLW2901  a line without an id
            yield source, outcome
    except InputError as error:
        yield str(file), error


def check(store: Store, checker: Checker, engine: Engine, *, progress: Progress = lambda message: None) -> None:
    """Bring events and verdicts up to date with the articles of the store; what is done already is not done again.

    Raises:
        ModelError: a model cannot be loaded.
    """
    made_by = Provenance(checker.embedder_name, checker.judge.name, checker.settings.hash, version("tabayyun"))
    store.add_check(made_by)
    _read(store, engine, f"{made_by.version} {made_by.embedder}", progress)
    progress("finding events")
    judge = getattr(checker.judge, "key", checker.judge.name)
    _group(store, checker, replace(made_by, judge=judge))
    _judge(store, checker, engine, judge, progress)


def _read(store: Store, engine: Engine, made_by: str, progress: Progress) -> None:
    keys = store.to_read(made_by)
    items = ((key, store.article(key)) for key in keys)
    for number, (key, reading) in enumerate(engine.run(read, items), 1):
        store.add_reading(key, reading, made_by)
        progress(f"read {number} of {len(keys)} articles")


def read(checker: Checker, item: tuple[str, Article]) -> tuple[str, Reading]:
    """Return the reading of an article, under its key; it depends on nothing but the article."""
    key, article = item
    found = claims.extract(article).claims
    return key, Reading(article, found, checker.embed([c.in_full for c in found]))


def _group(store: Store, checker: Checker, made_by: Provenance) -> None:
    """Link what these settings have not linked yet, and find the events.

    In one transaction, so that none is linked to a part only.
    """
    settings = checker.settings.corpus
    linked_by = int(settings.hash, 16)
    with store.writing():
        every, new = store.traces(linked_by)
        store.add_links(events.links(new, every, settings), linked_by)
        found = events.events(every, store.links(), settings)
        store.set_events(found, {pair: _recipe(pair, event, made_by) for event in found for pair in event.pairs})


def _recipe(pair: tuple[str, str], event: Event, made_by: Provenance) -> str:
    """What the verdicts on an article pair come of beside its texts: models, settings, version, originals of copies.

    Stored verdicts that came of something else are made anew.
    """
    return " ".join((*astuple(made_by), *(event.originals.get(key, "-") for key in pair)))


def _judge(store: Store, checker: Checker, engine: Engine, judge: str, progress: Progress) -> None:
    waiting = store.to_judge()
    reading = lru_cache(maxsize=1000)(store.a_reading)
    for start in range(0, len(waiting), engine.chunk):
        progress(f"judged {start} of {len(waiting)} article pairs")
        jobs = [(pair, _job(pair, reading, checker)) for pair in waiting[start : start + engine.chunk]]
        questions = {question for _, job in jobs for both in checker.asked(job) for question in both}
        missing = questions - store.scores(judge, questions).keys()
        for scores in engine.run(judged, full_batches(missing)):
            store.add_scores(judge, scores)
        answers = store.scores(judge, questions)
        for pair, job in jobs:
            found = verdicts(checker.answered(job, answers), checker.settings)
            store.add_verdicts(
                pair, found, reading(pair.a).claims, reading(pair.b).claims, len(job.pairing.over_budget)
            )


def judged(checker: Checker, questions: Sequence[Question]) -> dict[Question, Scores]:
    """Return the scores of some questions."""
    return dict(zip(questions, checker.judge.judge(questions), strict=True))


def full_batches(questions: Collection[Question]) -> Iterator[list[Question]]:
    """Questions in lists that fill the judge's batches, those of like length together, the last one filled up.

    In a batch that is full, the shipped judge gives a pair the same scores to the last bit whatever stands beside it
    (measured; in a batch of one or two it does not): so verdicts do not depend on what else was new.

    >>> [len(questions) for questions in full_batches({(str(n), "") for n in range(130)})]
    [128, 32]
    """
    ordered = sorted(questions, key=lambda question: (len(question[0]) + len(question[1]), question))
    for start in range(0, len(ordered), _QUESTIONS):
        part = ordered[start : start + _QUESTIONS]
        yield part + (part * _BATCH)[: -len(part) % _BATCH]


def _job(pair: PairToJudge, reading: Callable[[str], Reading], checker: Checker) -> Examined:
    """The article pair and the pairs of its claims; of a copy, only claims that its original lacks are judged."""
    a, b = reading(pair.a), reading(pair.b)
    job = checker.paired(a.article, b.article, a.claims, b.claims, a.vectors, b.vectors)
    own_a, own_b = _own(a.claims, reading(pair.original_a).claims), _own(b.claims, reading(pair.original_b).claims)
    chosen, over = (
        tuple(p for p in pairs if p.a in own_a and p.b in own_b)
        for pairs in (job.pairing.chosen, job.pairing.over_budget)
    )
    return replace(job, pairing=replace(job.pairing, chosen=chosen, over_budget=over))


def _own(claims: Sequence[Claim], original: Sequence[Claim]) -> set[int]:
    """The places of the claims that the original does not have word for word; all of them, of an original."""
    copied = set() if claims is original else {fold(claim.text) for claim in original}
    return {place for place, claim in enumerate(claims) if fold(claim.text) not in copied}
