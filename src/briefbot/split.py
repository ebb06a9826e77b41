"""Document → Chunks: whole sentences, never across a heading, sized for the embedding model."""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from briefbot.register import blanked, chunk_of, unread
from briefbot.sentences import paragraph_spans, sentence_spans
from briefbot.types import Chunk, Document, Heading, Span

CountTokens = Callable[[Sequence[str]], list[int]]
"""Texts → the number of word pieces of each, without special tokens."""

SENTENCE_MAX_CHARS = 4000
"""What runs on longer than this without a sentence end is no sentence and may be cut."""


@dataclass(frozen=True, slots=True)
class _Sized:
    start: int
    end: int
    tokens: int
    opens_paragraph: bool


def split(
    document: Document, *, count_tokens: CountTokens, max_tokens: int, overlap_sentences: int
) -> list[Chunk]:
    """Split a document into passages of whole sentences.

    A passage is filled up to `max_tokens` word pieces, counting the title and heading path that
    are prepended for embedding. A section that needs several passages is cut into about equal
    ones, at paragraph ends where that costs little. A single sentence above the budget becomes a
    passage of its own, uncut.

    Args:
        document: What to split; front matter and heading lines go into no chunk.
        count_tokens: The embedding model's own count.
        max_tokens: Budget of one chunk with its context, in word pieces.
        overlap_sentences: How many sentences a passage repeats from the one before it.

    Returns:
        Chunks in document order; `document.text[c.start:c.end] == c.text` for each.
    """
    chunks: list[Chunk] = []
    for path, (start, end) in sections(document):
        context = chunk_of(document, (start, start), path).context
        budget = max(1, max_tokens - count_tokens([context])[0] - _SPECIAL_TOKENS)
        sentences = _sized_sentences(document, start, end, count_tokens)
        for first, last in _pack(sentences, budget, overlap_sentences):
            span = (sentences[first].start, sentences[last].end)
            chunks.append(chunk_of(document, span, path))
    return chunks


_SPECIAL_TOKENS = 4
"""`[CLS]`, `[SEP]`, and what separates context from text."""


def sections(document: Document) -> list[tuple[tuple[str, ...], Span]]:
    """Cut the body at its headings, at marks that ask for it, and at what is left out.

    Returns:
        `(heading path, [start, end))` of each stretch between two cuts that holds any text, in
        order. The document's own title is not repeated in the path.
    """
    path: list[Heading] = []
    found: list[tuple[tuple[str, ...], Span]] = []
    position = document.body_start
    for start, end, heading in _gaps(document):
        if document.text[position:start].strip():
            names = tuple(h.text for h in path if h.text != document.title)
            found.append((names, (position, start)))
        position = max(position, end)
        if heading is not None:
            path = [above for above in path if above.level < heading.level] + [heading]
    return found


def _gaps(document: Document) -> list[tuple[int, int, Heading | None]]:
    """Find what parts passages, in order: headings, rows, what is left out, and the text's end."""
    gaps: list[tuple[int, int, Heading | None]] = [(h.start, h.end, h) for h in document.headings]
    gaps += [(mark.start, mark.start, None) for mark in document.marks if mark.own_passage]
    gaps += [(start, end, None) for start, end in document.left_out]
    gaps.sort(key=lambda gap: gap[:2])
    return [*gaps, (len(document.text), len(document.text), None)]


def _sized_sentences(
    document: Document, start: int, end: int, count_tokens: CountTokens
) -> list[_Sized]:
    text = blanked(document.text[start:end], unread(document))
    spans = [
        piece
        for span in sentence_spans(text, language=document.language)
        for piece in _cut_overlong(text, span)
    ]
    paragraph_starts = [first for first, _ in paragraph_spans(text)]
    sized = []
    last_paragraph = -1
    # with what stands before it, so that the marks of a list count too
    stops = [0, *(last for _, last in spans)]
    tokens = count_tokens([text[stops[n] : last] for n, (_, last) in enumerate(spans)])
    for (first, last), count in zip(spans, tokens, strict=True):
        paragraph = bisect.bisect_right(paragraph_starts, first)
        sized.append(_Sized(start + first, start + last, count, paragraph != last_paragraph))
        last_paragraph = paragraph
    return sized


def _cut_overlong(text: str, span: Span) -> list[Span]:
    start, end = span
    pieces: list[Span] = []
    while end - start > SENTENCE_MAX_CHARS:
        space = text.rfind(" ", start + 1, start + SENTENCE_MAX_CHARS)
        cut = space if space > start else start + SENTENCE_MAX_CHARS
        pieces.append((start, cut))
        start = cut + 1 if cut == space else cut
    return [*pieces, (start, end)]


def _pack(sentences: Sequence[_Sized], budget: int, overlap: int) -> list[tuple[int, int]]:
    """Group sentences, at least one, into passages of at most `budget` word pieces.

    Returns:
        `(first, last)` sentence positions of each passage, both included.
    """
    total = sum(sentence.tokens for sentence in sentences)
    target = total / math.ceil(total / budget) if total > budget else budget
    groups: list[tuple[int, int]] = []
    first = last = 0
    while True:
        last = _fill(sentences, (first, last), target, budget)
        groups.append((first, last))
        if last + 1 == len(sentences):
            return groups
        first = _step_back(sentences, first, last, overlap, budget)
        last += 1


def _fill(sentences: Sequence[_Sized], opening: tuple[int, int], target: float, budget: int) -> int:
    """Find the last sentence of the passage that opens with the sentences of `opening`."""
    first, last = opening
    size = sum(sentence.tokens for sentence in sentences[first : last + 1])
    for position in range(last + 1, len(sentences)):
        sentence = sentences[position]
        if size + sentence.tokens > budget:
            break
        near_target = size >= target * _PARAGRAPH_CUT_FROM
        past_target = size + sentence.tokens / 2 > target
        if past_target or (near_target and sentence.opens_paragraph):
            break
        size += sentence.tokens
        last = position
    return last


_PARAGRAPH_CUT_FROM = 0.7
"""Share of the target size from which a paragraph's end closes the passage."""


def _step_back(
    sentences: Sequence[_Sized], first: int, last: int, overlap: int, budget: int
) -> int:
    """Find where the next passage opens; it always ends beyond the one before."""
    start = last + 1
    for position in range(last, max(first, last - overlap), -1):
        if sum(s.tokens for s in sentences[position : last + 2]) > budget:
            break
        start = position
    return start
