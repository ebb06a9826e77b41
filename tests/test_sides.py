from __future__ import annotations

import pytest

from briefbot.sides import Side, shared_terms, side_questions, sides_of


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("How do Colby and Ratner differ on a treaty?", ("Colby", "Ratner")),
        ("How is the pact different from the league?", ("pact", "league")),
        ("How does Article 4 differ from Article 5?", ("Article 4", "Article 5")),
        ("What is the difference between a pact and a league?", ("pact", "league")),
        ("Compare the pact with the league", ("pact", "league")),
        ("What do Peru and Chile each say about copper?", ("Peru", "Chile")),
        ("How did Lima's and the Times's views of copper compare?", ("Lima", "Times")),
        ("How do the plans of Ann Lee and of Bo Ek differ?", ("Ann Lee", "Bo Ek")),
        ("Which came first, the pact or the league?", ("pact", "league")),
        ("pact vs league", ("pact", "league")),
    ],
)
def test_the_sides_of_a_comparison_are_found(question, names):
    assert tuple(side.name for side in sides_of(question)) == names


@pytest.mark.parametrize(
    "question",
    ["When was the pact signed?", "What did they compare it to?", "How do they differ?", ""],
)
def test_a_question_of_no_such_form_has_no_sides(question):
    assert sides_of(question) == ()


def test_the_sides_of_one_name_are_none():
    assert sides_of("What is the difference between the pact and a pact?") == ()


def test_a_side_is_named_by_its_initials_and_by_its_owner():
    long, owned = Side("Five Power Defence Arrangements"), Side("Ratner's Pacific pact")

    assert long.is_named_in({"fpda"}, but=frozenset())
    assert owned.is_named_in({"ratner", "plan"}, but=frozenset())
    assert not owned.is_named_in({"ocean"}, but=frozenset())


def test_what_both_sides_are_called_does_not_name_one_of_them():
    sides = sides_of("How does Article 4 differ from Article 5?")

    shared = shared_terms(sides)
    assert not sides[0].is_named_in({"articl", "5"}, but=shared)
    assert sides[1].is_named_in({"articl", "5"}, but=shared)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        (
            "How do Colby and Ratner differ on a treaty?",
            ("What does Colby say about a treaty?", "What does Ratner say about a treaty?"),
        ),
        (
            "When did the pact and the league each begin?",
            ("When did the pact begin?", "When did the league begin?"),
        ),
        (
            "How did Lima's and the Times's views of copper compare?",
            ("What does Lima say about copper?", "What does Times say about copper?"),
        ),
        (
            "How do the plans of Ann Lee and of Bo Ek differ on copper?",
            (
                "What does the plans of Ann Lee say about copper?",
                "What does the plans of Bo Ek say about copper?",
            ),
        ),
        (
            "What do Peru and Chile each say about the other's ports?",
            ("What do Peru say about Chile's ports?", "What do Chile say about Peru's ports?"),
        ),
        (
            "How do Lee's and Ek's positions differ?",
            ("What does Lee want and argue?", "What does Ek want and argue?"),
        ),
        (
            "What do Peru and Chile think of each other?",
            ("What do Peru think of Chile?", "What do Chile think of Peru?"),
        ),
        (
            "How do Peru and Chile differ on the other ports?",
            (
                "What does Peru say about the other ports?",
                "What does Chile say about the other ports?",
            ),
        ),
    ],
)
def test_each_side_is_asked_about_alone(question, asked):
    assert tuple(side_questions(question).values()) == asked


@pytest.mark.parametrize("question", ["pact vs league", "When was the pact signed?"])
def test_sides_without_a_point_of_comparison_are_not_asked_about(question):
    assert side_questions(question) == {}
