"""Paragraphs of the briefs that nearly repeat each other, by their shingles (pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from briefbot.corpus_check.text import Defect, Text, prose_of
from briefbot.register import blocks
from briefbot.terms import terms

SHINGLE_TERMS = 3
SHINGLE_MIN = 15
"""A paragraph with fewer shingles is too short to be told from another."""
DUPLICATE_SHARE = 0.5
"""Jaccard similarity of two paragraphs' shingles from which they are near-duplicates.

A shingle is three terms in a row; at 0.5, paragraphs of one length share two thirds of theirs.
Among the first thirty briefs, written apart, 98% of the pairs that share any shingle stay below
0.2, and two sentences that state the same two facts reach up to 0.48, which a brief that stands
alone may do. A copy in which one word in ten is replaced still has 0.54.
"""


class Paragraph(NamedTuple):
    """A paragraph or list of a text, with its shingles."""

    path: str
    line: int
    shingles: frozenset[tuple[str, ...]]


def paragraphs_of(text: Text) -> Iterator[Paragraph]:
    """Cut a text into paragraphs and lists with their shingles; short ones are left out."""
    prose = prose_of(text)
    for start, end in blocks(text.text, text.body_start):
        found = shingles(prose[start:end])
        if len(found) >= SHINGLE_MIN:
            yield Paragraph(text.path, text.line_of(start), found)


def shingles(words: str) -> frozenset[tuple[str, ...]]:
    """The runs of three terms of a text, as a set."""
    found = terms(words)
    rows = (found[start:] for start in range(SHINGLE_TERMS))
    return frozenset(zip(*rows, strict=False))


def near_duplicates(paragraphs: Sequence[Paragraph]) -> list[Defect]:
    """Name each paragraph that nearly repeats one of another text, or of its own."""
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for number, paragraph in enumerate(paragraphs):
        for shingle in paragraph.shingles:
            for holder in holders[shingle]:
                shared[holder, number] += 1
            holders[shingle].append(number)
    defects = []
    for (earlier, later), common in shared.items():
        one, other = paragraphs[earlier], paragraphs[later]
        share = common / (len(one.shingles) + len(other.shingles) - common)
        if share >= DUPLICATE_SHARE:
            defects.append(
                Defect(
                    other.path,
                    other.line,
                    f"this passage repeats {one.path}:{one.line} (similarity {share:.2f}, "
                    f"{DUPLICATE_SHARE} is too much); rewrite or remove one.",
                )
            )
    return defects
