"""Chunks and their vectors on disk: Chroma, and nothing else, behind ChunkStore."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import chromadb
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings
from chromadb.errors import ChromaError

from briefbot.embed import Vectors
from briefbot.errors import IndexDamagedError
from briefbot.types import Chunk

_COLLECTION = "passages"
_BATCH = 2000


class ChunkStore:
    """The passages of one built index. Chroma keeps text and metadata; vectors come from outside.

    A store is filled once, in a fresh folder, and then only read: deletes and upserts in place
    lose records in Chroma 1.5 (chroma#7758).
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """Open a store.

        Raises:
            IndexDamagedError: If Chroma cannot open what is in the folder.
        """
        if not create and not (folder / "chroma.sqlite3").is_file():
            raise damaged(folder, "the Chroma database is missing")
        try:
            client = chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False))
            if create:
                self._collection: Collection = client.create_collection(
                    _COLLECTION,
                    configuration={"hnsw": {"space": "cosine"}},
                    embedding_function=None,
                )
            else:
                self._collection = client.get_collection(_COLLECTION, embedding_function=None)
        except (ChromaError, ValueError, OSError) as error:
            raise damaged(folder, f"Chroma says: {error}") from error

    def __len__(self) -> int:
        """The number of chunks stored."""
        return self._collection.count()

    def add(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Store chunks with their unit vectors; `vectors` has shape `(len(chunks), dim)`."""
        for start in range(0, len(chunks), _BATCH):
            batch = chunks[start : start + _BATCH]
            self._collection.add(
                ids=[chunk.id for chunk in batch],
                embeddings=vectors[start : start + _BATCH],
                documents=[chunk.text for chunk in batch],
                metadatas=[_metadata(chunk) for chunk in batch],
            )

    def query(self, vector: Vectors, *, top_k: int) -> list[tuple[Chunk, float]]:
        """Find the chunks nearest to a unit vector of shape `(dim,)`.

        Returns:
            `(chunk, cosine similarity)`, most similar first.
        """
        found = self._collection.query(
            query_embeddings=vector.reshape(1, -1),
            n_results=min(top_k, len(self)),
            include=["documents", "metadatas", "distances"],
        )
        (texts,), (metadatas,) = found["documents"] or [[]], found["metadatas"] or [[]]
        (distances,) = found["distances"] or [[]]
        return [
            (_chunk(text, metadata), 1.0 - float(distance))
            for text, metadata, distance in zip(texts, metadatas, distances, strict=True)
        ]

    def get(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """Fetch chunks by id; unknown ids are left out."""
        if not ids:
            return {}
        found = self._collection.get(ids=list(ids), include=["documents", "metadatas"])
        texts, metadatas = found["documents"] or [], found["metadatas"] or []
        return {
            chunk_id: _chunk(text, metadata)
            for chunk_id, text, metadata in zip(found["ids"], texts, metadatas, strict=True)
        }

    def has(self, ids: Sequence[str]) -> bool:
        """Whether all of some chunks are stored."""
        return len(self.get(ids)) == len(set(ids))


def damaged(folder: Path, reason: str) -> IndexDamagedError:
    """Build the error for an index of which something is missing or wrong."""
    return IndexDamagedError(
        f"The index in {folder} is damaged ({reason}).",
        hint="Run `briefbot index` to build it again; your documents are not affected.",
    )


def _metadata(chunk: Chunk) -> dict[str, str | int]:
    return {
        "document": chunk.document,
        "title": chunk.title,
        "start": chunk.start,
        "end": chunk.end,
        "heading": json.dumps(chunk.heading, ensure_ascii=False),
        "url": chunk.url,
        "date": chunk.date,
        "kind": chunk.kind,
        "language": chunk.language,
        "unread": json.dumps(chunk.unread, ensure_ascii=False),
    }


def _chunk(text: str, metadata: object) -> Chunk:
    assert isinstance(metadata, dict)  # `add` gives every passage its metadata
    return Chunk(
        document=str(metadata["document"]),
        title=str(metadata["title"]),
        text=text,
        start=int(metadata["start"]),
        end=int(metadata["end"]),
        heading=tuple(json.loads(metadata["heading"])),
        url=str(metadata["url"]),
        date=str(metadata["date"]),
        kind=str(metadata["kind"]),
        language=str(metadata["language"]),
        unread=tuple(json.loads(metadata["unread"])),
    )
