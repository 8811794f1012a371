"""Training of the judge by a recipe: seeded, logged, resumable.

Word embeddings (and the lowest layers, if the recipe says so) stay frozen, dropout is off, and a batch holds pairs
of like length: that is what makes an hour on two cores worth something.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from tabayyun.models import bert, data, encoder, pair_classifier
from tabayyun.models.errors import ConfigError
from tabayyun.models.pair_classifier import PairClassifier
from tabayyun.models.recipe import Recipe
from tabayyun.models.text import normalise

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

CHECKPOINT = "checkpoint.safetensors"
LOG = "log.jsonl"
_CHECKPOINT_SECONDS = 300.0
_LOG_STEPS = 50


@dataclass
class _Plan:
    """Every batch of the run, phase after phase, before the first step."""

    encodings: list[Encoding]
    rows: list[data.Row]
    steps: list[list[int]]
    phase_ends: dict[int, str]


def _plan(recipe: Recipe, folder: Path, tokenizer: Tokenizer) -> _Plan:
    plan = _Plan([], [], [], {})
    for number, phase in enumerate(recipe.phases):
        rows = data.phase_rows(phase, folder, recipe.seed + 1000 * number, recipe.spelling_noise)
        found = tokenizer.encode_batch([(r.premise, r.hypothesis) for r in rows])
        offset = len(plan.rows)
        plan.rows += rows
        plan.encodings += found
        lengths = [len(e.ids) for e in found]
        plan.steps += [
            [offset + i for i in batch] for batch in data.batches(lengths, recipe.batch_pairs, recipe.seed + number)
        ]
        plan.phase_ends[len(plan.steps)] = phase.name
    return plan


def loss(logits: Tensor, labels: list[str], id2label: dict[int, str], smoothing: float = 0.0) -> Tensor:
    """Cross-entropy; a label that leaves one of two open (`not_entailment`) counts the sum of both probabilities."""
    logp = torch.log_softmax(logits, dim=1)
    target = torch.stack(
        [torch.logsumexp(logp[row, data.label_columns(label, id2label)], dim=0) for row, label in enumerate(labels)]
    )
    return -((1 - smoothing) * target.mean() + smoothing * logp.mean())


def rate(step: int, steps: int, warmup: int, floor: float) -> float:
    """The share of the full learning rate at `step`: linear warm-up, then linear decay to `floor`.

    >>> [round(rate(s, 10, 2, 0.5), 2) for s in (0, 1, 2, 10)]
    [0.5, 1.0, 1.0, 0.5]
    """
    if step < warmup:
        return (step + 1) / warmup
    return 1.0 - (1.0 - floor) * (step - warmup) / max(1, steps - warmup)


def start(recipe: Recipe) -> PairClassifier:
    """Return the model that the recipe starts from, its frozen parts frozen."""
    if recipe.init == "encoder":
        model = pair_classifier.new(recipe.seed)
    else:
        from tabayyun.models.judge import SHIPPED_FOLDER

        folder = SHIPPED_FOLDER if recipe.init == "shipped" else Path(recipe.init)
        if not (folder / pair_classifier.CONFIG_FILE).is_file():
            raise ConfigError(f"The recipe starts from {folder}, which holds no judge. Train that one first.")
        model, _ = pair_classifier.load(folder)
    for parameter in model.parameters():
        parameter.requires_grad = True
    frozen = [model.bert.embeddings, *model.bert.layers[: recipe.frozen_layers]]
    for part in frozen:
        for parameter in part.parameters():
            parameter.requires_grad = False
    if recipe.frozen_layers == 0:
        model.bert.embeddings["segment"].requires_grad_(True)
    return model


def _optimizer(model: PairClassifier, recipe: Recipe) -> torch.optim.AdamW:
    head = [*model.hidden.parameters(), *model.out.parameters()]
    body = [p for p in model.bert.parameters() if p.requires_grad]
    groups = [{"params": body, "lr": recipe.learning_rate}, {"params": head, "lr": recipe.head_rate}]
    return torch.optim.AdamW(groups, weight_decay=recipe.weight_decay, fused=True)


def train(recipe: Recipe, folder: Path, out: Path, *, progress: bool = False) -> Path:
    """Train by `recipe` on the data in `folder`; write weights, log and checkpoints into `out`.

    A run that was cut off goes on from its last checkpoint when called again with the same recipe; a finished one
    returns at once. Returns the folder with the weights (`out / "judge"`).

    Raises:
        ConfigError: `out` holds the run of another recipe.
        DataError: a data file is missing or breaks its format.
    """
    out.mkdir(parents=True, exist_ok=True)
    target = out / "judge"
    recorded, wanted = out / "recipe.json", recipe.model_dump_json(indent=1)
    if recorded.exists() and recorded.read_text(encoding="utf-8") != wanted:
        raise ConfigError(f"{out} holds the run of another recipe. Choose another --out, or delete that folder.")
    recorded.write_text(wanted, encoding="utf-8")
    if (target / pair_classifier.CONFIG_FILE).exists():
        return target

    tokenizer = encoder.load_tokenizer(recipe.max_tokens)
    plan = _plan(recipe, folder, tokenizer)
    model = start(recipe).train()
    optimizer = _optimizer(model, recipe)
    done, seconds = _resume(out / CHECKPOINT, model, optimizer)
    floor = recipe.final_rate / recipe.learning_rate
    began = saved = time.monotonic()
    running: list[float] = []
    for step, batch in _bar(plan.steps, done, progress):
        share = rate(step, len(plan.steps), recipe.warmup_steps, floor)
        for group, full in zip(optimizer.param_groups, (recipe.learning_rate, recipe.head_rate), strict=True):
            group["lr"] = full * share
        with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bfloat16):
            logits = model(*bert.collate([plan.encodings[i] for i in batch])).float()
        value = loss(logits, [plan.rows[i].label for i in batch], model.id2label, recipe.label_smoothing)
        value.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
        torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        running.append(float(value.detach()))
        spent = seconds + time.monotonic() - began
        if (step + 1) % _LOG_STEPS == 0:
            _log(out, {"step": step + 1, "of": len(plan.steps), "loss": sum(running) / len(running), "seconds": spent})
            running = []
        if step + 1 in plan.phase_ends:
            scores = evaluate(model, tokenizer, recipe, folder)
            _log(out, {"step": step + 1, "phase": plan.phase_ends[step + 1], "dev": scores})
        if time.monotonic() - saved > _CHECKPOINT_SECONDS:
            _checkpoint(out / CHECKPOINT, model, optimizer, step + 1, spent)
            saved = time.monotonic()
    minutes = round((seconds + time.monotonic() - began) / 60, 1)
    pair_classifier.save(
        model,
        target,
        {
            "recipe": recipe.name,
            "max_tokens": recipe.max_tokens,
            "reads_dates": True,
            "pairs_seen": len(plan.rows),
            "minutes": minutes,
        },
    )
    (out / CHECKPOINT).unlink(missing_ok=True)
    return target


def _bar(steps: list[list[int]], done: int, progress: bool) -> Iterator[tuple[int, list[int]]]:
    from tqdm import tqdm

    numbered = list(enumerate(steps))[done:]
    yield from tqdm(numbered, initial=done, total=len(steps), unit="step", disable=not progress)


def _log(out: Path, entry: dict[str, Any]) -> None:
    with (out / LOG).open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _checkpoint(path: Path, model: PairClassifier, optimizer: torch.optim.AdamW, step: int, seconds: float) -> None:
    from safetensors.torch import save_file

    draft = path.with_suffix(".part")
    state = {f"model {name}": tensor.detach().contiguous() for name, tensor in model.own_state().items()}
    for number, values in optimizer.state_dict()["state"].items():
        state |= {f"optimizer {number} {name}": tensor for name, tensor in values.items()}
    save_file(state, draft, metadata={"step": str(step), "seconds": str(seconds)})
    draft.replace(path)


def _resume(path: Path, model: PairClassifier, optimizer: torch.optim.AdamW) -> tuple[int, float]:
    if not path.exists():
        return 0, 0.0
    from safetensors import safe_open

    weights: dict[str, Tensor] = {}
    moments: dict[int, dict[str, Tensor]] = defaultdict(dict)
    with safe_open(path, framework="pt") as stored:
        for key in stored.keys():  # noqa: SIM118  not a mapping
            owner, _, name = key.partition(" ")
            if owner == "model":
                weights[name] = stored.get_tensor(key)
            else:
                number, _, moment = name.partition(" ")
                moments[int(number)][moment] = stored.get_tensor(key)
        told = stored.metadata()
    model.load_state_dict(weights, strict=False)
    optimizer.load_state_dict({"state": dict(moments), "param_groups": optimizer.state_dict()["param_groups"]})
    return int(told["step"]), float(told["seconds"])


def evaluate(model: PairClassifier, tokenizer: Tokenizer, recipe: Recipe, folder: Path) -> dict[str, float]:
    """Accuracy on the first rows of each dev file of the recipe."""
    scores = {}
    model.eval()
    for name in recipe.dev:
        rows, _ = data.load_rows(folder / name)
        rows = rows[: recipe.dev_limit]
        pairs = [(normalise(r.premise), normalise(r.hypothesis)) for r in rows]
        found = tokenizer.encode_batch(pairs)
        binary = any(r.label == data.NOT_ENTAILMENT for r in rows)
        right = 0
        for batch in data.batches([len(e.ids) for e in found], 64, 0):
            with torch.inference_mode():
                logits = model(*bert.collate([found[i] for i in batch]))
            logp = torch.log_softmax(logits, dim=1)
            for row, i in enumerate(batch):
                right += fits(predicted(logp[row], model.id2label, binary), rows[i].label, model.id2label)
        scores[Path(name).name.split(".")[0]] = round(right / max(1, len(rows)), 4)
    model.train()
    return scores


def fits(said: str, label: str, id2label: dict[int, str]) -> bool:
    """Whether an answer is right where the label, or the answer, leaves two of the three labels open.

    >>> fits("neutral", "not_contradiction", {0: "neutral", 1: "entailment", 2: "contradiction"})
    True
    """
    answer, truth = (set(data.label_columns(name, id2label)) for name in (said, label))
    return answer <= truth or truth <= answer


def predicted(logp: Tensor, id2label: dict[int, str], binary: bool) -> str:
    """The label of one row of log-probabilities; a binary set is answered with `entailment` or `not_entailment`."""
    if binary:
        entailed = float(logp[data.label_columns("entailment", id2label)].exp().sum())
        return "entailment" if entailed >= 0.5 else data.NOT_ENTAILMENT
    return id2label[int(logp.argmax())]
