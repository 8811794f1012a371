"""Checks one after the other in one thread: a bounded queue, progress that can be watched, and cancelling."""

from __future__ import annotations

import copy
import logging
import secrets
import threading
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tabayyun.article import Article
from tabayyun.checker import Checker
from tabayyun.errors import InputError, TabayyunError
from tabayyun.models.base import Judge, Scores
from tabayyun.report import Report

log = logging.getLogger("tabayyun.review")
_STEP = 64
_KEPT = 100


class BusyError(Exception):
    """As many checks wait as may wait."""


class CancelledError(Exception):
    """Somebody cancelled the check while it ran."""


@dataclass(slots=True)
class Job:
    """One check: what it does now, how far it is, and in `future` what came of it."""

    id: str
    future: Future[Any] = field(default_factory=Future)
    step: str = ""
    done: int = 0
    total: int = 0
    cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def state(self) -> str:
        """One of queued, running, done, cancelled, failed."""
        if not self.future.done():
            return "running" if self.future.running() and not self.cancelled.is_set() else "queued"
        if self.future.cancelled() or isinstance(self.future.exception(), CancelledError):
            return "cancelled"
        return "failed" if self.future.exception() else "done"

    def cancel(self) -> None:
        """Take the check from the queue, or stop it at its next step."""
        self.cancelled.set()
        self.future.cancel()

    def tell(self, message: str, done: int = 0, total: int = 0) -> None:
        """Note what the check does now; its first word names the step. Stops the check when it was cancelled."""
        if self.cancelled.is_set():
            raise CancelledError
        self.step, self.done, self.total = message.split(maxsplit=1)[0], done, total


class Jobs:
    """The queue of checks; `waiting` may wait or run at once, of articles with `max_text` characters at most."""

    def __init__(self, checker: Checker, waiting: int, max_text: int) -> None:
        self._checker = checker
        self._waiting = waiting
        self._max_text = max_text
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="check")

    def submit(self, read: Callable[[], tuple[Article, Article]], finish: Callable[[Report], Any]) -> Job:
        """Queue a check of the two articles that `read` gives; the job's result is what `finish` makes of the report.

        Raises:
            BusyError: the queue is full.
        """
        with self._lock:
            ended = [job.id for job in self._jobs.values() if job.future.done()]
            if len(self._jobs) - len(ended) >= self._waiting:
                raise BusyError
            for name in ended[:-_KEPT]:
                self._jobs.pop(name, None)
            job = Job(secrets.token_hex(8))
            job.future = self._worker.submit(self._run, job, read, finish)
            self._jobs[job.id] = job
            return job

    def get(self, name: str) -> Job | None:
        """Return the job of that id; ended ones are forgotten after a hundred others."""
        return self._jobs.get(name)

    def forget(self, job: Job) -> None:
        """Drop a job whose result was taken."""
        self._jobs.pop(job.id, None)

    def close(self) -> None:
        """Cancel everything and wait for the check that runs to stop."""
        for job in list(self._jobs.values()):
            job.cancel()
        self._worker.shutdown(cancel_futures=True)

    def _run(self, job: Job, read: Callable[[], tuple[Article, Article]], finish: Callable[[Report], Any]) -> Any:
        try:
            job.tell("finding")
            a, b = read()
            if max(len(a.text), len(b.text)) > self._max_text:
                raise InputError(f"An article has {self._max_text:,} characters at most here. Give the article alone.")
            checker = copy.copy(self._checker)
            checker.judge = _Stepwise(self._checker.judge, job)
            return finish(checker.check(a, b, progress=job.tell))
        except (TabayyunError, CancelledError):
            raise
        except Exception as error:
            log.error("A check failed: %s", where(error))
            raise


def where(error: Exception) -> str:
    """The kind of an error and where it arose, without its message, for that may quote an article."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {place.filename}, line {place.lineno}"


class _Stepwise:
    """The judge of one job: it judges in steps, says how far it is, and stops when the job is cancelled."""

    def __init__(self, judge: Judge, job: Job) -> None:
        self.name = judge.name
        self.reads_dates = getattr(judge, "reads_dates", False)
        self._judge, self._job = judge, job

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        """Return one `Scores` per pair, in the same order; pairs of like length are judged together."""
        order = sorted(range(len(pairs)), key=lambda i: sum(map(len, pairs[i])))
        found: dict[int, Scores] = {}
        for start in range(0, len(order), _STEP):
            self._job.tell("judging", start, len(order))
            step = order[start : start + _STEP]
            found.update(zip(step, self._judge.judge([pairs[i] for i in step]), strict=True))
        self._job.tell("judging", len(order), len(order))
        return [found[i] for i in range(len(pairs))]
