"""Number quotes, find `[n]` marks, and check that each quote stands in its document (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from briefbot.terms import terms
from briefbot.types import Chunk, Citation, Statement

_MARK = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NEGATION = re.compile(r"\b(?:not|no|never|none|nor|neither|without|cannot|\w+n['’]t)\b", re.I)
SUPPORT_COVER = 0.6
"""Share of a statement's terms that its cited passages must hold."""

TextOf = Callable[[str], str]
"""Document id → the document's stored text."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A verbatim piece of a chunk, not yet numbered; offsets are the document's."""

    chunk: Chunk
    start: int
    end: int

    @property
    def text(self) -> str:
        """The quote itself."""
        return self.chunk.text[self.start - self.chunk.start : self.end - self.chunk.start]


def cite(quote: Quoted, n: int) -> Citation:
    """Turn a quote into citation number `n`."""
    chunk = quote.chunk
    return Citation(
        n=n,
        document=chunk.document,
        title=chunk.title,
        quote=quote.text,
        start=quote.start,
        end=quote.end,
        heading=" › ".join(chunk.heading),
        url=chunk.url,
        date=chunk.date,
    )


def fold(text: str) -> str:
    """Normalise to NFC and fold runs of white space to one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_verbatim(citation: Citation, text: str) -> bool:
    """Whether the quote is exactly what stands at its offsets in the document's text."""
    return (
        0 <= citation.start < citation.end <= len(text)
        and text[citation.start : citation.end] == citation.quote
    )


def marks(text: str) -> tuple[int, ...]:
    """Find the numbers of the `[n]` and `[n, m]` marks of a text, each once, in order."""
    found = (int(n) for match in _MARK.finditer(text) for n in re.split(r"\s*[,;]\s*", match[1]))
    return tuple(dict.fromkeys(found))


def without_marks(text: str) -> str:
    """Take the `[n]` marks out of a text and close the gaps."""
    bare = re.sub(r"\s+([.,;:!?])", r"\1", _MARK.sub("", text))
    return " ".join(bare.split())


def is_supported(statement: str, passages: Sequence[str]) -> bool:
    """Whether passages hold a statement's words, all its numbers, and no fewer negations.

    A lexical check: it catches invented content, changed numbers and a dropped or added "not"
    against the nearest sentence, not every change of meaning.
    """
    wanted = set(terms(statement))
    held = {term for passage in passages for term in terms(passage)}
    numbers = set(_NUMBER.findall(statement))
    held_numbers = {number for passage in passages for number in _NUMBER.findall(passage)}
    if not wanted or not numbers <= held_numbers:
        return False
    if len(wanted & held) / len(wanted) < SUPPORT_COVER:
        return False
    return any(_negates(statement) == _negates(passage) for passage in passages)


def _negates(text: str) -> bool:
    return bool(_NEGATION.search(text))


def verify(
    statements: Sequence[Statement], citations: Iterable[Citation], text_of: TextOf
) -> tuple[tuple[Statement, ...], tuple[Citation, ...], int]:
    """Keep the statements that rest on verbatim quotes, and number their citations from 1.

    A statement stays when at least one of its citations exists and is verbatim at its offsets;
    its other citations are dropped.

    Returns:
        The statements kept, the citations they use in order of first use, and how many
        statements were withheld.
    """
    good = {c.n: c for c in citations if is_verbatim(c, text_of(c.document))}
    kept = [
        replace(statement, citations=tuple(n for n in statement.citations if n in good))
        for statement in statements
    ]
    kept = [statement for statement in kept if statement.citations and statement.text]
    used = dict.fromkeys(n for statement in kept for n in statement.citations)
    renumbered = {old: new for new, old in enumerate(used, start=1)}
    return (
        tuple(
            replace(statement, citations=tuple(renumbered[n] for n in statement.citations))
            for statement in kept
        ),
        tuple(replace(good[old], n=new) for old, new in renumbered.items()),
        len(statements) - len(kept),
    )
