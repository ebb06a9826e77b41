from __future__ import annotations

import pytest

from briefbot.answer import ExtractiveAnswerer
from briefbot.arrange import in_reading_order, with_antecedents
from briefbot.choose import choose
from briefbot.cite import Quoted
from briefbot.evidence import Evidence, quotes_of
from briefbot.read import Reading
from briefbot.types import Chunk

TEXT = (
    "Germany fields heavy tanks. It trains with them in winter. Turkey guards the straits. "
    "The two meet every spring. Tanks are heavy in Germany."
)
CHUNK = Chunk("pact.md", "Pact", TEXT, 100, 100 + len(TEXT))
TANKS, WINTER, STRAITS, SPRING, TANKS_AGAIN = quotes_of(CHUNK)


def evidence(*scored: tuple[Quoted, float]) -> list[Evidence]:
    return [Evidence(quote, score) for quote, score in scored]


def test_quotes_carry_the_offsets_of_the_document():
    assert (STRAITS.start, STRAITS.text) == (
        100 + TEXT.index("Turkey"),
        "Turkey guards the straits.",
    )


def test_the_best_sentence_is_chosen_and_far_weaker_ones_are_not():
    chosen = choose("What does Germany do?", evidence((TANKS, 0.9), (STRAITS, 0.3)), most=4)

    assert chosen == [TANKS]


def test_nearly_as_good_sentences_join_the_best_one():
    chosen = choose("What happens?", evidence((TANKS, 0.9), (STRAITS, 0.88)), most=4)

    assert chosen == [TANKS, STRAITS]


def test_a_sentence_that_says_the_same_again_is_left_out():
    chosen = choose("What happens?", evidence((TANKS, 0.9), (TANKS_AGAIN, 0.89)), most=4)

    assert chosen == [TANKS]


def test_no_more_sentences_are_chosen_than_asked_for():
    items = evidence((TANKS, 0.9), (STRAITS, 0.9), (SPRING, 0.9))

    assert len(choose("What happens?", items, most=2)) == 2


def test_without_evidence_nothing_is_chosen():
    assert choose("What happens?", [], most=4) == []


def test_a_comparison_takes_the_best_sentence_on_each_side():
    items = evidence((TANKS, 0.9), (SPRING, 0.8), (WINTER, 0.7), (STRAITS, 0.1))

    chosen = choose("How do Germany and Turkey differ?", items, most=2)

    assert chosen == [TANKS, STRAITS]


def test_a_question_about_two_names_is_answered_for_both():
    items = evidence((TANKS, 0.9), (SPRING, 0.8), (WINTER, 0.7), (STRAITS, 0.1))

    chosen = choose("What do Germany and Turkey bring?", items, most=3)

    assert chosen[:2] == [TANKS, STRAITS]


def test_a_comparison_finds_names_in_lower_case():
    items = evidence((TANKS, 0.9), (SPRING, 0.8), (WINTER, 0.7), (STRAITS, 0.1))
    capital_inside = Chunk("b.md", "B", "Of all, Germany is older than Turkey.", 0, 37)
    items.append(Evidence(quotes_of(capital_inside)[0], 0.05))

    chosen = choose("compare germany with turkey", items, most=2)

    assert chosen == [TANKS, STRAITS]


def test_a_sentence_that_opens_with_a_pronoun_brings_the_one_before():
    assert with_antecedents([WINTER], most=4) == [TANKS, WINTER]


def test_a_sentence_brought_already_is_not_brought_twice():
    assert with_antecedents([TANKS, WINTER], most=4) == [TANKS, WINTER]


def test_what_would_make_the_answer_too_long_gives_way():
    assert with_antecedents([STRAITS, WINTER], most=2) == [STRAITS]


def test_a_pronoun_that_opens_a_passage_stands_as_it_is():
    text = "It was signed in Manila."
    first = quotes_of(Chunk("a.md", "A", text, 0, len(text)))[0]

    assert with_antecedents([first], most=4) == [first]


def test_a_pronoun_after_a_line_break_does_not_reach_into_the_paragraph_before():
    text = "Germany fields tanks.\n\nIt rains in spring."
    second = quotes_of(Chunk("a.md", "A", text, 0, len(text)))[1]

    assert with_antecedents([second], most=4) == [second]


def test_sentences_of_a_document_stand_in_its_order():
    assert in_reading_order([SPRING, TANKS]) == [TANKS, SPRING]


def test_the_best_section_of_a_document_comes_first():
    text = "Germany fields tanks. It rains in spring."
    first, last = (
        quotes_of(Chunk("a.md", "A", text[:21], 0, 21, heading=("Army",)))[0],
        quotes_of(Chunk("a.md", "A", text[22:], 22, len(text), heading=("Weather",)))[0],
    )

    assert in_reading_order([last, first]) == [last, first]


def test_the_best_document_comes_first():
    other = quotes_of(Chunk("other.md", "Other", "Japan builds ships.", 0, 19))[0]

    assert in_reading_order([other, SPRING, TANKS]) == [other, TANKS, SPRING]


def test_each_statement_is_verbatim_and_carries_its_own_citation():
    reading = Reading((), tuple(evidence((STRAITS, 0.9), (TANKS, 0.89))), 0.9, ())

    answer = list(ExtractiveAnswerer(max_statements=3).answer("What happens?", (), reading))

    assert [cited.statement.text for cited in answer] == [TANKS.text, STRAITS.text]
    assert [cited.statement.citations for cited in answer] == [(1,), (2,)]
    assert [cited.citations[0].quote for cited in answer] == [TANKS.text, STRAITS.text]


def test_a_hard_wrapped_sentence_is_shown_on_one_line_and_quoted_as_it_stands():
    text = "The pact binds its members to consult whenever one of them is\nthreatened from outside."
    quote = quotes_of(Chunk("a.md", "A", text, 0, len(text)))[0]
    reading = Reading((), (Evidence(quote, 0.9),), 0.9, ())

    cited = next(ExtractiveAnswerer(max_statements=3).answer("What?", (), reading))

    assert cited.statement.text == text.replace("\n", " ")
    assert cited.citations[0].quote == text


@pytest.mark.parametrize(("probability", "lead"), [(0.95, "Turkey"), (0.6, "")])
def test_the_short_answer_stands_in_front_only_where_the_reader_is_sure(probability, lead):
    span = Quoted(CHUNK, STRAITS.start, STRAITS.start + len("Turkey"))
    reading = Reading((), tuple(evidence((STRAITS, 0.9))), probability, (), span=span)

    cited = next(ExtractiveAnswerer(max_statements=3).answer("Who guards straits?", (), reading))

    assert cited.statement.layout.lead == lead
