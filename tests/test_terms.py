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
        ("analyse", "analyze"),
        ("offence", "offense"),
        ("licence", "license"),
        ("manoeuvres", "maneuvers"),
        ("judgement", "judgment"),
        ("forty", "40"),
        ("twenty-one", "21"),
        ("thirty two", "32"),
        ("third", "3rd"),
        ("eleventh", "11th"),
        ("1,250,000", "1250000"),
        ("60%", "60 percent"),
        ("60 per cent", "60 %"),
    ],
)
def test_two_spellings_give_one_term(one, other):
    assert terms(one) == terms(other)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("non-nuclear", ["nonnuclear", "nuclear"]),
        ("Co-operation", ["co", "oper"]),
        ("non-NATO states", ["non", "nato", "state"]),
        ("2, 300", ["2", "300"]),
        ("in 1997, 12 pacts", ["1997", "12", "pact"]),
        ("spoke-to-spoke", ["spoke", "spoke"]),
    ],
)
def test_a_hyphen_or_comma_joins_only_what_is_one_word_or_number(text, found):
    assert terms(text) == found


@pytest.mark.parametrize(
    ("one", "other"), [("minilateral", "mini-lateral"), ("nonaligned", "non-aligned")]
)
def test_a_word_is_found_whether_its_prefix_has_a_hyphen_or_not(one, other):
    assert set(terms(one)) <= set(terms(other))


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
