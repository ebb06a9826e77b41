"""Proposed statements → answers so far, each statement checked before it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from briefbot.answer import Answerer
from briefbot.document_store import read_document
from briefbot.embed import Embedder, word_similarity
from briefbot.generation import newest_date
from briefbot.notes import missing_side_note, time_note, withheld_note
from briefbot.questions import kind_of
from briefbot.read import Reading
from briefbot.register import sources_of
from briefbot.types import (
    Answer,
    AnswerStatus,
    Citation,
    Document,
    Metered,
    ShortAnswer,
    label_at,
)
from briefbot.verdict import Checked, assemble, check_statement, laid_out


def checked_answers(
    answerer: Answerer, draft: Answer, reading: Reading, *, folder: Path, embedder: Embedder
) -> Iterator[Answer]:
    """Let an answerer write, and check each of its statements; all checks are reported.

    Args:
        answerer: Who writes.
        draft: The answer without statements.
        reading: What the statements may rest on.
        folder: The generation that holds the documents.
        embedder: Tells whether two words mean the same.

    Yields:
        The answer so far, with verified statements alone; the last one is complete.
    """
    documents: dict[str, Document] = {}
    similar = word_similarity(embedder)

    def document_of(document_id: str) -> Document:
        if document_id not in documents:
            documents[document_id] = read_document(folder, document_id)
        return documents[document_id]

    def text_of(document_id: str) -> str:
        return document_of(document_id).text

    checked: list[Checked] = []
    known: dict[int, Citation] = {}
    answer = draft
    proposals = answerer.answer(draft.standalone_question, draft.passages, reading)
    for cited in proposals:
        known |= {citation.n: citation for citation in cited.citations}
        named = [known[n] for n in cited.statement.citations if n in known]
        found = check_statement(cited.statement.text, named, text_of, checked, similar)
        checked.append(laid_out(found, cited.statement.layout))
        answer = _so_far(draft, checked, document_of)
        if answer.statements:
            answer = replace(answer, short_answer=_short_answer(reading, document_of))
            yield answer
    note = time_note(draft.standalone_question, answer.citations, newest_date(folder))
    yield replace(
        answer,
        usage=proposals.usage if isinstance(proposals, Metered) else None,
        notes=(*answer.notes, note) if note else answer.notes,
    )


def _so_far(
    draft: Answer, checked: Sequence[Checked], document_of: Callable[[str], Document]
) -> Answer:
    verified = assemble(checked)
    notes = (
        withheld_note(verified.checks),
        missing_side_note(draft.standalone_question, verified.statements),
    )
    return replace(
        draft,
        status=AnswerStatus.ANSWERED if verified.statements else AnswerStatus.NOT_IN_DOCUMENTS,
        statements=verified.statements,
        citations=tuple(_with_origin(c, document_of(c.document)) for c in verified.citations),
        notes=(*draft.notes, *(note for note in notes if note)),
        verification=verified.checks,
        kind=draft.kind or kind_of(draft.standalone_question).value,
    )


def _short_answer(reading: Reading, document_of: Callable[[str], Document]) -> ShortAnswer | None:
    """Give the span that the reader found, if it is verbatim what the document says."""
    span = reading.span
    if span is None:
        return None
    text = document_of(span.chunk.document).text
    if text[span.start : span.end] != span.text:
        return None
    return ShortAnswer(span.text, span.chunk.document, span.start, span.end)


def _with_origin(citation: Citation, document: Document) -> Citation:
    return replace(
        citation,
        sources=sources_of(document, (citation.start, citation.end)),
        location=label_at(document, citation.start),
    )
