"""The review server under many users at once, and whether its store then holds just what it acknowledged.

    python benchmarks/load.py [--users 50] [--seconds 300] [--servers 2]    # pip install 'tabayyun[load]'

Starts `tabayyun review` in processes of its own, all on one store, opened at the same moment. Two people share each
name, on different servers where there are several. Every decision carries a note that nobody else writes, and counts
as acknowledged when the server answered without an error. Ends with 1 when a request failed, or the history in the
store is not exactly the acknowledged decisions.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import gevent
import gevent.pool
import locust.env
import numpy as np
import psutil

from tabayyun import Article, Checker
from tabayyun.eval.generated import rows
from tabayyun.models.fakes import FakeEmbedder, FakeJudge
from tabayyun.review.pages import keep
from tabayyun.review.store import Store

RELATIONS = ("agreement", "contradiction", "dispute", "superseded", "compatible", "unrelated")
ASSETS = ("/page.css", "/static/review.css", "/static/htmx.min.js", "/static/review.js", "/static/icon.svg")
HTMX = {"HX-Request": "true"}
TICK = 15

Told = tuple[str, str, str, str]
"""Of a decision: who, what was done, the key of the pair, the note."""


class Person(locust.FastHttpUser):
    """Opens pages as a browser does, labels pairs, judges verdicts, takes decisions back, and exports."""

    abstract = True
    wait_time = locust.between(0.2, 1.2)
    addresses: ClassVar[list[str]]
    reports: ClassVar[list[str]]
    acknowledged: ClassVar[Counter[Told]] = Counter()
    numbers: ClassVar[Iterator[int]] = itertools.count()
    serial: ClassVar[Iterator[int]] = itertools.count()

    def __init__(self, environment: locust.env.Environment) -> None:
        number = next(self.numbers)
        self.who = f"person {number // 2}"
        self.host = self.addresses[number % len(self.addresses)]
        super().__init__(environment)

    def on_start(self) -> None:
        self.cached = False
        self.token = re.findall(r'name="form_token" value="(\w+)"', self.open("/"))[0]
        self.send("/labeller", {"name": self.who})

    def open(self, address: str, shown: str | None = None) -> str:
        """Load a page and, six at a time, what it is made of and may not be kept from the last page."""
        page = self.client.get(address, name=shown).text or ""
        if not self.cached:
            assets = gevent.pool.Pool(6).map(lambda asset: self.client.get(asset, name="style, scripts, icon"), ASSETS)
            self.cached = all("max-age" in (asset.headers or {}).get("cache-control", "") for asset in assets)
        return page

    def send(self, address: str, form: dict[str, str], headers: dict[str, str] | None = None, shown: str = "") -> Any:
        """Send a form; give the answer, even when it is a redirect."""
        form = {"form_token": self.token, **form}
        return self.client.post(address, name=shown or None, data=form, headers=headers, allow_redirects=False)

    def decide(self, address: str, action: str, key: str, form: dict[str, str], shown: str = "") -> str:
        note = f"note {next(self.serial)}"
        answer = self.send(address, {"note": note, **form}, HTMX, shown)
        if answer.status_code == 200:
            self.acknowledged[self.who, action, key, note] += 1
        return answer.text or ""

    @locust.task(2)
    def first_page(self) -> None:
        self.open("/")

    @locust.task(1)
    def counts(self) -> None:
        self.open("/decisions")

    @locust.task(1)
    def history(self) -> None:
        self.open("/history")

    @locust.task(6)
    def label(self) -> None:
        """Label some pairs in a row, as each answer brings the next pair."""
        page = self.open("/label")
        for relation in random.sample(RELATIONS, 4):
            if not (key := re.search(r'name="key" value="(\w+)"', page)):
                return
            page = self.decide("/label", "label", key[1], {"key": key[1], "relation": relation})
            self.wait()

    @locust.task(3)
    def judge(self) -> None:
        """Judge a verdict of a report."""
        report = random.choice(self.reports)
        page = self.open(f"/reports/{report}", "/reports/...")
        if keys := re.findall(r'data-key="(\w+)"', page):
            key = random.choice(keys)
            self.decide(f"/reports/{report}/{key}", "dismiss", key, {"action": "dismiss"}, "/reports/.../...")

    @locust.task(2)
    def undo(self) -> None:
        answer = self.send("/label", {"relation": "undo"}, shown="/label (undo)")
        key = re.fullmatch(r"/label\?key=(\w+)", answer.headers.get("location", ""))
        if answer.status_code == 303 and key:
            self.acknowledged[self.who, "undo", key[1], ""] += 1

    @locust.task(1)
    def export(self) -> None:
        self.client.get("/export/pairs.jsonl")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--servers", type=int, default=1)
    parser.add_argument("--reports", type=int, default=60, help="reports in the store at the beginning")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "review.sqlite"
        with servers(path, options.servers) as (processes, Person.addresses):
            store = Store(path)
            Person.reports = fill(store, options.reports)
            print(f"{len(store.pair_keys())} pairs of {len(Person.reports)} reports; {options.servers} server(s)")
            requests, memory = load(options.users, options.seconds, processes)
        sys.exit(bool(show(requests, memory, options.seconds) + wrong(store)))


@contextlib.contextmanager
def servers(path: Path, count: int) -> Iterator[tuple[list[psutil.Process], list[str]]]:
    """Start review servers on one new store; give their processes and addresses."""
    command = [sys.executable, "-m", "tabayyun", "review", "--store", str(path), "--port", "0"]
    logs = [path.with_name(f"server-{number}.log") for number in range(count)]
    running = []
    for log in logs:
        with log.open("w") as stream:
            running.append(subprocess.Popen(command, stderr=stream))
    try:
        found: list[str] = []
        while len(found) < count:
            if any(process.poll() is not None for process in running):
                sys.exit("".join(log.read_text() for log in logs))
            time.sleep(0.2)
            found = re.findall(r"Open (http://[\d.:]+)/", "".join(log.read_text() for log in logs))
        yield [psutil.Process(process.pid) for process in running], found
    finally:
        for process in running:
            process.send_signal(signal.SIGINT)
            process.wait(30)
        for log in logs:
            print(*(line for line in log.read_text().splitlines() if " in /" in line), sep="\n", end="")


def fill(store: Store, count: int) -> list[str]:
    """Keep reports on generated articles, checked by the fake models; return their ids."""
    checker = Checker(FakeEmbedder(), FakeJudge())
    articles = [Article.from_mapping(row, row["id"]) for row in rows(2 * count)]
    return [keep(store, report) for report in checker.check_many(zip(articles[::2], articles[1::2], strict=True))]


def load(users: int, seconds: int, processes: list[psutil.Process]) -> tuple[list[Any], list[list[float]]]:
    """Let users work; return (second, name, milliseconds, error) of each request, and megabytes of each server."""
    environment = locust.env.Environment(user_classes=[Person], stop_timeout=60)
    runner = environment.create_local_runner()
    requests: list[Any] = []
    memory: list[list[float]] = []
    began = time.monotonic()

    @environment.events.request.add_listener
    def note(request_type: str, name: str, response_time: float, exception: Any, **_: Any) -> None:
        requests.append((time.monotonic() - began, f"{request_type} {name}", response_time, exception))

    runner.start(users, spawn_rate=10)
    for _ in range(seconds // TICK):
        gevent.sleep(TICK)
        memory.append([process.memory_info().rss / 1e6 for process in processes])
    runner.quit()
    seconds_used = sum(sum(process.cpu_times()[:2]) for process in processes)
    print(f"{1000 * seconds_used / len(requests):.1f} ms of processor time per request")
    print("load average of the machine:", *(f"{average:.1f}" for average in psutil.getloadavg()))
    return requests, memory


def show(requests: list[Any], memory: list[list[float]], seconds: int) -> int:
    """Print the figures; return how many requests failed."""
    times: dict[str, list[float]] = {"all": []}
    slots: dict[str, list[float]] = {}
    errors = Counter[str]()
    for second, name, milliseconds, error in requests:
        times["all"].append(milliseconds)
        times.setdefault(name, []).append(milliseconds)
        slots.setdefault(f"{int(min(second, seconds - 1) // 60) + 1}. minute", []).append(milliseconds)
        if error:
            errors[f"{name}: {error}"] += 1
    print(f"\n{len(requests) / seconds:.0f} requests/s, {errors.total()} errors")
    print(f"{'milliseconds':32}{'requests':>9}{'median':>8}{'p95':>8}{'p99':>8}{'max':>8}")
    for name, found in (*sorted(times.items()), *slots.items()):
        figures = "".join(f"{ms:8.0f}" for ms in np.percentile(found, (50, 95, 99, 100)))
        print(f"{name:32}{len(found):9}{figures}")
    print("\nsecond  resident memory of the servers, MB")
    for number, row in enumerate(memory, 1):
        print(f"{number * TICK:6}  " + "  ".join(f"{megabytes:.0f}" for megabytes in row))
    for error, count in errors.most_common(10):
        print(f"{count} times {error}")
    return errors.total()


def wrong(store: Store) -> int:
    """Compare the history in the store with what was acknowledged; return how many decisions are lost or too many."""
    names = {who for who, *_ in Person.acknowledged}
    history = {d.id: d for name in names for d in store.history(name)}
    found = Counter((d.labeller, d.action, d.key, d.note) for d in history.values())
    lost, added = (Person.acknowledged - found).total(), (found - Person.acknowledged).total()
    strange = sum(d.undoes is not None and history[d.undoes].key != d.key for d in history.values())
    print(
        f"\n{Person.acknowledged.total()} decisions of {len(names)} names acknowledged, {found.total()} in the store: "
        f"{lost} lost, {added} not acknowledged or doubled, {strange} undone for another pair"
    )
    return lost + added + strange


if __name__ == "__main__":
    main()
