from briefbot.digest import digest
from briefbot.evidence import Evidence, quotes_of
from briefbot.types import Chunk


def sentences(text, *, document="a.md", heading=("Bridges",), start=0):
    chunk = Chunk(document, "Town", text, start, start + len(text), heading)
    return quotes_of(chunk)


def ranked(*quotes):
    return [Evidence(quote, 1 - n / 100) for n, quote in enumerate(quotes)]


ASKED = "Who built the bridges of the town?"
FIRST, SECOND = sentences("The bridge was built in 1742. Maria Lindqvist designed it.", start=40)
(ROSES,) = sentences("The garden grows roses.", document="b.md", heading=())


def test_the_best_section_comes_first_under_its_heading_and_in_its_order():
    made = digest(ASKED, ranked(SECOND, ROSES, FIRST))

    assert made.text == (
        "Bridges\nThe bridge was built in 1742. Maria Lindqvist designed it.\n"
        "Town\nThe garden grows roses.\n"
    )


def test_a_heading_that_has_nothing_of_the_question_is_left_out():
    made = digest("Who laid the first stone?", ranked(FIRST, ROSES))

    assert made.text == "The bridge was built in 1742.\nThe garden grows roses.\n"


def test_every_sentence_is_found_again_at_the_documents_offsets():
    made = digest(ASKED, ranked(SECOND, ROSES, FIRST))

    for begin, quote in made.places:
        found = made.words(begin, begin + len(quote.text))
        assert made.text[begin : begin + len(quote.text)] == quote.text
        assert (found.chunk, found.start, found.end) == (quote.chunk, quote.start, quote.end)


def test_a_part_of_a_sentence_keeps_its_place():
    made = digest(ASKED, ranked(FIRST))
    start = made.text.index("1742")

    assert made.words(start, start + 4).text == "1742"


def test_what_crosses_a_sentences_end_or_stands_in_a_heading_is_no_quote():
    made = digest(ASKED, ranked(FIRST, SECOND))

    assert made.words(made.text.index("1742"), made.text.index("Maria") + 5) is None
    assert made.words(0, 7) is None


def test_a_sentence_that_leans_back_brings_the_one_before():
    _, second = sentences("Ann Smith proposed a pact. She wanted five members.")

    assert "Ann Smith proposed a pact. She wanted" in digest(ASKED, ranked(second)).text


def test_the_same_words_stand_there_once():
    (copy,) = sentences("The bridge was built in 1742.", document="c.md")

    assert digest(ASKED, ranked(FIRST, copy)).text.count("1742") == 1


def test_there_is_an_end_to_it():
    stones = [sentences(f"Stone number {n} was laid.", document=f"{n}.md") for n in range(9)]
    many = ranked(*(quote for quotes in stones for quote in quotes))

    assert len(digest(ASKED, many, size_chars=100).places) == 4


def test_the_likeliest_sentence_is_taken_whatever_its_length():
    assert [quote for _, quote in digest(ASKED, ranked(FIRST, ROSES), size_chars=5).places] == [
        FIRST
    ]


def test_one_document_leaves_room_for_another():
    long = sentences("One stone was laid. Two stones were laid. Three stones were laid.")

    held = [quote for _, quote in digest(ASKED, ranked(*long, ROSES), size_chars=80).places]

    assert ROSES in held
    assert len(held) == 3


def test_one_document_alone_takes_all_the_room():
    long = sentences("One stone was laid. Two stones were laid. Three stones were laid.")

    assert len(digest(ASKED, ranked(*long), size_chars=80).places) == 3


def test_of_nothing_nothing_is_made():
    assert digest(ASKED, []).text == ""
