import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbot.errors import UnreadableDocumentError
from briefbot.load.markdown import parse
from briefbot.sentences import sentence_spans
from briefbot.split import SENTENCE_MAX_CHARS, sections, split
from briefbot.types import Document
from fakes import WordHashEmbedder
from strategies import markdown, wild_text

count_tokens = WordHashEmbedder().count_tokens
budgets = st.integers(8, 60)
overlaps = st.integers(0, 10)
modest = settings(deadline=None, max_examples=50)


def document(text, **metadata):
    return parse("d.md", text) if not metadata else Document("d.md", text=text, **metadata)


def chunks(text, *, max_tokens=40, overlap=0):
    loaded = document(text)
    made = split(
        loaded, count_tokens=count_tokens, max_tokens=max_tokens, overlap_sentences=overlap
    )
    return loaded, made


def texts(text, **options):
    return [chunk.text for chunk in chunks(text, **options)[1]]


def section_sentences(loaded):
    """Spans of all sentences, by section."""
    return [
        [(start + first, start + last) for first, last in sentence_spans(loaded.text[start:end])]
        for _, (start, end) in sections(loaded)
    ]


# --- properties ---------------------------------------------------------------------------------


@modest
@given(markdown(), budgets, overlaps)
def test_a_chunk_is_exactly_what_stands_at_its_offsets(text, max_tokens, overlap):
    loaded, made = chunks(text, max_tokens=max_tokens, overlap=overlap)

    assert made
    assert all(loaded.text[chunk.start : chunk.end] == chunk.text for chunk in made)


@modest
@given(markdown(), budgets, overlaps)
def test_no_sentence_is_cut(text, max_tokens, overlap):
    loaded, made = chunks(text, max_tokens=max_tokens, overlap=overlap)

    for start, end in (span for spans in section_sentences(loaded) for span in spans):
        assert any(chunk.start <= start and end <= chunk.end for chunk in made)


@modest
@given(markdown(), budgets, overlaps)
def test_a_chunk_keeps_to_its_budget_unless_it_is_one_sentence(text, max_tokens, overlap):
    loaded, made = chunks(text, max_tokens=max_tokens, overlap=overlap)

    spans = [span for group in section_sentences(loaded) for span in group]
    for chunk in made:
        held = [span for span in spans if chunk.start <= span[0] and span[1] <= chunk.end]
        size = sum(count_tokens([chunk.context, chunk.text]))
        assert size <= max_tokens or len(held) == 1


@modest
@given(markdown(), budgets, overlaps)
def test_every_word_below_a_heading_is_in_a_chunk(text, max_tokens, overlap):
    loaded, made = chunks(text, max_tokens=max_tokens, overlap=overlap)

    covered = {at for chunk in made for at in range(chunk.start, chunk.end)}
    for _, (start, end) in sections(loaded):
        left = "".join(" " if at in covered else loaded.text[at] for at in range(start, end))
        assert re.fullmatch(r"(?:\s|[-*+•]|\d{1,3}[.)])*", left)


@modest
@given(markdown(), budgets, overlaps)
def test_a_chunk_never_reaches_into_a_heading(text, max_tokens, overlap):
    loaded, made = chunks(text, max_tokens=max_tokens, overlap=overlap)

    for heading in loaded.headings:
        assert all(chunk.end <= heading.start or heading.end <= chunk.start for chunk in made)


@modest
@given(markdown(), budgets, overlaps)
def test_each_chunk_opens_and_ends_beyond_the_one_before(text, max_tokens, overlap):
    _, made = chunks(text, max_tokens=max_tokens, overlap=overlap)

    assert all(one.start < next_.start and one.end < next_.end for one, next_ in pairwise(made))


@modest
@given(markdown(), budgets, overlaps)
def test_ids_are_unique_and_the_same_every_time(text, max_tokens, overlap):
    _, made = chunks(text, max_tokens=max_tokens, overlap=overlap)
    _, again = chunks(text, max_tokens=max_tokens, overlap=overlap)

    ids = [chunk.id for chunk in made]
    assert ids == [chunk.id for chunk in again]
    assert len(set(ids)) == len(ids)


@settings(deadline=None, max_examples=80)
@given(wild_text, budgets, overlaps)
def test_any_text_is_split_at_exact_offsets(text, max_tokens, overlap):
    try:
        loaded, made = chunks(text, max_tokens=max_tokens, overlap=overlap)
    except UnreadableDocumentError:
        return

    assert made
    assert all(loaded.text[chunk.start : chunk.end] == chunk.text for chunk in made)


# --- examples -----------------------------------------------------------------------------------


def test_a_short_section_is_one_chunk():
    assert texts("# T\n\nOne is here. Two is there.\n\nThree too.\n") == [
        "One is here. Two is there.\n\nThree too."
    ]


def test_a_long_section_is_cut_into_about_equal_chunks():
    text = " ".join(f"Sentence number {n} has six words." for n in range(10))

    sizes = [len(made.split()) for made in texts(text, max_tokens=55)]

    assert sizes == [30, 30]


def test_a_paragraph_end_closes_a_chunk_that_is_nearly_full():
    first = " ".join(["This sentence has five words."] * 4)
    second = " ".join(["This sentence has five words."] * 5)

    made = texts(f"{first}\n\n{second}", max_tokens=36)

    assert made == [first, second]


def test_a_chunk_repeats_the_last_sentences_of_the_one_before():
    text = " ".join(f"Sentence number {n} has six words." for n in range(6))

    made = texts(text, max_tokens=24, overlap=1)

    assert all(one.split(".")[-2].strip() in next_ for one, next_ in pairwise(made))


def test_nothing_is_repeated_where_the_next_sentence_would_not_fit():
    long = " ".join(["word"] * 15) + "."

    made = texts(f"{long} {long} {long}", max_tokens=25, overlap=3)

    assert made == [long] * 3


def test_a_sentence_above_the_budget_is_a_chunk_of_its_own():
    long = " ".join(["word"] * 50) + "."

    assert texts(f"Before it. {long} After it.", max_tokens=20) == ["Before it.", long, "After it."]


def test_the_marks_of_a_list_count_too():
    items = "\n".join(["- item"] * 30)

    made = texts(items, max_tokens=25)

    assert max(len(text.split()) for text in made) <= 20


def test_a_run_of_words_without_an_end_is_cut_between_words():
    text = "word " * (SENTENCE_MAX_CHARS // 2)

    made = texts(text)

    assert all(set(piece.split()) == {"word"} for piece in made)
    assert max(map(len, made)) <= SENTENCE_MAX_CHARS


def test_a_run_of_letters_without_an_end_is_cut_anywhere():
    loaded = document("x" * (2 * SENTENCE_MAX_CHARS + 5))

    made = split(
        loaded,
        count_tokens=lambda texts: [len(text) for text in texts],
        max_tokens=SENTENCE_MAX_CHARS // 2,
        overlap_sentences=0,
    )

    assert [len(chunk.text) for chunk in made] == [SENTENCE_MAX_CHARS, SENTENCE_MAX_CHARS, 5]


def test_a_title_above_the_budget_leaves_a_sentence_to_each_chunk():
    loaded = document("One is here. Two is there.", title="word " * 50)

    made = split(loaded, count_tokens=count_tokens, max_tokens=20, overlap_sentences=0)

    assert [chunk.text for chunk in made] == ["One is here.", "Two is there."]


def test_a_chunk_carries_its_documents_metadata():
    loaded = document(
        "Text.", title="T", url="https://example.org", date="2025", kind="article", language="de"
    )

    (chunk,) = split(loaded, count_tokens=count_tokens, max_tokens=40, overlap_sentences=0)

    assert (chunk.document, chunk.title, chunk.url, chunk.date, chunk.kind, chunk.language) == (
        "d.md", "T", "https://example.org", "2025", "article", "de",
    )  # fmt: skip


def test_a_heading_path_holds_the_headings_above_and_not_the_title():
    text = "Intro.\n\n# T\n\nA.\n\n## S\n\nB.\n\n### SS\n\nC.\n\n## U\n\nD.\n"

    paths = [path for path, _ in sections(document(text))]

    assert paths == [(), (), ("S",), ("S", "SS"), ("U",)]


def test_a_stretch_without_text_is_no_section():
    found = sections(document("# T\n\n## S\n\nText.\n"))

    assert [path for path, _ in found] == [("S",)]


def test_a_document_without_text_has_no_chunk():
    loaded = document(" \n ", title="T")

    assert split(loaded, count_tokens=count_tokens, max_tokens=40, overlap_sentences=0) == []


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_front_matter_is_in_no_chunk(newline):
    text = "---\ntitle: T\n---\nText.\n".replace("\n", newline) if newline != "\r" else "Text.\r"

    assert texts(text) == ["Text."]
