"""Question + reading → statements with citations, in the documents' own words (no LLM)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from briefbot.cite import Quoted, cite, fold
from briefbot.questions import asks_for_fact, compares
from briefbot.read import Evidence, Reading, quotes_of
from briefbot.register import prose
from briefbot.terms import names, terms
from briefbot.types import CHECKED, FACT_CHECK, Citation, Passage, Statement


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
        """Choose sentences, add what a pronoun refers to, and put them in reading order."""
        chosen = choose(question, reading.evidence, most=self._max_statements)
        quotes = with_antecedents(chosen, most=self._max_statements)
        for n, quote in enumerate(in_reading_order(quotes), start=1):
            yield Cited(Statement(fold(quote.text), (n,)), (cite(quote, n),))


# --- choosing -----------------------------------------------------------------------------------

_FACT_MARGIN = 0.8
_EXPLANATION_MARGIN = 0.45
"""Share of the best sentence's score that another one needs to stand beside it."""
_REPEATS = 0.7
"""Share of the shorter sentence's terms from which two sentences say the same."""


def choose(question: str, evidence: Sequence[Evidence], *, most: int) -> list[Quoted]:
    """Choose the sentences that answer: the best one, and those nearly as good that add to it.

    A question about a fact takes fewer, a comparison takes the best sentence on each side first.
    """
    if not evidence:
        return []
    first = _sides(question, evidence) if compares(question) else []
    chosen = [item.quote for item in first[:most]] or [evidence[0].quote]
    is_fact = asks_for_fact(question)
    margin = _FACT_MARGIN if is_fact else _EXPLANATION_MARGIN
    limit = most if first or not is_fact else min(most, 2)
    for item in evidence:
        if len(chosen) >= limit or item.score < margin * evidence[0].score:
            break
        if not any(_says_the_same(item.quote, other) for other in chosen):
            chosen.append(item.quote)
    return with_other_side(chosen, evidence, most=most)


def with_other_side(
    chosen: Sequence[Quoted], evidence: Sequence[Evidence], *, most: int
) -> list[Quoted]:
    """Put what is checked beside what checks it.

    Where a fact-check has its say on the question, the answer holds its best sentence and the best
    of what it checks, though one of them scores less.
    """
    kept = list(chosen)
    speaks = any(item.quote.chunk.kind == FACT_CHECK for item in evidence[:_OTHER_SIDE_DEPTH])
    for kind in (FACT_CHECK, CHECKED) if speaks else ():
        best = next((item for item in evidence if item.quote.chunk.kind == kind), None)
        if best is None or best.score < _OTHER_SIDE_MARGIN * evidence[0].score:
            continue
        if any(quote.chunk.kind == kind for quote in kept):
            continue
        if len(kept) >= most:
            others = [quote for quote in kept if quote.chunk.kind not in {FACT_CHECK, CHECKED}]
            kept.remove((others or kept)[-1])
        kept.append(best.quote)
    return kept


_OTHER_SIDE_MARGIN = 0.3
_OTHER_SIDE_DEPTH = 8


def _sides(question: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Pick the best sentence, then the best for each name that the question sets against another.

    A sentence counts for less the more of the names it speaks of, and its passage likewise.
    """
    compared = _names_compared(question, evidence)
    if len(compared) < 2:
        return []

    def named(text: str) -> int:
        held = set(terms(text))
        return sum(name <= held for name in compared)

    def one_sided(item: Evidence) -> float:
        others = max(0, named(item.quote.text) - 1) + max(0, named(prose(item.quote.chunk)) - 1)
        return item.score * (1 - _MIXED_COST) ** others

    best = [evidence[0]] if named(evidence[0].quote.text) else []
    for side in compared:
        about = [item for item in evidence if side <= set(terms(item.quote.text))]
        if any(item in about and named(item.quote.text) == 1 for item in best):
            continue
        found = max((item for item in about if item not in best), key=one_sided, default=None)
        if found is not None:
            best.append(found)
    return best


_MIXED_COST = 0.4


def _names_compared(question: str, evidence: Sequence[Evidence]) -> list[set[str]]:
    """Find the names in a question, as sets of terms; "nato" counts as a name if texts write NATO.

    What most of the evidence speaks of is the subject of both sides and none of them.
    """
    found = [set(terms(name)) for name in names(question)]
    if len(found) < 2:
        written = {
            term for item in evidence for name in names(item.quote.text) for term in terms(name)
        }
        found = [{term} for term in dict.fromkeys(terms(question)) if term in written]
    held = [set(terms(item.quote.text)) for item in evidence]
    return [
        name
        for position, name in enumerate(found)
        if name
        and name not in found[:position]
        and sum(name <= terms_held for terms_held in held) <= _SUBJECT_SHARE * len(held)
    ]


_SUBJECT_SHARE = 0.5


def _says_the_same(one: Quoted, other: Quoted) -> bool:
    same_document = one.chunk.document == other.chunk.document
    if same_document and one.start < other.end and other.start < one.end:
        return True
    first, second = set(terms(one.text)), set(terms(other.text))
    smaller = min(len(first), len(second))
    return smaller == 0 or len(first & second) / smaller >= _REPEATS


# --- reading order ------------------------------------------------------------------------------

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
        new = [item for item in group if not _holds(kept, item)]
        if kept and len(kept) + len(new) > most:
            continue
        kept.extend(new)
    return kept


def _holds(quotes: Sequence[Quoted], quote: Quoted) -> bool:
    return any(
        (other.chunk.document, other.start) == (quote.chunk.document, quote.start)
        for other in quotes
    )


def _sentence_before(quote: Quoted) -> Quoted | None:
    before = [other for other in quotes_of(quote.chunk) if other.end <= quote.start]
    if not before or "\n" in _between(before[-1], quote):
        return None
    return before[-1]


def _between(one: Quoted, other: Quoted) -> str:
    origin = one.chunk.start
    return one.chunk.text[one.end - origin : other.start - origin]


def in_reading_order(quotes: Sequence[Quoted]) -> list[Quoted]:
    """Keep each document's sentences together, in its order; the best document comes first."""
    documents = list(dict.fromkeys(quote.chunk.document for quote in quotes))
    return sorted(quotes, key=lambda q: (documents.index(q.chunk.document), q.start))
