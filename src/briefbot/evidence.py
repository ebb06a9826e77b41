"""Sentences of passages: where they stand, what stands around them, how well they answer (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from briefbot.cite import Quoted
from briefbot.register import prose
from briefbot.sentences import sentence_spans
from briefbot.types import Chunk


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a passage; `score` in [0, 1] says how well it answers."""

    quote: Quoted
    score: float


def at_best(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Give each sentence once, at the best of its scores."""
    best: dict[tuple[str, int], Evidence] = {}
    for item in evidence:
        place = item.quote.chunk.document, item.quote.start
        best[place] = max(best.get(place, item), item, key=lambda each: each.score)
    return list(best.values())


def quotes_of(chunk: Chunk) -> list[Quoted]:
    """Cut a chunk into its sentences, at the document's offsets."""
    return [
        Quoted(chunk, chunk.start + start, chunk.start + end)
        for start, end in sentence_spans(prose(chunk), language=chunk.language)
    ]


Section = tuple[str, tuple[str, ...]]
"""A document and a heading path in it."""


def section_of(chunk: Chunk) -> Section:
    """The section that a chunk belongs to."""
    return chunk.document, chunk.heading


_LEANS_BACK = re.compile(
    r"^\W*(?:he|she|they|it|this|these|those|that|such|his|her|their|its|similarly|however"
    r"|thus|therefore|moreover|furthermore|in addition|also|but|and|yet|instead"
    r"|the (?:former|latter))\b",
    re.I,
)


def leans_back(sentence: str) -> bool:
    """Whether a sentence opens with a word that points to the one before it."""
    return bool(_LEANS_BACK.match(sentence))


def sentence_before(quote: Quoted) -> Quoted | None:
    """The sentence before in the same paragraph, if the passage holds it."""
    before = [other for other in quotes_of(quote.chunk) if other.end <= quote.start]
    if not before or "\n" in _between(before[-1], quote):
        return None
    return before[-1]


def sentence_after(quote: Quoted) -> Quoted | None:
    """The next sentence of the same paragraph, if the passage holds it."""
    after = [other for other in quotes_of(quote.chunk) if other.start >= quote.end]
    return after[0] if after and "\n" not in _between(quote, after[0]) else None


def _between(one: Quoted, other: Quoted) -> str:
    origin = one.chunk.start
    return one.chunk.text[one.end - origin : other.start - origin]
