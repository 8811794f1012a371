"""Fixtures: articles of our own, fake models, and an encoder file of a few kilobytes."""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from typer.testing import CliRunner

from tabayyun import Article, Checker
from tabayyun.cli import app
from tabayyun.models import encoder, registry
from tabayyun.models.fakes import FakeEmbedder, FakeJudge

# Times are measured by benchmarks, never by tests. HYPOTHESIS_PROFILE=long tries fifty times as many examples.
for _name, _examples in (("quick", 20), ("long", 1000)):
    settings.register_profile(
        _name, deadline=None, max_examples=_examples, suppress_health_check=[HealthCheck.too_slow]
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

EXAMPLES = Path(__file__).parent.parent / "examples"
SIZE, LAYERS, HEADS, INTERMEDIATE, POSITIONS = 32, 2, 2, 64, 512


@pytest.fixture
def checker() -> Checker:
    return Checker(FakeEmbedder(), FakeJudge())


@pytest.fixture
def article_a() -> Article:
    return Article.from_text(
        "وقع الوزيران الاتفاق في مسقط صباح اليوم.\nوصلت ثلاث سفن محملة بالقمح إلى ميناء العقبة.", outlet="ألف"
    )


@pytest.fixture
def article_b() -> Article:
    return Article.from_text(
        "لم يوقع الوزيران الاتفاق في مسقط صباح اليوم.\nوصلت ثلاث سفن محملة بالقمح إلى ميناء العقبة.", outlet="باء"
    )


@pytest.fixture
def instant_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever model is named, an instant one is loaded."""
    monkeypatch.setattr(registry, "embedder", lambda name: FakeEmbedder())
    monkeypatch.setattr(registry, "matching", lambda embedder: None)
    monkeypatch.setattr(registry, "judge", lambda name, precision="auto": FakeJudge())


@pytest.fixture
def run_eval(instant_models: None) -> Callable[..., str]:
    """Run a command of `tabayyun eval` with instant models; return what it prints."""

    def call(*arguments: object, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["eval", *map(str, arguments)], env={"COLUMNS": "200"})
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.output

    return call


def _quantised(values: np.ndarray) -> bytes:
    """Pack float weights as Q4_0 blocks of 32."""
    packed = b""
    for block in values.reshape(-1, 32):
        scale = float(np.abs(block).max()) / 7 or 1.0
        nibbles = np.clip(np.round(block / scale) + 8, 0, 15).astype(np.uint8)
        packed += struct.pack("<e", scale) + (nibbles[:16] | (nibbles[16:] << 4)).tobytes()
    return packed


def tiny_e5_bytes(seed: int = 0) -> bytes:
    """Return a complete E5S1 file with random weights and a character vocabulary."""
    chance = np.random.default_rng(seed)
    letters = [chr(c) for c in (*range(0x21, 0x7F), *range(0x621, 0x64B))]
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "\u2581", *letters, *("\u2581" + letter for letter in letters)]
    vocabulary = -(-(len(pieces) + 1) // 32) * 32
    tensors: list[tuple[str, int, np.ndarray]] = [
        ("emb.word", 1, chance.normal(0, 0.1, (vocabulary, SIZE))),
        ("emb.pos", 0, chance.normal(0, 0.1, (POSITIONS, SIZE))),
        ("emb.type", 0, chance.normal(0, 0.1, (2, SIZE))),
        ("emb.ln.w", 0, np.ones(SIZE)),
        ("emb.ln.b", 0, np.zeros(SIZE)),
    ]
    for layer in range(LAYERS):
        for name, rows, columns in (
            ("q", SIZE, SIZE),
            ("k", SIZE, SIZE),
            ("v", SIZE, SIZE),
            ("ao", SIZE, SIZE),
            ("fi", INTERMEDIATE, SIZE),
            ("fo", SIZE, INTERMEDIATE),
        ):
            tensors.append((f"l{layer}.{name}.w", 1, chance.normal(0, 0.1, (rows, columns))))
            tensors.append((f"l{layer}.{name}.b", 0, np.zeros(rows)))
        for name in ("aln", "oln"):
            tensors.append((f"l{layer}.{name}.w", 0, np.ones(SIZE)))
            tensors.append((f"l{layer}.{name}.b", 0, np.zeros(SIZE)))
    blob = "".join(pieces).encode()
    offsets = np.cumsum([0, *(len(piece.encode()) for piece in pieces)]).astype("<u4")
    head = b"E5S1" + struct.pack("<i7i", 1, SIZE, LAYERS, HEADS, INTERMEDIATE, vocabulary, POSITIONS, 2)
    head += struct.pack("<fi", 1e-12, 32) + struct.pack("<5i", len(pieces), 0, 2, 1, 3) + struct.pack("<Q", len(blob))
    head += offsets.tobytes() + np.full(len(pieces), -1.0, "<f4").tobytes() + blob
    head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", 0x09, 1, 0x20)
    packed = [
        (name, kind, values.size, _quantised(values) if kind else values.astype("<f4").tobytes())
        for name, kind, values in tensors
    ]
    directory_size = 4 + sum(2 + len(name) + 1 + 4 + 8 + 8 for name, *_ in packed)
    at = len(head) + directory_size
    directory, body = struct.pack("<i", len(packed)), b""
    for name, kind, count, raw in packed:
        directory += (
            struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, count, at + len(body), len(raw))
        )
        body += raw
    return head + directory + body


@pytest.fixture
def tiny_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a tiny encoder in the place of multilingual-e5-small; return the path of its file."""
    source = tmp_path / "tiny.bin"
    source.write_bytes(tiny_e5_bytes())
    monkeypatch.setenv("TABAYYUN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(encoder, "source_file", lambda: source)
    monkeypatch.setattr(encoder, "_SOURCE_SHA256", hashlib.sha256(source.read_bytes()).hexdigest())
    encoder.verified.cache_clear()
    return source
