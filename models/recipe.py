"""A training recipe: a TOML file that says which rows a judge learns from, in which order and how fast."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tabayyun.models.errors import ConfigError


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Strict):
    """One set of rows and how much of it a phase takes."""

    files: list[str] = Field(min_length=1)
    """JSONL files (.gz too) of NLI rows or labelled pairs, relative to the data folder; `./` and `../` start from the
    folder of the recipe."""
    limit: int | None = Field(None, gt=0)
    """At most this many rows, chosen by the seed; all of them when absent."""
    repeat: int = Field(1, gt=0)
    """Passes over the rows within the phase."""
    swap: Literal["none", "contradictions", "all"] = "contradictions"
    """Which rows may be turned round (premise and hypothesis exchanged, half of the time)."""
    cross: list[str] = []
    """Files with the same ids in another language: the hypothesis comes from there."""
    exclude_relations: list[str] = []
    """Labelled pairs with one of these relations are left out."""
    labels: list[str] = []
    """Only rows with one of these labels, as NLI calls them; all rows when empty."""


class Phase(_Strict):
    """Rows that are shuffled together; phases follow each other."""

    name: str
    sources: list[Source] = Field(min_length=1)


class Recipe(_Strict):
    """Everything that decides which weights come out."""

    name: str
    seed: int = 13
    init: str = "encoder"
    """Where to start: "encoder", "shipped", or a folder with a judge of ours."""
    max_tokens: int = Field(128, ge=16, le=512)
    batch_pairs: int = Field(32, gt=0)
    learning_rate: float = Field(7e-5, gt=0)
    final_rate: float = Field(0.0, ge=0)
    """The learning rate of the last step (linear decay)."""
    head_rate: float = Field(3e-4, gt=0)
    """The learning rate of the head; it decays by the same share."""
    warmup_steps: int = Field(100, ge=0)
    weight_decay: float = Field(0.01, ge=0)
    label_smoothing: float = Field(0.0, ge=0, lt=0.5)
    frozen_layers: int = Field(0, ge=0)
    """The lowest layers that stay as e5 made them."""
    spelling_noise: float = Field(0.0, ge=0, le=1)
    """Share of rows whose Arabic spelling is varied (hamza, taa marbuta, final yeh)."""
    bfloat16: bool = False
    """Multiply in bfloat16, the weights kept in fp32: 1.5 times as fast on a processor that computes in it."""
    dev: list[str] = []
    """NLI files whose accuracy is logged at the end of each phase."""
    dev_limit: int = Field(300, gt=0)
    phases: list[Phase] = Field(min_length=1)


def read(path: Path) -> Recipe:
    """Read a recipe.

    Raises:
        ConfigError: the file is missing, is not TOML, or has a wrong or unknown entry.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return _with_paths(Recipe.model_validate(content), path.parent)
    except OSError as error:
        raise ConfigError(f"There is no recipe {path} ({error.strerror}). Recipes live in configs/recipes/.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}. Mend it there.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            f"{path}: {where}: {first['msg']} ({error.error_count()} problem(s) in all). Mend it."
        ) from error


def _with_paths(recipe: Recipe, folder: Path) -> Recipe:
    """The recipe with the names that start from its own folder made absolute."""

    def absolute(names: list[str]) -> list[str]:
        return [str((folder / name).resolve()) if name.startswith(("./", "../")) else name for name in names]

    phases = []
    for phase in recipe.phases:
        sources = [s.model_copy(update={"files": absolute(s.files), "cross": absolute(s.cross)}) for s in phase.sources]
        phases.append(phase.model_copy(update={"sources": sources}))
    return recipe.model_copy(update={"phases": phases, "dev": absolute(recipe.dev)})
