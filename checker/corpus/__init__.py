"""Many articles: a store that grows, events, and verdicts across outlets inside each event.

>>> from tabayyun import Checker
>>> from tabayyun.corpus import Local, Store, add, check, export
>>> store = Store.open("newsroom", create=True)  # doctest: +SKIP
>>> add(store, ["articles/"])  # doctest: +SKIP
>>> check(store, checker := Checker(), Local(checker))  # doctest: +SKIP
>>> print("".join(export(store)))  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tabayyun.corpus.engines import Engine, Local, Ray
    from tabayyun.corpus.steps import Added, add, check
    from tabayyun.corpus.store import Store
    from tabayyun.corpus.views import export, report, status

_HOMES = {
    "Added": "steps",
    "Engine": "engines",
    "Local": "engines",
    "Ray": "engines",
    "Store": "store",
    "add": "steps",
    "check": "steps",
    "export": "views",
    "report": "views",
    "status": "views",
}

__all__ = ["Added", "Engine", "Local", "Ray", "Store", "add", "check", "export", "report", "status"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: the command line must answer quickly."""
    if name not in _HOMES:
        raise AttributeError(f"module 'tabayyun.corpus' has no attribute {name!r}")
    return getattr(import_module(f"tabayyun.corpus.{_HOMES[name]}"), name)
