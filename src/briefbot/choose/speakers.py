"""Sentences on what somebody says → a block for each speaker (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from briefbot.arrange import holds, sentence_after
from briefbot.attribution import speaker_of
from briefbot.choose.block import OPENING_WORDS, Block
from briefbot.cite import Quoted

_ANNOUNCES = re.compile(
    r"\b(?:spoke|commented|reacted|replied|responded|answered|gave (?:a|another) reason)\b"
    r"(?!.*(?:\bthat\b|[:“\"]))",
    re.I,
)


def with_content(quotes: Sequence[Quoted], *, most: int) -> list[Quoted]:
    """Bring the next sentence after one that only announces that somebody spoke."""
    found: list[Quoted] = []
    for quote in quotes:
        after = sentence_after(quote) if _ANNOUNCES.search(quote.text) else None
        new = [each for each in (quote, after) if each is not None and not holds(found, each)]
        if len(found) + len(new) <= most:
            found += new
    return found


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
