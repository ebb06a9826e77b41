"""Sentences on what somebody says → a block for each speaker (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from briefbot.attribution import speaker_of
from briefbot.choose.block import OPENING_WORDS, Block
from briefbot.cite import Quoted


def by_speaker(quotes: Sequence[Quoted]) -> list[Block]:
    """Group sentences by whose words they report, where each opens with one of several names."""
    speakers = [_speaker(quote) for quote in quotes]
    if not all(speakers) or len(set(speakers)) < 2:
        return [Block(tuple(quotes))]
    groups: dict[str, list[Quoted]] = {}
    for quote, speaker in zip(quotes, speakers, strict=True):
        groups.setdefault(speaker, []).append(quote)
    return [Block(tuple(group), heading=speaker) for speaker, group in groups.items()]


def _speaker(quote: Quoted) -> str:
    """Who speaks, if the sentence opens with the name; who speaks further on may be another."""
    before = quote.chunk.text[: quote.start - quote.chunk.start]
    speaker = speaker_of(quote.text, before)
    opening = " ".join(quote.text.split()[:OPENING_WORDS])
    return speaker if speaker[:1].isupper() and speaker in opening else ""
