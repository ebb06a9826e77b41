"""Stored passages → Chroma and BM25, linked until a search finds each passage."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from briefbot.document_store import read_passages
from briefbot.errors import IndexWriteError
from briefbot.generation import (
    DocumentRecord,
    Manifest,
    append_vector_keys,
    drop_vector_keys,
    write_catalog,
    write_manifest,
)
from briefbot.lexical import LexicalIndex
from briefbot.store import ChunkStore, Graph, sync_threshold
from briefbot.types import Chunk
from briefbot.vectorise import PassageVectors
from briefbot.verify_index import bm25_digest, not_found, verify

Tell = Callable[[str, int, int], None]

_GRAPHS = (Graph(), Graph(32, 200, 200), Graph(64, 800, 3200))
"""How vectors are linked; the next one if a passage is not found by its own vector."""
_MANY_PASSAGES = 20_000
"""From here on the first graph leaves some unreachable, so a build begins with the second."""
_WIDER_EF = 1600


class IndexWriter:
    """Writes what a build is searched by, beside the documents that are stored in it."""

    def __init__(
        self,
        generation: Path,
        records: Sequence[DocumentRecord],
        vectors: PassageVectors,
        tell: Tell,
    ) -> None:
        self._generation = generation
        self._records = records
        self._vectors = vectors
        self._tell = tell
        self._total = sum(record.passages for record in records)

    def write(self, manifest: Manifest) -> None:
        """Write catalog, Chroma, BM25 and manifest, and check all of it.

        Args:
            manifest: All of it but the vectors' dimension and the hash of the BM25 index.

        Raises:
            IndexWriteError: If it cannot be written, or is not whole.
        """
        generation = self._generation
        write_catalog(generation, self._records)
        first, *closer = _GRAPHS if self._total < _MANY_PASSAGES else _GRAPHS[1:]
        dimension = self._write_vectors(first)
        self._tell("writing", 0, self._total)
        LexicalIndex.build(self._chunks()).save(generation / "bm25")
        digest = bm25_digest(generation)
        write_manifest(generation, replace(manifest, dimension=dimension, bm25_digest=digest))
        self._tell("writing", self._total, self._total)
        self._check(closer)

    def _write_vectors(self, graph: Graph) -> int:
        """Embed all passages and write them to a fresh Chroma folder.

        Returns:
            The length of a vector.
        """
        folder = self._generation / "chroma"
        shutil.rmtree(folder, ignore_errors=True)
        drop_vector_keys(self._generation)
        store = ChunkStore(folder, create=True, expected=self._total, graph=graph)
        try:
            done = dimension = 0
            for batch in _batches(self._chunks(), sync_threshold(self._total)):
                self._tell("embedding", done, self._total)
                vectors = self._vectors.of(batch)
                dimension = int(vectors.shape[1])
                store.add(batch, vectors)
                append_vector_keys(self._generation, self._vectors.keys(batch))
                done += len(batch)
            self._tell("embedding", done, self._total)
            store.seal()
        finally:
            store.close()
        return dimension

    def _chunks(self) -> Iterator[Chunk]:
        for record in self._records:
            yield from read_passages(self._generation, record.path)[1]

    def _check(self, closer: Sequence[Graph]) -> None:
        """Check what was written; link the vectors more closely if one is not found.

        Raises:
            IndexWriteError: If something else is wrong, which no retry mends.
        """
        for graph in (*closer, None):
            verdict = verify(
                self._generation,
                vectors_of=self._vectors.of,
                tell=lambda done, total: self._tell("checking", done, total),
            )
            if not verdict.lost or verdict.defects or self._found_by_looking_wider(verdict.lost):
                break
            if graph is not None:
                self._write_vectors(graph)
        else:
            verdict = replace(verdict, defects=verdict.sentences)
        if verdict.defects:
            raise IndexWriteError(
                f"The new index did not pass its check: {verdict.defects[0]}",
                hint="The index there before still answers; check the disk and index again.",
            )

    def _found_by_looking_wider(self, lost: Sequence[Chunk]) -> bool:
        """Let searches look at more candidates; whether that finds the passages that were lost."""
        folder = self._generation / "chroma"
        store = ChunkStore(folder)
        store.search_wider(_WIDER_EF)
        store.close()
        store = ChunkStore(folder)
        try:
            return not not_found(lost, store, self._vectors.of)
        finally:
            store.close()


def _batches(chunks: Iterator[Chunk], size: int) -> Iterator[list[Chunk]]:
    while batch := list(itertools.islice(chunks, size)):
        yield batch
