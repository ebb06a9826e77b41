"""Corpus → index: read, split, embed, write beside the current index, check, then switch over."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

from briefbot import index_folder
from briefbot.changes import changes_between
from briefbot.embed import Embedder, model_fingerprint
from briefbot.errors import IndexDamagedError, IndexWriteError
from briefbot.gather import Gathered, Gatherer, corpus_now
from briefbot.generation import FORMAT, DocumentRecord, Manifest, read_manifest, vector_keys
from briefbot.generation import write_files as write_file_list
from briefbot.index_lock import only_writer
from briefbot.load import corpus_files
from briefbot.reuse import Previous, recipe
from briefbot.settings import BUILT_IN_MODEL, Settings
from briefbot.split import split
from briefbot.types import CheckReport, Chunk, Document, IndexReport, Skipped
from briefbot.vector_cache import VectorCache
from briefbot.vectorise import PassageVectors
from briefbot.verify_index import verify
from briefbot.wiring import build_embedder, build_settings, open_parts
from briefbot.write_index import IndexWriter

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Called with a stage ("reading", "splitting", "embedding", "writing", "checking"), how much is
done, of how much."""


def is_current(settings: Settings) -> bool:
    """Whether the index was built from the files that are there now, with these settings.

    Raises:
        CorpusError: If the corpus folder is missing.
    """
    previous = Previous(settings.index_dir, build_settings(settings))
    now = corpus_now(settings)
    return (
        previous.generation is not None
        and previous.reads_and_splits_alike
        and previous.files.digests == now
        and (previous.generation / "chroma" / "chroma.sqlite3").is_file()
    )


def build_index(
    settings: Settings,
    *,
    embedder: Embedder | None = None,
    progress: Progress | None = None,
    force: bool = False,
) -> IndexReport:
    """Bring the index up to date: build it beside the current one, and switch over once checked.

    Nothing is built if the current index holds just these documents with just these settings.

    Args:
        settings: Name the corpus and index folders, the model and the split.
        embedder: Replaces the model that the settings name.
        progress: Told how far the build is.
        force: Build even if nothing changed.

    Raises:
        CorpusError: If there is nothing to index.
        IndexBusyError: If another process is building.
        IndexWriteError: If the index folder cannot be written; the old index stays.
    """
    started = time.perf_counter()
    corpus_files(settings.corpus_dir)  # a missing corpus leaves no index folder behind
    with only_writer(settings.index_dir):
        try:
            index_folder.clean(settings.index_dir)
            report = _Build(settings, embedder, progress or _silent, force=force).run()
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
        manifest = read_manifest(generation)
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
        _prune(settings)


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
        self._now = corpus_now(settings)
        cache = VectorCache(settings.index_dir)
        model = model_fingerprint(embedder.name if embedder else settings.embedding_model)
        self._cache = cache
        self._vectors = PassageVectors(cache, model, lambda: self._embedder)

    def run(self) -> IndexReport:
        try:
            self._check_model()
            records, skipped, up_to_date = self._brought_up_to_date()
        finally:
            self._cache.close()
        self._tidy_up()
        return self._report(records, skipped, up_to_date=up_to_date)

    def _brought_up_to_date(self) -> tuple[Sequence[DocumentRecord], Sequence[Skipped], bool]:
        """Build unless nothing changed; files that were skipped are tried again each time."""
        if self._is_same() and not self._previous.files.skipped and self._opens():
            return self._previous.records, (), True
        generation = index_folder.new_generation(self._settings.index_dir)
        try:
            gatherer = Gatherer(self._settings, generation, self._previous, self._now)
            gathered = gatherer.gather(self._split, self._tell)
            up_to_date = self._is_same(gathered) and self._opens()
            if up_to_date:
                index_folder.discard(generation)
            else:
                write_file_list(generation, gathered.files)
                writer = IndexWriter(generation, gathered.records, self._vectors, self._tell)
                writer.write(self._manifest(gathered))
                index_folder.publish(self._settings.index_dir, generation)
        except BaseException:
            index_folder.discard(generation)
            raise
        return gathered.records, gathered.files.skipped, up_to_date

    # --- whether there is anything to do --------------------------------------------------------

    def _check_model(self) -> None:
        """Forget all vectors if the model of this name now gives others."""
        if self._given is None and self._settings.embedding_model == BUILT_IN_MODEL:
            return  # its bytes are checked when it is loaded
        if self._vectors.forget_if_changed():
            self._force = True

    def _is_same(self, gathered: Gathered | None = None) -> bool:
        """Whether the current index was built from the same files, and gave the same documents."""
        previous = self._previous
        if self._force or previous.manifest is None or not previous.reads_and_splits_alike:
            return False
        if gathered is None:
            return previous.files.digests == self._now and all(self._now.values())
        return (
            previous.files == gathered.files
            and previous.manifest.corpus_digest == gathered.corpus_digest
        )

    def _opens(self) -> bool:
        previous = self._previous
        if previous.manifest is None or previous.generation is None:
            return False
        try:
            store, _ = open_parts(previous.generation, previous.manifest)
        except IndexDamagedError:
            return False
        store.close()
        return True

    # --- building -------------------------------------------------------------------------------

    @cached_property
    def _embedder(self) -> Embedder:
        """The model, loaded when the first text needs it."""
        return self._given or build_embedder(self._settings)

    def _split(self, document: Document) -> list[Chunk]:
        return split(
            document,
            count_tokens=self._embedder.count_tokens,
            max_tokens=min(self._settings.chunk_tokens, self._embedder.max_tokens),
            overlap_sentences=self._settings.overlap_sentences,
        )

    def _manifest(self, gathered: Gathered) -> Manifest:
        return Manifest(
            format=FORMAT,
            settings=build_settings(self._settings),
            dimension=0,
            corpus_digest=gathered.corpus_digest,
            documents=tuple(record.path for record in gathered.records),
            passages=sum(record.passages for record in gathered.records),
            skipped=len(gathered.files.skipped),
            created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            recipe=recipe(),
        )

    # --- afterwards -----------------------------------------------------------------------------

    def _tidy_up(self) -> None:
        """Remove what nobody needs now; what cannot be removed waits for the next build."""
        try:
            index_folder.clean(self._settings.index_dir)
            _prune(self._settings, [self._vectors.probe_key])
        except (OSError, IndexWriteError) as error:
            logger.warning("The index is built; tidying up after it failed: %s", error)

    def _report(
        self, records: Sequence[DocumentRecord], skipped: Sequence[Skipped], *, up_to_date: bool
    ) -> IndexReport:
        changes = changes_between(self._previous.records, records)
        return IndexReport(
            documents=len(records),
            passages=sum(record.passages for record in records),
            skipped=tuple(skipped),
            notes=tuple(f"{record.path}: {note}" for record in records for note in record.notes),
            seconds=0.0,
            index_dir=str(self._settings.index_dir),
            up_to_date=up_to_date,
            added=changes.added,
            changed=changes.changed,
            removed=changes.removed,
            renamed=changes.renamed,
            unchanged=changes.unchanged,
            embedded=self._vectors.embedded,
        )


def _prune(settings: Settings, also: Sequence[bytes] = ()) -> None:
    """Drop the vectors that no generation uses, but the ones named `also`."""
    cache = VectorCache(settings.index_dir)
    try:
        used = (
            key
            for generation in index_folder.generations(settings.index_dir)
            for key in vector_keys(generation)
        )
        cache.prune(itertools.chain(used, also))
    finally:
        cache.close()


def _silent(stage: str, done: int, total: int) -> None:
    """Report nothing."""
