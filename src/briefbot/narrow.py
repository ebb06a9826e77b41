"""Passages → the parts of them that a slow chat model has the time to read (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from briefbot.cite import Quoted
from briefbot.evidence import Evidence, quotes_of
from briefbot.types import Chunk, Passage, Span


def narrowed(
    passages: Sequence[Passage], evidence: Sequence[Evidence], *, size_chars: int
) -> list[Passage]:
    """Cut passages down to their best sentences and those between them.

    Args:
        passages: The passages of an answer.
        evidence: Sentences of these passages, best first; those of others are left out.
        size_chars: Most characters of all that is kept; the best sentence is kept even if longer.

    Returns:
        The passages that hold the best sentences, in the order of these, each one span of its
        document; all passages as they are if no sentence is known.
    """
    by_id = {passage.chunk.id: passage for passage in passages}
    kept: dict[str, Span] = {}
    used = 0
    for item in evidence:
        key = item.quote.chunk.id
        if key not in by_id:
            continue
        span = (item.quote.start, item.quote.end)
        if key in kept:
            wider = min(kept[key][0], span[0]), max(kept[key][1], span[1])
        else:
            wider = _with_the_one_before(by_id[key].chunk, span)
        more = _length(wider) - _length(kept.get(key, (0, 0)))
        if kept and used + more > size_chars:
            continue
        kept[key] = wider
        used += more
    return [_cut(by_id[key], span) for key, span in kept.items()] or list(passages)


def _with_the_one_before(chunk: Chunk, span: Span) -> Span:
    """Add the sentence before, which says who "he" is."""
    before = [quote for quote in quotes_of(chunk) if quote.end <= span[0]]
    return (before[-1].start if before else span[0]), span[1]


def _length(span: Span) -> int:
    return span[1] - span[0]


def _cut(passage: Passage, span: Span) -> Passage:
    chunk = passage.chunk
    text = Quoted(chunk, *span).text
    return replace(passage, chunk=replace(chunk, text=text, start=span[0], end=span[1]))
