from dataclasses import replace

import pytest

from briefbot.cite import (
    Quoted,
    cite,
    fold,
    is_supported,
    is_verbatim,
    marks,
    verify,
    without_marks,
)
from briefbot.types import Chunk, Citation, Statement

TEXT = "Intro. The bridge was built in 1742. It never closed."
CHUNK = Chunk(
    "bridge.md",
    "The Bridge",
    TEXT[7:],
    7,
    len(TEXT),
    heading=("History", "Building"),
    url="https://example.org",
    date="2024",
)
BUILT = Quoted(CHUNK, 7, 36)
CLOSED = Quoted(CHUNK, 37, 53)


def text_of(document_id):
    return {"bridge.md": TEXT}[document_id]


def citation(n, start=7, end=36):
    return Citation(n, "bridge.md", "The Bridge", TEXT[start:end], start, end)


# --- quotes and citations -----------------------------------------------------------------------


def test_a_quote_is_the_text_at_its_document_offsets():
    assert BUILT.text == TEXT[7:36] == "The bridge was built in 1742."


def test_a_citation_carries_what_a_reader_needs_to_find_it():
    made = cite(BUILT, 2)

    assert made == Citation(
        n=2,
        document="bridge.md",
        title="The Bridge",
        quote="The bridge was built in 1742.",
        start=7,
        end=36,
        heading="History › Building",
        url="https://example.org",
        date="2024",
    )


def test_a_citation_of_a_quote_is_verbatim():
    assert is_verbatim(cite(CLOSED, 1), TEXT)


@pytest.mark.parametrize(
    "change",
    [
        {"start": 6},
        {"end": 35},
        {"start": -46, "end": 36},
        {"start": 8, "end": 37},
        {"quote": "The bridge was built in 1743."},
        {"end": len(TEXT) + 1, "start": 40, "quote": TEXT[40:]},
        {"start": 7, "end": 7, "quote": ""},
    ],
    ids=["start", "end", "negative", "shifted", "words", "beyond", "empty"],
)
def test_a_quote_that_is_off_is_not_verbatim(change):
    assert not is_verbatim(replace(citation(1), **change), TEXT)


def test_folding_normalises_and_closes_white_space():
    assert fold("  Re\u0301sume\u0301 \r\n two\tthree ") == "Résumé two three"


# --- marks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("One [1]. Two [2][3].", (1, 2, 3)),
        ("One [2, 1; 3].", (2, 1, 3)),
        ("Twice [1] and [1].", (1,)),
        ("None [a] [1a] [] [1234] (1).", ()),
    ],
)
def test_marks_are_found_once_each_in_order(text, numbers):
    assert marks(text) == numbers


def test_marks_are_taken_out_without_leaving_gaps():
    assert without_marks("One [1], two [2][3] . Three[4].") == "One, two. Three."


# --- support ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "The bridge was built in 1742.",
        "Builders built the bridge in 1742.",
        "In 1742, the bridge was built.",
    ],
)
def test_a_statement_of_the_same_words_is_supported(statement):
    assert is_supported(statement, [BUILT.text])


@pytest.mark.parametrize(
    "statement",
    [
        "The bridge was built in 1743.",
        "The bridge was not built in 1742.",
        "Romans quarried granite for the bridge.",
        "It is.",
        "",
    ],
    ids=["number", "negation", "words", "stop words", "empty"],
)
def test_a_statement_is_not_supported_with_another(statement):
    assert not is_supported(statement, [BUILT.text])


def test_a_dropped_negation_is_not_supported():
    assert not is_supported("It closed.", [CLOSED.text])


def test_a_kept_negation_is_supported():
    assert is_supported("It never closed.", [CLOSED.text])


def test_passages_support_a_statement_together():
    assert is_supported("Built in 1742, the bridge never closed.", [BUILT.text, CLOSED.text])


def test_nothing_is_supported_by_no_passage():
    assert not is_supported("The bridge was built.", [])


# --- verification -------------------------------------------------------------------------------


def test_a_statement_with_a_verbatim_citation_stays():
    statements, citations, withheld = verify([Statement("Old.", (1,))], [citation(1)], text_of)

    assert (statements, citations, withheld) == ((Statement("Old.", (1,)),), (citation(1),), 0)


@pytest.mark.parametrize(
    "statement",
    [Statement("Old.", ()), Statement("Old.", (2,)), Statement("Old.", (3,)), Statement("", (1,))],
    ids=["none", "unknown", "not verbatim", "no text"],
)
def test_a_statement_is_withheld_if_its_citation_is(statement):
    wrong = replace(citation(3), quote="Something else")

    statements, citations, withheld = verify([statement], [citation(1), wrong], text_of)

    assert (statements, citations, withheld) == ((), (), 1)


def test_a_statement_loses_only_the_citations_that_fail():
    wrong = replace(citation(1), quote="Something else")

    statements, citations, _ = verify([Statement("Old.", (1, 2))], [wrong, citation(2)], text_of)

    assert statements == (Statement("Old.", (1,)),)
    assert citations == (citation(1),)


def test_citations_are_numbered_from_one_in_order_of_first_use():
    said = [Statement("Shut.", (7,)), Statement("Old.", (4, 7))]

    statements, citations, _ = verify(said, [citation(4), citation(7, 37, 53)], text_of)

    assert [statement.citations for statement in statements] == [(1,), (2, 1)]
    assert [(c.n, c.start) for c in citations] == [(1, 37), (2, 7)]


def test_a_citation_that_no_statement_uses_is_dropped():
    _, citations, _ = verify([Statement("Old.", (1,))], [citation(1), citation(2)], text_of)

    assert [c.n for c in citations] == [1]
