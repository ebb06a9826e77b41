import pytest

from briefbot.requests import (
    arguments_asked,
    is_pointer,
    question_for,
    questions_of,
    read_request,
    without_courtesy,
)
from briefbot.types import AnswerKind, Turn


@pytest.mark.parametrize(
    "said",
    [
        "thanks", "Thank you very much!", "ok thanks", "great, thanks", "Thanks for the answer.",
        "hello", "Hi there!", "good morning", "Hello, how are you?", "bye", "See you later",
        "ok", "good", "That is great", "no thanks", "yes please", "got it",
    ],
)  # fmt: skip
def test_small_talk_gets_a_reply(said):
    request = read_request(said)

    assert request is not None
    assert request.kind is AnswerKind.SMALL_TALK
    assert request.reply


@pytest.mark.parametrize(
    "said", ["What can you do?", "who are you", "help", "How does this work?", "are you a bot?"]
)
def test_a_question_about_the_bot_is_answered_by_it(said):
    request = read_request(said)

    assert request is not None
    assert request.kind is AnswerKind.ABOUT
    assert "BriefBot" in request.reply


@pytest.mark.parametrize(
    "question",
    [
        "Thanks, but why did he say so?",
        "hello, what is NATO?",
        "Who is Colby?",
        "Why?",
        "And India?",
        "Good Friday is when?",
        "What helps against it?",
        "help me understand Article 5",
        "Tell me more about SEATO",
        "name three countries",
        "what can NATO do?",
        "What are the risks of an Asian NATO?",
        "arguments for and against an Asian NATO",
        "give me the pros and cons of a pact",
        "three reasons why Japan wants a pact",
        "No country wants it, does one?",
        "Is shorter notice required?",
        "What more did he say?",
    ],
)
def test_a_question_is_no_request(question):
    assert read_request(question) is None


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("Thanks, but why did he say so?", "Why did he say so?"),
        ("thanks but who is Ratner", "Who is Ratner"),
        ("hello, what is NATO?", "What is NATO?"),
        ("Great! And what about Japan?", "What about Japan?"),
        ("Who is Ratner?", "Who is Ratner?"),
        ("thanks", "thanks"),
        ("Thanks, bye", "Thanks, bye"),
        ("OK, and Turkey?", "OK, and Turkey?"),
    ],
)
def test_courtesy_is_taken_off_a_question_and_nothing_else(typed, question):
    assert without_courtesy(typed) == question


@pytest.mark.parametrize(
    ("said", "count", "side", "topic"),
    [
        ("give me three arguments against", 3, "against", ""),
        ("Give me 3 arguments against an Asian NATO.", 3, "against", "an Asian NATO"),
        ("List four reasons for a Pacific pact", 4, "for", "a Pacific pact"),
        ("What are two arguments against it?", 2, "against", "it"),
        ("Please name five benefits of a pact", 5, "for", "a pact"),
        ("Show me the objections to the pact", 0, "against", "the pact"),
        ("Thanks! Give me an argument against it", 1, "against", "it"),
        ("give me 99 arguments for it", 10, "for", "it"),
        ("I need a few arguments in favour of it", 3, "for", "it"),
    ],
)
def test_a_request_for_arguments_says_how_many_of_which_side_about_what(said, count, side, topic):
    request = read_request(said)

    assert request is not None
    assert request.kind is AnswerKind.ARGUMENTS
    assert (request.count, request.side, request.topic) == (count, side, topic)


@pytest.mark.parametrize(
    "said", ["shorter please", "Shorter!", "please make it shorter", "in one sentence", "too long"]
)
def test_a_shorter_answer_is_asked_for(said):
    request = read_request(said)

    assert request is not None
    assert request.kind is AnswerKind.SHORTER


@pytest.mark.parametrize(
    ("said", "count"),
    [("more", 0), ("tell me more", 0), ("what else?", 0), ("two more", 2), ("go on", 0)],
)
def test_more_is_asked_for(said, count):
    request = read_request(said)

    assert request is not None
    assert (request.kind, request.count) == (AnswerKind.MORE, count)


def test_small_talk_is_no_part_of_what_was_asked():
    history = [Turn("What is NATO?", "A pact. [1]"), Turn("thanks", "You’re welcome.")]

    assert questions_of(history) == (history[0],)


def test_more_and_shorter_stay_with_the_question_that_they_go_on_from():
    history = [
        Turn("more", "There is no earlier answer."),
        Turn("Thanks, but what is NATO?", "A pact. [1]"),
        Turn("more", "It is old. [2]"),
        Turn("shorter", "Old. [2]"),
    ]

    assert questions_of(history) == (Turn("What is NATO?", "A pact. [1] It is old. [2]"),)


def test_a_request_for_arguments_is_kept_as_the_question_that_it_asks():
    history = [Turn("give me three arguments against"), Turn("two reasons for a pact")]

    assert [turn.question for turn in questions_of(history)] == [
        "What are the arguments against it?",
        "What are the arguments for a pact?",
    ]


def test_the_question_for_arguments_is_read_back():
    request = arguments_asked(question_for("against", "an Asian NATO"))

    assert request is not None
    assert (request.side, request.topic) == ("against", "an Asian NATO")
    assert arguments_asked("What are the arguments?") is None


@pytest.mark.parametrize("topic", ["", "it", "that idea", "this"])
def test_a_pointer_is_no_topic(topic):
    assert is_pointer(topic)
    assert not is_pointer("an Asian NATO")
