"""Chosen sentences → what they lean on put before them, in reading order (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from briefbot.cite import Quoted
from briefbot.evidence import leans_back, section_of, sentence_before


def with_antecedents(quotes: Sequence[Quoted], *, most: int) -> list[Quoted]:
    """Put the sentence before in front of one that opens with "He", "This" and the like.

    Later choices give way where the answer would get longer than `most` sentences.
    """
    kept: list[Quoted] = []
    for quote in quotes:
        group = [quote]
        while leans_back(group[0].text):
            before = sentence_before(group[0])
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


def in_reading_order(quotes: Sequence[Quoted]) -> list[Quoted]:
    """Keep each section's sentences together, in its order; the best section comes first."""
    sections = list(dict.fromkeys(section_of(quote.chunk) for quote in quotes))
    return sorted(quotes, key=lambda quote: (sections.index(section_of(quote.chunk)), quote.start))
