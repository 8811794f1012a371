"""Packed data files: only gzip, and only one that unpacks to a sane size."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from tabayyun.models.errors import DataError

GZIP = b"\x1f\x8b"
MOST_TIMES = 100
"""Labelled rows unpack to about five times their packed size, a bomb to a thousand times."""
_CHUNK = 1 << 20


def check_packed(path: Path) -> None:
    """Unpack a gzip file piece by piece without keeping it; a file that does not begin like gzip is not looked at.

    Raises:
        DataError: it is damaged, or unpacks to more than a hundred times its size (and a megabyte).
    """
    with path.open("rb") as stream:
        if stream.read(len(GZIP)) != GZIP:
            return
    left = MOST_TIMES * path.stat().st_size + _CHUNK
    try:
        with gzip.open(path) as unpacked:
            while chunk := unpacked.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise DataError(
                        f"{path} unpacks to more than {MOST_TIMES} times its size, as no labelled data do. "
                        "Give the file itself."
                    )
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be unpacked: {error}. Pack it again with gzip.") from error
