"""What networks said of a text, kept in a file, so that a second comparison takes minutes."""

from __future__ import annotations

import hashlib
import pickle
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from briefbot.embed import Embedder, SentenceTransformerEmbedder, Vectors
from briefbot.reader_model import BUILT_IN_FOLDER, PassageReading, ReaderModel


class Kept:
    """Values by text, in one table of an SQLite file that only its owner writes."""

    def __init__(self, file: Path, table: str) -> None:
        self._table = table
        self._file = sqlite3.connect(file, timeout=60)
        self._file.execute(f"create table if not exists {table} (k blob primary key, v blob)")

    def values(self, texts: Sequence[str], missing: Callable[[list[str]], Sequence[Any]]) -> list:
        """Look texts up; `missing` makes the values of those that are not there."""
        keys = [hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts]
        found = {key: row for key in keys if (row := self._row(key)) is not None}
        unknown = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if unknown:
            fresh = [pickle.dumps(value) for value in missing(list(unknown.values()))]
            rows = list(zip(unknown, fresh, strict=True))
            self._file.executemany(f"insert or replace into {self._table} values (?, ?)", rows)
            self._file.commit()
            found |= rows
        return [pickle.loads(found[key]) for key in keys]

    def _row(self, key: bytes) -> bytes | None:
        row = self._file.execute(f"select v from {self._table} where k = ?", (key,)).fetchone()
        return row[0] if row else None


class CachedEmbedder(SentenceTransformerEmbedder):
    """The built-in embedder; passages and questions are embedded once."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._kept = Kept(file, "vectors")

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return super().embed_documents(texts)
        found = self._kept.values(list(texts), super().embed_documents)
        return np.array(found, dtype=np.float32).reshape(len(texts), -1)

    def embed_query(self, text: str) -> Vectors:
        ask = super().embed_query
        return self._kept.values([f"?{text}"], lambda _: [ask(text)])[0]


class CachedModel(ReaderModel):
    """A built-in reader; a passage is read once for a question."""

    def __init__(self, file: Path, name: str) -> None:
        super().__init__(name=name)
        facts = (BUILT_IN_FOLDER / f"{name}.json").read_bytes()
        self._name = hashlib.blake2b(facts, digest_size=8).hexdigest()
        self._kept = Kept(file, "readings")

    def read(self, question: str, passages: Sequence[str]) -> list[PassageReading]:
        head = f"{self._name}\0{question}\0"
        read = super().read
        return self._kept.values(
            [head + passage for passage in passages],
            lambda unknown: read(question, [text.removeprefix(head) for text in unknown]),
        )


def cached_parts(file: Path) -> tuple[Embedder, ReaderModel, ReaderModel]:
    """Make the embedder, the small reader and the close one over one file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    return CachedEmbedder(file), CachedModel(file, "reader"), CachedModel(file, "close-reader")
