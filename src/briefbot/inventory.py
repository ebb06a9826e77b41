"""Corpus folder and index compared: an entry for each document, with its state."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from briefbot.entries import UPLOADS, Entry, State
from briefbot.index_folder import current_generation, read_catalog
from briefbot.load import LoadedCorpus
from briefbot.pipeline import BriefBot
from briefbot.split import split
from briefbot.types import Document


class Inventory:
    """Takes stock of a bot's documents; counts the passages of each text once."""

    def __init__(self, bot: BriefBot) -> None:
        self._bot = bot
        self._counts: dict[Document, int] = {}

    def take(self, loaded: LoadedCorpus) -> dict[str, Entry]:
        """Compare what was loaded with what the index holds, document by document."""
        indexed = self._indexed()
        found = {}
        for document in loaded.documents:
            is_ready = document.id in indexed and self._holds(document, indexed[document.id])
            found[document.id] = self._entry(document, is_ready=is_ready)
        for skipped in loaded.skipped:
            found[skipped.path] = Entry(
                skipped.path,
                Path(skipped.path).name,
                State.FAILED,
                size_bytes=self._size(skipped.path),
                reason=skipped.reason,
            )
        for path in self._uploads_left_out(found.keys()):
            reason = "Its front matter says `index: false`."
            found[path] = Entry(
                path, Path(path).name, State.FAILED, size_bytes=self._size(path), reason=reason
            )
        for lost in indexed.keys() - found.keys():
            found[lost] = Entry(lost, lost, State.STALE, reason="Its file is gone: rebuild.")
        self._counts = {d: self._counts[d] for d in loaded.documents if d in self._counts}
        return found

    def _indexed(self) -> dict[str, str]:
        """Map each path in the index to the one under which its text is stored."""
        generation = current_generation(self._bot.settings.index_dir)
        records = read_catalog(generation)
        return {path: record.path for record in records for path in record.paths}

    def _holds(self, document: Document, stored_as: str) -> bool:
        stored = self._bot.document(stored_as)
        if stored_as != document.id:  # a copy: its title may come from its own name
            stored = replace(stored, id=document.id, title=document.title, notes=document.notes)
        return stored == document

    def _uploads_left_out(self, found: Collection[str]) -> list[str]:
        """Find what was added here but is neither a document nor skipped; it must be removable."""
        corpus_dir = self._bot.settings.corpus_dir
        files = (path for path in (corpus_dir / UPLOADS).glob("*") if path.is_file())
        names = (path.relative_to(corpus_dir).as_posix() for path in files)
        return [name for name in names if name not in found and Path(name).name[0] != "."]

    def _entry(self, document: Document, *, is_ready: bool) -> Entry:
        return Entry(
            document.id,
            document.title,
            State.READY if is_ready else State.STALE,
            kind=document.kind,
            date=document.date,
            passages=self._count(document) if is_ready else 0,
            size_bytes=self._size(document.id),
            reason="" if is_ready else "The index does not hold it as it is now: rebuild.",
        )

    def _count(self, document: Document) -> int:
        """Count a document's passages as the build cuts it; once for each text of it."""
        if document not in self._counts:
            settings, embedder = self._bot.settings, self._bot.embedder
            chunks = split(
                document,
                count_tokens=embedder.count_tokens,
                max_tokens=min(settings.chunk_tokens, embedder.max_tokens),
                overlap_sentences=settings.overlap_sentences,
            )
            self._counts[document] = len(chunks)
        return self._counts[document]

    def _size(self, document: str) -> int:
        try:
            return (self._bot.settings.corpus_dir / document).stat().st_size
        except OSError:
            return 0
