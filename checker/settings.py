"""The settings of the main job, validated, and the hash that names them in a report."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tabayyun.configs import table
from tabayyun.errors import ConfigError


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @property
    def hash(self) -> str:
        """Twelve hex digits that name these settings."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]


class PairingSettings(_Strict):
    """Which claims are worth judging."""

    min_nearness: float = Field(ge=-1, le=1)
    overlap_weight: float = Field(ge=0)
    per_claim: int = Field(gt=0)
    max_pairs: int = Field(gt=0)


class VerdictSettings(_Strict):
    """When scores become a verdict."""

    contradiction_probability: float = Field(ge=0, le=1)
    contradiction_probability_alone: float = Field(ge=0, le=1)
    contradiction_seen: float = Field(ge=0, le=1)
    agreement_probability: float = Field(ge=0, le=1)
    agreement_probability_apart: float = Field(ge=0, le=1)
    neutral_probability: float = Field(ge=0, le=1)
    uncertain_contradiction: float = Field(ge=0, le=1)
    superseded_matching: float = Field(ge=-1, le=1)
    superseded_entailment: float = Field(ge=0, le=1)


class EventSettings(_Strict):
    """When two articles are taken to tell of the same event at the same time."""

    max_days: int = Field(ge=0)
    likeness: float = Field(ge=-1, le=1)
    likeness_undated: float = Field(ge=-1, le=1)
    likeness_two_languages: float = Field(ge=-1, le=1)


class CorpusSettings(_Strict):
    """Which articles of a corpus are compared."""

    window_days: int = Field(ge=0)
    word_weight: float = Field(ge=0)
    min_likeness: float
    min_likeness_across: float
    min_cohesion: float = Field(gt=0)
    min_copied: float = Field(gt=0, le=1)
    partners: int = Field(gt=0)


class ModelSettings(_Strict):
    """How the models compute."""

    precision: Literal["auto", "fp32", "bf16"]


class Settings(_Strict):
    """All settings of the main job."""

    models: ModelSettings

    pairing: PairingSettings
    event: EventSettings
    verdicts: VerdictSettings
    corpus: CorpusSettings


def load(path: Path | None = None) -> Settings:
    """Return the shipped settings, overridden entry by entry by the TOML file at `path`.

    Raises:
        ConfigError: the file is missing, is not TOML, or has a wrong or unknown entry.
    """
    content = {part: dict(values) for part, values in table("defaults").items()}
    if path is not None:
        try:
            changes = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}. Check its path.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path} is not TOML: {error}. Write it as [section] and name = value.") from error
        for part, values in changes.items():
            if not isinstance(values, dict) or part not in content:
                raise ConfigError(f"{path}: {part!r} is no section; sections are {', '.join(content)}.")
            content[part].update(values)
    try:
        return Settings.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}. Mend it there.") from error
