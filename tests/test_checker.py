"""The main job on fake models: reports, batches, the terminal, the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tabayyun import Article, Checker, InputError, Scores, cli
from tabayyun.bidi import isolated
from tabayyun.models import registry
from tabayyun.models.errors import ModelNotFoundError
from tabayyun.models.fakes import FakeEmbedder, FakeJudge
from tests.conftest import EXAMPLES

SIDE = {"text", "start", "end", "voice", "speaker", "status", "time", "quantities"}


def test_report_json_has_the_published_shape(checker: Checker, article_a: Article, article_b: Article) -> None:
    report = json.loads(checker.check(article_a, article_b).to_json(all_verdicts=True))
    assert list(report) == [
        "schema", "a", "b", "verdicts", "only_in_a", "only_in_b", "not_checked", "models", "config_hash", "version",
    ]  # fmt: skip
    assert report["schema"] == "tabayyun.report/1"
    assert [v["label"] for v in report["verdicts"][:2]] == ["contradiction", "agreement"]
    for verdict in report["verdicts"]:
        assert set(verdict) == {
            "label",
            "relation",
            "kind",
            "probability",
            "independent",
            "a",
            "b",
            "evidence",
            "why",
            "why_ar",
            "scores",
        }
        for side in ("a", "b"):
            assert set(verdict[side]) == SIDE
            text = report[side]["text"]
            assert text[verdict[side]["start"] : verdict[side]["end"]] == verdict[side]["text"]
            assert all(0 <= start < end <= len(text) for start, end in verdict["evidence"][side])
        for scores in verdict["scores"].values():
            assert sum(scores.values()) == pytest.approx(1, abs=1e-5)


def test_many_pairs_give_the_reports_of_single_ones_in_one_batch(article_a: Article, article_b: Article) -> None:
    class CountingJudge(FakeJudge):
        calls = 0

        def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
            CountingJudge.calls += 1
            return super().judge(pairs)

    checker = Checker(FakeEmbedder(), CountingJudge())
    many = checker.check_many([(article_a, article_b), (article_b, article_a)])
    assert CountingJudge.calls == 1
    assert [r.to_dict() for r in many] == [
        checker.check(article_a, article_b).to_dict(),
        checker.check(article_b, article_a).to_dict(),
    ]


def test_pairs_over_the_budget_are_not_checked(article_a: Article, article_b: Article) -> None:
    small = Checker(FakeEmbedder(), FakeJudge())
    small.settings = small.settings.model_copy(
        update={"pairing": small.settings.pairing.model_copy(update={"max_pairs": 1})}
    )
    report = small.check(article_a, article_b)
    assert report.not_checked
    assert "budget of 1" in report.not_checked[0].reason


def test_an_article_without_claims_is_an_error(checker: Checker, article_a: Article) -> None:
    with pytest.raises(InputError, match="no claim to check"):
        checker.check(article_a, Article.from_text("عاجل", id="flash"))


def test_unknown_models_are_named_with_a_suggestion() -> None:
    with pytest.raises(ModelNotFoundError, match="Did you mean 'tabayyun-judge'"):
        registry.judge("tabayyun-juge")
    with pytest.raises(ModelNotFoundError, match="Known are multilingual-e5-small"):
        registry.embedder("zzz")


def test_control_characters_never_reach_the_terminal() -> None:
    assert isolated("a\u202eb\x1b[31mc") == "\u2068ab[31mc\u2069"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, instant_models: None):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("COLUMNS", "100")
    return lambda *arguments, **more: CliRunner().invoke(cli.app, [str(a) for a in arguments], **more)


A, B = EXAMPLES / "port-strike-a.txt", EXAMPLES / "port-strike-b.txt"


def test_check_prints_both_quotes(run) -> None:  # type: ignore[no-untyped-def]
    result = run("check", A, B, "--a-outlet", "الساحل", "--all")
    assert result.exit_code == 0
    for part in (
        "\u2068الساحل\u2069",
        "\u20682024-03-12\u2069 (from text)",
        "contradictions",
        "agreements",
        "Only in A",
    ):
        assert part in result.output


def test_exit_codes(run, tmp_path: Path, article_a: Article, article_b: Article) -> None:  # type: ignore[no-untyped-def]
    one, other = tmp_path / "a.txt", tmp_path / "b.txt"
    one.write_text(article_a.text, encoding="utf-8")
    other.write_text(article_b.text, encoding="utf-8")
    result = run("check", one, other, "--exit-code")
    assert result.exit_code == 1
    assert "CONTRADICTION · " in result.output
    assert run("check", one, one, "--exit-code").exit_code == 0
    assert json.loads(run("check", A, B, "--all", "--format", "json").stdout)["verdicts"]
    assert isinstance(run("check", A, tmp_path / "no.txt").exception, InputError)
    assert isinstance(run("check", "-", "-").exception, InputError)


@pytest.mark.parametrize(
    ("format", "start"),
    [
        ("html", "<!DOCTYPE html>"),
        ("markdown", "# Comparison"),
        ("csv", "key,label"),
        ("claimreview", "{\n"),
        ("json", "{\n"),
        ("text", "A  "),
    ],
)
def test_every_format_is_printed_or_written(run, tmp_path: Path, format: str, start: str) -> None:  # type: ignore[no-untyped-def]
    printed = run("check", A, B, "--format", format).stdout
    assert printed.startswith(start)
    target = tmp_path / "report"
    result = run("check", A, B, "--format", format, "--output", target)
    assert (result.exit_code, result.stdout) == (0, "")
    written = target.read_bytes()
    assert written.startswith(b"\xef\xbb\xbf") == (format == "csv")
    assert written.decode("utf-8-sig").rstrip("\n") == printed.rstrip("\n")


def test_reports_and_claims_speak_arabic(run) -> None:  # type: ignore[no-untyped-def]
    assert "توافق" in run("check", A, B, "--language", "ar").output
    assert "نقلا عن" in run("claims", A, "--language", "ar").output
    assert '<html lang="ar" dir="rtl">' in run("claims", A, "--language", "ar", "--format", "html").output


def test_a_file_that_cannot_be_written_is_an_error(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    result = run("claims", A, "--output", tmp_path / "none" / "claims.txt")
    assert isinstance(result.exception, InputError)
    assert "cannot be written: No such file" in str(result.exception)


def test_standard_input(run) -> None:  # type: ignore[no-untyped-def]
    assert run("check", A, "-", "--format", "json", input=B.read_bytes()).exit_code == 0


def test_claims_and_models(run) -> None:  # type: ignore[no-untyped-def]
    result = run("claims", A)
    assert "سامر الخطيب" in result.output
    assert "caption" in result.output
    data = json.loads(run("claims", A, "--format", "json").stdout)
    assert data["schema"] == "tabayyun.claims/1"
    assert all(data["article"]["text"][c["start"] : c["end"]] == c["text"] for c in data["claims"])
    assert "tabayyun-judge" in run("models").output


def test_main_turns_errors_into_exit_code_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["tabayyun", "check", "no-a.txt", "no-b.txt"])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 2
    assert capsys.readouterr().err == "tabayyun: There is no file no-a.txt. Check its path.\n"
