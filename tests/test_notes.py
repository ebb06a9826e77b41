from dataclasses import replace

import pytest

from briefbot.notes import (
    missing_note,
    missing_side_note,
    time_note,
    verdict_words,
    withheld_note,
)
from briefbot.read import Reading
from briefbot.support import Reason
from briefbot.types import (
    Chunk,
    Citation,
    Layout,
    Passage,
    Statement,
    StatementCheck,
    Verdict,
)

NOTHING = Reading((), (), 0.0, ())


def test_the_three_rarest_missing_words_are_named():
    reading = Reading((), (), 0.0, ("Ruritania", "yak", "tariff", "asks"))

    assert missing_note(reading) == (
        "The nearest passages do not mention “Ruritania”, “yak”, “tariff”."
    )


def test_no_missing_word_gives_no_note():
    assert missing_note(NOTHING) == ""


def test_only_words_that_tell_something_are_named():
    words = ("get", "actually", "percentage", "happened", "ok", "Xi", "2030", "votes", "stockpile")
    reading = Reading((), (), 0.0, words)

    assert missing_note(reading) == ("The nearest passages do not mention “Xi”, “2030”, “votes”.")


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("How many did they get?", "number"),
        ("When was it made?", "date"),
        ("Who made it?", "name"),
        ("Where was it made?", "place"),
    ],
)
def test_what_was_asked_for_is_named_where_every_word_is_there(question, thing):
    passage = Passage(Chunk("a.md", "A", "They made it.", 0, 13), 0.5)
    reading = Reading((passage,), (), 0.0, ("get",))

    assert missing_note(reading, question) == (
        f"The nearest passages are about this, but none of them gives the {thing} asked for."
    )
    assert missing_note(reading, "Why was it made?") == ""


def test_the_verdict_on_a_statement_is_told_in_words():
    def words(verdict, reason):
        return verdict_words(StatementCheck("One.", verdict, reason, ()))

    assert words(Verdict.VERIFIED, "") == ""
    assert words(Verdict.VERIFIED, "speaker") == "its speaker is named in brackets"
    assert words(Verdict.WITHHELD, "date").startswith("not shown: a sentence with another date")
    assert words(Verdict.REPLACED, "words").startswith("its source is shown instead: ")


def test_several_withheld_sentences_are_counted():
    checks = [
        StatementCheck("One.", Verdict.WITHHELD, "number", ()),
        StatementCheck("Two.", Verdict.WITHHELD, "name", ()),
        StatementCheck("Three.", Verdict.REPLACED, "number", (1,)),
        StatementCheck("Four.", Verdict.VERIFIED, "speaker", (2,)),
    ]

    assert withheld_note(checks) == (
        "2 sentences were withheld: 1 with another number than its source, 1 with a name that its "
        "source does not have. 1 sentence was replaced by the sentence of the document: 1 with "
        "another number than its source."
    )


def test_nothing_withheld_gives_no_note():
    assert withheld_note([StatementCheck("One.", Verdict.VERIFIED, "", (1,))]) == ""


def test_every_reason_has_its_words():
    checks = [StatementCheck("One.", Verdict.WITHHELD, reason, ()) for reason in Reason]

    assert withheld_note(checks).startswith(f"{len(Reason)} sentences were withheld: 1 ")


CITED = Citation(1, "a.md", "A", "It rains.", 0, 9, date="2024-05-01")


def test_an_answer_about_now_says_as_of_when():
    note = time_note("Who leads the port now?", [CITED], "2025-01-01")

    assert note == "As of 1 May 2024, the newest document cited; it may have changed since."


def test_a_question_about_what_comes_after_the_newest_document_gets_a_caveat():
    note = time_note("Will it rain in 2030?", [CITED], "2025-01-01")

    assert note == "The newest document is of 1 January 2025; none can say what holds after that."


@pytest.mark.parametrize("question", ["Who led the port in 2024?", "Who leads the port?"])
def test_other_questions_get_no_note_on_time(question):
    assert time_note(question, [CITED], "2025-01-01") == ""


def test_undated_documents_give_no_note_on_time():
    undated = replace(CITED, date="")

    assert time_note("Who leads the port now?", [undated], "") == ""
    assert time_note("Will it rain in 2030?", [undated], "") == ""
    assert "As of spring" in time_note("Who leads now?", [replace(CITED, date="spring")], "")


def test_a_side_without_a_block_is_named():
    statements = [Statement("It rains.", (1,), Layout(heading="Peru"))]

    assert missing_side_note("How do Peru and Chile differ?", statements) == (
        "The documents say nothing about Chile here."
    )
    assert missing_side_note("How do Peru and Chile differ?", []) == ""
    assert missing_side_note("Does it rain in Peru?", statements) == ""
