"""Corpus → index: read, split, embed, write beside the current index, check, then switch over."""

from __future__ import annotations

import hashlib
import itertools
import logging
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from briefbot import index_folder
from briefbot.changes import changes_between
from briefbot.embed import Embedder, Vectors, model_fingerprint
from briefbot.errors import (
    CorpusError,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    IndexWriteError,
)
from briefbot.index_folder import DocumentRecord, Manifest
from briefbot.index_lock import only_writer
from briefbot.lexical import LexicalIndex
from briefbot.load import LoadedCorpus, corpus_files
from briefbot.register import prose
from briefbot.reuse import Previous, recipe
from briefbot.settings import BUILT_IN_MODEL, Settings
from briefbot.split import split
from briefbot.store import ChunkStore, Graph, sync_threshold
from briefbot.types import CheckReport, Chunk, Document, IndexReport, Skipped
from briefbot.vector_cache import VectorCache, vector_key
from briefbot.verify_index import bm25_digest, not_found, verify
from briefbot.wiring import build_embedder, build_settings, open_parts, read_corpus

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Called with a stage ("reading", "embedding", "writing", "checking"), how much is done, of how
much."""

_EMBED_AT_ONCE = 256
"""Texts between two notes in the vector cache: what a killed build has to embed again at most."""
_GRAPHS = (Graph(), Graph(32, 200, 200), Graph(64, 800, 3200))
"""How vectors are linked; the next one if a passage is not found by its own vector."""
_MANY_PASSAGES = 20_000
"""From here on the first graph leaves some unreachable, so a build begins with the second."""
_WIDER_EF = 1600
_PROBE = "What did the council decide about the bridge?"
_PROBE_SAME = 0.999


def is_current(settings: Settings, loaded: LoadedCorpus) -> bool:
    """Whether the index was built from these documents with these settings."""
    try:
        generation = index_folder.current_generation(settings.index_dir)
        manifest = index_folder.read_manifest(generation)
    except (IndexMissingError, IndexDamagedError, IndexMismatchError):
        return False
    is_ours = _outside_index(settings)
    documents = [document for document in loaded.documents if is_ours(document.id)]
    skipped = [skipped for skipped in loaded.skipped if is_ours(skipped.path)]
    return (
        manifest.settings == build_settings(settings)
        and manifest.corpus_digest == index_folder.corpus_digest(documents)
        and manifest.skipped == len(skipped)
        and (generation / "chroma" / "chroma.sqlite3").is_file()
    )


def build_index(
    settings: Settings,
    *,
    embedder: Embedder | None = None,
    loaded: LoadedCorpus | None = None,
    progress: Progress | None = None,
    force: bool = False,
) -> IndexReport:
    """Bring the index up to date: build it beside the current one, and switch over once checked.

    Nothing is built if the current index holds just these documents with just these settings.

    Args:
        settings: Name the corpus and index folders, the model and the split.
        embedder: Replaces the model that the settings name.
        loaded: The corpus, where it was loaded already; otherwise it is read a file at a time.
        progress: Told how far the build is.
        force: Build even if nothing changed.

    Raises:
        CorpusError: If there is nothing to index.
        IndexBusyError: If another process is building.
        IndexWriteError: If the index folder cannot be written; the old index stays.
    """
    started = time.perf_counter()
    if loaded is None:
        corpus_files(settings.corpus_dir)  # a missing corpus leaves no index folder behind
    with only_writer(settings.index_dir):
        try:
            index_folder.clean(settings.index_dir)
            build = _Build(settings, embedder, progress or _silent, force=force)
            report = build.run(loaded)
        except OSError as error:
            raise IndexWriteError(
                f"The index in {settings.index_dir} could not be written "
                f"({error.strerror or error}).",
                hint="Check the free space and permissions; the index there before still answers.",
            ) from error
    return replace(report, seconds=round(time.perf_counter() - started, 3))


def check_index(settings: Settings, *, progress: Progress | None = None) -> CheckReport:
    """Check the current index as a build does before it switches over, and change nothing.

    Raises:
        IndexMissingError: If there is no index.
        IndexDamagedError: If the pointer leads nowhere.
        IndexMismatchError: If another version of BriefBot built it.
    """
    started = time.perf_counter()
    tell = progress or _silent
    generation, hold = index_folder.hold_current(settings.index_dir)
    try:
        manifest = index_folder.read_manifest(generation)
        verdict = verify(generation, tell=lambda done, total: tell("checking", done, total))
    finally:
        hold.release()
    return CheckReport(
        index_dir=str(settings.index_dir),
        generation=generation.name,
        documents=len(manifest.documents),
        passages=manifest.passages,
        defects=verdict.sentences,
        seconds=round(time.perf_counter() - started, 3),
    )


def remove_index(settings: Settings) -> None:
    """Remove the index: for a corpus whose last document its user removed.

    Raises:
        IndexBusyError: If another process is building.
        IndexWriteError: If the index folder cannot be written.
    """
    with only_writer(settings.index_dir):
        index_folder.withdraw(settings.index_dir)
        _prune(settings.index_dir)


class _Build:
    """One build, from reading to switching over."""

    def __init__(
        self, settings: Settings, embedder: Embedder | None, tell: Progress, *, force: bool
    ) -> None:
        self._settings = settings
        self._given = embedder
        self._tell = tell
        self._force = force
        self._previous = Previous(settings.index_dir, build_settings(settings))
        self._model = model_fingerprint(embedder.name if embedder else settings.embedding_model)
        self._corpus = index_folder.CorpusDigest()
        self._skipped: list[Skipped] = []
        self._notes: list[str] = []
        self._embedded = 0

    def run(self, loaded: LoadedCorpus | None) -> IndexReport:
        self._generation = index_folder.new_generation(self._settings.index_dir)
        self._cache = VectorCache(self._settings.index_dir)
        try:
            self._check_model()
            records = self._read(loaded)
            up_to_date = self._nothing_to_do()
            if up_to_date:
                index_folder.discard(self._generation)
            else:
                self._write(records)
                index_folder.publish(self._settings.index_dir, self._generation)
        except BaseException:
            index_folder.discard(self._generation)
            raise
        finally:
            self._cache.close()
        self._tidy_up()
        return self._report(records, up_to_date=up_to_date)

    # --- reading --------------------------------------------------------------------------------

    def _read(self, loaded: LoadedCorpus | None) -> list[DocumentRecord]:
        """Store and split each document; files of equal content become one document."""
        records: dict[str, DocumentRecord] = {}
        for document, source in self._documents(loaded):
            self._corpus.add(document)
            digest = index_folder.content_digest(document)
            if digest in records:
                known = records[digest]
                records[digest] = replace(known, paths=(*known.paths, document.id))
                continue
            self._notes += (f"{document.id}: {note}" for note in document.notes)
            chunks = self._previous.passages(document, digest) or self._split(document)
            index_folder.write_document(self._generation, document, chunks)
            records[digest] = DocumentRecord(
                paths=(document.id,),
                digest=digest,
                title=document.title,
                kind=document.kind,
                date=document.date,
                passages=len(chunks),
                source=source,
            )
        if not records:
            raise CorpusError(
                f"The corpus folder {self._settings.corpus_dir} holds no documents.",
                hint="Put documents in and index again.",
            )
        return list(records.values())

    def _documents(self, loaded: LoadedCorpus | None) -> Iterator[tuple[Document, str]]:
        """Give each document with the hash of its file, where that is known."""
        is_ours = _outside_index(self._settings)
        sources: dict[str, str] = {}
        if loaded is None:
            loaded = read_corpus(self._settings, known=partial(self._known, sources))
        root = _folder_of(self._settings.corpus_dir)
        self._skipped += (skipped for skipped in loaded.skipped if is_ours(skipped.path))
        for number, document in enumerate(loaded.documents):
            self._tell("reading", number, len(loaded.documents))
            if is_ours(document.id):
                source = sources.get(document.id, "")
                # a file that was written while it was read is not known by its bytes
                same = bool(source) and source == _file_digest(root / document.id)
                yield document, source if same else ""

    def _known(self, sources: dict[str, str], name: str, path: Path) -> Document | None:
        """Find the document that a file of these bytes gave before; note the file's hash."""
        sources[name] = _file_digest(path)
        return self._previous.document(name, sources[name])

    def _split(self, document: Document) -> list[Chunk]:
        return split(
            document,
            count_tokens=self._embedder.count_tokens,
            max_tokens=min(self._settings.chunk_tokens, self._embedder.max_tokens),
            overlap_sentences=self._settings.overlap_sentences,
        )

    def _nothing_to_do(self) -> bool:
        """Whether the current index is what this build would give, and opens."""
        previous = self._previous
        if self._force or previous.manifest is None or previous.generation is None:
            return False
        same = (
            previous.manifest.settings == build_settings(self._settings)
            and previous.manifest.corpus_digest == self._corpus.hexdigest()
            and previous.manifest.skipped == len(self._skipped)
            and previous.manifest.recipe == recipe()
        )
        if not same:
            return False
        try:
            store, _ = open_parts(previous.generation, previous.manifest)
        except IndexDamagedError:
            return False
        store.close()
        return True

    # --- embedding ------------------------------------------------------------------------------

    @cached_property
    def _embedder(self) -> Embedder:
        """The model, loaded when the first text needs it: most changes need none."""
        return self._given or build_embedder(self._settings)

    def _check_model(self) -> None:
        """Forget all vectors if the model of this name now gives others."""
        if self._given is None and self._settings.embedding_model == BUILT_IN_MODEL:
            return  # its bytes are checked when it is loaded
        key = vector_key(self._model, "")
        now = self._embedder.embed_query(_PROBE)
        before = self._cache.get([key]).get(key)
        if before is not None and (now.shape != before.shape or now @ before < _PROBE_SAME):
            self._cache.clear()
            self._force = True
        self._cache.put([key], now.reshape(1, -1))

    def _vectors(self, chunks: Sequence[Chunk]) -> Vectors:
        """Look vectors up, and embed what no build embedded before."""
        texts = [_embedded_text(chunk) for chunk in chunks]
        keys = self._keys(chunks)
        known = self._cache.get(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        by_length = sorted(missing, key=lambda key: len(missing[key]))  # less padding
        for start in range(0, len(by_length), _EMBED_AT_ONCE):
            some = by_length[start : start + _EMBED_AT_ONCE]
            fresh = self._embedder.embed_documents([missing[key] for key in some])
            self._cache.put(some, fresh)
            known |= dict(zip(some, fresh, strict=True))
            self._embedded += len(some)
        return np.stack([known[key] for key in keys])

    def _keys(self, chunks: Sequence[Chunk]) -> list[bytes]:
        return [vector_key(self._model, _embedded_text(chunk)) for chunk in chunks]

    # --- writing --------------------------------------------------------------------------------

    def _write(self, records: Sequence[DocumentRecord]) -> None:
        generation = self._generation
        total = sum(record.passages for record in records)
        index_folder.write_catalog(generation, records)
        first, *closer = _GRAPHS if total < _MANY_PASSAGES else _GRAPHS[1:]
        dimension = self._write_vectors(records, first)
        self._tell("writing", 0, total)
        LexicalIndex.build(self._chunks(records)).save(generation / "bm25")
        manifest = Manifest(
            format=index_folder.FORMAT,
            settings=build_settings(self._settings),
            dimension=dimension,
            corpus_digest=self._corpus.hexdigest(),
            documents=tuple(record.path for record in records),
            passages=total,
            skipped=len(self._skipped),
            created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            recipe=recipe(),
            bm25_digest=bm25_digest(generation),
        )
        index_folder.write_manifest(generation, manifest)
        self._tell("writing", total, total)
        self._check(records, closer)

    def _write_vectors(self, records: Sequence[DocumentRecord], graph: Graph) -> int:
        """Embed all passages and write them to a fresh Chroma folder.

        Returns:
            The length of a vector.
        """
        total = sum(record.passages for record in records)
        folder = self._generation / "chroma"
        shutil.rmtree(folder, ignore_errors=True)
        (self._generation / "vector_keys").unlink(missing_ok=True)
        store = ChunkStore(folder, create=True, expected=total, graph=graph)
        try:
            done = dimension = 0
            for batch in _batches(self._chunks(records), sync_threshold(total)):
                self._tell("embedding", done, total)
                vectors = self._vectors(batch)
                dimension = int(vectors.shape[1])
                store.add(batch, vectors)
                index_folder.append_vector_keys(self._generation, self._keys(batch))
                done += len(batch)
            self._tell("embedding", done, total)
            store.seal()
        finally:
            store.close()
        return dimension

    def _chunks(self, records: Sequence[DocumentRecord]) -> Iterator[Chunk]:
        for record in records:
            yield from index_folder.read_passages(self._generation, record.path)[1]

    def _check(self, records: Sequence[DocumentRecord], closer: Sequence[Graph]) -> None:
        """Check what was written; link the vectors more closely if one is not found.

        Raises:
            IndexWriteError: If something else is wrong, which no retry mends.
        """
        for graph in (*closer, None):
            verdict = verify(
                self._generation,
                vectors_of=self._vectors,
                tell=lambda done, total: self._tell("checking", done, total),
            )
            if not verdict.lost or verdict.defects or self._found_by_looking_wider(verdict.lost):
                break
            if graph is not None:
                self._write_vectors(records, graph)
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
            return not not_found(lost, store, self._vectors)
        finally:
            store.close()

    # --- afterwards -----------------------------------------------------------------------------

    def _tidy_up(self) -> None:
        """Remove what nobody needs now; what cannot be removed waits for the next build."""
        index_dir = self._settings.index_dir
        try:
            index_folder.clean(index_dir)
            _prune(index_dir, [vector_key(self._model, "")])
        except (OSError, IndexWriteError) as error:
            logger.warning("The index is built; tidying up after it failed: %s", error)

    def _report(self, records: Sequence[DocumentRecord], *, up_to_date: bool) -> IndexReport:
        changes = changes_between(self._previous.records, records)
        return IndexReport(
            documents=len(records),
            passages=sum(record.passages for record in records),
            skipped=tuple(self._skipped),
            notes=tuple(self._notes),
            seconds=0.0,
            index_dir=str(self._settings.index_dir),
            up_to_date=up_to_date,
            added=changes.added,
            changed=changes.changed,
            removed=changes.removed,
            renamed=changes.renamed,
            unchanged=changes.unchanged,
            embedded=self._embedded,
        )


def _embedded_text(chunk: Chunk) -> str:
    return f"{chunk.context}\n{prose(chunk)}"


def _prune(index_dir: Path, also: Sequence[bytes] = ()) -> None:
    """Drop the vectors that no generation uses, but the ones named `also`."""
    cache = VectorCache(index_dir)
    try:
        used = (
            key
            for generation in index_folder.generations(index_dir)
            for key in index_folder.vector_keys(generation)
        )
        cache.prune(itertools.chain(used, also))
    finally:
        cache.close()


def _batches(chunks: Iterator[Chunk], size: int) -> Iterator[list[Chunk]]:
    while batch := list(itertools.islice(chunks, size)):
        yield batch


def _outside_index(settings: Settings) -> Callable[[str], bool]:
    """Make the test that keeps an index inside the corpus folder from being indexed."""
    corpus, index = settings.corpus_dir.absolute(), settings.index_dir.absolute()
    if not index.is_relative_to(corpus) or index == corpus:
        return lambda _: True
    inside = index.relative_to(corpus).as_posix() + "/"
    return lambda path: not path.startswith(inside)


def _folder_of(corpus: Path) -> Path:
    return corpus.parent if corpus.is_file() else corpus


def _file_digest(path: Path) -> str:
    """Hash a file's bytes; empty for one that cannot be read, which its loader will say."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _silent(stage: str, done: int, total: int) -> None:
    """Report nothing."""
