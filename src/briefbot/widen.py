"""Passages → passages with whole sentences around them; those that then touch become one (pure)."""

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
    """Add the sentences around each passage, within its section, and join those that touch.

    Args:
        passages: Best first.
        document_of: A document's id → the document.
        size_chars: How long the first passage may get; the next ones get less. A passage that is
            longer already stays as it is.

    Returns:
        At most as many passages, best first, each at its document's offsets; a joined one stands
        where the better one stood. Passages of a document may still overlap by nothing.
    """
    kept: list[tuple[Passage, Document, Span, Span]] = []
    for rank, passage in enumerate(passages):
        document = document_of(passage.chunk.document)
        section = _section(document, passage.chunk)
        share = max(_LEAST, 1 - _STEP * rank)
        span = _wider(document, section, passage.chunk, int(share * size_chars))
        for place, (other, of, within, known) in enumerate(kept):
            if of.id == document.id and within == section and _touch(document, span, known):
                joined = (min(span[0], known[0]), max(span[1], known[1]))
                kept[place] = (other, of, within, joined)
                break
        else:
            kept.append((passage, document, section, span))
    return [
        replace(passage, chunk=chunk_of(document, span, passage.chunk.heading))
        for passage, document, _, span in kept
    ]


def _touch(document: Document, one: Span, other: Span) -> bool:
    """Whether no word stands between two spans."""
    first, second = sorted((one, other))
    return not document.text[first[1] : second[0]].strip()


def _section(document: Document, chunk: Chunk) -> Span:
    """Find the section that holds a chunk."""
    return next(
        (span for _, span in sections(document) if span[0] <= chunk.start and chunk.end <= span[1]),
        (chunk.start, chunk.end),
    )


def _wider(document: Document, section: Span, chunk: Chunk, size_chars: int) -> Span:
    """Add whole sentences before and behind a chunk up to a size."""
    more = size_chars - (chunk.end - chunk.start)
    if more <= 0:
        return chunk.start, chunk.end
    before, behind = int(_BEFORE * more), int((1 - _BEFORE) * more)
    # a sentence that the window cuts off is not whole: one character more tells
    low = max(section[0], chunk.start - before - 1)
    high = min(section[1], chunk.end + behind + 1)
    text = blanked(document.text[low:high], unread(document))
    whole = [
        (low + start, low + end)
        for start, end in sentence_spans(text, language=document.language)
        if (low == section[0] or start > 0) and (high == section[1] or low + end < high)
    ]
    return (
        min([chunk.start, *(start for start, end in whole if end <= chunk.start)]),
        max([chunk.end, *(end for start, end in whole if start >= chunk.end)]),
    )
