"""The answers to questions asked in a row → one answer, a block for each (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from briefbot.numbering import renumbered
from briefbot.types import Answer, AnswerStatus, Citation, Statement, Usage, best_first


def joined(question: str, answers: Sequence[Answer]) -> Answer:
    """Put answers together under the questions that they answer.

    Args:
        question: As typed.
        answers: One for each question, in order; those that are refused are named in a note.

    Returns:
        An answer if any of the questions has one; its confidence is that of the least sure of them.
    """
    numbered: list[Answer] = []
    for answer in answers:
        numbered.append(renumbered(answer, numbered))
    answered = [each for each in numbered if each.status is not AnswerStatus.NOT_IN_DOCUMENTS]
    first = (answered or numbered)[0]
    return replace(
        first,
        question=question,
        standalone_question=" ".join(each.standalone_question for each in numbered),
        statements=_statements(answered),
        citations=_citations(numbered),
        passages=best_first(passage for each in numbered for passage in each.passages),
        confidence=min(each.confidence for each in answered or numbered),
        notes=_notes(numbered, some=bool(answered)),
        verification=tuple(check for each in numbered for check in each.verification),
        usage=_usage(numbered),
    )


def _statements(answers: Sequence[Answer]) -> tuple[Statement, ...]:
    """Head by its question each block without a heading; only the first of a block comes twice."""
    found: list[Statement] = []
    for answer in answers:
        known = {statement.text for statement in found}
        first = answer.statements[0]
        for each in answer.statements:
            if each is first or each.text not in known:
                heading = each.layout.heading or answer.standalone_question
                found.append(replace(each, layout=replace(each.layout, heading=heading)))
    return tuple(found)


def _citations(answers: Sequence[Answer]) -> tuple[Citation, ...]:
    known = {citation.n: citation for answer in answers for citation in answer.citations}
    return tuple(known[n] for n in sorted(known))


def _notes(answers: Sequence[Answer], *, some: bool) -> tuple[str, ...]:
    notes: list[str] = []
    for answer in answers:
        if some and answer.status is AnswerStatus.NOT_IN_DOCUMENTS:
            notes.append(f"Not in the documents: “{answer.standalone_question}”")
        notes += answer.notes
    return tuple(dict.fromkeys(notes))


def _usage(answers: Sequence[Answer]) -> Usage | None:
    used = [answer.usage for answer in answers if answer.usage is not None]
    if not used:
        return None
    costs = [each.cost for each in used if each.cost is not None]
    return Usage(
        sum(each.input_tokens for each in used),
        sum(each.output_tokens for each in used),
        sum(costs) if costs else None,
    )
