"""Chosen sentences → what they lean on put before them, in reading order (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from briefbot.cite import Quoted
from briefbot.read import quotes_of, section_of

_LEANS_BACK = re.compile(
    r"^\W*(?:he|she|they|it|this|these|those|that|such|his|her|their|its|similarly|however"
    r"|thus|therefore|moreover|furthermore|in addition|also|but|and|yet|instead"
    r"|the (?:former|latter))\b",
    re.I,
)


def leans_back(sentence: str) -> bool:
    """Whether a sentence opens with a word that points to the one before it."""
    return bool(_LEANS_BACK.match(sentence))


def with_antecedents(quotes: Sequence[Quoted], *, most: int) -> list[Quoted]:
    """Put the sentence before in front of one that opens with "He", "This" and the like.

    Later choices give way where the answer would get longer than `most` sentences.
    """
    kept: list[Quoted] = []
    for quote in quotes:
        group = [quote]
        while leans_back(group[0].text):
            before = _sentence_before(group[0])
            if before is None:
                break
            group.insert(0, before)
        new = [item for item in group if not holds(kept, item)]
        if kept and len(kept) + len(new) > most:
            continue
        kept.extend(new)
    return kept


def holds(quotes: Sequence[Quoted], quote: Quoted) -> bool:
    """Whether a sentence is among others, by its place."""
    return any(
        (other.chunk.document, other.start) == (quote.chunk.document, quote.start)
        for other in quotes
    )


def _sentence_before(quote: Quoted) -> Quoted | None:
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


def in_reading_order(quotes: Sequence[Quoted]) -> list[Quoted]:
    """Keep each section's sentences together, in its order; the best section comes first."""
    sections = list(dict.fromkeys(section_of(quote.chunk) for quote in quotes))
    return sorted(quotes, key=lambda quote: (sections.index(section_of(quote.chunk)), quote.start))
