"""Corpus → index: read, split, embed, write beside the current index, then switch over."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from briefbot import index_folder
from briefbot.embed import Embedder, Vectors
from briefbot.errors import (
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    IndexWriteError,
)
from briefbot.lexical import LexicalIndex
from briefbot.load import LoadedCorpus
from briefbot.register import prose
from briefbot.settings import Settings
from briefbot.split import split
from briefbot.store import ChunkStore
from briefbot.types import Chunk, IndexReport
from briefbot.wiring import build_embedder, build_settings, open_index, read_corpus

Progress = Callable[[str, int, int], None]
"""Called with a stage ("reading", "embedding", "writing"), how much is done, and of how much."""


def is_current(settings: Settings, loaded: LoadedCorpus) -> bool:
    """Whether the index was built from these documents with these settings."""
    try:
        generation = index_folder.current_generation(settings.index_dir)
        manifest = index_folder.read_manifest(generation)
    except (IndexMissingError, IndexDamagedError, IndexMismatchError):
        return False
    return (
        manifest.settings == build_settings(settings)
        and manifest.corpus_digest == index_folder.corpus_digest(loaded.documents)
        and manifest.skipped == len(loaded.skipped)
        and (generation / "chroma" / "chroma.sqlite3").is_file()
    )


def build_index(
    settings: Settings,
    *,
    embedder: Embedder | None = None,
    loaded: LoadedCorpus | None = None,
    progress: Progress | None = None,
) -> IndexReport:
    """Build the index afresh beside the current one, and switch over once it is whole.

    Args:
        settings: Name the corpus and index folders, the model and the split.
        embedder: Replaces the model that the settings name.
        loaded: The corpus, where it was loaded already.
        progress: Told how far the build is.

    Raises:
        CorpusError: If there is nothing to index.
        IndexWriteError: If the index folder cannot be written; the old index stays.
    """
    started = time.perf_counter()
    tell = progress or _silent
    tell("reading", 0, 1)
    loaded = loaded or read_corpus(settings)
    embedder = embedder or build_embedder(settings)
    generation = index_folder.new_generation(settings.index_dir)
    try:
        chunks = _write_generation(generation, settings, loaded, embedder, tell)
        index_folder.publish(settings.index_dir, generation)
    except OSError as error:
        index_folder.discard(generation)
        raise IndexWriteError(
            f"The index in {settings.index_dir} could not be written ({error.strerror or error}).",
            hint="Check the free space and permissions; the index there before still answers.",
        ) from error
    except BaseException:
        index_folder.discard(generation)
        raise
    return IndexReport(
        documents=len(loaded.documents),
        passages=chunks,
        skipped=loaded.skipped,
        notes=tuple(f"{d.id}: {note}" for d in loaded.documents for note in d.notes),
        seconds=round(time.perf_counter() - started, 3),
        index_dir=str(settings.index_dir),
    )


def _write_generation(
    generation: Path,
    settings: Settings,
    loaded: LoadedCorpus,
    embedder: Embedder,
    tell: Progress,
) -> int:
    chunks: list[Chunk] = []
    for document in loaded.documents:
        chunks += split(
            document,
            count_tokens=embedder.count_tokens,
            max_tokens=min(settings.chunk_tokens, embedder.max_tokens),
            overlap_sentences=settings.overlap_sentences,
        )
        index_folder.write_document(generation, document)
    vectors = _embed(chunks, embedder, tell)
    tell("writing", 0, len(chunks))
    ChunkStore(generation / "chroma", create=True).add(chunks, vectors)
    LexicalIndex.build(chunks).save(generation / "bm25")
    manifest = index_folder.Manifest(
        format=index_folder.FORMAT,
        settings=build_settings(settings),
        dimension=int(vectors.shape[1]),
        corpus_digest=index_folder.corpus_digest(loaded.documents),
        documents=tuple(document.id for document in loaded.documents),
        passages=len(chunks),
        skipped=len(loaded.skipped),
        created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    )
    index_folder.write_manifest(generation, manifest)
    open_index(generation, settings, embedder)  # whole, before anything points to it
    tell("writing", len(chunks), len(chunks))
    return len(chunks)


_EMBED_BATCH = 256


def _embed(chunks: Sequence[Chunk], embedder: Embedder, tell: Progress) -> Vectors:
    batches = []
    for start in range(0, len(chunks), _EMBED_BATCH):
        tell("embedding", start, len(chunks))
        batch = chunks[start : start + _EMBED_BATCH]
        batches.append(embedder.embed_documents([f"{c.context}\n{prose(c)}" for c in batch]))
    tell("embedding", len(chunks), len(chunks))
    return np.concatenate(batches)


def _silent(stage: str, done: int, total: int) -> None:
    """Report nothing."""
