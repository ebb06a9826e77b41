"""Paragraphs that stand in most documents of one site: marked as left out, and named (pure)."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from briefbot.types import Document, Span

_MIN_DOCUMENTS = 3
_MAX_SHARE = 1 / 2
"""Repeats that make up more of a document than this are what it is about, not its frame."""
_SHOWN_CHARS = 60
_LINE = re.compile(r"[^\r\n]+")


def without_repeats(documents: Sequence[Document]) -> tuple[Document, ...]:
    """Leave out of each document the paragraphs that most of its site repeat."""
    repeats = Repeats()
    for document in documents:
        repeats.note(document)
    return tuple(repeats.without(document) for document in documents)


class Repeats:
    """Which paragraphs stand in most documents of the same host or folder.

    All documents are noted before the first is asked for. Of a paragraph only a hash is kept, so
    that the documents need not be.
    """

    def __init__(self) -> None:
        """Start with no documents."""
        self._counts: defaultdict[str, Counter[bytes]] = defaultdict(Counter)
        self._documents: Counter[str] = Counter()
        self._repeated: dict[str, frozenset[bytes]] = {}

    def note(self, document: Document) -> None:
        """Count the paragraphs of a document, each once."""
        site = _site(document)
        self._documents[site] += 1
        self._counts[site].update({_hash(words) for words, _ in _paragraphs(document)})

    def without(self, document: Document) -> Document:
        """Mark what a document repeats as left out.

        The text stays whole, so that no offset moves; the paragraphs only go into no passage. Rows
        of tables always stay.
        """
        site = _site(document)
        if site not in self._repeated:
            often = max(_MIN_DOCUMENTS, self._documents[site] // 2 + 1)
            counts = self._counts.pop(site, Counter())
            self._repeated[site] = frozenset(key for key, n in counts.items() if n >= often)
        return _without(document, self._repeated[site])


def as_read(document: Document) -> Document:
    """Undo what `Repeats.without` did to a document: others may repeat other paragraphs by now."""
    if not document.left_out:
        return document
    return replace(document, left_out=(), notes=document.notes[:-1])


def _site(document: Document) -> str:
    host = urlsplit(document.url).hostname if "://" in document.url else None
    return f"//{host}" if host else PurePosixPath(document.id).parent.as_posix()


def _hash(words: str) -> bytes:
    return hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _paragraphs(document: Document) -> list[tuple[str, Span]]:
    """List the paragraphs below the headings: each line, with its words and its span."""
    taken = {heading.start for heading in document.headings}
    taken |= {mark.start for mark in document.marks if mark.own_passage}
    found = []
    for match in _LINE.finditer(document.text, document.body_start):
        words = " ".join(match.group().split())
        if match.start() not in taken and any(character.isalnum() for character in words):
            found.append((words, match.span()))
    return found


def _without(document: Document, repeated: frozenset[bytes]) -> Document:
    if not repeated:
        return document
    found = [(words, span) for words, span in _paragraphs(document) if _hash(words) in repeated]
    size = sum(end - start for _, (start, end) in found)
    if not found or size > _MAX_SHARE * (len(document.text) - document.body_start):
        return document
    first = found[0][0]
    shown = first if len(first) <= _SHOWN_CHARS else f"{first[:_SHOWN_CHARS].rstrip()}…"
    others = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return replace(
        document,
        left_out=tuple(span for _, span in found),
        notes=(*document.notes, f"left out what other documents repeat: “{shown}”{others}"),
    )
