"""BERT on torch's own transformer layers: the encoder of the judge and of the shipped embedder.

It computes what `transformers.BertModel` computes and reads its weights. Importing that takes six seconds on two cores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from tokenizers import Encoding

# What transformers calls a part, and what torch calls it; the three projections of attention are one tensor in torch.
_NAMES = (
    ("embeddings.word_embeddings", "embeddings.word"),
    ("embeddings.position_embeddings", "embeddings.position"),
    ("embeddings.token_type_embeddings", "embeddings.segment"),
    ("embeddings.LayerNorm", "embeddings.norm"),
    ("encoder.layer.", "layers."),
    ("attention.output.dense", "self_attn.out_proj"),
    ("attention.output.LayerNorm", "norm1"),
    ("intermediate.dense", "linear1"),
    ("output.dense", "linear2"),
    ("output.LayerNorm", "norm2"),
)
_PROJECTIONS = ("query", "key", "value")


class Bert(nn.Module):
    """A BERT encoder; `config` is that of `transformers.BertConfig` (`hidden_size`, `num_hidden_layers` ...)."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        size, epsilon = int(config["hidden_size"]), float(config["layer_norm_eps"])
        self.size = size
        self.embeddings = nn.ModuleDict(
            {
                "word": _table(config["vocab_size"], size),
                "position": _table(config["max_position_embeddings"], size),
                "segment": _table(config["type_vocab_size"], size),
                "norm": nn.LayerNorm(size, epsilon),
            }
        )
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                size,
                config["num_attention_heads"],
                config["intermediate_size"],
                dropout=0.0,
                activation="gelu",
                layer_norm_eps=epsilon,
                batch_first=True,
            )
            for _ in range(config["num_hidden_layers"])
        )

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        """Return the last states (texts, tokens, size) of token ids, mask and segment ids, each (texts, tokens)."""
        parts = self.embeddings
        places = torch.arange(ids.shape[1], device=ids.device)
        states = parts["norm"](parts["word"](ids) + parts["position"](places) + parts["segment"](types))
        for layer in self.layers:
            states = layer(states, src_key_padding_mask=mask == 0)
        return cast(Tensor, states)


def _table(rows: int, size: int) -> nn.Embedding:
    """Embeddings to be filled: drawing random ones for the device "meta" would import torch's compiler, two seconds."""
    return nn.Embedding(rows, size, _weight=torch.empty(rows, size))


def mean(states: Tensor, mask: Tensor) -> Tensor:
    """Return the mean of the states (texts, tokens, size) whose mask (texts, tokens) is 1: an array (texts, size)."""
    weights = mask.unsqueeze(-1).to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1.0)


def collate(encodings: Sequence[Encoding], multiple: int = 8) -> tuple[Tensor, Tensor, Tensor]:
    """Return ids, mask and segment ids as tensors (texts, tokens), padded to a multiple of `multiple`."""
    longest = max(len(e.ids) for e in encodings)
    width = -(-longest // multiple) * multiple
    ids = torch.ones(len(encodings), width, dtype=torch.long)
    mask = torch.zeros_like(ids)
    types = torch.zeros_like(ids)
    for row, e in enumerate(encodings):
        n = len(e.ids)
        ids[row, :n] = torch.tensor(e.ids)
        types[row, :n] = torch.tensor(e.type_ids)
        mask[row, :n] = 1
    return ids, mask, types


def from_transformers(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return a state of `transformers.BertModel` by the names of `Bert`; other tensors keep their names."""
    found = {}
    for name, tensor in state.items():
        head, attention, projection = name.partition("attention.self.query.")
        if attention:
            parts = [state[f"{head}attention.self.{part}.{projection}"] for part in _PROJECTIONS]
            found[_renamed(head) + f"self_attn.in_proj_{projection}"] = torch.cat(parts)
        elif ".attention.self." not in name:
            found[_renamed(name)] = tensor
    return found


def to_transformers(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The way back of `from_transformers`."""
    found = {}
    for name, tensor in state.items():
        head, attention, projection = name.partition("self_attn.in_proj_")
        if attention:
            for part, share in zip(_PROJECTIONS, tensor.chunk(3), strict=True):
                found[f"{_renamed(head, back=True)}attention.self.{part}.{projection}"] = share
        else:
            found[_renamed(name, back=True)] = tensor
    return found


def _renamed(name: str, *, back: bool = False) -> str:
    for theirs, ours in _NAMES:
        name = name.replace(ours, theirs) if back else name.replace(theirs, ours)
    return name
