"""The shape of tabayyun's own judge: the e5 encoder reading both sentences at once, and a small head.

The word embeddings stay those of the encoder (frozen), so a checkpoint holds the other weights only. Premise and
hypothesis are pooled apart (mean of their last hidden states) and the head sees both, their difference and their
product, as InferSent does (Conneau et al. 2017, "Supervised Learning of Universal Sentence Representations").
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn

from tabayyun.models import bert, encoder
from tabayyun.models.base import NLI_LABELS
from tabayyun.models.bert import Bert
from tabayyun.models.errors import ModelFileError

ARCHITECTURE = "tabayyun-pair-classifier"
WEIGHTS_FILE = "model.safetensors"
CONFIG_FILE = "config.json"
_WORD_EMBEDDINGS = "bert.embeddings.word.weight"


class PairClassifier(nn.Module):
    """Classifies premise-hypothesis pairs; `id2label` names the columns of its logits."""

    def __init__(self, encoder: Bert, id2label: dict[int, str] | None = None) -> None:
        super().__init__()
        self.bert = encoder
        self.id2label = id2label or dict(enumerate(NLI_LABELS))
        size = encoder.size
        self.hidden = nn.Linear(4 * size, size)
        self.out = nn.Linear(size, len(self.id2label))

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        """Return logits (pairs, labels) of token ids, mask and segment ids, each (pairs, tokens)."""
        states = self.bert(ids, mask, types).float()
        first, second = bert.mean(states, mask * (1 - types)), bert.mean(states, mask * types)
        features = torch.cat([first, second, (first - second).abs(), first * second], dim=1)
        return cast(Tensor, self.out(torch.nn.functional.gelu(self.hidden(features))))

    def own_state(self) -> dict[str, Tensor]:
        """The weights that a checkpoint holds: all but the encoder's word embeddings."""
        return {name: tensor for name, tensor in self.state_dict().items() if name != _WORD_EMBEDDINGS}


def new(seed: int) -> PairClassifier:
    """Return an untrained classifier on the encoder."""
    torch.manual_seed(seed)
    model = PairClassifier(encoder.load_bert())
    with torch.no_grad():
        # Segment 1 was never used by e5: it starts as a copy of segment 0.
        segments = cast(Tensor, model.bert.embeddings["segment"].weight)
        model.bert.embeddings["segment"].weight = nn.Parameter(segments[:1].repeat(2, 1))
    return model


def save(model: PairClassifier, folder: Path, extra: dict[str, Any] | None = None) -> None:
    """Write `config.json` and half-precision weights into `folder`, each in one step."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    own = bert.to_transformers(model.own_state())
    state = {name: tensor.detach().to(torch.float16).contiguous() for name, tensor in own.items()}
    draft = folder / (WEIGHTS_FILE + ".part")
    save_file(state, draft, metadata={"format": "pt"})
    draft.replace(folder / WEIGHTS_FILE)
    config = {
        "architecture": ARCHITECTURE,
        "encoder": encoder.NAME,
        "id2label": {str(i): label for i, label in model.id2label.items()},
        **(extra or {}),
        "sha256": encoder.sha256(folder / WEIGHTS_FILE),
    }
    write_config(folder, config)


def write_config(folder: Path, config: dict[str, Any]) -> None:
    """Write the config of a judge in one step."""
    draft = folder / (CONFIG_FILE + ".part")
    draft.write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(folder / CONFIG_FILE)


def read_config(folder: Path) -> dict[str, Any]:
    """Return the config of a judge; one of ours gets its defaults filled in.

    Raises:
        ModelFileError: it is no JSON object, or an entry of ours is missing or wrong.
    """
    file = folder / CONFIG_FILE
    try:
        config = dict(json.loads(file.read_text(encoding="utf-8")))
        if config.get("architecture") == ARCHITECTURE:
            config = {"max_tokens": 128, "temperature": 1.0, "reads_dates": False, **config}
            labels = {int(index): str(label) for index, label in config["id2label"].items()}
            if int(config["max_tokens"]) < 8 or float(config["temperature"]) <= 0 or sorted(labels) != [0, 1, 2]:
                raise ValueError("max_tokens, temperature or id2label out of range")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelFileError(
            f"{file} is no config of a judge ({type(error).__name__}: {error}). Install it again."
        ) from error
    return config


def average(first: Path, second: Path, share: float, out: Path) -> None:
    """Write a judge whose weights are `share` of the first and the rest of the second (one trained on from the other).

    Wortsman et al. 2022, "Model soups".

    Raises:
        ModelFileError: one of them cannot be read.
    """
    model, config = load(first)
    other = load(second)[0].own_state()
    mixed = {name: share * weight + (1 - share) * other[name] for name, weight in model.own_state().items()}
    model.load_state_dict(mixed, strict=False)
    save(model, out, {key: value for key, value in config.items() if key not in ("architecture", "id2label")})


def load(folder: Path) -> tuple[PairClassifier, dict[str, Any]]:
    """Return the classifier in `folder` and its config.

    Raises:
        ModelFileError: weights are missing, damaged or do not fit the encoder.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    config = read_config(folder)
    if config.get("architecture") != ARCHITECTURE:
        raise ModelFileError(
            f"{folder / CONFIG_FILE} is not of the architecture {ARCHITECTURE}. Name a judge made by `tabayyun train`."
        )
    weights = folder / WEIGHTS_FILE
    if config.get("sha256") and weights.is_file() and encoder.sha256(weights) != config["sha256"]:
        raise ModelFileError(
            f"{weights} is damaged, or not the file that its config names by SHA-256. Check out or install it again."
        )
    model = PairClassifier(encoder.load_bert(), {int(i): label for i, label in config["id2label"].items()})
    try:
        halves = load_file(folder / WEIGHTS_FILE)
        state = bert.from_transformers({name: tensor.float() for name, tensor in halves.items()})
    except (SafetensorError, OSError) as error:
        raise ModelFileError(
            f"{folder / WEIGHTS_FILE} cannot be read ({error}). Check out or install it again."
        ) from error
    try:
        missing, unexpected = model.load_state_dict(state, assign=True, strict=False)
    except RuntimeError as error:
        raise ModelFileError(f"{folder / WEIGHTS_FILE} has tensors of another shape. Install it again.") from error
    wrong = sorted(set(missing) - {_WORD_EMBEDDINGS}) + sorted(unexpected)
    if wrong:
        raise ModelFileError(
            f"{folder / WEIGHTS_FILE} does not fit the encoder: {', '.join(wrong[:3])}. Install it again."
        )
    return model.eval(), config
