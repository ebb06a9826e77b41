from __future__ import annotations

import pytest

from briefbot.cite import Quoted
from briefbot.evidence import quotes_of
from briefbot.short_answer import short_answer, spelled_out
from briefbot.types import Chunk

TEXT = (
    "NATO (the “alliance”) has 32 members and held 88 exercises in May 2020 under Admiral Ann Lee."
)
CHUNK = Chunk("a.md", "A", TEXT, 0, len(TEXT))
(SENTENCE,) = quotes_of(CHUNK)


def span(words: str) -> Quoted:
    start = TEXT.index(words)
    return Quoted(CHUNK, start, start + len(words))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("When did it hold exercises?", "May 2020"),
        ("How many exercises were there?", "88 exercises"),
        ("Who led them?", "Admiral Ann Lee"),
    ],
)
def test_words_of_the_kind_asked_for_are_shown(question, words):
    assert short_answer(question, span(words), SENTENCE) == words


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("When did it hold exercises?", "exercises"),
        ("How many exercises were there?", "32 members"),
        ("Who led them?", "exercises"),
        ("Who led them?", "Admiral Ann"),
        ("Who led them?", "Lee"),
        ("Who led NATO?", "NATO"),
        ("Which body is it?", "(the “alliance"),
        ("Which rank led them?", "88 exercises in"),
        ("Which one is it?", TEXT),
    ],
)
def test_words_that_cannot_answer_are_not_shown(question, words):
    assert short_answer(question, span(words), SENTENCE) == ""


def test_words_of_another_sentence_are_not_shown():
    other = Chunk("b.md", "B", "Bo Ek led them.", 0, 15)

    assert short_answer("Who led them?", Quoted(other, 0, 5), SENTENCE) == ""
    assert short_answer("Who led them?", None, SENTENCE) == ""


AGREEMENTS = "Peru signed a fishing pact with Chile on 15 May 2020, and Manila an access pact."


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("When did Peru and Chile sign their fishing pact?", "15 May 2020"),
        ("When did Peru and Bolivia sign their fishing pact?", ""),
        ("When did Peru and Chile sign their RAA (Reciprocal Access Agreement)?", ""),
    ],
)
def test_a_passage_that_leaves_out_a_name_gives_no_short_answer(question, shown):
    chunk = Chunk("a.md", "A", AGREEMENTS, 0, len(AGREEMENTS))
    start = AGREEMENTS.index("15 May 2020")

    words = short_answer(question, Quoted(chunk, start, start + 11), quotes_of(chunk)[0])

    assert words == shown


def test_an_acronym_asked_about_may_stand_spelled_out():
    text = "Peru and Chile signed a Reciprocal Access Agreement on 15 May 2020."
    chunk = Chunk("a.md", "A", text, 0, len(text))
    start = text.index("15 May 2020")
    question = "When did Peru and Chile sign their RAA (Reciprocal Access Agreement)?"

    words = short_answer(question, Quoted(chunk, start, start + 11), quotes_of(chunk)[0])

    assert words == "15 May 2020"


def test_the_first_letter_is_raised():
    text = "There were twelve exercises."
    chunk = Chunk("a.md", "A", text, 0, len(text))

    shown = short_answer("How many?", Quoted(chunk, 11, 17), quotes_of(chunk)[0])
    assert shown == "Twelve"


def test_an_acronym_is_spelled_out_in_the_words_of_the_sentence():
    text = "A reciprocal access agreement (RAA) eases visits."
    quote = quotes_of(Chunk("a.md", "A", text, 0, len(text)))[0]

    assert spelled_out("What does raa stand for?", quote) == "Reciprocal access agreement"
    assert spelled_out("What is a visit?", quote) == ""
