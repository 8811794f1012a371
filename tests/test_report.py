"""The report as data."""

from __future__ import annotations

from dataclasses import replace

from tabayyun import Article, Checker
from tabayyun.models.text import normalise
from tabayyun.report import verdict_key


def test_a_key_is_about_the_two_statements_only(checker: Checker, article_a: Article, article_b: Article) -> None:
    verdicts = checker.check(article_a, article_b).verdicts
    keys = [verdict_key(v) for v in verdicts]
    assert len(set(keys)) == len({frozenset((normalise(v.a.text), normalise(v.b.text))) for v in verdicts})
    assert sorted(keys) == sorted(verdict_key(v) for v in checker.check(article_b, article_a).verdicts)
    first = verdicts[0]
    vowelled = replace(first, probability=0.1, a=replace(first.a, text=first.a.text.replace("وقع", "وَقَّع")))
    assert verdict_key(vowelled) == verdict_key(first)
