import pytest

from briefbot.questions import asks_for_fact, compares, sub_queries


@pytest.mark.parametrize(
    "question", ["Who proposed it?", "how many members are there", "In which year was it signed?"]
)
def test_a_question_for_a_name_or_number_asks_for_a_fact(question):
    assert asks_for_fact(question)


@pytest.mark.parametrize("question", ["Why did it fail?", "How does it work?", "What is it for?"])
def test_a_question_for_reasons_does_not_ask_for_a_fact(question):
    assert not asks_for_fact(question)


@pytest.mark.parametrize(
    "question",
    ["How do they differ?", "What did Colby and Ratner say?", "Is it bigger than the other one?"],
)
def test_a_question_about_two_things_compares(question):
    assert compares(question)


def test_a_question_about_one_thing_compares_nothing():
    assert not compares("What did Colby say?")


def test_a_comparison_is_asked_for_each_side():
    assert sub_queries("How do Colby and Ratner see pacts?") == [
        "How do Colby and see pacts?",
        "How do and Ratner see pacts?",
    ]


@pytest.mark.parametrize("question", ["How do they differ?", "What did Elbridge Colby say?"])
def test_a_question_without_two_names_has_no_sides(question):
    assert sub_queries(question) == []
