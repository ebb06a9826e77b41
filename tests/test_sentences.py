import pytest
from hypothesis import given, settings

from briefbot.sentences import paragraph_spans, sentence_spans
from strategies import wild_text


def sentences(text, language="en"):
    return [text[start:end] for start, end in sentence_spans(text, language=language)]


def paragraphs(text):
    return [text[start:end] for start, end in paragraph_spans(text)]


def test_a_text_is_cut_at_the_ends_of_its_sentences():
    assert sentences("One is here. Two is there? Yes!") == ["One is here.", "Two is there?", "Yes!"]


@pytest.mark.parametrize(
    "text", ["Dr. Smith met the U.S. envoy.", "It grew by 3.5 percent.", "He came (see p. 4) late."]
)
def test_a_full_stop_within_a_sentence_does_not_end_it(text):
    assert sentences(text) == [text]


def test_a_closing_quote_stays_with_its_sentence():
    text = "He said, “It is too early.” She left."

    assert sentences(text) == ["He said, “It is too early.”", "She left."]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_blank_line_ends_a_sentence(newline):
    text = f"A title without a stop{newline}{newline}The text below."

    assert sentences(text) == ["A title without a stop", "The text below."]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_hard_wrapped_lines_are_one_paragraph(newline):
    first = "This line is as long as the lines of a hard-wrapped file tend to be"
    text = f"{first}{newline}and it goes on here."

    assert paragraphs(text) == [text]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Short line", "and another."),
        ("This line is long enough to be wrapped but it ends with a full stop.", "and another."),
        ("This line is long enough to be wrapped, yet a list begins on the next", "- item"),
        ("This line is long enough to be wrapped, yet a list begins on the next", "2. item"),
        ("x" * 200, "and another."),
    ],
    ids=["short", "ended", "bullet", "number", "unwrapped"],
)
def test_lines_that_do_not_go_on_are_paragraphs_of_their_own(first, second):
    assert paragraphs(f"{first}\n{second}") == [first, second]


def test_a_blank_line_ends_a_wrapped_paragraph():
    first = "This line is as long as the lines of a hard-wrapped file tend to be"

    assert paragraphs(f"{first}\n\nand this is another.") == [first, "and this is another."]


@pytest.mark.parametrize("mark", ["- ", "* ", "+ ", "• ", "2. ", "13) "])
def test_a_list_mark_is_no_part_of_its_sentence(mark):
    assert sentences(f"{mark}The item.") == ["The item."]


def test_a_list_mark_without_an_item_stays():
    assert sentences("2.") == ["2."]


def test_a_piece_without_a_word_joins_the_sentence_before():
    assert sentences("Really? !!! Yes.") == ["Really? !!!", "Yes."]


def test_white_space_alone_holds_no_sentence():
    assert sentences(" \r\n\t\n ") == []


def test_an_unknown_language_is_cut_as_well():
    assert sentences("One is here. Two is there.", language="zz") == [
        "One is here.",
        "Two is there.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "😀 is first. 👩‍👩‍👧 is second.",
        "שלום עולם. מה שלומך?",
        "你好。世界。",
        "e\u0301 is a letter. So is a\u0300.",
        "A NUL \0 here. And there \0.",
    ],
)
def test_offsets_hold_beyond_ascii(text):
    found = sentences(text)

    assert len(found) == 2
    assert all(sentence in text for sentence in found)


@settings(deadline=None, max_examples=80)
@given(wild_text)
def test_spans_are_ordered_disjoint_tight_and_not_empty(text):
    spans = sentence_spans(text)

    bounds = [bound for span in spans for bound in span]
    assert bounds == sorted(bounds)
    assert all(
        text[start:end] and text[start:end] == text[start:end].strip() for start, end in spans
    )


@settings(deadline=None, max_examples=80)
@given(wild_text)
def test_every_letter_stands_in_a_sentence(text):
    covered = {at for start, end in sentence_spans(text) for at in range(start, end)}

    assert [
        at for at, character in enumerate(text) if character.isalpha() and at not in covered
    ] == []
