"""Options that several commands of `tabayyun eval` share, and `command`, which gives them to a command.

A command takes a parameter named `checker` or `names` and gets what the options of that group make; it returns its runs
(or one), which are printed, saved and drawn as the options of `finish` say. Annotations are read at run time here.
"""

import inspect
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tabayyun.errors import ConfigError
from tabayyun.models.registry import DEFAULT_EMBEDDER, DEFAULT_JUDGE
from tabayyun.options import ConfigOption, EmbedderOption, Format, FormatOption, JudgeOption

if TYPE_CHECKING:
    from tabayyun.checker import Checker
    from tabayyun.eval.labelled import Names
    from tabayyun.eval.runs import Run


def checker(
    judge: JudgeOption = DEFAULT_JUDGE, embedder: EmbedderOption = DEFAULT_EMBEDDER, config: ConfigOption = None
) -> "Checker":
    """The checker that the options describe; its models load at first use."""
    from tabayyun import settings
    from tabayyun.checker import Checker

    return Checker(embedder, judge, settings.load(config))


def names(
    columns: Annotated[str, typer.Option(help="Our fields and their columns: a=sentence1,b=sentence2.")] = "",
    labels: Annotated[str, typer.Option(help="Their labels and ours: 0=agreement,refuted=contradiction.")] = "",
    split: Annotated[str | None, typer.Option(help="The split of a data set of `datasets`.")] = None,
) -> "Names":
    """How the labelled data names its columns and labels."""
    from tabayyun.eval.labelled import Names

    return Names(_mapping("--columns", columns), _mapping("--labels", labels), split)


def finish(
    runs: "list[Run]",
    format: FormatOption = Format.text,
    save: Annotated[Path | None, typer.Option(help="Save what was measured as JSON here.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write pictures and one HTML page into this folder.")] = None,
) -> None:
    """Print runs, and save and draw them where that is asked for."""
    from tabayyun.eval import runs as files
    from tabayyun.eval import tables

    if format is Format.json:
        print_json(runs[0].metrics if len(runs) == 1 else {run.name: run.metrics for run in runs})
    else:
        tables.show(tables.tables(runs))
        for note in tables.notes(runs):
            print(note)
    if save:
        files.save(runs, save)
    if report:
        from tabayyun.eval import page

        print(f"The report is {page.write(runs, report)}.", file=sys.stderr)


_GROUPS: dict[str, Callable[..., Any]] = {"checker": checker, "names": names}


def measuring(work: "Callable[..., Run | list[Run]]") -> Callable[..., None]:
    """Make a command of a function that measures: its groups become options, what it returns is finished."""
    own = inspect.signature(work).parameters
    groups = {name: inspect.signature(_GROUPS[name]).parameters for name in own if name in _GROUPS}
    ending = dict(list(inspect.signature(finish).parameters.items())[1:])
    shown = [
        parameter for name, kept in own.items() for parameter in (groups[name].values() if name in groups else (kept,))
    ]

    def run(**given: Any) -> None:
        made = {name: _GROUPS[name](**{key: given.pop(key) for key in wanted}) for name, wanted in groups.items()}
        asked = {key: given.pop(key) for key in ending}
        found = work(**given, **made)
        finish(found if isinstance(found, list) else [found], **asked)

    shown = [parameter.replace(kind=parameter.KEYWORD_ONLY) for parameter in (*shown, *ending.values())]
    run.__name__, run.__doc__ = work.__name__, work.__doc__
    run.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in shown}
    return run


def _mapping(option: str, written: str) -> dict[str, str]:
    parts = [part.strip() for part in written.split(",") if part.strip()]
    for part in parts:
        if not all(side.strip() for side in part.partition("=")[::2]):
            raise ConfigError(f"{option} is a list such as x=y,z=w; {part!r} is no such pair. Write it so.")
    return {left.strip(): right.strip() for left, _, right in (part.partition("=") for part in parts)}


def print_json(content: Any) -> None:
    """Print JSON, Arabic readable."""
    print(json.dumps(content, ensure_ascii=False, indent=1))
