"""What people decided: the history, the labels in force, kappa, and files that other programs read and write."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sklearn.metrics import cohen_kappa_score

from tabayyun import Article, Checker, DataError, InputError
from tabayyun.configs import table
from tabayyun.eval import validation
from tabayyun.review import exchange
from tabayyun.review.pages import label_studio, labelled_pairs, take
from tabayyun.review.store import Decision, Pair, Side, Store, kappa, labels

ARTICLE = "🚢🚢 وصلت السفينة Al-Noor 7 إلى المرسى أمس. قال الربان: «لم نُفرغ 40 حاوية» 👩🏽‍✈️ ثم غادرت."
STATEMENT = "«لم نُفرغ 40 حاوية» 👩🏽‍✈️"
START = ARTICLE.index(STATEMENT)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.open(tmp_path / "new" / "review.sqlite")
    start, end = START, START + len(STATEMENT)
    for number in range(4):
        other = f"The crew of Al-Noor unloaded {number} containers 🚢."
        a = Side(STATEMENT, start, end, ARTICLE, "ar", "2024-03-12", "الساحل", "الربان")
        store.add_pairs([Pair(exchange.pair_key(STATEMENT, other), a, Side(other, 0, len(other), other, "en"))])
    return store


def label(store: Store, key: str, who: str, relation: str, **more: str) -> None:
    store.decide([Decision(key, who, "label", exchange.RELATIONS[relation], relation, **more)])


def test_the_history_only_grows(store: Store) -> None:
    key = min(store.pair_keys())
    label(store, key, "x", "dispute")
    label(store, key, "x", "compatible")
    assert labels(store.standing(), "x")[key].relation == "compatible"
    assert store.undo("x") == key
    assert labels(store.standing(), "x")[key].relation == "dispute"
    assert store.undo("x", key) == key
    assert labels(store.standing(), "x") == {}
    assert store.undo("x") is None
    assert [d.action for d in store.history("x")] == ["label", "label", "undo", "undo"]
    for change in ("UPDATE decisions SET label = 'agreement'", "DELETE FROM decisions"):
        with closing(sqlite3.connect(store.path)) as database, pytest.raises(sqlite3.IntegrityError, match="are never"):
            database.execute(change)


def test_many_write_at_once(store: Store) -> None:
    key = min(store.pair_keys())
    notes = [str(number) for number in range(60)]
    with ThreadPoolExecutor(20) as people, store.kept_open():
        list(people.map(lambda note: label(store, key, "x", "dispute", note=note), notes))
        taken_back = list(people.map(lambda _: store.undo("x"), range(80)))
    assert sorted(d.note for d in store.history("x") if d.action == "label") == sorted(notes)
    assert (taken_back.count(key), taken_back.count(None)) == (60, 20)
    assert store.standing() == []


def test_pairs_that_another_labelled_come_first_and_skipped_ones_last(store: Store) -> None:
    keys = sorted(store.pair_keys())
    label(store, keys[2], "x", "dispute")
    assert store.queue("x")[0] == keys[0]
    assert store.queue("y")[0] == keys[2]
    store.decide([Decision(keys[2], "y", "skip")])
    assert store.queue("y")[0] == keys[0]
    for key in (keys[0], keys[1], keys[3]):
        label(store, key, "y", "agreement")
    assert store.queue("y")[0] == keys[2]
    label(store, keys[2], "y", "agreement")
    assert store.queue("y") == []


def test_kappa_of_two_labellers(store: Store) -> None:
    relations = {"x": ["agreement", "agreement", "dispute", "dispute"], "y": ["agreement", "dispute"] * 2}
    for who, given in relations.items():
        for key, relation in zip(sorted(store.pair_keys()), given, strict=True):
            label(store, key, who, relation)
    x, y = (labels(store.standing(), who) for who in relations)
    assert kappa(x, y) == (4, 0.0)
    assert kappa(x, x) == (4, 1.0)
    assert kappa(x, {}) == (0, None)
    key = min(x)
    label(store, key, "y", "unrelated")
    again = labels(store.standing(), "y")
    expected = cohen_kappa_score([x[key].label for key in x], [again[key].label for key in x])
    assert kappa(x, again) == (4, pytest.approx(expected, abs=1e-3))


def test_labelled_pairs_come_back_as_they_went(store: Store, tmp_path: Path) -> None:
    first, second, *_ = sorted(store.pair_keys())
    label(store, first, "منى", "dispute", kind="number")
    label(store, second, "منى", "superseded")
    written = labelled_pairs(store, "منى")
    rows = {row["id"]: row for row in map(json.loads, written.splitlines())}
    assert rows[first]["a"] == STATEMENT
    assert [rows[key]["phenomenon"] for key in (first, second)] == ["numbers", "superseded"]
    taken = exchange.read(written.encode(), "منى.jsonl")
    assert {p.key for p in taken.pairs} == {first, second}
    assert {(d.key, d.labeller, d.relation, d.kind) for d in taken.decisions} == {
        (first, "منى", "dispute", "number"),
        (second, "منى", "superseded", None),
    }


def test_label_studio_keeps_every_offset(store: Store, tmp_path: Path) -> None:
    first, second, *_ = sorted(store.pair_keys())
    label(store, first, "x", "dispute", kind="number", note="40 أم 4؟")
    label(store, first, "y", "compatible")
    label(store, second, "x", "agreement")
    written = label_studio(store)
    for task in json.loads(written):
        for result in [r for part in task["annotations"] + task["predictions"] for r in part["result"]]:
            if result["type"] == "labels":
                value = result["value"]
                assert task["data"][result["to_name"]][value["start"] : value["end"]] == value["text"]
    other = Store.open(tmp_path / "other.sqlite")
    assert take(other, exchange.read(written.encode(), "tasks.json")) == 4
    assert other.pairs() == store.pairs()
    for who in ("x", "y"):
        said = [
            {key: (d.label, d.relation, d.kind, d.note) for key, d in labels(s.standing(), who).items()}
            for s in (store, other)
        ]
        assert said[0] == said[1]
    before = other.standing()
    assert take(other, exchange.read(written.encode(), "tasks.json")) == 0
    assert other.standing() == before


def test_old_label_studio_counted_in_utf_16(store: Store, tmp_path: Path) -> None:
    tasks = json.loads(label_studio(store))
    for task in tasks:
        for result in task["predictions"][0]["result"]:
            text, value = task["data"][result["to_name"]], result["value"]
            for end in ("start", "end"):
                value[end] = len(text[: value[end]].encode("utf-16-le")) // 2
    assert exchange.read(json.dumps(tasks).encode(), "tasks.json").pairs == store.pairs()


def test_annotators_of_label_studio_keep_their_names(store: Store) -> None:
    task = json.loads(label_studio(store))[0]
    relation = {"from_name": "relation", "to_name": "a", "type": "choices", "value": {"choices": ["dispute"]}}
    task["annotations"] = [{"completed_by": by, "result": [relation]} for by in (7, {"email": "x@example.org"})]
    task["annotations"].append({"completed_by": 8, "was_cancelled": True, "result": []})
    taken = exchange.read(json.dumps([task]).encode(), "tasks.json")
    assert [d.labeller for d in taken.decisions] == ["user 7", "x@example.org"]
    assert {p.key for p in taken.pairs} == {task["data"]["key"]}


def test_reports_and_corpus_exports_are_taken_in(
    store: Store, checker: Checker, article_a: Article, article_b: Article
) -> None:
    report = checker.check(article_a, article_b).to_dict()
    corpus = {
        "schema": exchange.CORPUS_SCHEMA,
        "articles": [report["a"] | {"id": "one"}, report["b"] | {"id": "two"}],
        "verdicts": [
            v | {"a": v["a"] | {"article": "one"}, "b": v["b"] | {"article": "two"}} for v in report["verdicts"]
        ],
    }
    found = [exchange.read(json.dumps(data).encode(), "x.json") for data in (report, corpus)]
    assert found[0].pairs == found[1].pairs
    assert take(store, found[1]) == len(report["verdicts"])
    assert [r["a"] for r in store.reports()] == ["ألف"]


@pytest.mark.parametrize(
    "content",
    [
        "no JSON",
        '{"a": "one"}',
        '{"a": "one", "b": "two", "label": "maybe"}',
        '[{"data": {"a": "one"}}]',
        '[{"data": {"a": "one", "b": "two"}, "annotations": [{"result": [{"from_name": "statement_a", '
        '"type": "labels", "value": {"start": 1, "end": 2, "text": "o"}}]}]}]',
        '{"schema": "tabayyun.report/1", "a": {}, "b": {}, "verdicts": [{}]}',
        '{"schema": "tabayyun.corpus/1"}',
        "[1]",
        "[" * 100_000,
    ],
)
def test_broken_files_are_named(content: str) -> None:
    with pytest.raises(DataError, match=r"x\.jsonl cannot be taken in"):
        exchange.read(content.encode(), "x.jsonl")


def test_a_file_that_is_no_store(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, only some text\n" * 100)
    with pytest.raises(InputError, match="is no review file"):
        Store.open(file)


def test_the_table_of_choices_fits_the_labelled_data() -> None:
    tables = table("review")
    assert {label: tuple(names) for label, names in tables["relations"].items()} == validation.RELATIONS
    assert {name for name in exchange.KINDS.values() if name} <= set(validation.PHENOMENA)
    assert set(tables["explained"]) == set(exchange.RELATIONS)
    for group in ("text", "explained", "action"):
        assert all(set(both) == {"en", "ar"} for both in tables[group].values())
