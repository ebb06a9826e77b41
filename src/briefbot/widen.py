"""Passages → the same passages with whole sentences around them (pure)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from briefbot.register import blanked, chunk_of, unread
from briefbot.sentences import sentence_spans
from briefbot.split import sections
from briefbot.types import Chunk, Document, Passage, Span

_STEP = 0.13
"""How much less each passage is widened than the one before it, as a share of the first one."""
_LEAST = 0.45
_BEFORE = 0.2
"""Share of what is added that stands before: a passage repeats a sentence from there already."""


def widened(
    passages: Sequence[Passage], document_of: Callable[[str], Document], *, size_chars: int
) -> list[Passage]:
    """Add the sentences around each passage, within its section, up to the passages beside it.

    Args:
        passages: Best first.
        document_of: A document's id → the document.
        size_chars: How long the first passage may get; the next ones get less. A passage that is
            longer already stays as it is.

    Returns:
        The same passages in the same order, each at its document's offsets; what is added to one
        stands in no other.
    """
    spans = [(passage.chunk.start, passage.chunk.end) for passage in passages]
    wide = []
    for rank, passage in enumerate(passages):
        chunk = passage.chunk
        document = document_of(chunk.document)
        beside = [
            span
            for span, other in zip(spans, passages, strict=True)
            if other is not passage and other.chunk.document == chunk.document
        ]
        room = _room(_section(document, chunk), chunk, beside)
        share = max(_LEAST, 1 - _STEP * rank)
        spans[rank] = _wider(document, room, chunk, int(share * size_chars))
        wide.append(replace(passage, chunk=chunk_of(document, spans[rank], chunk.heading)))
    return wide


def _room(section: Span, chunk: Chunk, beside: Sequence[Span]) -> Span:
    """Find how far a chunk may grow: to the next spans on either side, not past its section."""
    low, high = section
    for start, end in beside:
        if start < chunk.start:
            low = max(low, min(end, chunk.start))
        if end > chunk.end:
            high = min(high, max(start, chunk.end))
    return low, high


def _section(document: Document, chunk: Chunk) -> Span:
    """Find the section that holds a chunk."""
    return next(
        (span for _, span in sections(document) if span[0] <= chunk.start and chunk.end <= span[1]),
        (chunk.start, chunk.end),
    )


def _wider(document: Document, room: Span, chunk: Chunk, size_chars: int) -> Span:
    """Add whole sentences before and behind a chunk up to a size."""
    more = size_chars - (chunk.end - chunk.start)
    if more <= 0:
        return chunk.start, chunk.end
    before, behind = int(_BEFORE * more), int((1 - _BEFORE) * more)
    # a sentence that the window cuts off is not whole: one character more tells
    low = max(room[0], chunk.start - before - 1)
    high = min(room[1], chunk.end + behind + 1)
    text = blanked(document.text[low:high], unread(document))
    whole = [
        (low + start, low + end)
        for start, end in sentence_spans(text, language=document.language)
        if (low == room[0] or start > 0) and (high == room[1] or low + end < high)
    ]
    return (
        min([chunk.start, *(start for start, end in whole if end <= chunk.start)]),
        max([chunk.end, *(end for start, end in whole if start >= chunk.end)]),
    )
