"""Question + reading → statements with citations, in the documents' own words (no LLM)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Protocol

from briefbot.arrange import holds
from briefbot.choose import Block, blocks
from briefbot.cite import Quoted, cite, fold
from briefbot.differ import differing, is_confirmed
from briefbot.evidence import Evidence
from briefbot.questions import Kind, kind_of
from briefbot.read import Reading
from briefbot.short_answer import short_answer, spelled_out
from briefbot.support import problem
from briefbot.support.clauses import Source
from briefbot.terms import terms
from briefbot.types import FACT_CHECKED, SOURCES_DIFFER, Citation, Layout, Passage, Statement


@dataclass(frozen=True, slots=True)
class Cited:
    """A statement with the citations that it brings, numbered within the answer."""

    statement: Statement
    citations: tuple[Citation, ...]


class Answerer(Protocol):
    """Writes an answer; the pipeline checks it afterwards, whoever wrote it."""

    @property
    def name(self) -> str:
        """Name shown with the answer."""
        ...

    def answer(
        self, question: str, passages: Sequence[Passage], reading: Reading
    ) -> Iterator[Cited]:
        """Yield statements as they are ready; none at all means that nothing answers."""
        ...


class ExtractiveAnswerer:
    """Answers with the sentences of the passages that answer best, verbatim."""

    def __init__(self, *, max_statements: int) -> None:
        """Give at most `max_statements` sentences."""
        self._max_statements = max_statements

    @property
    def name(self) -> str:
        """Always `extractive`."""
        return "extractive"

    def answer(
        self, question: str, passages: Sequence[Passage], reading: Reading
    ) -> Iterator[Cited]:
        """Choose sentences by the kind of question, and put beside them what differs from them."""
        plan = blocks(question, reading.evidence, most=self._max_statements, sides=reading.sides)
        plan = _first_hand(plan, reading)
        plan = _with_difference(question, reading, plan, most=self._max_statements)
        numbers = count(1)
        lead = _lead(question, reading, plan)
        for block in plan:
            for quote in block.quotes:
                cited = [
                    quote,
                    *_original(quote, reading),
                    *_also_said(quote, reading.evidence, plan),
                ]
                citations = tuple(cite(each, next(numbers)) for each in cited)
                layout = Layout(block.heading, lead, block.is_list)
                marks = tuple(citation.n for citation in citations)
                yield Cited(Statement(fold(quote.text), marks, layout), citations)
                lead = ""


def _lead(question: str, reading: Reading, plan: Sequence[Block]) -> str:
    """The short answer to put in front; none where sources differ or several sides answer."""
    if not plan or plan[0].heading:
        return ""
    first = plan[0].quotes[0]
    match kind_of(question):
        case Kind.FACT:
            sure = reading.probability >= _SURE
            return short_answer(question, reading.span, first) if sure else ""
        case Kind.DEFINITION:
            return spelled_out(question, first)
        case _:
            return ""


_SURE = 0.8
"""Probability of an answer from which the short one may stand in front."""


def _first_hand(plan: Sequence[Block], reading: Reading) -> list[Block]:
    """Leave out sentences that only retell another one of the answer."""
    shown = [quote for block in plan for quote in block.quotes]

    def retells(quote: Quoted) -> bool:
        original = reading.retold.get((quote.chunk.document, quote.start))
        return original is not None and holds(shown, original)

    kept = [
        replace(block, quotes=tuple(quote for quote in block.quotes if not retells(quote)))
        for block in plan
    ]
    return [block for block in kept if block.quotes]


def _with_difference(
    question: str, reading: Reading, plan: Sequence[Block], *, most: int
) -> list[Block]:
    """Put what sources say differently into a block of its own; other sentences give way to it.

    Each side of a comparison keeps its best sentence all the same.
    """
    chosen = [quote for block in plan for quote in block.quotes]
    kind = kind_of(question)
    pair = None if kind is Kind.DEFINITION else differing(question, reading, chosen)
    if pair is None:
        return list(plan)
    heading = FACT_CHECKED if is_confirmed(pair, reading) else SOURCES_DIFFER
    sides = [replace(block, quotes=block.quotes[:1]) for block in plan if block.heading]
    if kind is Kind.COMPARISON and sides:
        shown = [quote for side in sides for quote in side.quotes]
        more = tuple(quote for quote in pair if not holds(shown, quote))
        return [*sides, Block(more, heading)] if more else sides
    room = max(0, most - len(pair))
    rest: list[Block] = []
    for block in plan:
        new = [quote for quote in block.quotes if not _is_told(quote, pair, reading)]
        kept = new if block.is_list else new[:room]  # half a list would look like all of it
        room = max(0, room - len(kept))
        rest += [replace(block, quotes=tuple(kept))] if kept else []
    block = Block(pair, heading)
    return [block, *rest] if _is_told(chosen[0], pair, reading) else [*rest, block]


def _is_told(quote: Quoted, pair: Sequence[Quoted], reading: Reading) -> bool:
    """Whether a sentence is one of a pair, or only retells it."""
    original = reading.retold.get((quote.chunk.document, quote.start), quote)
    return holds(pair, quote) or holds(pair, original)


# --- the same in several documents --------------------------------------------------------------


def _original(quote: Quoted, reading: Reading) -> list[Quoted]:
    """What a sentence retells, to be cited with it: the first-hand words."""
    original = reading.retold.get((quote.chunk.document, quote.start))
    return [original] if original is not None else []


_ALSO_CITED = 2
_SHARED_WORDS = 0.6
"""Share of a sentence's terms that another one must hold to be worth a closer look."""


def _also_said(quote: Quoted, evidence: Sequence[Evidence], plan: Sequence[Block]) -> list[Quoted]:
    """Find sentences of other documents that bear a sentence out: they are cited with it."""
    shown = [each for block in plan for each in block.quotes]
    text, words = fold(quote.text), set(terms(quote.text))
    documents = {quote.chunk.document}
    found: list[Quoted] = []
    for item in evidence:
        other = item.quote
        if other.chunk.document in documents or holds(shown, other):
            continue
        if len(words & set(terms(other.text))) < _SHARED_WORDS * len(words):
            continue
        before = other.chunk.text[: other.start - other.chunk.start]
        if problem(text, [Source(fold(other.text), before)]) is None:
            found.append(other)
            documents.add(other.chunk.document)
        if len(found) == _ALSO_CITED:
            break
    return found
