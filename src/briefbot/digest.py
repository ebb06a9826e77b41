"""The likeliest sentences of several passages → one short text, which is read closely (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from briefbot.cite import Quoted
from briefbot.evidence import Evidence, leans_back, section_of, sentence_before
from briefbot.terms import terms
from briefbot.types import Chunk

SIZE_CHARS = 1100
"""Characters of a digest's sentences, headings aside: as many as the network reads of a passage."""


@dataclass(frozen=True, slots=True)
class Digest:
    """Sentences of several places, put together.

    Attributes:
        text: They, each section's under its heading.
        places: Where each of them begins in the text, in its order.
    """

    text: str
    places: tuple[tuple[int, Quoted], ...]

    def words(self, start: int, end: int) -> Quoted | None:
        """Find what a range of the text covers; None if it is not within one sentence."""
        for begin, quote in self.places:
            if begin <= start < end <= begin + quote.end - quote.start:
                origin = quote.start - begin
                return Quoted(quote.chunk, origin + start, origin + end)
        return None


def digest(question: str, evidence: Sequence[Evidence], *, size_chars: int = SIZE_CHARS) -> Digest:
    """Put the likeliest sentences together, best section first, each section in its order.

    Args:
        question: A heading that shares no word with it is left out: it would mislead.
        evidence: Sentences, best first.
        size_chars: Of the sentences together; the first is taken whatever its length.
    """
    quotes = _likeliest([item.quote for item in evidence], size_chars)
    sections = list(dict.fromkeys(section_of(quote.chunk) for quote in quotes))
    asked = set(terms(question))
    text, places = "", []
    for section in sections:
        own = [quote for quote in quotes if section_of(quote.chunk) == section]
        name = _name(own[0].chunk)
        text += f"{name}\n" if asked & set(terms(name)) else ""
        for quote in sorted(own, key=lambda each: each.start):
            places.append((len(text), quote))
            text += f"{quote.text} "
        text = f"{text.rstrip()}\n"
    return Digest(text, tuple(places))


def _likeliest(quotes: Iterable[Quoted], size_chars: int) -> list[Quoted]:
    """Take sentences until there is no room, each text once, with what "He …" leans on.

    A document that has its share waits until the others have had their say.
    """
    taken: dict[str, Quoted] = {}
    waiting: list[list[Quoted]] = []
    held: Counter[str] = Counter()

    def size(group: Iterable[Quoted]) -> int:
        return sum(len(quote.text) for quote in group)

    for quote in quotes:
        if quote.text in taken:
            continue
        before = sentence_before(quote) if leans_back(quote.text) else None
        group = [each for each in (before, quote) if each and each.text not in taken]
        if taken and held[quote.chunk.document] + size(group) > _DOCUMENT_SHARE * size_chars:
            waiting.append(group)
            continue
        if taken and size(taken.values()) + size(group) > size_chars:
            break
        taken |= {each.text: each for each in group}
        held[quote.chunk.document] += size(group)
    for group in waiting:
        if size(taken.values()) + size(group) > size_chars:
            break
        taken |= {each.text: each for each in group}
    return list(taken.values())


_DOCUMENT_SHARE = 0.5
"""Share of a digest that one document may fill while others have sentences to offer."""


def _name(chunk: Chunk) -> str:
    return chunk.heading[-1] if chunk.heading else chunk.title
