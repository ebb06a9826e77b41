import pytest

from briefbot.mentions import (
    cited_by,
    enumerated,
    gist,
    is_person,
    known_names,
    last_person,
    matter_of,
    names_in,
    people,
    sentences_of,
    topic,
)
from briefbot.types import Turn


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("What does Article 5 of the Oslo Treaty say?", ["Article 5", "Oslo Treaty"]),
        ("Where did SEATO's leaders meet?", ["SEATO"]),
        ("With China near, what did Colby want?", ["China", "Colby"]),
        ("How do they differ?", []),
    ],
)  # fmt: skip
def test_names_are_found_without_the_capital_that_opens_a_sentence(text, names):
    assert names_in(text) == names


def test_a_known_name_counts_in_small_letters():
    assert names_in("what of colby", ["Colby"]) == ["Colby"]


def test_names_of_earlier_turns_are_known_with_their_words():
    known = known_names(
        [Turn("who is he", "Elbridge Colby leads it. Members met the Prime Minister.")]
    )

    assert {"Elbridge Colby", "Colby"} <= set(known)
    assert not {"Members", "Minister"} & set(known)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Elbridge Colby", "Elbridge Colby met them.", True),
        ("Colby", "What did Colby say?", True),
        ("Teodoro", "Defense Secretary Teodoro met them.", True),
        ("Colby", "The bridge at Colby is old.", False),
        ("Hudson Institute", "The Hudson Institute said so.", False),
        ("South Korea", "South Korea said so.", False),
        ("NATO", "NATO said so.", False),
    ],
)
def test_a_person_is_told_by_form_title_or_speech(name, text, expected):
    assert is_person(name, text) is expected


def test_people_of_a_text_in_order():
    assert people("Ely Ratner met Elbridge Colby in New Zealand.") == [
        "Ely Ratner",
        "Elbridge Colby",
    ]


def test_nobody_named_is_nobody():
    assert last_person([Turn("what was it?", "It was old.")], asked_who=True) == ""


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which six countries did he name?", "six countries he name"),
        ("What is a pact?", "a pact"),
        ("What did the letter say?", "the letter"),
        ("Did France leave?", "France leave"),
    ],
)
def test_the_gist_is_what_is_left_without_the_question(question, expected):
    assert gist(question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When was it signed (the treaty)?", "the treaty"),
        ("Where did SEATO meet?", "SEATO"),
        ("Who opposed an economic NATO?", "an economic NATO"),
        ("Who pushed for a Pacific pact in 1949?", "Pacific pact"),
        ("Which materials are on NATO's list?", "NATO's list"),
        ("What did Colby say?", "Colby"),
        ("How much did Japan plan to spend?", "Japan plan to spend"),
    ],
)
def test_the_topic_is_what_was_carried_the_only_name_or_the_whole(question, expected):
    assert topic(question) == expected


def test_the_matter_is_the_thing_that_the_answer_names():
    assert matter_of(Turn("What did Colby propose?", "Colby proposed an Asian NATO.")) == (
        "an Asian NATO"
    )
    assert matter_of(Turn("What was SEATO?", "A pact of Asia.")) == "SEATO"


def test_sentences_and_bullets_of_an_answer_lose_their_marks():
    assert sentences_of("It rained. [1] It poured. [2][3]") == ["It rained.", "It poured."]
    assert sentences_of("- one [1]\n- two [2]") == ["one", "two"]


@pytest.mark.parametrize(
    ("answer", "items"),
    [
        ("He named Canada, India and the Congo. [1]", ["Canada", "India", "the Congo"]),
        ("It needs peace, security or trade.", ["peace", "security", "trade"]),
        ("It rained.", []),
    ],
)  # fmt: skip
def test_an_enumeration_gives_its_items(answer, items):
    assert enumerated(answer) == items


def test_a_mark_leads_to_its_sentence():
    assert cited_by("It rained. [4] It poured. [5][6]", 6) == "It poured."
    assert cited_by("It rained. [4]", 1) == ""
