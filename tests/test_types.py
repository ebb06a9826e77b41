from dataclasses import FrozenInstanceError, replace

import pytest

from briefbot.types import Answer, AnswerStatus, Chunk, Layout, Statement

CHUNK = Chunk("a.md", "The Title", "Some words.", 10, 21, heading=("Part", "Section"))


def answer(status, statements=()):
    return Answer(
        question="Q?",
        standalone_question="Q?",
        status=status,
        statements=statements,
        citations=(),
        passages=(),
        answerer="extractive",
    )


def test_a_chunk_id_is_the_same_for_the_same_span_and_text():
    again = replace(CHUNK)

    assert again.id == CHUNK.id


@pytest.mark.parametrize(
    "change",
    [{"document": "b.md"}, {"start": 9}, {"end": 22}, {"text": "Other words"}],
    ids=lambda change: next(iter(change)),
)
def test_a_chunk_id_changes_with(change):
    other = replace(CHUNK, **change)

    assert other.id != CHUNK.id


def test_a_chunk_id_does_not_depend_on_metadata():
    other = replace(CHUNK, title="Another", url="https://example.org")

    assert other.id == CHUNK.id


def test_the_context_of_a_chunk_is_its_title_and_heading_path():
    assert CHUNK.context == "The Title › Part › Section"


def test_a_statement_shows_its_marks_after_its_text():
    statement = Statement("The bridge is old.", (1, 3))

    assert statement.marked == "The bridge is old. [1][3]"


def test_an_answer_is_its_statements_with_their_marks():
    statements = (Statement("One.", (1,)), Statement("Two.", (2,)))

    text = answer(AnswerStatus.ANSWERED, statements).text

    assert text == "One. [1] Two. [2]"


def test_an_answer_has_a_paragraph_for_each_heading_and_a_line_for_each_item():
    statements = (
        Statement("One.", (1,), Layout(lead="Uno")),
        Statement("Two.", (2,), Layout(heading="Peru")),
        Statement("Three.", (3,), Layout(heading="Peru")),
        Statement("Four.", (4,), Layout(heading="Chile", is_item=True)),
        Statement("Five.", (5,), Layout(heading="Chile", is_item=True)),
    )

    text = answer(AnswerStatus.ANSWERED, statements).text

    assert text == (
        "**Uno** — One. [1]\n\n**Peru:** Two. [2] Three. [3]\n\n"
        "**Chile:**\n- Four. [4]\n- Five. [5]"
    )


def test_a_refusal_says_that_it_is_not_in_the_documents():
    text = answer(AnswerStatus.NOT_IN_DOCUMENTS).text

    assert text == "Not in the documents."


def test_data_between_stages_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        CHUNK.text = "Other"
