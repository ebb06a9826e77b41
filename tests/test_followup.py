import pytest

from briefbot.followup import standalone
from briefbot.types import Turn

PROPOSED = Turn("What did Ishiba propose?", "Ishiba proposed an Asian NATO.")


def after(previous, question, answer=""):
    return standalone(question, [Turn(previous, answer)])


@pytest.mark.parametrize("question", ["Why?", "And Turkey's?", "What did he say?"])
def test_a_first_question_stays_as_it_is(question):
    assert standalone(question, []) == question


@pytest.mark.parametrize(
    "question",
    [
        "What benefits would an Asian NATO bring?",
        "How do Colby and Ratner differ?",
        "What is the budget of the alliance for 2024?",
        "Who is Takaichi?",
    ],
)
def test_a_question_that_stands_alone_stays_as_it_is(question):
    assert standalone(question, [PROPOSED]) == question


@pytest.mark.parametrize(
    "question", ["And Ratner?", "But Ratner?", "What about Ratner?", "and how about Ratner ?"]
)
def test_a_new_name_takes_the_place_of_the_old_one(question):
    assert after("What did Colby say?", question) == "What did Ratner say?"


def test_a_new_owner_takes_the_place_of_the_old_one():
    asked = after("What is Germany's role in NATO?", "And Turkey's?")

    assert asked == "What is Turkey's role in NATO?"


def test_a_new_owner_takes_the_place_of_the_first_name_where_none_owned():
    assert after("What does Germany bring?", "And Turkey's?") == "What does Turkey bring?"


def test_a_new_topic_is_added_where_the_question_before_names_nothing():
    assert after("what is the budget?", "And for ships?") == "what is the budget, for ships?"


def test_an_article_is_not_doubled():
    asked = after("What is the Bridge's age?", "And the garden's?")

    assert asked == "What is the garden's age?"


def test_an_adverb_is_no_name():
    asked = after("What does NATO bring?", "And economically?")

    assert asked == "What does NATO bring, economically?"


@pytest.mark.parametrize(
    ("question", "spelled_out"),
    [
        ("Why did he propose it?", "Why did Ishiba propose it?"),
        ("What did she warn of?", "What did Ishiba warn of?"),
        ("What is his plan?", "What is Ishiba’s plan?"),
        ("What is her plan?", "What is Ishiba’s plan?"),
        ("Who met her?", "Who met Ishiba?"),
        ("Is the plan hers?", "Is the plan Ishiba’s?"),
    ],
)
def test_a_pronoun_becomes_the_person_named_last(question, spelled_out):
    assert standalone(question, [PROPOSED]) == spelled_out


def test_a_person_is_looked_for_in_earlier_turns_too():
    history = [PROPOSED, Turn("what was the plan?")]

    assert standalone("Why did he say so?", history) == "Why did Ishiba say so?"


def test_a_person_is_looked_for_in_the_answer_where_the_question_names_none():
    asked = after("what was the plan?", "Why did he say so?", answer="Colby sketched it.")

    assert asked == "Why did Colby say so?"


@pytest.mark.parametrize("previous", ["Who leads the party?", "which envoy came?"])
def test_a_pronoun_for_an_answer_that_is_not_known_joins_the_questions(previous):
    assert after(previous, "What did she say?") == f"{previous} What did she say?"


def test_a_pronoun_with_nobody_named_joins_the_questions():
    asked = after("what was the plan?", "Why did he say so?")

    assert asked == "what was the plan? Why did he say so?"


@pytest.mark.parametrize("question", ["Is it popular in the region?", "Which ones matter most?"])
def test_a_thing_meant_joins_the_questions(question):
    assert standalone(question, [PROPOSED]) == f"What did Ishiba propose? {question}"


def test_a_thing_beside_a_name_stands_alone():
    assert standalone("Does it help Japan?", [PROPOSED]) == "Does it help Japan?"


@pytest.mark.parametrize("question", ["Why?", "And why?", "Since when?", "Any examples?"])
def test_a_bare_question_word_joins_the_questions(question):
    assert standalone(question, [PROPOSED]) == f"What did Ishiba propose? {question}"


@pytest.mark.parametrize("question", ["And him?", "And “”?", "And?"])
def test_an_elliptic_question_without_a_topic_keeps_its_question_before(question):
    asked = standalone(question, [PROPOSED])

    assert "Ishiba" in asked


def test_a_name_after_a_full_stop_is_a_name_and_a_capital_is_not():
    asked = after("It rained. What does Colby say?", "And Ratner?")

    assert asked == "It rained. What does Ratner say?"
