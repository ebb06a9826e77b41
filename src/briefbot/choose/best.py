"""Evidence → the best sentences, those nearly as good that add to them, and no repeats (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from briefbot.cite import Quoted
from briefbot.evidence import Evidence
from briefbot.questions import Kind, asks_for_fact, compares, kind_of
from briefbot.register import prose
from briefbot.terms import names, terms

_FACT_MARGIN = 0.65
_POSITION_MARGIN = 0.6
_EXPLANATION_MARGIN = 0.5
"""Share of the best sentence's score that another one needs to stand beside it."""
_REPEATS = 0.7
"""Share of the shorter sentence's terms from which two sentences say the same."""


def choose(question: str, evidence: Sequence[Evidence], *, most: int) -> list[Quoted]:
    """Choose the sentences that answer: the best one, and those nearly as good that add to it.

    A question about a fact takes fewer; one about two names takes the best on each first.
    """
    if not evidence:
        return []
    first = _on_each_name(question, evidence) if compares(question) else []
    chosen = [item.quote for item in first[:most]] or [evidence[0].quote]
    is_fact = asks_for_fact(question) and kind_of(question) is Kind.FACT
    margin = _FACT_MARGIN if is_fact else _EXPLANATION_MARGIN
    margin = _POSITION_MARGIN if kind_of(question) is Kind.POSITION else margin
    limit = most if first or not is_fact else min(most, 2)
    for item in evidence:
        if len(chosen) >= limit or item.score < margin * evidence[0].score:
            break
        if not any(says_the_same(item.quote, other) for other in chosen):
            chosen.append(item.quote)
    return chosen


def says_the_same(one: Quoted, other: Quoted) -> bool:
    """Whether two sentences overlap, or share most of their words."""
    same_document = one.chunk.document == other.chunk.document
    if same_document and one.start < other.end and other.start < one.end:
        return True
    first, second = set(terms(one.text)), set(terms(other.text))
    smaller = min(len(first), len(second))
    return smaller == 0 or len(first & second) / smaller >= _REPEATS


def _on_each_name(question: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Pick the best sentence, then the best for each name that the question puts beside another.

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
