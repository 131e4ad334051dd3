"""Embeddings of texts, kept in a file: a text is embedded once, as that takes some 20 ms."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

logger = logging.getLogger(__name__)

Vector = np.ndarray[Any, np.dtype[np.float32]]
Embed = Callable[[list[str]], Any]
# Embedded at a time: between two slices a query is answered.
TEXTS_AT_ONCE = 8


class Vectors:
    """Embeddings (384 numbers of unit length each) by the hash of their text."""

    def __init__(self, path: Path, embed: Embed) -> None:
        self.path, self._embed = path, embed
        self._by_hash = _read(path)

    def missing(self, texts: Iterable[str]) -> list[str]:
        return [text for text in texts if _hash(text) not in self._by_hash]

    def add(self, texts: list[str]) -> None:
        for text, vector in zip(texts, self._embed(texts), strict=True):
            self._by_hash[_hash(text)] = np.array(vector, dtype=np.float32)

    def matrix(self, texts: Iterable[str]) -> Vector:
        """Return one row for each text; raise KeyError for one that was not added."""
        return np.array([self._by_hash[_hash(text)] for text in texts], dtype=np.float32)

    def keep_only(self, texts: Iterable[str]) -> None:
        """Forget the others, and write the file if the disk takes it."""
        self._by_hash = {key: self._by_hash[key] for key in map(_hash, texts)}
        try:
            self._write()
        except OSError as error:
            # Without the file, the next process embeds them once more.
            logger.error("the search model keeps no file (%s)", type(error).__name__)

    def _write(self) -> None:
        keys = np.array(sorted(self._by_hash), dtype="S32")
        rows = np.array([self._by_hash[key] for key in keys], dtype=np.float16)
        new = self.path.with_suffix(".new.npz")
        np.savez(new, keys=keys, rows=rows)
        new.replace(self.path)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).hexdigest()[:32].encode()


def _read(path: Path) -> dict[bytes, Vector]:
    """Return what the file holds; nothing for a missing or damaged one."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            rows = kept["rows"].astype(np.float32)
            return dict(zip(map(bytes, kept["keys"]), rows, strict=True))
    except Exception:  # noqa: BLE001 - a damaged archive may fail in any way
        return {}
