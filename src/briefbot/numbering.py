"""Citations of an answer → the numbers that they keep throughout a conversation (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from briefbot.types import Answer, Citation

Place = tuple[str, int, int]


def renumbered(answer: Answer, earlier: Iterable[Answer]) -> Answer:
    """Give a quote the number that it had before, and a new quote the next free one.

    Args:
        answer: Its citations count from 1.
        earlier: The answers before it in the conversation, numbered already.
    """
    known: dict[Place, int] = {}
    for before in earlier:
        for citation in before.citations:
            known.setdefault(_place(citation), citation.n)
    last = max(known.values(), default=0)
    numbers: dict[int, int] = {}
    for citation in answer.citations:
        place = _place(citation)
        if place not in known:
            last += 1
            known[place] = last
        numbers[citation.n] = known[place]

    def moved(citations: Iterable[int]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(numbers[n] for n in citations if n in numbers))

    return replace(
        answer,
        statements=tuple(replace(s, citations=moved(s.citations)) for s in answer.statements),
        citations=tuple(replace(c, n=numbers[c.n]) for c in answer.citations),
        verification=tuple(replace(v, citations=moved(v.citations)) for v in answer.verification),
    )


def _place(citation: Citation) -> Place:
    return citation.document, citation.start, citation.end
