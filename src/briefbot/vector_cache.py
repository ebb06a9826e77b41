"""Vectors computed before, by a hash of model and text, so that nothing is embedded twice.

One SQLite file in the index folder, beside the builds. It holds hashes and vectors, no text. It is
a cache and no more: a row that is damaged counts as missing, a file that is damaged is replaced.
Only the process that holds the writer's lock opens it.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from briefbot.embed import Vectors
from briefbot.errors import IndexWriteError

FILE = "vectors.sqlite3"
KEY_BYTES = 16
_CHECK_BYTES = 8
_AT_ONCE = 500
"""Keys of one SQL statement; SQLite allows a limited number of parameters."""
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
"""Primary error codes of a file that is not, or no longer, the database it should be."""

_SCHEMA = """
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB, checksum BLOB);
"""


def vector_key(model: str, text: str) -> bytes:
    """Hash what a vector depends on."""
    joined = f"{model}\0{text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=KEY_BYTES).digest()


class VectorCache:
    """Float32 vectors by key, on disk; each `put` is kept even if the process is killed next."""

    def __init__(self, index_dir: Path) -> None:
        """Open the cache of an index folder, or start it.

        Raises:
            IndexWriteError: If the file can be neither opened nor replaced.
        """
        self._path = index_dir / FILE
        self._connection: sqlite3.Connection | None = None
        with self._mended():
            self._connect()

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Fetch vectors; keys that are unknown, or whose row is damaged, are left out."""
        found: dict[bytes, Vectors] = {}
        with self._mended():
            for start in range(0, len(keys), _AT_ONCE):
                some = keys[start : start + _AT_ONCE]
                marks = ",".join("?" * len(some))
                rows = self._open.execute(
                    f"SELECT key, vector, checksum FROM vectors WHERE key IN ({marks})",  # noqa: S608 - question marks only
                    some,
                )
                found |= {
                    key: np.frombuffer(vector, dtype=np.float32)
                    for key, vector, checksum in rows
                    if isinstance(vector, bytes) and checksum == _checksum(key, vector)
                }
        return found

    def put(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Keep vectors, one row of `vectors` for each key.

        Raises:
            IndexWriteError: If the disk is full or the file cannot be written.
        """
        rows = [
            (key, data, _checksum(key, data))
            for key, data in zip(keys, (_bytes(vector) for vector in vectors), strict=True)
        ]
        with self._mended(), self._open as transaction:
            transaction.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def prune(self, kept: Iterable[bytes]) -> None:
        """Drop every vector but the `kept` ones, and overwrite where they stood."""
        with self._mended():
            database = self._open
            with database:
                database.execute("CREATE TEMP TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY)")
                database.execute("DELETE FROM kept")
                database.executemany(
                    "INSERT OR IGNORE INTO kept VALUES (?)", ((key,) for key in kept)
                )
                database.execute("DELETE FROM vectors WHERE key NOT IN (SELECT key FROM kept)")
            database.execute("PRAGMA incremental_vacuum").fetchall()
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def clear(self) -> None:
        """Drop every vector."""
        self.prune(())

    def __len__(self) -> int:
        """The number of vectors kept."""
        with self._mended():
            return int(self._open.execute("SELECT count(*) FROM vectors").fetchone()[0])
        return 0

    def close(self) -> None:
        """Close the file; what was put stays."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connect()
        assert self._connection is not None
        return self._connection

    def _connect(self) -> None:
        self._connection = sqlite3.connect(self._path, check_same_thread=False)
        self._connection.executescript(_SCHEMA)
        self._connection.execute("SELECT key, vector, checksum FROM vectors LIMIT 1").fetchall()

    @contextlib.contextmanager
    def _mended(self) -> Iterator[None]:
        """Start the file anew where it is damaged; what was asked of it then finds nothing."""
        try:
            yield
        except sqlite3.Error as error:
            self.close()
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if code not in _BROKEN:
                raise IndexWriteError(
                    f"The vectors in {self._path} could not be written ({error}).",
                    hint="Check the free space and permissions; the index there before still "
                    "answers.",
                ) from error
            self._start_anew()

    def _start_anew(self) -> None:
        try:
            for suffix in ("", "-wal", "-shm", "-journal"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            self._connect()
        except (OSError, sqlite3.Error) as error:
            raise IndexWriteError(
                f"The damaged file {self._path} could not be replaced ({error}).",
                hint="Remove it by hand; it holds nothing but vectors that can be computed again.",
            ) from error


def _bytes(vector: Vectors) -> bytes:
    return np.ascontiguousarray(vector, dtype=np.float32).tobytes()


def _checksum(key: bytes, vector: bytes) -> bytes:
    return hashlib.blake2b(vector, key=key, digest_size=_CHECK_BYTES).digest()
