"""Chunks and their vectors on disk: Chroma, and nothing else, behind ChunkStore."""

from __future__ import annotations

import json
import os
import shutil
import struct
import tempfile
import threading
import warnings
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings
from chromadb.errors import ChromaError

from briefbot.embed import Vectors
from briefbot.errors import IndexDamagedError, IndexWriteError
from briefbot.types import Chunk

_COLLECTION = "passages"
_BATCH = 2000
_DATABASE = "chroma.sqlite3"
_OPENING = threading.RLock()
"""Chroma keeps the open folders of a process in one table, which it does not guard."""


@dataclass(frozen=True, slots=True)
class Graph:
    """How thoroughly Chroma links and searches vectors: more is surer and slower.

    Attributes:
        neighbours: Links of a vector.
        ef_build, ef_search: How many candidates are looked at when a vector is put in or sought.
    """

    neighbours: int = 16
    ef_build: int = 100
    ef_search: int = 100


class ChunkStore:
    """The passages of one built index. Chroma keeps text and metadata; vectors come from outside.

    A store is filled once, in a fresh folder, and then only read: deletes and upserts in place
    lose records in Chroma 1.5 (chroma#7758). The text goes into the metadata: as a Chroma document
    it would also go into a full-text index, which takes two thirds of the time of a build and which
    nobody asks, since lexical.py has its own.
    """

    def __init__(
        self,
        folder: Path,
        *,
        create: bool = False,
        expected: int = 0,
        graph: Graph = Graph(),
    ) -> None:
        """Open a store.

        Args:
            folder: Where it is.
            create: Start an empty store in a folder that holds none.
            expected: About how many chunks will be added to a new one.
            graph: How a new one links its vectors.

        Raises:
            IndexDamagedError: If Chroma cannot open what is in the folder.
            IndexWriteError: If a new store cannot be written.
        """
        if not create and not (folder / _DATABASE).is_file():
            raise damaged(folder, "the Chroma database is missing")
        self._folder = folder
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        try:
            opened = folder if create else self._writable(folder)
            with _OPENING:
                client = chromadb.PersistentClient(
                    str(opened), Settings(anonymized_telemetry=False)
                )
            assert isinstance(client, Client)  # its interface does not know `close`
            self._close = weakref.finalize(self, _close, client)
            self._close.atexit = False
            if create:
                self._collection: Collection = client.create_collection(
                    _COLLECTION,
                    configuration={
                        "hnsw": {
                            "space": "cosine",
                            "max_neighbors": graph.neighbours,
                            "ef_construction": graph.ef_build,
                            "ef_search": graph.ef_search,
                            "sync_threshold": sync_threshold(expected),
                        }
                    },
                    embedding_function=None,
                )
            else:
                self._collection = client.get_collection(_COLLECTION, embedding_function=None)
        except (ChromaError, ValueError, OSError) as error:
            if create:
                raise _unwritten(folder, error) from error
            raise damaged(folder, f"Chroma says: {error}") from error

    def _writable(self, folder: Path) -> Path:
        """Where to open Chroma, which writes to its database even to read it.

        From a folder that cannot be written it reads a copy of the database, and the vectors where
        they are.
        """
        if os.access(folder / _DATABASE, os.W_OK) and os.access(folder, os.W_OK):
            return folder
        self._copy = tempfile.TemporaryDirectory(prefix="briefbot-")
        copy = Path(self._copy.name)
        for path in folder.iterdir():
            if path.is_dir():
                (copy / path.name).symlink_to(path.absolute(), target_is_directory=True)
            else:
                shutil.copyfile(path, copy / path.name)
        return copy

    def close(self) -> None:
        """Let go of files and memory; the store cannot be asked afterwards."""
        self._close()
        if self._copy is not None:
            self._copy.cleanup()

    def seal(self) -> None:
        """Close a store that was filled, and blank what Chroma wrote out beyond its vectors."""
        self.close()
        _blank_unused(self._folder)

    def __len__(self) -> int:
        """The number of chunks stored."""
        return self._collection.count()

    def add(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Store chunks with their unit vectors; `vectors` has shape `(len(chunks), dim)`.

        Raises:
            IndexWriteError: If Chroma cannot write them.
        """
        try:
            for start in range(0, len(chunks), _BATCH):
                batch = chunks[start : start + _BATCH]
                self._collection.add(
                    ids=[chunk.id for chunk in batch],
                    embeddings=vectors[start : start + _BATCH],
                    metadatas=[_metadata(chunk) for chunk in batch],
                )
        except ChromaError as error:
            raise _unwritten(None, error) from error

    def query(self, vector: Vectors, *, top_k: int) -> list[tuple[Chunk, float]]:
        """Find the chunks nearest to a unit vector of shape `(dim,)`.

        Returns:
            `(chunk, cosine similarity)`, most similar first.
        """
        found = self._collection.query(
            query_embeddings=vector.reshape(1, -1),
            n_results=min(top_k, len(self)),
            include=["metadatas", "distances"],
        )
        (metadatas,), (distances,) = found["metadatas"] or [[]], found["distances"] or [[]]
        return [
            (_chunk(metadata), 1.0 - float(distance))
            for metadata, distance in zip(metadatas, distances, strict=True)
        ]

    def nearest(self, vectors: Vectors) -> list[tuple[str, float]]:
        """Find, for each row, the id of the nearest chunk and its cosine similarity."""
        found = self._collection.query(query_embeddings=vectors, n_results=1, include=["distances"])
        distances = found["distances"] or []
        return [
            (ids[0], 1.0 - float(away[0])) if ids else ("", -1.0)
            for ids, away in zip(found["ids"], distances, strict=True)
        ]

    def get(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """Fetch chunks by id; unknown ids are left out."""
        if not ids:
            return {}
        found = self._collection.get(ids=list(ids), include=["metadatas"])
        return {
            chunk_id: _chunk(metadata)
            for chunk_id, metadata in zip(found["ids"], found["metadatas"] or [], strict=True)
        }

    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """Fetch vectors by id; unknown ids are left out."""
        found = self._collection.get(ids=list(ids), include=["embeddings"])
        rows = np.asarray(found["embeddings"], dtype=np.float32)
        return dict(zip(found["ids"], rows, strict=True))

    def ids(self) -> Iterator[str]:
        """List the ids of all chunks."""
        for start in range(0, len(self), _BATCH):
            yield from self._collection.get(limit=_BATCH, offset=start, include=[])["ids"]

    def has(self, ids: Sequence[str]) -> bool:
        """Whether all of some chunks are stored."""
        return len(self.get(ids)) == len(set(ids))

    def search_wider(self, ef_search: int) -> None:
        """Look at more candidates from the next opening on; for a store that is being built."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Chroma's own call in there is deprecated by Chroma
            self._collection.modify(configuration={"hnsw": {"ef_search": ef_search}})


def _close(client: Client) -> None:
    with _OPENING:
        client.close()


_HEADER = struct.Struct("<iQQQQ")
"""Of hnswlib: version, offset, capacity, number of vectors, bytes of one with its links."""


def _blank_unused(folder: Path) -> None:
    """Fill the room for further vectors with zeros.

    hnswlib writes it out as it lies in memory, with whatever stood there before: it may be the
    text of a document that was deleted since.
    """
    for header in folder.glob("*/header.bin"):
        _, _, capacity, used, element_bytes = _HEADER.unpack_from(header.read_bytes())
        for name, each in (("data_level0.bin", element_bytes), ("length.bin", 4)):
            path = header.with_name(name)
            if path.stat().st_size == capacity * each and used < capacity:
                with path.open("r+b") as file:
                    file.seek(used * each)
                    file.write(bytes((capacity - used) * each))


def sync_threshold(expected: int) -> int:
    """After how many chunks Chroma writes its vectors out: so that next to none stay in its log.

    What stays in the log is read back at every opening.
    """
    rounds = max(1, -(-expected // _BATCH))
    return max(2, expected // rounds)


def damaged(folder: Path, reason: str) -> IndexDamagedError:
    """Build the error for an index of which something is missing or wrong."""
    return IndexDamagedError(
        f"The index in {folder} is damaged ({reason}).",
        hint="Run `briefbot index` to build it again; your documents are not affected.",
    )


def _unwritten(folder: Path | None, error: Exception) -> IndexWriteError:
    where = f" in {folder}" if folder else ""
    return IndexWriteError(
        f"The passages could not be written{where} (Chroma says: {error}).",
        hint="Check the free space and permissions; the index there before still answers.",
    )


_FACTS = ("title", "start", "end", "heading", "url", "date", "kind", "language", "unread", "checks")
"""What is kept in one piece: each key of Chroma's metadata is a row, and rows take time."""


def _metadata(chunk: Chunk) -> dict[str, str]:
    facts = {name: getattr(chunk, name) for name in _FACTS}
    return {
        "document": chunk.document,
        "text": chunk.text,
        "facts": json.dumps(facts, ensure_ascii=False),
    }


def _chunk(metadata: object) -> Chunk:
    assert isinstance(metadata, dict)  # `add` gives every passage its metadata
    facts = json.loads(metadata["facts"])
    facts["heading"], facts["unread"] = tuple(facts["heading"]), tuple(facts["unread"])
    return Chunk(document=metadata["document"], text=metadata["text"], **facts)
