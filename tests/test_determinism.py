"""The same articles and models give the same bytes: in other processes, with other hash seeds, threads and batches.

`python benchmarks/determinism.py` does the same with the real models.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tabayyun import Article, Checker, claims, html, markdown, read, tables
from tabayyun.eval.generated import rows
from tabayyun.models.fakes import FakeEmbedder, FakeJudge
from tabayyun.report import Report
from tabayyun.review.jobs import Jobs
from tests.conftest import EXAMPLES

CHECKER = Checker(FakeEmbedder(), FakeJudge())


def articles() -> list[tuple[Article, Article]]:
    """The example, its second article beside one in English, and generated ones on one event."""
    a, b = (read(EXAMPLES / f"port-strike-{side}.txt") for side in "ab")
    english = Article.from_text("The strike ended on Tuesday.\nThe union has not signed any agreement.", outlet="E")
    _, _, c, d = (Article.from_mapping(row) for row in rows(4))
    return [(a, b), (b, english), (c, d)]


def forms(report: Report) -> list[str]:
    """A report in every format of the command line."""
    return [
        report.to_json(all_verdicts=True),
        *(html.report_page(report, language=language, all_verdicts=True) for language in ("en", "ar")),
        markdown.markdown(report, all_verdicts=True),
        tables.csv_table(report, all_verdicts=True),
        tables.claim_reviews_json(report),
    ]


def everything() -> str:
    """All that the example articles give, as text."""
    found = [form for report in CHECKER.check_many(articles()) for form in forms(report)]
    return json.dumps([found, [claims.extract(a).to_dict(a) for pair in articles() for a in pair]])


@pytest.mark.parametrize(("seed", "threads"), [("1", "2"), ("2", "4")])
def test_another_process(seed: str, threads: str) -> None:
    script = "from tests.test_determinism import everything; print(everything())"
    changed = {"PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
    written = subprocess.check_output(
        [sys.executable, "-c", script], env=os.environ | changed, cwd=Path(__file__).parent.parent, text=True
    )
    assert written.strip() == everything()


def test_batches() -> None:
    alone = [CHECKER.check(a, b).to_json(all_verdicts=True) for a, b in articles()]
    jobs = Jobs(CHECKER, 8, 1_000_000)
    queued = [
        jobs.submit(lambda pair=pair: pair, lambda report: report.to_json(all_verdicts=True)) for pair in articles()
    ]
    assert [report.to_json(all_verdicts=True) for report in CHECKER.check_many(articles())] == alone
    assert [report.to_json(all_verdicts=True) for report in CHECKER.check_many(articles()[::-1])] == alone[::-1]
    assert [job.future.result(60) for job in queued] == alone
    jobs.close()
