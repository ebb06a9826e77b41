"""Check a built generation against itself: counts, ids, offsets, and that each passage is found."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from briefbot.document_store import content_digest, read_passages, stored_documents
from briefbot.embed import Vectors
from briefbot.errors import IndexDamagedError, IndexMismatchError
from briefbot.generation import DocumentRecord, Manifest, read_catalog, read_manifest
from briefbot.lexical import LexicalIndex
from briefbot.store import ChunkStore
from briefbot.types import Chunk, Document

VectorsOf = Callable[[Sequence[Chunk]], Vectors]
"""Chunks → the vectors that they were stored with."""
Tell = Callable[[int, int], None]
"""Told how many passages are checked, and of how many."""

_AT_ONCE = 1000
_SAME = 1e-5
"""Cosine distance below which two float32 vectors count as one: a tie."""
_NAMED = 20
"""How many defects are told one by one."""


def bm25_digest(generation: Path) -> str:
    """Hash the files of a generation's BM25 index."""
    digest = hashlib.sha256()
    for path in sorted((generation / "bm25").iterdir()):
        digest.update(path.name.encode("utf-8") + b"\0" + path.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found.

    Attributes:
        defects: A sentence for each thing that is wrong.
        lost: Passages that a search for their own vector does not find first.
    """

    defects: tuple[str, ...]
    lost: tuple[Chunk, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it in sentences, the first of them only where there are very many."""
        found = (
            *self.defects,
            *(
                f"The passage of {chunk.document} at characters {chunk.start} to {chunk.end} is "
                "not found by its own vector."
                for chunk in self.lost
            ),
        )
        if len(found) <= _NAMED:
            return found
        return (*found[:_NAMED], f"{len(found) - _NAMED} more defects were found.")


def verify(
    generation: Path, *, vectors_of: VectorsOf | None = None, tell: Tell | None = None
) -> Verdict:
    """Look for defects of a generation.

    Args:
        generation: Its folder.
        vectors_of: The vectors that its passages must be stored with; by default those stored.
        tell: Told how far the check is.
    """
    try:
        manifest = read_manifest(generation)
        records = read_catalog(generation)
        lexical = LexicalIndex.load(generation / "bm25")
        store = ChunkStore(generation / "chroma")
    except (IndexDamagedError, IndexMismatchError) as error:
        return Verdict((error.message,))
    try:
        defects = _counts(generation, manifest, records, (store, lexical))
        stored = _StoredChunks(generation, records)
        ids: list[str] = []
        lost: list[Chunk] = []
        for batch in stored.batches():
            ids += [chunk.id for chunk in batch]
            defects += _stored_as_they_are(batch, store)
            lost += not_found(batch, store, vectors_of)
            if tell is not None:
                tell(len(ids), manifest.passages)
        defects += stored.defects + _same_ids(ids, store, lexical)
        return Verdict(tuple(defects), tuple(lost))
    finally:
        store.close()


def not_found(
    chunks: Sequence[Chunk], store: ChunkStore, vectors_of: VectorsOf | None = None
) -> list[Chunk]:
    """Find the chunks that do not come first when their own vector is searched.

    Equal vectors tie: another chunk may come first if it is as near as the chunk itself.
    """
    ids = [chunk.id for chunk in chunks]
    stored = store.vectors(ids)
    chunks = [chunk for chunk in chunks if chunk.id in stored]  # what is missing is told once
    if not chunks:
        return []
    own = np.array([stored[chunk.id] for chunk in chunks], dtype=np.float32)
    vectors = own if vectors_of is None else vectors_of(chunks)
    scales = np.linalg.norm(own, axis=1) * np.linalg.norm(vectors, axis=1)
    own_cosines = np.sum(own * vectors, axis=1) / np.maximum(scales, 1e-12)
    return [
        chunk
        for chunk, (found, cosine), own_cosine in zip(
            chunks, store.nearest(vectors), own_cosines, strict=True
        )
        if own_cosine < 1 - _SAME or (found != chunk.id and cosine < 1 - _SAME)
    ]


class _StoredChunks:
    """The passages of a generation as its stored documents give them, and what is wrong there."""

    def __init__(self, generation: Path, records: Sequence[DocumentRecord]) -> None:
        self._generation = generation
        self._records = records
        self.defects: list[str] = []

    def batches(self) -> Iterator[list[Chunk]]:
        batch: list[Chunk] = []
        for record in self._records:
            try:
                document, chunks = read_passages(self._generation, record.path)
            except IndexDamagedError as error:
                self.defects.append(error.message)
                continue
            self.defects += _document_defects(record, document, chunks)
            batch += chunks
            while len(batch) >= _AT_ONCE:
                yield batch[:_AT_ONCE]
                batch = batch[_AT_ONCE:]
        if batch:
            yield batch


def _document_defects(
    record: DocumentRecord, document: Document, chunks: Sequence[Chunk]
) -> list[str]:
    defects = []
    if document.id != record.path or content_digest(document) != record.digest:
        defects.append(f"The stored text of {record.path} is not the one that was indexed.")
    if len(chunks) != record.passages:
        defects.append(f"{record.path} has {len(chunks)} passages, not {record.passages}.")
    if not all(0 <= c.start < c.end <= len(document.text) for c in chunks):
        defects.append(f"A passage of {record.path} lies outside its text.")
    return defects


def _counts(
    generation: Path,
    manifest: Manifest,
    records: Sequence[DocumentRecord],
    parts: tuple[ChunkStore, LexicalIndex],
) -> list[str]:
    store, lexical = parts
    held = {
        "documents in its catalog": (len(records), len(manifest.documents)),
        "documents stored": (stored_documents(generation), len(manifest.documents)),
        "passages in its catalog": (sum(r.passages for r in records), manifest.passages),
        "passages in Chroma": (len(store), manifest.passages),
        "passages in BM25": (len(lexical), manifest.passages),
    }
    defects = [
        f"The index has {found} {what}, not {expected}."
        for what, (found, expected) in held.items()
        if found != expected
    ]
    if tuple(record.path for record in records) != manifest.documents:
        defects.append("The catalog and the manifest list other documents.")
    if bm25_digest(generation) != manifest.bm25_digest:
        defects.append("The files of the BM25 index are not the ones that were written.")
    return defects


def _stored_as_they_are(batch: Sequence[Chunk], store: ChunkStore) -> list[str]:
    """Compare passages in Chroma, text and offsets and all, with the stored documents."""
    stored = store.get([chunk.id for chunk in batch])
    return [
        f"A passage of {chunk.document} (characters {chunk.start} to {chunk.end}) is "
        f"{'not in Chroma' if chunk.id not in stored else 'another one in Chroma'}."
        for chunk in batch
        if stored.get(chunk.id) != chunk
    ]


def _same_ids(ids: Sequence[str], store: ChunkStore, lexical: LexicalIndex) -> list[str]:
    defects = []
    if set(store.ids()) != set(ids):
        defects.append("Chroma holds other passages than the documents.")
    if list(lexical.ids) != list(ids):
        defects.append("The BM25 index holds other passages than the documents.")
    return defects
