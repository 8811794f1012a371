"""Corpus mode on fake models: the store, events, verdicts, what is told of them; nothing depends on the order."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from tabayyun import Article, Checker, InputError, Scores, cli, settings
from tabayyun.bidi import isolated
from tabayyun.claims import extract
from tabayyun.corpus import Local, Ray, Store, add, check, export, report, status
from tabayyun.corpus.events import events, links, trace
from tabayyun.corpus.render import show
from tabayyun.eval.generated import rows
from tabayyun.models.fakes import FakeEmbedder, FakeJudge

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
LIKENESS = 1.038
ROWS = list(rows(18, per_day=6))


class CountingEmbedder(FakeEmbedder):
    texts = 0

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        self.texts += len(texts)
        return super().embed(texts)


class CountingJudge(FakeJudge):
    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        self.asked += pairs
        return super().judge(pairs)


def checker_with(**changes: Any) -> Checker:
    shipped = settings.load()
    corpus = shipped.corpus.model_copy(update={"min_likeness": LIKENESS, **changes})
    return Checker(CountingEmbedder(), CountingJudge(), shipped.model_copy(update={"corpus": corpus}))


def jsonl(path: Path, entries: Sequence[dict[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in entries), encoding="utf-8")
    return path


def run(folder: Path, *parts: Sequence[dict[str, Any]], checker: Checker | None = None) -> Store:
    """A store to which the parts were added one by one, checked after each."""
    store = Store.open(folder / "store", create=True)
    checker = checker or checker_with()
    for number, part in enumerate(parts):
        add(store, [jsonl(folder / f"{number}.jsonl", part)])
        check(store, checker, Local(checker))
    return store


def place(verdict: dict[str, Any]) -> tuple[int, int]:
    return verdict["a"]["start"], verdict["b"]["start"]


def exported(store: Store) -> dict[str, Any]:
    data: dict[str, Any] = json.loads("".join(export(store)))
    return data


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return run(tmp_path_factory.mktemp("whole"), ROWS)


def test_adding_twice_changes_nothing_and_one_bad_article_stops_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    (folder / "deep").mkdir(parents=True)
    jsonl(folder / "many.jsonl", [*ROWS[:3], {"title": "no text"}])
    (folder / "deep" / "one.txt").write_text(ROWS[3]["text"], encoding="utf-8")
    (folder / "deep" / "picture.png").write_bytes(b"\x89PNG\x00")
    (folder / ".hidden").write_text("nothing", encoding="utf-8")
    store = Store.open(tmp_path / "store", create=True)
    added = add(store, [folder])
    assert (added.new, added.known) == (4, 0)
    assert [Path(source).name for source, _ in added.not_read] == ["picture.png", "many.jsonl:4"]
    assert "'text' is missing" in added.not_read[1][1]
    again = add(store, [folder, folder / "deep" / "one.txt"])
    assert (again.new, again.known) == (0, 5)
    assert len(store.not_read()) == 2
    with pytest.raises(InputError, match="no file or folder"):
        add(store, [tmp_path / "nowhere"])
    jsonl(folder / "many.jsonl", ROWS[:4])
    add(store, [folder / "many.jsonl"])
    assert [Path(source).name for source, _ in store.not_read()] == ["picture.png"]


def test_export_has_the_published_shape(whole: Store) -> None:
    data = exported(whole)
    assert list(data) == ["schema", "articles", "events", "verdicts", "not_checked"]
    assert data["schema"] == "tabayyun.corpus/1"
    texts = {article["id"]: article["text"] for article in data["articles"]}
    assert sorted(texts) == sorted(row["id"] for row in ROWS)
    assert sorted(key for event in data["events"] for key in event["articles"]) == sorted(texts)
    event_of = {key: event["id"] for event in data["events"] for key in event["articles"]}
    outlets = {row["id"]: row["outlet"] for row in ROWS}
    assert {v["label"] for v in data["verdicts"]} >= {"contradiction", "agreement"}
    for verdict in data["verdicts"]:
        a, b = verdict["a"]["article"], verdict["b"]["article"]
        assert event_of[a] == event_of[b]
        assert outlets[a] != outlets[b]
        for side in (verdict["a"], verdict["b"]):
            assert texts[side["article"]][side["start"] : side["end"]] == side["text"]


def test_events_are_those_of_the_generator(whole: Store) -> None:
    truth = {row["id"]: row["event"] for row in ROWS}
    for event in exported(whole)["events"]:
        assert len({truth[key] for key in event["articles"]}) == 1


def test_verdicts_are_those_of_a_check_of_the_two_articles(whole: Store) -> None:
    data, checker = exported(whole), checker_with()
    originals = {k for event in data["events"] for k in event["articles"] if k not in event["copies"]}
    articles = {row["id"]: Article.from_mapping(row) for row in ROWS}
    of_pair: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for verdict in data["verdicts"]:
        of_pair.setdefault((verdict["a"].pop("article"), verdict["b"].pop("article")), []).append(verdict)
    compared = sorted(pair for pair in of_pair if originals.issuperset(pair))
    assert compared
    for a, b in compared:
        expected = checker.check(articles[a], articles[b]).to_dict()["verdicts"]
        found = of_pair[a, b]
        assert [v["label"] for v in found] == [v["label"] for v in expected]
        assert sorted(found, key=place) == sorted(expected, key=place)


def test_the_order_of_adding_changes_nothing(whole: Store, tmp_path: Path) -> None:
    expected = "".join(export(whole))
    for seed in range(2):
        order = [ROWS[i] for i in np.random.default_rng(seed).permutation(len(ROWS))]
        folder = tmp_path / str(seed)
        folder.mkdir()
        store = run(folder, order[:5], order[5:6], order[6:])
        assert "".join(export(store)) == expected


def test_a_new_article_costs_its_own_claims_and_their_neighbours(whole: Store, tmp_path: Path) -> None:
    events = [event for event in exported(whole)["events"] if len(event["articles"]) > 2]
    copied = {key for event in events for both in event["copies"].items() for key in both}
    last = [key for event in events for key in event["articles"] if key not in copied][-1]
    new, rest = next(row for row in ROWS if row["id"] == last), [row for row in ROWS if row["id"] != last]
    checker = checker_with()
    store = run(tmp_path, rest, checker=checker)
    embedder, judge = checker.embedder, checker.judge
    assert isinstance(embedder, CountingEmbedder)
    assert isinstance(judge, CountingJudge)
    assert len(set(judge.asked)) > len(judge.asked) - 32 * 3, "only full batches ask twice"
    embedder.texts, judge.asked = 0, []
    check(store, checker, Local(checker))
    assert (embedder.texts, judge.asked) == (0, [])
    add(store, [jsonl(tmp_path / "last.jsonl", [new])])
    check(store, checker, Local(checker))
    own = {claim.text for claim in extract(Article.from_mapping(new)).claims}
    assert 0 < embedder.texts <= len(own) + 2
    assert judge.asked
    assert all(own & set(question) for question in judge.asked)


STRIKE = (
    "أعلنت نقابة عمال الميناء بدء إضراب مفتوح في ميناء المرسى صباح الأحد.",
    "وقال رئيس النقابة سالم بكري إن ألفي عامل يشاركون في الإضراب.",
    "وأوقفت ثلاث شركات شحن رحلاتها إلى ميناء المرسى.",
    "ودعت وزارة النقل الطرفين إلى التفاوض.",
    "ووقعت الشركة المشغلة والنقابة اتفاقا لإنهاء الإضراب.",
)
DENIED = "لم توقع الشركة المشغلة والنقابة اتفاقا لإنهاء الإضراب حتى الآن."


def strike(outlet: str, sentences: Sequence[str], day: str = "2024-03-10") -> dict[str, Any]:
    return {"id": outlet, "outlet": outlet, "published": day, "text": "\n\n".join(sentences)}


def test_of_a_copy_only_what_its_original_lacks_is_judged(tmp_path: Path) -> None:
    copy = strike("نسخة", (*STRIKE[:4], DENIED))
    store = run(tmp_path, [strike("وكالة", STRIKE, "2024-03-09"), copy, strike("ناقل", STRIKE)])
    data = exported(store)
    assert data["events"][0]["copies"] == {"نسخة": "وكالة", "ناقل": "وكالة"}
    assert {v["b"]["text"] for v in data["verdicts"]} == {DENIED.rstrip(".")}
    assert [v["label"] for v in data["verdicts"] if v["label"] != "uncertain"] == ["contradiction"]
    told = report(store)["events"][0]
    assert told["statements"][0]["says"] == ["ناقل", "وكالة"]
    assert told["statements"][0]["contradicts"] == ["نسخة"]
    assert [line["status"] for line in told["timeline"]] == ["completed", "not_yet"]


def test_a_copy_has_its_original_in_its_own_event(tmp_path: Path) -> None:
    copies = [strike(f"ناقل {day}", STRIKE, f"2024-03-{day:02}") for day in (1, 7, 13, 19)]
    store = run(tmp_path, [*copies, strike("معارض", (*STRIKE[:4], DENIED), "2024-03-21")])
    data = exported(store)
    assert [event["copies"] for event in data["events"]] == [
        {"ناقل 7": "ناقل 1"},
        {"ناقل 19": "ناقل 13", "معارض": "ناقل 13"},
    ]
    assert [v["label"] for v in data["verdicts"] if v["label"] != "uncertain"] == ["contradiction"]
    with (console := Console(width=80)).capture() as told:
        for event in data["events"]:
            show(report(store, event["id"]), console)
    assert told.get().count("the same text as") == 3


def test_one_outlet_is_not_compared_with_itself(tmp_path: Path) -> None:
    first, second = strike("وكالة", STRIKE), strike("وكالة", (*STRIKE[:2], DENIED), "2024-03-11")
    assert exported(run(tmp_path, [first, {**second, "id": "2"}]))["verdicts"] == []


def test_articles_far_apart_in_time_are_two_events(tmp_path: Path) -> None:
    late = strike("ناقل", STRIKE, "2024-06-10")
    assert len(exported(run(tmp_path, [strike("وكالة", STRIKE), late]))["events"]) == 2
    undated = {key: value for key, value in late.items() if key != "published"}
    (tmp_path / "2").mkdir()
    assert len(exported(run(tmp_path / "2", [strike("وكالة", STRIKE), undated]))["events"]) == 1


def test_an_article_is_compared_with_as_many_as_settings_say() -> None:
    embedder = FakeEmbedder()
    shipped = checker_with(partners=1, min_copied=1).settings.corpus
    traces = []
    for number in range(6):
        article = Article.from_mapping(strike(f"o{number}", [*STRIKE, f"وحضر {number} وزراء مراسم التوقيع."]))
        found = extract(article).claims
        vectors = embedder.embed([c.text for c in found]).astype(np.float16)
        traces.append(trace(f"k{number}", article, found, vectors))
    found_events = events(traces, links(traces, traces, shipped), shipped)
    assert len(found_events) == 1
    assert len(found_events[0].pairs) + found_events[0].skipped == 15
    assert len(found_events[0].pairs) <= 6


def test_an_article_without_claims_is_told_as_not_checked(tmp_path: Path) -> None:
    data = exported(run(tmp_path, [{"id": "flash", "text": "عاجل"}, ROWS[0]]))
    assert [entry["source"] for entry in data["not_checked"]] == ["flash"]


def test_articles_without_claims_stand_in_the_order_of_the_corpus(tmp_path: Path) -> None:
    flashes = [{"id": f"flash {day}", "published": f"2024-03-{day:02}", "text": "عاجل"} for day in range(9, 1, -1)]
    data = exported(run(tmp_path, flashes[::2], [*flashes[1::2], ROWS[0]]))
    assert [entry["source"] for entry in data["not_checked"]] == [f"flash {day}" for day in range(2, 10)]


def test_two_articles_of_one_id_keep_apart(tmp_path: Path) -> None:
    both = [strike("وكالة", STRIKE), strike("ناقل", STRIKE)]
    ids = [a["id"] for a in exported(run(tmp_path, [{**row, "id": "a"} for row in both]))["articles"]]
    assert len(set(ids)) == 2
    assert all(name.startswith("a-") for name in ids)


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    source = jsonl(tmp_path / "all.jsonl", ROWS)
    code = "import sys; from tabayyun.corpus import Store, add; add(Store.open(sys.argv[1], create=True), sys.argv[2:])"
    command = [sys.executable, "-c", code, str(tmp_path / "store"), str(source)]
    processes = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert status(Store.open(tmp_path / "store"))["articles"] == len(ROWS)


def test_a_reader_sees_one_moment_while_another_writes(tmp_path: Path) -> None:
    writer = run(tmp_path, ROWS[:2])
    reader = Store.open(tmp_path / "store")
    with reader.reading():
        assert len(reader.articles()) == 2
        add(writer, [jsonl(tmp_path / "more.jsonl", ROWS[2:4])])
        assert len(reader.articles()) == 2
    assert len(reader.articles()) == 4


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    store = Store.open(tmp_path, create=True)

    def broken() -> None:
        with store.writing():
            store.connection.execute("INSERT INTO not_read VALUES ('a', 'b')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert store.not_read() == []


def test_a_folder_without_a_store_of_ours_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no corpus in"):
        Store.open(tmp_path)
    (tmp_path / "corpus.sqlite").write_text("something else, long enough to be no empty file")
    with pytest.raises(InputError, match="cannot be opened"):
        Store.open(tmp_path)
    other = Store.open(tmp_path / "other", create=True)
    other.connection.execute("PRAGMA user_version = 99")
    with pytest.raises(InputError, match="no corpus of format 1"):
        Store.open(tmp_path / "other")


def test_another_judge_judges_again(tmp_path: Path) -> None:
    store = run(tmp_path, ROWS[:12])

    class Doubtful(FakeJudge):
        name = "doubtful"

        def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
            return [Scores(0.0, 1.0, 0.0) for _ in pairs]

    before = exported(store)["verdicts"]
    assert any(v["label"] == "contradiction" for v in before)
    other = Checker(FakeEmbedder(), Doubtful(), checker_with().settings)
    check(store, other, Local(other))
    assert not any(v["label"] == "contradiction" for v in exported(store)["verdicts"])
    assert status(store)["judge"] == "doubtful"
    back = checker_with()
    check(store, back, Local(back))
    assert exported(store)["verdicts"] == before
    assert isinstance(back.judge, CountingJudge)
    assert back.judge.asked == [], "the first judge's scores are kept"


def test_scores_of_another_judge_of_the_same_name_are_not_taken(tmp_path: Path) -> None:
    class Trained(CountingJudge):
        key = "fake-judge 0123abcd 1.0"

    first, second = checker_with(), Checker(FakeEmbedder(), Trained(), checker_with().settings)
    store = run(tmp_path, [strike("وكالة", STRIKE), strike("ناقل", (*STRIKE[:2], DENIED))], checker=first)
    check(store, second, Local(second))
    assert isinstance(first.judge, CountingJudge)
    assert isinstance(second.judge, CountingJudge)
    assert set(second.judge.asked) == set(first.judge.asked) != set()
    assert status(store)["judge"] == "fake-judge"


def test_other_settings_link_again(tmp_path: Path) -> None:
    store = run(tmp_path, ROWS[:12])
    before = "".join(export(store))
    store.connection.execute("UPDATE readings SET linked = 1")  # as in a store of tabayyun 0.1
    apart = checker_with(min_likeness=9.0)
    check(store, apart, Local(apart))
    assert [len(event["articles"]) for event in exported(store)["events"]] == [1] * 12
    back = checker_with()
    check(store, back, Local(back))
    assert "".join(export(store)) == before


@pytest.mark.usefixtures("instant_models")
def test_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    store = ["--store", str(tmp_path / "store")]

    def tabayyun(*arguments: str) -> str:
        result = CliRunner().invoke(cli.app, ["corpus", *arguments, *store], catch_exceptions=False)
        assert result.exit_code == 0
        return result.output

    source = jsonl(
        tmp_path / "in.jsonl", [strike("وكالة", STRIKE), strike("ناقل", (*STRIKE[:2], DENIED)), {"text": ""}]
    )
    assert "2 articles added, 0 known already, 1 not read." in tabayyun("add", str(source))
    assert json.loads(tabayyun("add", str(source), "--format", "json"))["known"] == 2
    assert "articles waiting" in tabayyun("status")
    assert "1 contradictions" in tabayyun("check")
    assert json.loads(tabayyun("status", "--format", "json"))["articles_waiting"] == 0
    told = tabayyun("report")
    for part in (
        "CONTRADICTION · ",
        isolated("ناقل"),
        "Who says what",
        "What stage",
        "Not checked: ",
        "1 contradictions",
    ):
        assert part in told
    assert sum(map(told.count, "\u2066\u2067\u2068")) == told.count("\u2069")
    in_arabic = tabayyun("report", "--language", "ar")
    assert "من قال ماذا" in in_arabic
    assert "Who says" not in in_arabic
    data = json.loads(tabayyun("report", "--format", "json"))
    assert data["schema"] == "tabayyun.corpus-report/1"
    event = data["events"][0]
    assert json.loads(tabayyun("report", "--event", event["id"], "--format", "json"))["events"] == [event]
    with pytest.raises(InputError, match="no event 'x'"):
        tabayyun("report", "--event", "x")
    assert json.loads(tabayyun("export"))["schema"] == "tabayyun.corpus/1"


@pytest.mark.slow
def test_killed_at_any_moment_it_ends_where_an_uninterrupted_run_ends() -> None:
    script = BENCHMARKS / "corpus_kills.py"
    command = [sys.executable, str(script), "--kills", "20", "--articles", "20"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every export is that of the uninterrupted run" in done.stdout


@pytest.mark.ray
def test_ray_gives_the_verdicts_of_the_local_run(whole: Store, tmp_path: Path) -> None:
    pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        cluster.add_node(num_cpus=1)
        store = Store.open(tmp_path / "store", create=True)
        add(store, [jsonl(tmp_path / "all.jsonl", ROWS)])
        shipped = checker_with().settings
        checker = Checker(FakeEmbedder(), FakeJudge(), shipped)
        engine = Ray(checker, cluster.address)
        assert engine.workers == 2
        check(store, checker, engine)
        assert "".join(export(store)) == "".join(export(whole))
    finally:
        import ray

        ray.shutdown()
        cluster.shutdown()
