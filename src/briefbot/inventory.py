"""Corpus folder and index compared: an entry for each document, with its state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from briefbot.entries import UPLOADS, Entry, State
from briefbot.gather import corpus_now
from briefbot.generation import CorpusFiles, DocumentRecord, read_catalog, read_files
from briefbot.index_folder import current_generation
from briefbot.register import REGISTER_FILES
from briefbot.settings import Settings


def indexed_entries(settings: Settings) -> dict[str, Entry]:
    """List what the index holds, without a look at the files."""
    catalog = read_catalog(current_generation(settings.index_dir))
    return {path: _entry(path, State.READY, record) for record in catalog for path in record.paths}


def take_stock(settings: Settings) -> dict[str, Entry]:
    """Compare the files of the corpus with those that the index was built from, by their bytes.

    No file is parsed: what stands in one that the index does not know is said by the next build.

    Raises:
        CorpusError: If the corpus folder is missing.
    """
    generation = current_generation(settings.index_dir)
    return _Stock(settings, corpus_now(settings), read_files(generation)).entries(
        read_catalog(generation)
    )


class _Stock:
    """The files that are there now, beside those that the index was built from."""

    def __init__(self, settings: Settings, now: Mapping[str, str], built: CorpusFiles) -> None:
        self._corpus_dir = settings.corpus_dir
        self._now = now
        self._built = built
        registers = [name for name in REGISTER_FILES if name in now or name in built.digests]
        self._same_register = all(now.get(n) == built.digests.get(n) for n in registers)

    def entries(self, catalog: tuple[DocumentRecord, ...]) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        for record in catalog:
            for path in record.paths:
                found[path] = self._of_document(path, record)
        for skipped in self._built.skipped:
            if self._is_as_built(self._file_of(skipped.path)):
                found[skipped.path] = self._failed(skipped.path, skipped.reason)
        told = {self._file_of(path) for path in found}
        found |= {entry.id: entry for entry in self._of_the_others(told)}
        return found

    def _of_document(self, path: str, record: DocumentRecord) -> Entry:
        file = self._file_of(path)
        size = self._size(file)
        if not file:
            return _entry(path, State.STALE, record, reason="Its file is gone: rebuild.")
        if self._is_as_built(file) and self._same_register:
            return _entry(path, State.READY, record, size_bytes=size)
        reason = "The index does not hold it as it is now: rebuild."
        return _entry(path, State.STALE, record, reason=reason, size_bytes=size)

    def _of_the_others(self, told: set[str]) -> Iterator[Entry]:
        """Describe files that gave neither a document nor a reason."""
        for path in self._now:
            if path in told or path in REGISTER_FILES:
                continue
            if not self._is_as_built(path):
                reason = "The index does not hold it yet: rebuild."
                name, size = PurePosixPath(path).name, self._size(path)
                yield Entry(path, name, State.STALE, size_bytes=size, reason=reason)
            elif path.startswith(f"{UPLOADS}/"):  # it was added here, so it must be removable here
                yield self._failed(path, "Its front matter says `index: false`.")

    def _is_as_built(self, file: str) -> bool:
        return file in self._built.digests and self._built.digests[file] == self._now.get(file)

    def _file_of(self, path: str) -> str:
        """Find the file that gave a document: itself, or its archive; empty if it is gone."""
        places = (path, *(parent.as_posix() for parent in PurePosixPath(path).parents))
        return next((place for place in places if place in self._now), "")

    def _failed(self, path: str, reason: str) -> Entry:
        name, size = PurePosixPath(path).name, self._size(path)
        return Entry(path, name, State.FAILED, size_bytes=size, reason=reason)

    def _size(self, path: str) -> int:
        try:
            return (Path(self._corpus_dir) / path).stat().st_size
        except OSError:
            return 0


def _entry(
    path: str, state: State, record: DocumentRecord, *, reason: str = "", size_bytes: int = 0
) -> Entry:
    return Entry(
        path,
        record.title,
        state,
        kind=record.kind,
        date=record.date,
        passages=record.passages if state is State.READY else 0,
        size_bytes=size_bytes,
        reason=reason,
    )
