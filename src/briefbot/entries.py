"""What the library knows of each document, found by words and sorted (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

UPLOADS = "uploads"
"""Folder of the corpus that takes what is added in the library."""


class State(StrEnum):
    """Where a document is on its way into the index, or out of it."""

    QUEUED = "queued"
    READING = "reading"
    EMBEDDING = "embedding"
    READY = "ready"
    FAILED = "failed"
    STALE = "not indexed"
    REMOVING = "removing"


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of the library; `id` is its path in the corpus, or an address being fetched."""

    id: str
    title: str
    state: State
    kind: str = ""
    date: str = ""
    passages: int = 0
    size_bytes: int = 0
    reason: str = ""

    @property
    def is_upload(self) -> bool:
        """Whether it was added here, so that removing it loses nothing that is kept elsewhere."""
        return self.id.startswith(f"{UPLOADS}/") or "://" in self.id


SORTS: dict[str, Callable[[Entry], str | int]] = {
    "title": lambda entry: entry.title.casefold(),
    "kind": lambda entry: entry.kind.casefold(),
    "date": lambda entry: entry.date,
    "passages": lambda entry: entry.passages,
    "size": lambda entry: entry.size_bytes,
    "state": lambda entry: entry.state.value,
}


def select(
    entries: Iterable[Entry], query: str = "", *, sort: str = "title", descending: bool = False
) -> tuple[Entry, ...]:
    """Keep the entries that hold every word of a query, in the order asked for."""
    words = query.casefold().split()
    found = (
        entry
        for entry in entries
        if all(
            word in f"{entry.title} {entry.id} {entry.kind} {entry.date} {entry.state}".casefold()
            for word in words
        )
    )
    by_id = sorted(found, key=lambda entry: entry.id)
    return tuple(sorted(by_id, key=SORTS[sort], reverse=descending))
