"""Claim matching: a linear map that moves vectors of claims about one fact together, whether they agree on it or not.

An embedder puts together what says the same. Two newsrooms that contradict each other may share no words, and the map,
fitted on labelled articles by `tabayyun eval match`, brings such claims among each other's best partners.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tabayyun.models.errors import ModelFileError

FILE = Path(__file__).parent / "weights" / "matching.safetensors"
_NAME = "map"


def load(file: Path = FILE) -> NDArray[np.float32]:
    """Return the map in `file`, an array (dimensions, dimensions).

    Raises:
        ModelFileError: the file is missing or damaged, or holds no square map.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        found = load_file(file)[_NAME]
    except (OSError, SafetensorError, KeyError) as error:
        raise ModelFileError(f"The map of claims {file} cannot be read: {error}. Install tabayyun again.") from error
    if found.ndim != 2 or found.shape[0] != found.shape[1]:
        raise ModelFileError(f"The map of claims {file} is not square. Install tabayyun again.")
    return found.astype(np.float32)


def save(matching: NDArray[np.floating[Any]], file: Path) -> None:
    """Write the map into `file`, in half precision."""
    from safetensors.numpy import save_file

    save_file({_NAME: np.ascontiguousarray(matching, dtype=np.float16)}, file)


def cosines(
    a: NDArray[np.floating[Any]], b: NDArray[np.floating[Any]], matching: NDArray[np.float32] | None = None
) -> NDArray[np.float64]:
    """Return the cosine of each row of `a` to each row of `b`, both moved by the map where there is one.

    >>> cosines(np.eye(2), np.array([[1.0, 0.0]])).tolist()
    [[1.0], [0.0]]
    """
    moved = [v.astype(np.float64) if matching is None else v.astype(np.float64) @ matching for v in (a, b)]
    lengths = [np.linalg.norm(v, axis=1, keepdims=True) for v in moved]
    first, second = (v / length for v, length in zip(moved, lengths, strict=True))
    return np.asarray(first @ second.T)
