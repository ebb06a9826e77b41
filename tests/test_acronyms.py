import pytest

from briefbot.acronyms import find_acronyms, spell_out


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a Reciprocal Access Agreement (RAA) with Manila", {"RAA": "Reciprocal Access Agreement"}),
        ("pursue Reciprocal Access Agreements(RAAs) now", {"RAA": "Reciprocal Access Agreement"}),
        ("EDCA (Enhanced Defense Cooperation Agreement)", None),
        ("the Five Power Defence Arrangements (FPDA)", {"FPDA": "Five Power Defence Arrangements"}),
        ("2% of GDP (gross domestic product)", {"GDP": "gross domestic product"}),
        ("the North Atlantic Treaty Organization (NATO)", None),
    ],
)
def test_a_text_spells_out_its_acronyms(text, found):
    expected = (
        found
        or {
            "EDCA (Enhanced Defense Cooperation Agreement)": {
                "EDCA": "Enhanced Defense Cooperation Agreement"
            },
            "the North Atlantic Treaty Organization (NATO)": {
                "NATO": "North Atlantic Treaty Organization"
            },
        }[text]
    )

    assert find_acronyms(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "the minister (see RAA) said",
        "a treaty of friendship (RAA)",
        "NATO (which has 32 members)",
        "Manila (Philippines)",
        "the RAA",
        "in the year (AD)",
    ],
)
def test_brackets_that_spell_nothing_out_are_left_alone(text):
    assert find_acronyms(text) == {}


ACRONYMS = {"RAA": "Reciprocal Access Agreement", "US": "United States"}


@pytest.mark.parametrize(
    ("question", "spelled"),
    [
        ("What are RAAs?", "What are RAAs (Reciprocal Access Agreement)?"),
        ("what is an raa", "what is an raa (Reciprocal Access Agreement)"),
        (
            "Who signs a reciprocal access agreement first?",
            "Who signs a reciprocal access agreement (RAA) first?",
        ),
        (
            "Is an RAA (Reciprocal Access Agreement) a treaty?",
            "Is an RAA (Reciprocal Access Agreement) a treaty?",
        ),
        ("Can they help us?", "Can they help us?"),
        ("What is a PRAAM?", "What is a PRAAM?"),
    ],
)
def test_a_question_gets_the_other_form_beside_the_one_it_uses(question, spelled):
    assert spell_out(question, ACRONYMS) == spelled
