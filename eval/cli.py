"""`tabayyun eval`: measure the judge, the verdicts and the whole way on labelled data, and look after that data.

Annotations are read at run time here, for `options.measuring` makes options of them.
"""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tabayyun.eval import options
from tabayyun.eval.options import measuring, print_json
from tabayyun.models.registry import DEFAULT_EMBEDDER, DEFAULT_JUDGE
from tabayyun.options import ConfigOption, EmbedderOption, Format, FormatOption, JudgeOption

if TYPE_CHECKING:
    from tabayyun.checker import Checker
    from tabayyun.eval.labelled import Names
    from tabayyun.eval.runs import Run


class Spelling(StrEnum):
    """How the labelled texts are varied before they are read."""

    as_written = "as-written"
    without_diacritics = "without-diacritics"
    other_digits = "other-digits"


Rows = Annotated[str, typer.Argument(help="Labelled pairs: .jsonl, .csv, a folder of `datasets`, or its Hub name.")]
Articles = Annotated[Path, typer.Argument(help="Labelled article pairs: folders with a.*, b.* and gold.json.")]
Limit = Annotated[int | None, typer.Option(help="Only the first rows of each file.")]

app = typer.Typer(help="Measure on labelled data, with 95 % confidence intervals.", no_args_is_help=True)


@app.command()
@measuring
def nli(
    files: Annotated[list[str], typer.Argument(help="NLI rows (premise, hypothesis, label), in any form of pairs.")],
    names: "Names",
    judge: JudgeOption = DEFAULT_JUDGE,
    limit: Limit = None,
) -> "list[Run]":
    """Measure the judge alone, premise to hypothesis."""
    from dataclasses import replace

    from tabayyun.eval.harness import evaluate_nli
    from tabayyun.models import registry

    model = registry.judge(judge)
    return [replace(evaluate_nli(place, model, limit, names), name=name) for name, place in _named(files).items()]


@app.command()
@measuring
def pairs(
    file: Rows,
    checker: "Checker",
    names: "Names",
    predictions: Annotated[Path | None, typer.Option(help="Write one prediction per pair here.")] = None,
    limit: Limit = None,
) -> "Run":
    """Measure the verdicts on labelled claim pairs."""
    from tabayyun.eval.harness import evaluate_pairs

    return evaluate_pairs(file, checker, predictions, limit, names)


@app.command()
@measuring
def pairing(folder: Articles, embedder: EmbedderOption = DEFAULT_EMBEDDER, config: ConfigOption = None) -> "Run":
    """Measure how the claims of labelled articles are paired: no judge is needed."""
    from tabayyun.eval.harness import evaluate_pairing

    return evaluate_pairing(folder, options.checker(embedder=embedder, config=config))


@app.command()
@measuring
def articles(folder: Articles, checker: "Checker") -> "Run":
    """Measure the whole way on labelled article pairs."""
    from tabayyun.eval.harness import evaluate_articles

    return evaluate_articles(folder, checker)


@app.command()
@measuring
def claims(
    folder: Annotated[Path, typer.Argument(help="Labelled passages (*.json).")],
    spelling: Annotated[
        Spelling, typer.Option(help="Measure on the texts as they are, without diacritics, or in the other digits.")
    ] = Spelling.as_written,
) -> "Run":
    """Measure claim extraction on labelled passages, field by field."""
    from tabayyun.eval import passages

    vary = {"without-diacritics": passages.without_diacritics, "other-digits": passages.other_digits}
    return passages.evaluate_claims(folder, vary.get(spelling.value, str))


@app.command()
@measuring
def robustness(file: Rows, checker: "Checker", names: "Names") -> "Run":
    """Measure how often a change that must not matter (order, diacritics, tatweel, digits) changes a label."""
    from tabayyun.eval.robustness import evaluate_robustness

    return evaluate_robustness(file, checker, names)


@app.command()
@measuring
def baselines(
    data: Annotated[str, typer.Argument(help="Labelled pairs, or a folder of labelled article pairs.")],
    checker: "Checker",
    names: "Names",
    dev: Annotated[
        str | None, typer.Option(help="Other data, to choose thresholds on; `dev` beside the data if not given.")
    ] = None,
    also: Annotated[list[str] | None, typer.Option(help="Another judge to measure in the same table.")] = None,
) -> "list[Run]":
    """Measure baselines beside the program in one table; every pair of claims is judged: minutes per ten articles."""
    from tabayyun.checker import Checker
    from tabayyun.eval import baselines as table

    others = [Checker(checker.embedder, judge, checker.settings) for judge in also or ()]
    beside = Path(data).with_name("dev" + "".join(Path(data).suffixes))
    if any(Path(data).glob("*/gold.json")):
        return table.articles_table(Path(data), Path(dev or beside), checker, others)
    return table.pairs_table(data, dev or beside, checker, others, names)


@app.command()
def compare(
    first: Annotated[str, typer.Argument(help="A saved run (FILE, or FILE#NAME where it holds several).")],
    second: Annotated[str, typer.Argument(help="The run to compare it with, on the same data.")],
    format: FormatOption = Format.text,
) -> None:
    """Tell how much better one run is than another, by a paired bootstrap over families or article pairs."""
    from dataclasses import asdict

    from tabayyun.eval import runs, tables

    found = runs.compare(runs.one(first), runs.one(second))
    if format is Format.json:
        print_json({name: asdict(difference) for name, difference in found.items()})
    else:
        tables.show([tables.differences(found)])


@app.command()
@measuring
def leaderboard(files: Annotated[list[Path], typer.Argument(help="Files of saved runs.")]) -> "list[Run]":
    """Show saved runs side by side."""
    from dataclasses import replace

    from tabayyun.eval import runs

    return [replace(run, name=f"{file.stem}: {run.name}") for file in files for run in runs.load(file)]


@app.command()
def gate(
    file: Annotated[Path | None, typer.Option(help="A gate file; eval/gate.toml if not given.")] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Only the measurements that take seconds.")] = False,
    format: FormatOption = Format.text,
) -> None:
    """Measure again what is pinned, and end with 1 when a floor broke."""
    from dataclasses import asdict

    from tabayyun.eval import gate as room
    from tabayyun.eval import tables

    path = file or room.FILE
    checker = options.checker()
    wanted = [pinned for pinned in room.read(path) if pinned.fast or not fast]
    found = [check for pinned in wanted for check in room.checks(pinned, room.measure(pinned, path.parent, checker))]
    broken = [check for check in found if not check.holds]
    if format is Format.json:
        print_json([asdict(check) for check in found])
    else:
        rows = [[c.measurement, c.figure, c.pinned, c.now, "holds" if c.holds else "BROKEN"] for c in found]
        tables.show([tables.Table("", ["measurement", "figure", "pinned", "now", ""], rows)])
        for check in broken:
            print(f"broken: {check.measurement}: {check.figure} is {check.now}, pinned is {check.pinned}")
    if broken:
        raise typer.Exit(1)


@app.command()
def mine(
    folder: Articles,
    out: Annotated[Path, typer.Argument(help="Where the labelled claim pairs go (JSONL).")],
    hardest: Annotated[
        float,
        typer.Option(min=0, max=1, help="Share kept of the pairs that meet no label: the judge's worst false alarms."),
    ] = 1.0,
    judge: JudgeOption = DEFAULT_JUDGE,
    embedder: EmbedderOption = DEFAULT_EMBEDDER,
    config: ConfigOption = None,
) -> None:
    """Make training rows out of labelled articles: the claim pairs that `check` would judge, labelled."""
    from tabayyun.eval import mining

    print(mining.mine(folder, options.checker(judge, embedder, config), out, hardest=hardest))


@app.command()
def cross(
    families: Annotated[list[Path], typer.Argument(help="Families of sentences (JSONL, .gz too).", exists=True)],
    out: Annotated[Path, typer.Option(help="Where the labelled claim pairs go (JSONL).")],
) -> None:
    """Make training rows out of families: sentences about one event, crossed by what they say."""
    from tabayyun.eval import families as room

    print(room.cross(families, out))


@app.command()
def alter(
    sources: Annotated[list[Path], typer.Argument(help="Labelled pairs or NLI rows (JSONL, .gz too).", exists=True)],
    out: Annotated[Path, typer.Option(help="Where the rows go (JSONL).")],
) -> None:
    """Make training rows by changing a number, weekday or month that both texts share."""
    from tabayyun.eval import altering

    print(altering.alter(sources, out))


@app.command()
@measuring
def ablation(
    folder: Articles,
    checker: "Checker",
    fit: Annotated[Path, typer.Option(help="Labelled data to fit the trees on, as for `fit`.")] = Path("eval/data"),
) -> "list[Run]":
    """Measure the program without each of its parts on labelled articles."""
    from tabayyun.eval.ablation import table

    return table(folder, fit, checker)


@app.command()
def fit(
    data: Annotated[
        Path, typer.Argument(help="Labelled data that the judge was not trained on: articles/fit and pairs/fit.jsonl.")
    ] = Path("eval/data"),
    judge: JudgeOption = DEFAULT_JUDGE,
    embedder: EmbedderOption = DEFAULT_EMBEDDER,
    config: ConfigOption = None,
) -> None:
    """Fit the numbers that make verdicts of scores and frames; print them as JSON (configs/fusion.json)."""
    from tabayyun.eval import fitting

    checker = options.checker(judge, embedder, config)
    print(fitting.to_json(fitting.fit(fitting.rows(data, checker)), data.as_posix()))


@app.command()
def match(
    folders: Annotated[list[Path], typer.Argument(help="Labelled article pairs (a.*, b.*, gold.json).", exists=True)],
    out: Annotated[Path, typer.Option(help="Where the map goes (models/weights/matching.safetensors).")],
) -> None:
    """Fit the map that brings claims about one fact together; print the overlap weight that goes with it."""
    from tabayyun.eval import matching
    from tabayyun.models import registry

    print(matching.write(folders, registry.embedder(DEFAULT_EMBEDDER), out))


@app.command()
def validate(
    path: Annotated[Path, typer.Argument(help="A JSONL file of labelled pairs, or a folder of labelled data.")],
    format: FormatOption = Format.text,
) -> None:
    """Check labelled data; end with 1 when something is wrong with it."""
    from tabayyun.eval import tables, validation

    found = validation.validate(path)
    if format is Format.json:
        print_json({"problems": found.problems, "figures": found.figures})
    else:
        tables.show(
            tables.Table("", [name, ""], [[key, _flat(value)] for key, value in figures.items()])
            for name, figures in found.figures.items()
        )
        print(f"{len(found.problems)} problem(s)")
        for problem in found.problems:
            print(f"- {problem}")
    if found.problems:
        raise typer.Exit(1)


def _flat(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    return ", ".join(
        f"{key} {'/'.join(map(str, v.values())) if isinstance(v, dict) else v}" for key, v in value.items()
    )


def _named(files: list[str]) -> dict[str, str]:
    """The files by short name, or by path where two would share a name."""
    short = [Path(file).name.split(".")[0] for file in files]
    return {name if short.count(name) == 1 else file: file for name, file in zip(short, files, strict=True)}
