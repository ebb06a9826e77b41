"""Corpus folder and index compared: an entry for each document, with its state."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from briefbot.entries import UPLOADS, Entry, State
from briefbot.index_folder import DocumentRecord, current_generation, read_catalog
from briefbot.load import LoadedCorpus
from briefbot.pipeline import BriefBot
from briefbot.types import Document


class Inventory:
    """Takes stock of a bot's documents."""

    def __init__(self, bot: BriefBot) -> None:
        self._bot = bot

    def take(self, loaded: LoadedCorpus) -> dict[str, Entry]:
        """Compare what was loaded with what the index holds, document by document."""
        indexed = self._indexed()
        found = {}
        for document in loaded.documents:
            record = indexed.get(document.id)
            is_ready = record is not None and self._holds(document, record.path)
            found[document.id] = self._entry(document, record if is_ready else None)
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
        return found

    def _indexed(self) -> dict[str, DocumentRecord]:
        """Map each path in the index to what the catalog says of its document."""
        generation = current_generation(self._bot.settings.index_dir)
        return {path: record for record in read_catalog(generation) for path in record.paths}

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

    def _entry(self, document: Document, record: DocumentRecord | None) -> Entry:
        """Describe a document; `record` is the catalog's if the index holds it as it is now."""
        return Entry(
            document.id,
            document.title,
            State.READY if record else State.STALE,
            kind=document.kind,
            date=document.date,
            passages=record.passages if record else 0,
            size_bytes=self._size(document.id),
            reason="" if record else "The index does not hold it as it is now: rebuild.",
        )

    def _size(self, document: str) -> int:
        try:
            return (self._bot.settings.corpus_dir / document).stat().st_size
        except OSError:
            return 0
