"""Whether a sentence says what its source says: words, numbers, dates, names, negation (pure).

A statement passes if it shortens a sentence of its source without changing what it says. The checks
are strict on purpose: what they refuse is shown in the source's own words instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from briefbot.attribution import names_speaker, speaker_of
from briefbot.support.clauses import Part, Source, clauses
from briefbot.support.dates import dates_hold
from briefbot.support.instructions import is_instruction
from briefbot.support.names import name_runs, names_hold
from briefbot.support.qualifiers import certainty_holds, directions_hold, negations
from briefbot.support.quantities import quantities
from briefbot.support.wording import Similarity, order_holds, words_hold
from briefbot.terms import terms


class Reason(StrEnum):
    """Why a statement is not shown as it was written."""

    NO_CITATION = "no_citation"
    QUOTE = "quote"
    WORDS = "words"
    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    NEGATION = "negation"
    CERTAINTY = "certainty"
    DIRECTION = "direction"
    ORDER = "order"
    SPEAKER = "speaker"
    INSTRUCTION = "instruction"
    REPEATED = "repeated"


def problem(
    statement: str, sources: Sequence[Source], similar: Similarity | None = None
) -> Reason | None:
    """Find why sources do not support a statement: each clause must rest on one of them.

    Returns:
        None if they do; else what is wrong with the first clause that no source supports, judged
        by the source that comes nearest.
    """
    subject: tuple[str, ...] = ()
    if not sources:
        return Reason.NO_CITATION
    if len(terms(statement)) < _LEAST_TERMS:
        return Reason.WORDS
    for clause in clauses(statement):
        found = [
            _clause_problem(clause, part, subject, similar)
            for source in sources
            for part in source.parts
        ]
        if all(found):
            return max((reason for reason in found if reason), key=_SEVERITY.index)
        subject = name_runs(clause)[0] if name_runs(clause) else subject
    return None


_LEAST_TERMS = 2
"""A statement of fewer says nothing that could be borne out."""


def _clause_problem(
    clause: str, source: Part, subject: tuple[str, ...], similar: Similarity | None
) -> Reason | None:
    checks = (
        (Reason.INSTRUCTION, is_instruction(source.source.text)),
        (Reason.NUMBER, not set(quantities(clause)) <= set(quantities(source.text))),
        (Reason.DATE, not dates_hold(clause, source.text)),
        (Reason.NAME, not names_hold(clause, source, subject)),
        (Reason.NEGATION, negations(clause) != negations(source.text)),
        (Reason.DIRECTION, not directions_hold(clause, source.text)),
        (Reason.WORDS, not words_hold(clause, source, similar)),
        (Reason.CERTAINTY, not certainty_holds(clause, source.text)),
        (Reason.SPEAKER, not _speaker_holds(clause, source)),
        (Reason.ORDER, not order_holds(clause, source, similar)),
    )
    return next((reason for reason, fails in checks if fails), None)


_SEVERITY = [
    Reason.INSTRUCTION, Reason.NAME, Reason.NUMBER, Reason.DATE, Reason.DIRECTION, Reason.NEGATION,
    Reason.WORDS, Reason.CERTAINTY, Reason.SPEAKER, Reason.ORDER,
]  # fmt: skip
"""From what only another source would say to what a near one may: of several, the last is named."""


def _speaker_holds(clause: str, source: Part) -> bool:
    speaker = speaker_of(source.source.text, source.source.before)
    return not speaker or names_speaker(clause, speaker)


def cover(statement: str, sentence: str) -> float:
    """Share of a statement's terms that a sentence holds, in [0, 1]."""
    wanted = set(terms(statement))
    return len(wanted & set(terms(sentence))) / len(wanted) if wanted else 0.0
