"""Embedders: the shipped encoder, and any sentence-transformers model, behind `tabayyun.models.base.Embedder`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from tabayyun.models import encoder
from tabayyun.models.errors import ModelNotFoundError
from tabayyun.models.quiet import quiet_libraries

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH = 32


class ShippedEmbedder:
    """The shipped encoder: mean of the last hidden states, length 1 (Wang et al. 2024, "Multilingual E5").

    What sentence-transformers makes of the same folder, without the seconds that importing it takes.
    """

    def __init__(self, name: str, prefix: str) -> None:
        self.name = name
        self.prefix = prefix
        self.model = encoder.load_bert()
        self._tokenizer = encoder.load_tokenizer()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an array (len(texts), dimensions) whose rows have length 1."""
        import torch

        from tabayyun.models import bert

        vectors = np.zeros((len(texts), self.model.size), dtype=np.float32)
        encodings = self._tokenizer.encode_batch([self.prefix + text for text in texts])
        by_length = sorted(range(len(texts)), key=lambda i: -len(encodings[i].ids))
        with torch.inference_mode():
            for start in range(0, len(texts), BATCH):
                rows = by_length[start : start + BATCH]
                ids, mask, types = bert.collate([encodings[i] for i in rows])
                means = bert.mean(self.model(ids, mask, types), mask)
                vectors[rows] = torch.nn.functional.normalize(means).numpy()
        return vectors


class SentenceEmbedder:
    """A sentence-transformers model with the prefix that it was trained with."""

    def __init__(self, name: str, model: SentenceTransformer, prefix: str = "") -> None:
        self.name = name
        self.model = model
        self.prefix = prefix

    @classmethod
    def load(cls, name: str, source: str, prefix: str) -> Self:
        """Load from a folder or the Hub.

        Raises:
            ModelNotFoundError: the model is not there and cannot be fetched.
        """
        with quiet_libraries():
            from safetensors import SafetensorError
            from sentence_transformers import SentenceTransformer

            try:
                if pickled := sorted(Path(source).rglob("*.bin")):
                    raise ValueError(f"{pickled[0]} may be a pickle, which can run any code; convert it to safetensors")
                model = SentenceTransformer(
                    source,
                    device="cpu",
                    local_files_only=Path(source).is_dir(),
                    trust_remote_code=False,
                    model_kwargs={"use_safetensors": True},
                )
            except (OSError, ValueError, SafetensorError) as error:
                raise ModelNotFoundError(
                    f"The embedder {source} cannot be loaded: {_first_line(error)}. "
                    "Check the name and the network, or leave --embedder away to use the shipped one."
                ) from error
        return cls(name, model, prefix)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an array (len(texts), dimensions) whose rows have length 1."""
        if not texts:
            return np.zeros((0, self.model.get_embedding_dimension() or 0), dtype=np.float32)
        vectors = self.model.encode(
            [self.prefix + text for text in texts],
            batch_size=BATCH,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
