"""A request that is no question → its answers: small talk, arguments, "shorter", "more"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from briefbot.answer import Answerer, ExtractiveAnswerer
from briefbot.arguments import ArgumentsAnswerer, listed_under, not_in, unshown
from briefbot.evidence import Evidence
from briefbot.mentions import matter_of
from briefbot.notes import missing_note
from briefbot.read import Reading, combined
from briefbot.requests import (
    NO_ANSWER_BEFORE,
    Request,
    arguments_asked,
    is_pointer,
    question_for,
)
from briefbot.types import Answer, AnswerKind, AnswerStatus, Chunk, Turn

WHICH_TOPIC = (
    "Arguments about what? Name the topic, for example “three arguments against the plan”."
)
NOTHING_MORE = "Nothing more on this was found in the documents."
SHORT_SUMMARY = 2
"""Sentences of a summary that is asked for shorter."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pipeline lends: its parts over the index that is open.

    Attributes:
        draft: Makes an answer without statements, of a question as typed and standing alone.
        read: Retrieves and reads for a question.
        check: Lets an answerer write and checks every statement.
        summarise: Summarises the document that a question names, in at most so many sentences;
            None where it asks for no summary.
        chunks_of: Gives all passages of a document.
    """

    draft: Callable[[str, str], Answer]
    read: Callable[[str], Reading]
    check: Callable[[Answerer, Answer, Reading], Iterator[Answer]]
    summarise: Callable[[str, str, int], Iterator[Answer] | None]
    chunks_of: Callable[[str], Sequence[Chunk]]
    strictness: float
    max_statements: int
    top_k: int


def oblige(desk: Desk, question: str, request: Request, turns: Sequence[Turn]) -> Iterator[Answer]:
    """Do what is wanted.

    Args:
        desk: The pipeline's parts.
        question: As typed.
        request: What is wanted.
        turns: Earlier questions, spelled out, oldest first; small talk is not among them.

    Yields:
        The answer so far; the last one is complete.
    """
    if request.reply:
        yield _replied(desk, question, request)
    elif request.kind is AnswerKind.ARGUMENTS:
        yield from _argued(desk, question, request, turns)
    elif not turns:
        yield _replied(desk, question, replace(request, reply=NO_ANSWER_BEFORE))
    else:
        for answer in _gone_on(desk, question, request, turns):
            yield replace(answer, request=request.kind)


def _replied(desk: Desk, question: str, request: Request) -> Answer:
    """Reply without a citation, which claims nothing about what the documents say."""
    return replace(
        desk.draft(question, question),
        status=AnswerStatus.ANSWERED,
        request=request.kind,
        reply=request.reply,
        confidence=1.0,
    )


def _argued(
    desk: Desk, question: str, request: Request, turns: Sequence[Turn], *, shown: str = ""
) -> Iterator[Answer]:
    about = request.topic
    if is_pointer(about):
        about = matter_of(turns[-1]) if turns else ""
    if not about:
        yield _replied(desk, question, replace(request, reply=WHICH_TOPIC))
        return
    full = question_for(request.side, about)
    reading = combined([desk.read(full), desk.read(f"{_SIDES[request.side]} {about}?")])
    listed = not_in(shown, listed_under(full, reading, desk.chunks_of))
    answerer = ArgumentsAnswerer(count=request.count, side=request.side, listed=listed)
    for answer in _written(desk, question, full, answerer, unshown(reading, shown)):
        argued = _with_rest(replace(answer, request=AnswerKind.ARGUMENTS), listed)
        yield _with_count(argued, request.count)


def _gone_on(
    desk: Desk, question: str, request: Request, turns: Sequence[Turn]
) -> Iterator[Answer]:
    """Answer the last question anew: in one sentence, or with what was not shown yet."""
    last = turns[-1]
    is_shorter = request.kind is AnswerKind.SHORTER
    shown = "" if is_shorter else last.answer
    if before := arguments_asked(last.question):
        again = replace(before, count=1 if is_shorter else request.count)
        return _argued(desk, question, again, turns[:-1], shown=shown)
    if is_shorter:
        summary = desk.summarise(question, last.question, SHORT_SUMMARY)
        if summary is not None:
            return summary
    answerer = ExtractiveAnswerer(max_statements=1 if is_shorter else desk.max_statements)
    reading = unshown(desk.read(last.question), shown)
    return _written(desk, question, last.question, answerer, reading)


_SIDES = {
    "for": "What do supporters say in favour of",
    "against": "What do critics and sceptics object to in",
}
"""A second question for each side, since arguments are seldom called so."""


def _written(
    desk: Desk, question: str, full: str, answerer: Answerer, reading: Reading
) -> Iterator[Answer]:
    """Let an answerer write, or say that there is nothing (more) to write."""
    draft = replace(
        desk.draft(question, full),
        passages=reading.passages[: desk.top_k],
        confidence=round(reading.probability, 4),
    )
    if reading.probability >= desk.strictness and reading.evidence:
        yield from desk.check(answerer, draft, reading)
        return
    note = missing_note(reading, full) if reading.evidence else NOTHING_MORE
    yield replace(draft, notes=(note,) if note else ())


def _with_rest(answer: Answer, listed: Sequence[Evidence]) -> Answer:
    """Say how many more a document lists than are shown."""
    shown = len(answer.statements)
    if not 0 < shown < len(listed):
        return answer
    title = listed[0].quote.chunk.title
    note = f"“{title}” lists {len(listed) - shown} more; say “more” to see them."
    return replace(answer, notes=(*answer.notes, note))


def _with_count(answer: Answer, wanted: int) -> Answer:
    """Say where fewer arguments were found than wanted; 0 where no number was said."""
    found = len(answer.statements)
    if not 0 < found < wanted:
        return answer
    note = f"The documents hold {found} of the {wanted} asked for."
    return replace(answer, notes=(*answer.notes, note))
