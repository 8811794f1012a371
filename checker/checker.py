"""The main job: two articles in, a report out, with one batched pass over the models for all article pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from tabayyun import claims, settings
from tabayyun.article import Article
from tabayyun.claims import Claim, Extraction
from tabayyun.errors import InputError
from tabayyun.fusion import Model
from tabayyun.importance import ranked
from tabayyun.models import registry
from tabayyun.models.base import Embedder, Judge, Scores
from tabayyun.models.text import date_gap
from tabayyun.pairing import ClaimPair, Pairing, pair_claims
from tabayyun.report import NotChecked, Report
from tabayyun.settings import Settings
from tabayyun.surroundings import Surroundings, surroundings
from tabayyun.verdicts import Verdict, decide, of_one_event, settle

Progress = Callable[[str], None]
Question = tuple[str, str]
"""A premise and a hypothesis, as the judge reads them."""


@dataclass(frozen=True, slots=True)
class Examined:
    """One article pair with everything that verdicts are made of: claims, the pairs of them, the judge's scores."""

    a: Article
    b: Article
    claims_a: tuple[Claim, ...]
    claims_b: tuple[Claim, ...]
    pairing: Pairing
    scores: tuple[tuple[Scores, Scores], ...]
    """Of each chosen pair: `a` as premise, then `b` as premise."""

    @property
    def chosen(self) -> list[tuple[ClaimPair, Claim, Claim]]:
        """The pairs that are worth judging, each with its claims."""
        return [(pair, self.claims_a[pair.a], self.claims_b[pair.b]) for pair in self.pairing.chosen]

    @property
    def days(self) -> int | None:
        """The days from the publication of `a` to that of `b`; None when one of the dates is not known."""
        if self.a.published is None or self.b.published is None:
            return None
        return (self.b.published - self.a.published).days

    @property
    def surroundings(self) -> list[Surroundings]:
        """Of each chosen pair: what both articles tell of it."""
        return surroundings(self.pairing.chosen, self.scores, self.claims_a, self.claims_b)


def one_event(examined: Examined, settings: Settings) -> bool:
    """Whether both articles tell of one event at one time."""
    same = examined.a.language == examined.b.language
    return of_one_event(examined.pairing.likeness, examined.days, settings.event, same_language=same)


def verdicts(
    examined: Examined, settings: Settings, *, together: bool | None = None, model: Model | None = None
) -> list[Verdict]:
    """Return the verdicts on a judged article pair, in the order of a report.

    `together` says whether both articles tell of one event, else `one_event` does; `model` as in `verdicts.decide`.
    """
    if together is None:
        together = one_event(examined, settings)
    decided = partial(decide, settings=settings.verdicts, days=examined.days, one_event=together, model=model)
    return settle(
        [
            decided(pair, a, b, *scores, around=around)
            for (pair, a, b), scores, around in zip(
                examined.chosen, examined.scores, examined.surroundings, strict=True
            )
        ]
    )


class Checker:
    """Holds an embedder and a judge and checks articles with them.

    Models are names (see `tabayyun models`), folders, Hub names, or objects with the name and the method of
    `tabayyun.models.base`. They load at first use, and checkers in one process share them.

    >>> from tabayyun.models.fakes import FakeEmbedder, FakeJudge
    >>> checker = Checker(embedder=FakeEmbedder(), judge=FakeJudge())
    >>> a = Article.from_text("لم يوقع الطرفان الاتفاق في جنيف صباح اليوم.", outlet="A", published="2024-03-01")
    >>> b = Article.from_text("وقع الطرفان الاتفاق في جنيف صباح اليوم.", outlet="B", published="2024-03-01")
    >>> [v.label for v in checker.check(a, b).verdicts]
    ['contradiction']
    """

    def __init__(
        self,
        embedder: str | Embedder = registry.DEFAULT_EMBEDDER,
        judge: str | Judge = registry.DEFAULT_JUDGE,
        config: Settings | None = None,
    ) -> None:
        self._embedder = embedder
        self._judge = judge
        self.settings = config or settings.load()

    def __reduce__(self) -> tuple[type[Checker], tuple[str | Embedder, str | Judge, Settings]]:
        """Travel to another process by the names of the models, which load there."""
        return Checker, (self._embedder, self._judge, self.settings)

    @property
    def embedder_name(self) -> str:
        """The name of the embedder, which need not be loaded for it."""
        return self._embedder if isinstance(self._embedder, str) else self._embedder.name

    @cached_property
    def embedder(self) -> Embedder:
        """The embedder, loaded at first use."""
        return registry.embedder(self._embedder) if isinstance(self._embedder, str) else self._embedder

    @cached_property
    def judge(self) -> Judge:
        """The judge, loaded at first use."""
        if not isinstance(self._judge, str):
            return self._judge
        return registry.judge(self._judge, self.settings.models.precision)

    def check(self, a: Article, b: Article, *, progress: Progress | None = None) -> Report:
        """Return the report on two articles.

        Raises:
            InputError: one of them holds no claim that could be checked.
            ModelError: a model cannot be loaded.
        """
        _tell(progress, "finding claims")
        found = {id(article): claims.extract(article) for article in (a, b)}
        for article in (a, b):
            _claims_or_error(article, found[id(article)])
        return self._report(self._judged(self._paired([(a, b)], found, progress), progress)[0])

    def check_many(self, pairs: Iterable[tuple[Article, Article]], *, progress: Progress | None = None) -> list[Report]:
        """Return one report per article pair; claims are embedded and judged in one batch over all of them.

        An article without a claim gives a report without verdicts, so that one bad article does not stop the rest.
        """
        return [self._report(examined) for examined in self.examine(pairs, progress=progress)]

    def examine(self, pairs: Iterable[tuple[Article, Article]], *, progress: Progress | None = None) -> list[Examined]:
        """Return what verdicts are made of: the claims of each article pair, their pairs and the judge's scores."""
        return self._judged(self.pair(pairs, progress=progress), progress)

    def pair(self, pairs: Iterable[tuple[Article, Article]], *, progress: Progress | None = None) -> list[Examined]:
        """Return the claims of each article pair and the pairs of them that are worth judging, without scores."""
        wanted = list(pairs)
        _tell(progress, "finding claims")
        found = {id(article): claims.extract(article) for pair in wanted for article in pair}
        return self._paired(wanted, found, progress)

    def _paired(
        self, wanted: Sequence[tuple[Article, Article]], found: Mapping[int, Extraction], progress: Progress | None
    ) -> list[Examined]:
        texts = list(dict.fromkeys(c.in_full for extraction in found.values() for c in extraction.claims))
        _tell(progress, f"embedding {len(texts)} claims")
        rows = {text: row for row, text in enumerate(texts)}
        vectors = self.embed(texts)
        jobs = []
        for a, b in wanted:
            of_a, of_b = found[id(a)].claims, found[id(b)].claims
            va, vb = vectors[[rows[c.in_full] for c in of_a]], vectors[[rows[c.in_full] for c in of_b]]
            jobs.append(self.paired(a, b, of_a, of_b, va, vb))
        return jobs

    def paired(
        self,
        a: Article,
        b: Article,
        claims_a: tuple[Claim, ...],
        claims_b: tuple[Claim, ...],
        vectors_a: NDArray[np.float16],
        vectors_b: NDArray[np.float16],
    ) -> Examined:
        """Return the claims of an article pair and the pairs of them that are worth judging, without scores."""
        pairing = pair_claims(
            claims_a,
            claims_b,
            vectors_a,
            vectors_b,
            self.settings.pairing,
            matching=registry.matching(self.embedder_name),
            same_language=a.language == b.language,
        )
        return Examined(a, b, claims_a, claims_b, pairing, ())

    def embed(self, texts: Sequence[str]) -> NDArray[np.float16]:
        """Return a unit vector for each text, an array (texts, dimensions).

        In half precision, as a corpus keeps them, so that two articles get the same verdicts here and there.
        """
        return self.embedder.embed(texts).astype(np.float16)

    def _judged(self, jobs: Sequence[Examined], progress: Progress | None) -> list[Examined]:
        questions = list(dict.fromkeys(question for job in jobs for both in self.asked(job) for question in both))
        _tell(progress, f"judging {len(questions)} pairs of claims")
        answers = dict(zip(questions, self.judge.judge(questions), strict=True))
        return [self.answered(job, answers) for job in jobs]

    def asked(self, job: Examined) -> list[tuple[Question, Question]]:
        """The questions about each chosen pair of claims: `a` as premise, then `b` as premise."""
        return [self.both_directions(a.in_full, b.in_full, job.days) for _, a, b in job.chosen]

    def answered(self, job: Examined, answers: Mapping[Question, Scores]) -> Examined:
        """The article pair with the scores of its questions, looked up in `answers`."""
        return replace(job, scores=tuple((answers[forth], answers[back]) for forth, back in self.asked(job)))

    def both_directions(self, a: str, b: str, days: int | None) -> tuple[Question, Question]:
        """The two questions about statements `a` and `b`, whose reports are `days` apart, in the judge's form."""
        if getattr(self.judge, "reads_dates", False):
            a, b = date_gap(a, b, days)
        return (a, b), (b, a)

    def _report(self, examined: Examined) -> Report:
        settled = verdicts(examined, self.settings)
        met = [v for v in settled if v.label in ("agreement", "contradiction")]
        met_a, met_b = {v.a.start for v in met}, {v.b.start for v in met}
        reason = f"over the budget of {self.settings.pairing.max_pairs} judged pairs"
        return Report(
            a=examined.a,
            b=examined.b,
            verdicts=tuple(settled),
            only_in_a=ranked([c for c in examined.claims_a if c.start not in met_a], examined.claims_a),
            only_in_b=ranked([c for c in examined.claims_b if c.start not in met_b], examined.claims_b),
            not_checked=tuple(
                NotChecked(examined.claims_a[p.a], examined.claims_b[p.b], reason) for p in examined.pairing.over_budget
            ),
            embedder=self.embedder.name,
            judge=self.judge.name,
            config_hash=self.settings.hash,
            version=version("tabayyun"),
        )


def _tell(progress: Progress | None, message: str) -> None:
    if progress:
        progress(message)


def _claims_or_error(article: Article, extraction: Extraction) -> None:
    if not extraction.claims:
        raise InputError(
            f"{article.id or 'The article'} holds no claim to check ({len(extraction.dropped)} parts left out; "
            "`tabayyun claims` shows them). Give the full text of an article."
        )


def check(a: Article, b: Article) -> Report:
    """Return the report on two articles, with the shipped models and settings."""
    return _shared().check(a, b)


_default: list[Checker] = []


def _shared() -> Checker:
    if not _default:
        _default.append(Checker())
    return _default[0]
