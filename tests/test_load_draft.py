"""Documents put together piece by piece: offsets hold whatever the pieces are."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from briefbot.document_store import read_document, write_document
from briefbot.errors import UnreadableDocumentError
from briefbot.index_folder import new_generation
from briefbot.load import html, table
from briefbot.load.draft import About, Draft, row_text
from briefbot.load.source import Source
from briefbot.split import split
from briefbot.types import Document, Mark, label_at
from fakes import WordHashEmbedder
from strategies import wild_text

SOURCE = Source("sub/a_file.pdf", Path("a_file.pdf"))
anything = st.one_of(wild_text, st.text(max_size=30))
steps = st.one_of(
    st.tuples(st.just("heading"), anything),
    st.tuples(st.just("paragraph"), anything),
    st.tuples(st.just("go_on"), anything),
    st.tuples(st.just("mark"), st.sampled_from(["p. 1", "slide 2", "row 3"])),
    st.tuples(st.just("table"), st.lists(st.lists(anything, max_size=3), max_size=3)),
)


def check(document: Document) -> None:
    """What must hold for every document, however it was loaded."""
    end = document.body_start
    for heading in document.headings:
        assert end <= heading.start < heading.end <= len(document.text)
        assert document.text[heading.start : heading.end] == heading.text
        end = heading.end
    starts = [mark.start for mark in document.marks]
    assert starts == sorted(set(starts))
    assert all(0 <= start < len(document.text) for start in starts)
    chunks = split(
        document, count_tokens=WordHashEmbedder().count_tokens, max_tokens=40, overlap_sentences=1
    )
    assert chunks
    own = [mark.start for mark in document.marks if mark.own_passage]
    for chunk in chunks:
        assert document.text[chunk.start : chunk.end] == chunk.text
        assert not any(chunk.start < start < chunk.end for start in own)
    with tempfile.TemporaryDirectory() as folder:
        generation = new_generation(Path(folder))
        write_document(generation, document)
        assert read_document(generation, document.id) == document


@hypothesis_settings(deadline=None, max_examples=150)
@given(st.lists(steps, max_size=12), st.booleans())
def test_offsets_hold_whatever_a_document_is_made_of(made, own_passage):
    draft = Draft(SOURCE)
    for step, value in made:
        match step:
            case "heading":
                draft.heading(2, value)
            case "paragraph":
                draft.paragraph(value)
            case "go_on":
                draft.go_on(value)
            case "mark":
                draft.mark(value, own_passage=own_passage)
            case "table":
                draft.table(value)
    draft.paragraph("The end.")

    check(draft.document())


@hypothesis_settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(anything, min_size=1, max_size=4), min_size=1, max_size=6))
def test_offsets_hold_in_every_table(rows):
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([["name", "value"], *rows])

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(buffer.getvalue().encode("utf-8", "replace"))
        try:
            document = table.load(Source("a.csv", path))
        except UnreadableDocumentError:
            return

    check(document)


tags = st.sampled_from(["p", "h1", "h2", "div", "li", "td", "b", "article", "pre", "br", "table"])
elements = st.recursive(
    wild_text,
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", tags, st.lists(inner, max_size=4)
    ),
    max_leaves=12,
)


@hypothesis_settings(deadline=None, max_examples=60)
@given(elements)
def test_offsets_hold_in_every_web_page(body):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.html"
        path.write_text(f"<html><body>{body}</body></html>", "utf-8")
        try:
            document = html.load(Source("a.html", path))
        except UnreadableDocumentError:
            return

    check(document)


# --- labels -------------------------------------------------------------------------------------


def test_a_label_reaches_to_the_next_mark():
    document = Document("a", "A", "One two three", marks=(Mark(4, "p. 1"), Mark(8, "p. 2")))

    assert [label_at(document, n) for n in (0, 3, 4, 7, 8, 12)] == [
        "",
        "",
        "p. 1",
        "p. 1",
        "p. 2",
        "p. 2",
    ]


def test_a_mark_before_nothing_is_dropped_and_the_last_of_several_counts():
    draft = Draft(SOURCE)
    draft.mark("p. 1")
    draft.mark("p. 2")
    draft.paragraph("Words.")
    draft.mark("p. 3")

    assert draft.document().marks == (Mark(0, "p. 2"),)


def test_a_page_may_begin_within_a_paragraph():
    draft = Draft(SOURCE)
    draft.paragraph("It goes over the ed-")
    draft.mark("p. 2")
    draft.go_on("ge of the page.", glue="", drop=1)

    document = draft.document()

    assert document.text == "It goes over the edge of the page.\n"
    assert document.marks == (Mark(19, "p. 2"),)


# --- what a file says of itself -----------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "/relative", "data:text/html,x", "file:///a"]
)
def test_an_address_that_is_none_of_the_web_is_dropped(url):
    draft = Draft(SOURCE)
    draft.paragraph("Words.")

    assert draft.document(About(url=url)).url == ""


@pytest.mark.parametrize(
    ("date", "kept"),
    [("2024-03-02", "2024-03-02"), ("2024", "2024"), ("2 March 24", ""), ("2024-13", "")],
)
def test_a_date_that_is_no_iso_date_is_dropped(date, kept):
    draft = Draft(SOURCE)
    draft.paragraph("Words.")

    assert draft.document(About(date=date)).date == kept


@pytest.mark.parametrize("language", ["zz", "un", "x-", "EN"])
def test_an_unknown_language_stops_no_build(language):
    draft = Draft(SOURCE)
    draft.paragraph("It rains. It pours.")

    check(draft.document(About(language=language)))


# --- tables and titles --------------------------------------------------------------------------


def test_cells_beyond_the_header_and_empty_cells():
    assert row_text(["Name", ""], ["Ada", "1815", "more"]) == "Name: Ada; 1815; more"
    assert row_text(["Name", "Born"], ["", "1815"]) == "Born: 1815"
    assert row_text([], ["Ada", "", "1815"]) == "Ada | 1815"


def test_a_first_row_with_a_gap_is_no_header():
    draft = Draft(SOURCE)
    draft.table([["", "1868"], ["Keeper", "Reyle"]])

    assert draft.document().text == "1868\n\nKeeper | Reyle\n"


def test_a_document_without_a_title_is_called_by_its_file():
    draft = Draft(SOURCE)
    draft.paragraph("Words.")

    assert draft.document().title == "a file"
