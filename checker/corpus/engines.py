"""Where the models run: in this process, or on a Ray cluster. Both run the same function on the same items."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from tabayyun.checker import Checker
from tabayyun.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

_BATCH = 4
_BLOCKS = 4
"""Items that an actor gets at once, and pieces of work for each actor."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class Engine(Protocol):
    """Runs a function on items, in any order; `chunk` is how many article pairs it takes to keep it busy."""

    chunk: int

    def run(self, work: Callable[[Checker, Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Return the results as they come."""
        ...


class Local:
    """Runs in this process, one item after the other."""

    chunk = 16

    def __init__(self, checker: Checker) -> None:
        self.checker = checker

    def run(self, work: Callable[[Checker, Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Return the results as they come."""
        return (work(self.checker, item) for item in items)


class Ray:
    """Runs on a Ray cluster, as Ray Data batches over actors that hold the models, one for each processor.

    The cluster is the one at `address`, or at `RAY_ADDRESS`; without either, one is started on this machine.

    Raises:
        ConfigError: Ray is not installed.
    """

    chunk = 2000

    def __init__(self, checker: Checker, address: str | None = None) -> None:
        try:
            import ray.data
        except ImportError as error:
            raise ConfigError("--engine ray needs Ray: pip install 'tabayyun[ray]'.") from error
        self.checker = checker
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would tell its makers of every cluster
        if not ray.is_initialized():
            ray.init(address, log_to_driver=False)
        ray.data.DataContext.get_current().enable_progress_bars = False
        self.workers = max(1, int(ray.cluster_resources().get("CPU", 1)))

    def run(self, work: Callable[[Checker, Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Return the results as they come."""
        import ray

        rows = [{"item": pickle.dumps(item)} for item in items]
        if not rows:
            return
        data = ray.data.from_items(rows, override_num_blocks=min(len(rows), _BLOCKS * self.workers))
        done = data.map_batches(
            _Actor,
            fn_constructor_args=(self.checker, work),
            concurrency=(1, self.workers),
            batch_size=_BATCH,
            num_cpus=1,
        )
        for row in done.iter_rows():
            yield pickle.loads(row["result"])  # noqa: S301 what our own actors made


class _Actor:
    """One process of the cluster with its own models."""

    def __init__(self, checker: Checker, work: Callable[[Checker, Any], Any]) -> None:
        self.checker = checker
        self.work = work

    def __call__(self, batch: dict[str, np.ndarray]) -> dict[str, list[bytes]]:
        items = (pickle.loads(item) for item in batch["item"])  # noqa: S301 what `Ray.run` made
        return {"result": [pickle.dumps(self.work(self.checker, item)) for item in items]}
