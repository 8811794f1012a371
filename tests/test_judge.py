"""Judges: our own classifier on a tiny encoder, any other architecture from a folder, and training."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tabayyun import ConfigError, DataError, ModelFileError, Scores
from tabayyun.models import calibration, data, judge, pair_classifier, recipe, training

PAIRS = [("وصل القطار", "لم يصل القطار"), ("a b c", "a"), ("نزل المطر على الحقول كلها طوال الليل", "المطر")]


def write_rows(path: Path, count: int = 24) -> None:
    rows = []
    for i in range(count):
        base = f"بيت رقم {i}"
        rows.append(
            {
                "premise": base,
                "hypothesis": f"ليس {base}" if i % 2 else base,
                "label": "contradiction" if i % 2 else "entailment",
            }
        )
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")


def make_recipe(**changes: object) -> recipe.Recipe:
    content = {
        "name": "tiny",
        "batch_pairs": 4,
        "learning_rate": 1e-3,
        "head_rate": 5e-3,
        "warmup_steps": 2,
        "dev": ["rows.jsonl"],
        "phases": [{"name": "one", "sources": [{"files": ["rows.jsonl"], "repeat": 20}]}],
        **changes,
    }
    return recipe.Recipe.model_validate(content)


@pytest.fixture
def rows(tmp_path: Path, tiny_encoder: Path) -> Path:
    write_rows(tmp_path / "rows.jsonl")
    return tmp_path


def test_training_learns_ships_and_loads(rows: Path, tmp_path: Path) -> None:
    out = training.train(make_recipe(), rows, tmp_path / "run")
    log = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert log[-1]["dev"]["rows"] >= 0.9
    loaded = judge.ShippedJudge.from_pretrained(out)
    found = loaded.judge([("بيت رقم 3", "ليس بيت رقم 3"), ("بيت رقم 4", "بيت رقم 4")])
    assert [s.label for s in found] == ["contradiction", "entailment"]
    names = set(__import__("safetensors").safe_open(out / "model.safetensors", "pt").keys())
    assert "bert.embeddings.word_embeddings.weight" not in names
    assert training.train(make_recipe(), rows, tmp_path / "run") == out
    with pytest.raises(ConfigError, match="another recipe"):
        training.train(make_recipe(seed=99), rows, tmp_path / "run")


def test_training_in_bfloat16_learns_too(rows: Path, tmp_path: Path) -> None:
    out = training.train(make_recipe(bfloat16=True), rows, tmp_path / "run")
    log = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert log[-1]["dev"]["rows"] >= 0.9
    whole = training.train(make_recipe(), rows, tmp_path / "whole")
    assert (out / "model.safetensors").read_bytes() != (whole / "model.safetensors").read_bytes()


def test_a_cut_off_run_ends_with_the_same_weights(rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = training.train(make_recipe(), rows, tmp_path / "whole")
    monkeypatch.setattr(training, "_CHECKPOINT_SECONDS", 0.0)
    real, calls = training.loss, []

    def cut(*arguments: object, **more: object) -> torch.Tensor:
        calls.append(1)
        if len(calls) == 9:
            raise KeyboardInterrupt
        return real(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(training, "loss", cut)
    with pytest.raises(KeyboardInterrupt):
        training.train(make_recipe(), rows, tmp_path / "cut")
    resumed = training.train(make_recipe(), rows, tmp_path / "cut")
    first, second = (pair_classifier.load(folder)[0].own_state() for folder in (whole, resumed))
    for name, tensor in first.items():
        assert torch.allclose(tensor, second[name], atol=1e-3), name


def test_order_length_and_batch_do_not_change_scores(rows: Path, tmp_path: Path) -> None:
    pair_classifier.save(pair_classifier.new(1), tmp_path / "j", {"name": "j"})
    loaded = judge.ShippedJudge.from_pretrained(tmp_path / "j")
    together = loaded.judge(PAIRS)
    for pair, scores in zip(PAIRS, together, strict=True):
        alone = loaded.judge([pair])[0]
        assert alone.contradiction == pytest.approx(scores.contradiction, abs=1e-5)
    assert loaded.judge([]) == []


def test_spelling_does_not_reach_the_judge(rows: Path, tmp_path: Path) -> None:
    pair_classifier.save(pair_classifier.new(1), tmp_path / "j", {"name": "j"})
    loaded = judge.ShippedJudge.from_pretrained(tmp_path / "j")
    assert loaded.judge([("قَصَفَ ٤٠ هــدفاً", "ب")]) == loaded.judge([("قصف 40 هدفا", "ب")])


def test_judges_of_one_name_have_keys_of_their_own(tiny_encoder: Path, tmp_path: Path) -> None:
    def key(folder: str, seed: int, temperature: float) -> str:
        pair_classifier.save(pair_classifier.new(seed), tmp_path / folder, {"name": "j", "temperature": temperature})
        return judge.ShippedJudge.from_pretrained(tmp_path / folder).key

    first = key("a", 1, 1.0)
    assert first.startswith("j ")
    assert key("b", 1, 1.0) == first
    assert len({first, key("c", 2, 1.0), key("d", 1, 2.0)}) == 3
    save_foreign(tmp_path / "m", ["contradiction", "entailment", "neutral"])
    foreign = [judge.from_pretrained(str(tmp_path / "m")) for _ in range(2)]
    assert foreign[0].key == foreign[1].key


def test_damaged_weights(rows: Path, tmp_path: Path) -> None:
    pair_classifier.save(pair_classifier.new(1), tmp_path / "j", {"name": "j"})
    weights = tmp_path / "j" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelFileError, match=r"model\.safetensors is damaged"):
        judge.ShippedJudge.from_pretrained(tmp_path / "j")


def save_foreign(folder: Path, labels: list[str]) -> None:
    """Write a tiny DistilBERT classifier, another architecture with its labels in another order."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import DistilBertConfig, DistilBertForSequenceClassification, PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.WordLevel({"[PAD]": 0, "[UNK]": 1, "a": 2, "b": 3}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        model_max_length=64,
    ).save_pretrained(folder)
    config = DistilBertConfig(
        vocab_size=4, dim=16, hidden_dim=32, n_layers=1, n_heads=2, max_position_embeddings=64,
        id2label=dict(enumerate(labels)), label2id={label: i for i, label in enumerate(labels)},
    )  # fmt: skip
    torch.manual_seed(0)
    model = DistilBertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.bias.copy_(torch.tensor([0.0, 5.0, 0.0][: len(labels)]))
    model.save_pretrained(folder)


def test_any_model_in_any_label_order(tmp_path: Path) -> None:
    for order in (["contradiction", "ENTAILMENT", "neutral"], ["neutral", "contradiction", "entailment"]):
        folder = tmp_path / order[0]
        save_foreign(folder, order)
        found = judge.from_pretrained(str(folder)).judge([("a", "b"), ("b", "a b")])
        assert [s.label for s in found] == [order[1].lower()] * 2
        assert all(isinstance(s, Scores) and sum(s.to_dict().values()) == pytest.approx(1, abs=1e-5) for s in found)


def test_a_model_without_the_three_labels_is_refused(tmp_path: Path) -> None:
    save_foreign(tmp_path / "m", ["positive", "negative", "mixed"])
    with pytest.raises(ModelFileError, match="positive, negative, mixed"):
        judge.from_pretrained(str(tmp_path / "m"))


def test_binary_rows_count_both_other_labels() -> None:
    names = {0: "neutral", 1: "entailment", 2: "contradiction"}
    logits = torch.log(torch.tensor([[0.3, 0.2, 0.5]]))
    assert float(training.loss(logits, ["not_entailment"], names)) == pytest.approx(
        -torch.log(torch.tensor(0.8)).item(), abs=1e-5
    )
    assert float(training.loss(logits, ["entailment"], names)) == pytest.approx(
        -torch.log(torch.tensor(0.2)).item(), abs=1e-5
    )


def test_rows_that_leave_two_labels_open_can_be_measured() -> None:
    names = {0: "neutral", 1: "entailment", 2: "contradiction"}
    right = [training.fits(said, "not_contradiction", names) for said in names.values()]
    assert right == [True, True, False]
    assert training.fits("not_entailment", "neutral", names)
    loss = calibration.log_loss(np.array([[0.3, 0.3, 0.4]]), ["not_contradiction"], 1.0)
    assert loss == pytest.approx(-np.log(0.6))


def test_rows_are_crossed_by_id_and_turned_round(tmp_path: Path) -> None:
    def write(name: str, rows: list[dict[str, str]]) -> None:
        (tmp_path / name).write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")

    write(
        "ar.jsonl",
        [
            {"id": "1", "premise": "p-ar", "hypothesis": "h-ar", "label": "neutral"},
            {"id": "2", "premise": "x", "hypothesis": "y", "label": "neutral"},
        ],
    )
    write("en.jsonl", [{"id": "1", "premise": "p-en", "hypothesis": "h-en", "label": "neutral"}])
    crossed = data.source_rows(recipe.Source(files=["ar.jsonl"], cross=["en.jsonl"]), tmp_path, 0)
    assert [(r.premise, r.hypothesis) for r in crossed] == [("p-ar", "h-en")]
    phase = recipe.Phase(name="p", sources=[recipe.Source(files=["ar.jsonl"], repeat=20, swap="all")])
    turned = {(r.premise, r.hypothesis) for r in data.phase_rows(phase, tmp_path, 0)}
    assert turned == {("p-ar", "h-ar"), ("h-ar", "p-ar"), ("x", "y"), ("y", "x")}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"premise": "a"}', "premise, hypothesis, label"),
        ('{"premise": "a", "hypothesis": "b", "label": "maybe"}', "'maybe'"),
        ("no json", "not JSONL"),
    ],
)
def test_bad_rows(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "x.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        data.load_rows(tmp_path / "x.jsonl")


@pytest.mark.parametrize(
    ("content", "message"), [("name = 1", "name"), ("= 1", "not TOML"), ('name = "x"\nspeed = 2', "phases|speed")]
)
def test_bad_recipes(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "r.toml").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        recipe.read(tmp_path / "r.toml")
    with pytest.raises(ConfigError, match="There is no recipe"):
        recipe.read(tmp_path / "no.toml")


def test_shipped_recipes_are_valid() -> None:
    folder = Path(__file__).parent.parent / "configs" / "recipes"
    names = [recipe.read(path).name for path in sorted(folder.glob("*.toml"))]
    assert names
    assert names == [path.stem for path in sorted(folder.glob("*.toml"))]
