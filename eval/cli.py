"""`tabayyun eval nli|pairs|articles`: measure the judge, the verdicts and the whole way on labelled data."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tabayyun.models.registry import DEFAULT_EMBEDDER, DEFAULT_JUDGE
from tabayyun.options import ConfigOption, EmbedderOption, Format, FormatOption, JudgeOption

if TYPE_CHECKING:
    from tabayyun.checker import Checker


class Spelling(StrEnum):
    """How the labelled texts are varied before they are read."""

    as_written = "as-written"
    without_diacritics = "without-diacritics"
    other_digits = "other-digits"


app = typer.Typer(help="Measure on labelled data, with 95 % confidence intervals.", no_args_is_help=True)


@app.command()
def nli(
    files: Annotated[list[Path], typer.Argument(help="NLI rows (JSONL, .gz too): premise, hypothesis, label.")],
    judge: JudgeOption = DEFAULT_JUDGE,
    format: FormatOption = Format.text,
    limit: Annotated[int | None, typer.Option(help="Only the first rows of each file.")] = None,
) -> None:
    """Measure the judge alone, premise to hypothesis."""
    from tabayyun.eval.harness import evaluate_nli
    from tabayyun.models import registry

    model = registry.judge(judge)
    results = {name: evaluate_nli(path, model, limit) for name, path in _named(files).items()}
    if format is Format.json:
        _print_json(next(iter(results.values())) if len(files) == 1 else results)
        return
    _print_table(
        ["set", "n", "accuracy", "95 % CI", "macro-F1", "95 % CI", "ECE", "pairs/s"],
        [
            [
                name,
                str(r["n"]),
                f"{r['accuracy']:.3f}",
                _range(r["ci"]["accuracy"]),
                f"{r['macro_f1']:.3f}",
                _range(r["ci"]["macro_f1"]),
                f"{r['ece']:.3f}",
                f"{r['n'] / max(r['seconds'], 1e-9):.0f}",
            ]
            for name, r in results.items()
        ],
    )


@app.command()
def pairs(
    file: Annotated[Path, typer.Argument(help="Labelled pairs (JSONL): id, a, b, label.")],
    judge: JudgeOption = DEFAULT_JUDGE,
    embedder: EmbedderOption = DEFAULT_EMBEDDER,
    format: FormatOption = Format.text,
    predictions: Annotated[Path | None, typer.Option(help="Write one prediction per pair here.")] = None,
    config: ConfigOption = None,
) -> None:
    """Measure the verdicts on labelled claim pairs."""
    from tabayyun.eval.harness import evaluate_pairs

    result = evaluate_pairs(file, _checker(embedder, judge, config), predictions)
    if format is Format.json:
        _print_json(result)
        return
    rows = [["all", str(result["n"]), f"{result['accuracy']:.3f}", f"{result['macro_f1']:.3f}"]]
    for part in ("phenomena", "languages"):
        rows += [
            [name, str(r["n"]), f"{r['accuracy']:.3f}", f"{r['macro_f1']:.3f}"] for name, r in result[part].items()
        ]
    _print_table(["pairs", "n", "accuracy", "macro-F1"], rows)
    _print_json({key: value for key, value in result.items() if key not in ("phenomena", "languages")})


@app.command()
def articles(
    folder: Annotated[Path, typer.Argument(help="Labelled article pairs: folders with a.*, b.* and gold.json.")],
    judge: JudgeOption = DEFAULT_JUDGE,
    embedder: EmbedderOption = DEFAULT_EMBEDDER,
    format: FormatOption = Format.text,
    config: ConfigOption = None,
) -> None:
    """Measure the whole way on labelled article pairs."""
    from tabayyun.eval.harness import evaluate_articles

    result = evaluate_articles(folder, _checker(embedder, judge, config))
    if format is Format.json:
        _print_json(result)
        return
    rows = []
    for name, value in result.items():
        if isinstance(value, dict) and name not in ("ci", "counts"):
            rows += [[f"{name} {part}", str(number)] for part, number in value.items()]
        elif not isinstance(value, dict):
            rows.append([name, str(value)])
    _print_table(["measure", "value"], rows)


@app.command()
def claims(
    folder: Annotated[Path, typer.Argument(help="Labelled passages (*.json).")],
    format: FormatOption = Format.text,
    spelling: Annotated[
        Spelling, typer.Option(help="Measure on the texts as they are, without diacritics, or in the other digits.")
    ] = Spelling.as_written,
) -> None:
    """Measure claim extraction on labelled passages, field by field."""
    from tabayyun.eval import passages

    vary = {"without-diacritics": passages.without_diacritics, "other-digits": passages.other_digits}
    result = passages.evaluate_claims(folder, vary.get(spelling.value, str))
    if format is Format.json:
        _print_json(result)
        return
    rows = [
        [name, str(r["n"]), f"{r['precision']:.3f}", f"{r['recall']:.3f}", f"{r['f1']:.3f}", _range(r["ci"])]
        for name, r in result.items()
        if isinstance(r, dict)
    ]
    _print_table(["field", "n", "precision", "recall", "F1", "95 % CI"], rows)


@app.command()
def mine(
    folder: Annotated[Path, typer.Argument(help="Labelled article pairs: folders with a.*, b.* and gold.json.")],
    out: Annotated[Path, typer.Argument(help="Where the labelled claim pairs go (JSONL).")],
    embedder: EmbedderOption = DEFAULT_EMBEDDER,
    config: ConfigOption = None,
) -> None:
    """Make training rows out of labelled articles: the claim pairs that `check` would judge, labelled."""
    from tabayyun.eval import mining

    print(mining.mine(folder, _checker(embedder, DEFAULT_JUDGE, config), out))


@app.command()
def robustness(
    file: Annotated[Path, typer.Argument(help="Labelled pairs (JSONL): id, a, b, label.")],
    judge: JudgeOption = DEFAULT_JUDGE,
    embedder: EmbedderOption = DEFAULT_EMBEDDER,
    format: FormatOption = Format.text,
    config: ConfigOption = None,
) -> None:
    """Measure how often a change that must not matter (order, diacritics, tatweel, digits) changes a label."""
    from tabayyun.eval.robustness import evaluate_robustness

    result = evaluate_robustness(file, _checker(embedder, judge, config))
    if format is Format.json:
        _print_json(result)
        return
    rows = [[name, *(f"{result[part][name]:.2%}" for part in ("verdict", "judge"))] for name in result["verdict"]]
    _print_table([f"labels changed by ({result['n']} pairs)", "verdict", "judge alone"], rows)


@app.command()
def fit(
    folder: Annotated[Path, typer.Argument(help="Labelled article pairs that the judge was not trained on.")],
    honest_on: Annotated[Path | None, typer.Option(help="Others, on which the probabilities are calibrated.")] = None,
    judge: JudgeOption = DEFAULT_JUDGE,
    embedder: EmbedderOption = DEFAULT_EMBEDDER,
    config: ConfigOption = None,
) -> None:
    """Fit the weights that make verdicts of scores and frames; print them as TOML (configs/fusion.toml)."""
    from tabayyun.eval import fitting

    checker = _checker(embedder, judge, config)
    weights = fitting.fit(fitting.examples(folder, checker))
    if honest_on:
        weights = fitting.calibrate(weights, fitting.examples(honest_on, checker))
    print(fitting.to_toml(weights, folder.as_posix()))


@app.command()
def validate(
    path: Annotated[Path, typer.Argument(help="A JSONL file of labelled pairs, or a folder of labelled data.")],
    format: FormatOption = Format.text,
) -> None:
    """Check labelled data; end with 1 when something is wrong with it."""
    from tabayyun.eval import validation

    found = validation.validate(path)
    if format is Format.json:
        _print_json({"problems": found.problems, "figures": found.figures})
    else:
        for name, figures in found.figures.items():
            _print_table([name, ""], [[key, _flat(value)] for key, value in figures.items()])
        print(f"{len(found.problems)} problem(s)")
        for problem in found.problems:
            print(f"- {problem}")
    if found.problems:
        raise typer.Exit(1)


def _checker(embedder: str, judge: str, config: Path | None) -> Checker:
    from tabayyun import settings
    from tabayyun.checker import Checker

    return Checker(embedder, judge, settings.load(config))


def _flat(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    return ", ".join(
        f"{key} {'/'.join(map(str, v.values())) if isinstance(v, dict) else v}" for key, v in value.items()
    )


def _named(files: list[Path]) -> dict[str, Path]:
    """The files by short name, or by path where two would share a name."""
    short = [path.name.split(".")[0] for path in files]
    return {name if short.count(name) == 1 else str(path): path for name, path in zip(short, files, strict=True)}


def _print_json(content: Any) -> None:
    print(json.dumps(content, ensure_ascii=False, indent=1))


def _print_table(head: list[str], rows: list[list[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*head, box=None)
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, markup=False, emoji=False).print(table)


def _range(bounds: list[float]) -> str:
    return f"{bounds[0]:.3f}-{bounds[1]:.3f}"
