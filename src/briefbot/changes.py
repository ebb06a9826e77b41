"""Two catalogs → what was added, changed, removed and renamed between them (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from briefbot.generation import DocumentRecord
from briefbot.types import Renamed


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of each path; a copy of a file is a path of its own.

    Attributes:
        unchanged: How many paths stayed as they were.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: tuple[Renamed, ...]
    unchanged: int


def changes_between(before: Sequence[DocumentRecord], after: Sequence[DocumentRecord]) -> Changes:
    """Compare by content: what went from one path and came at another was renamed."""
    old = {path: record for record in before for path in record.paths}
    new = {path: record for record in after for path in record.paths}
    stayed = [path for path in new if path in old]
    changed = [path for path in stayed if not _same(old[path], new[path], path)]
    gone: dict[str, list[str]] = {}
    for path in sorted(old, reverse=True):
        if path not in new:
            gone.setdefault(old[path].digest, []).append(path)
    added: list[str] = []
    renamed: list[Renamed] = []
    for path in sorted(path for path in new if path not in old):
        sources = gone.get(new[path].digest)
        if sources:
            renamed.append(Renamed(sources.pop(), path))
        else:
            added.append(path)
    return Changes(
        added=tuple(added),
        changed=tuple(sorted(changed)),
        removed=tuple(sorted(path for paths in gone.values() for path in paths)),
        renamed=tuple(renamed),
        unchanged=len(stayed) - len(changed),
    )


def _same(old: DocumentRecord, new: DocumentRecord, path: str) -> bool:
    if old.digest != new.digest:
        return False
    # a copy shows the title of the first path, so its own says nothing about it
    return old.title == new.title or not (old.path == new.path == path)
