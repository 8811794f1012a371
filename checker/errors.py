"""The errors of tabayyun, at the place where a reader looks for them (see `tabayyun.models.errors` for the tree)."""

from tabayyun.models.errors import (
    ConfigError,
    DataError,
    InputError,
    ModelError,
    ModelFileError,
    ModelNotFoundError,
    TabayyunError,
)

__all__ = [
    "ConfigError",
    "DataError",
    "InputError",
    "ModelError",
    "ModelFileError",
    "ModelNotFoundError",
    "TabayyunError",
]
