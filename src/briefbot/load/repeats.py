"""Paragraphs that stand in most documents of one site: marked as left out, and named (pure)."""

from __future__ import annotations

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
    """Leave out the paragraphs that stand in most documents of the same host or folder.

    The text stays whole, so that no offset moves; the paragraphs only go into no passage. Rows of
    tables always stay.
    """
    sites: defaultdict[str, list[Document]] = defaultdict(list)
    for document in documents:
        sites[_site(document)].append(document)
    repeated = {
        site: _repeated(members)
        for site, members in sites.items()
        if len(members) >= _MIN_DOCUMENTS
    }
    return tuple(_without(d, repeated.get(_site(d), frozenset())) for d in documents)


def as_read(document: Document) -> Document:
    """Undo what `without_repeats` did to a document: others may repeat other paragraphs by now."""
    if not document.left_out:
        return document
    return replace(document, left_out=(), notes=document.notes[:-1])


def _site(document: Document) -> str:
    host = urlsplit(document.url).hostname if "://" in document.url else None
    return f"//{host}" if host else PurePosixPath(document.id).parent.as_posix()


def _repeated(documents: Sequence[Document]) -> frozenset[str]:
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update({words for words, _ in _paragraphs(document)})
    often = max(_MIN_DOCUMENTS, len(documents) // 2 + 1)
    return frozenset(words for words, count in counts.items() if count >= often)


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


def _without(document: Document, repeated: frozenset[str]) -> Document:
    if not repeated:
        return document
    found = [(words, span) for words, span in _paragraphs(document) if words in repeated]
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
