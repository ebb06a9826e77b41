import pytest
from hypothesis import given, settings

from briefbot.terms import STOP_WORDS, terms
from strategies import wild_text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alliance", "alliances"),
        ("defence", "defense"),
        ("institutionalise", "institutionalize"),
        ("institutionalising", "institutionalizing"),
        ("organisation", "organization"),
        ("neighbours", "neighbors"),
        ("grey", "gray"),
        ("dialogue", "dialog"),
        ("programme", "program"),
        ("theatre", "theater"),
        ("aluminium", "aluminum"),
        ("twelve", "12"),
        ("U.S.", "America"),
        ("US", "American"),
        ("U. S. A.", "USA"),
        ("United States", "American"),
        ("UK", "Britain"),
        ("United Kingdom", "British"),
        ("Japanese", "Japan"),
        ("Filipinos", "Philippines"),
        ("Ishiba’s", "Ishiba"),
        ("Ishiba's", "Ishiba"),
        ("NATO", "nato"),
        ("ＮＡＴＯ", "NATO"),
    ],
)
def test_two_spellings_give_one_term(one, other):
    assert terms(one) == terms(other)


@pytest.mark.parametrize(("one", "other"), [("12", "13"), ("us", "US"), ("China", "Taiwan")])
def test_different_words_give_different_terms(one, other):
    assert terms(one) != terms(other)


def test_stop_words_give_no_term():
    assert terms(" ".join(STOP_WORDS)) == []


def test_terms_come_in_order_with_repeats():
    assert terms("Bridges, gardens and a bridge") == ["bridg", "garden", "bridg"]


def test_punctuation_parts_words():
    assert terms("spoke-to-spoke_model (RAAs)") == ["spoke", "spoke", "model", "raa"]


@pytest.mark.parametrize("text", ["", " ", "…!?", "😀", "\0"])
def test_a_text_without_words_has_no_terms(text):
    assert terms(text) == []


@settings(deadline=None, max_examples=60)
@given(wild_text)
def test_no_term_of_any_text_is_empty(text):
    assert all(terms(text))
