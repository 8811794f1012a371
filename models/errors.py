"""Everything that tabayyun raises for its users.

::

    TabayyunError
    ├── InputError           a file or text cannot be used
    ├── ConfigError          a setting or recipe is wrong
    ├── DataError            a labelled data file breaks its format
    └── ModelError           a model cannot be had
        ├── ModelNotFoundError    no model of that name, or nothing to load it from
        └── ModelFileError   its file is damaged, cut short or of another kind

Each message says what was wrong, where, and what to do next; the command line prints it and ends with exit code 2.
"""

from __future__ import annotations


class TabayyunError(Exception):
    """The root of the tree."""


class InputError(TabayyunError):
    """A file or text cannot be used as an article."""


class ConfigError(TabayyunError):
    """A setting or recipe is wrong."""


class DataError(TabayyunError):
    """A labelled data file breaks its format."""


class ModelError(TabayyunError):
    """A model cannot be had."""


class ModelNotFoundError(ModelError):
    """There is no model of that name, or nothing to load it from."""


class ModelFileError(ModelError):
    """A model file is damaged, cut short or of another kind."""
