import os
import re
import unicodedata
from pathlib import Path

import pytest

from briefbot.errors import CorpusError, UnreadableDocumentError, UnsupportedFormatError
from briefbot.load import LOADERS, corpus_files, load_corpus, load_document

PARAGRAPH = (
    "A paragraph of plain text is long enough to show that the short line above it is a heading, "
    "because no heading runs on like this."
)
ROOT = Path(__file__).parents[1]
CAPTURE = ROOT / "tests" / "data" / "raw-capture.txt"


@pytest.fixture
def load(write, tmp_path):
    """Write one file and load it."""

    def load_text(content, name="a.md"):
        return load_document(write(name, content), root=tmp_path)

    return load_text


def heading_lines(document):
    return [document.text[heading.start : heading.end] for heading in document.headings]


# --- front matter -------------------------------------------------------------------------------


def test_front_matter_becomes_metadata(load):
    document = load(
        '---\ntitle: "Hub: a case"\ndate: 2025-11-12\nurl: https://example.org/a\n'
        "publisher: The Paper\nkind: article\nlanguage: de\n---\nText.\n"
    )

    assert (document.title, document.date, document.url) == (
        "Hub: a case",
        "2025-11-12",
        "https://example.org/a",
    )
    assert (document.publisher, document.kind, document.language) == ("The Paper", "article", "de")


def test_front_matter_stays_in_the_text_and_out_of_the_body(load):
    document = load("---\ntitle: T\n---\nText.\n")

    assert document.text == "---\ntitle: T\n---\nText.\n"
    assert document.text[document.body_start :] == "Text.\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_front_matter_ends_at_its_line_whatever_the_line_ends(load, newline):
    document = load(newline.join(["---", "title: T", "---", "Text."]))

    assert document.text[document.body_start :] == "Text."


@pytest.mark.parametrize("value", ["false", "False", "no"])
def test_a_document_that_says_index_false_is_left_out(load, value):
    assert load(f"---\nindex: {value}\n---\nText.\n") is None


@pytest.mark.parametrize("title", ["12:30", "No", "1_000", "2024-01-01", "0x1F"])
def test_a_value_is_kept_as_it_is_written(load, title):
    assert load(f"---\ntitle: {title}\n---\nText.\n").title == title


@pytest.mark.parametrize("value", ["", "~", "null"])
def test_a_value_that_is_null_counts_as_not_given(load, value):
    assert load(f"---\nurl: {value}\n---\nText.\n").url == ""


def test_a_value_that_is_a_list_counts_as_not_given(load):
    assert load("---\ntitle: [a, b]\n---\n# Name\n\nText.\n").title == "Name"


def test_a_title_of_two_lines_becomes_one(load):
    assert load("---\ntitle: |\n  One\n  Two\n---\nText.\n").title == "One Two"


def test_empty_front_matter_is_left_out_of_the_body(load):
    document = load("---\n---\nText.\n")

    assert document.text[document.body_start :] == "Text.\n"


def test_text_between_rules_is_no_front_matter(load):
    document = load("---\nJust a sentence\n---\nText.\n")

    assert document.body_start == 0


@pytest.mark.parametrize(
    "yaml",
    ["title: a: b", "title: [", "a: \0", "a: " + "[" * 1000],
    ids=["colon", "[", "NUL", "deep"],
)
def test_front_matter_that_is_not_yaml_is_an_unreadable_document(load, yaml):
    with pytest.raises(UnreadableDocumentError, match=r"a\.md: the front matter .* is not YAML"):
        load(f"---\n{yaml}\n---\nText.\n")


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2025", "2025"),
        ("2025-11", "2025-11"),
        ("2025-11-12", "2025-11-12"),
        ("2025-11-12T10:00:00Z", "2025-11-12"),
    ],
)
def test_a_date_is_kept_as_precise_as_it_is(load, written, date):
    assert load(f"---\ndate: {written}\n---\nText.\n").date == date


@pytest.mark.parametrize("date", ["yesterday", "2025-13", "2025-02-30", "12/11/2025"])
def test_a_date_that_is_none_is_an_unreadable_document(load, date):
    with pytest.raises(UnreadableDocumentError, match="is not an ISO date") as caught:
        load(f"---\ndate: {date}\n---\nText.\n")

    assert date in caught.value.message
    assert "YYYY-MM-DD" in caught.value.hint


# --- titles -------------------------------------------------------------------------------------


def test_a_document_without_a_title_takes_its_first_top_heading(load):
    assert load("## Section\n\nText.\n\n# The Title\n\nText.\n").title == "The Title"


def test_a_document_without_any_title_is_named_after_its_file(load):
    assert load("Text.\n", name="my_old-notes.md").title == "my old notes"


def test_a_file_name_of_marks_alone_is_its_own_title(load):
    assert load("Text.\n", name="__.md").title == "__"


def test_a_plain_text_takes_its_first_line_as_title(load):
    document = load(f"The Title\n\n{PARAGRAPH}\n", name="a.txt")

    assert document.title == "The Title"
    assert [heading.level for heading in document.headings] == [1]


def test_a_plain_text_that_opens_with_a_sentence_is_named_after_its_file(load):
    assert load("It rained. It poured.\n", name="rain.txt").title == "rain"


# --- encoding -----------------------------------------------------------------------------------


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_are_kept(load, newline):
    content = f"# Title{newline}{newline}Text.{newline}"

    assert load(content).text == content


def test_a_byte_order_mark_is_dropped(load):
    assert load(b"\xef\xbb\xbf# Title\n\nText.\n").text == "# Title\n\nText.\n"


def test_text_is_normalised_to_nfc(load):
    assert load("Re\u0301sume\u0301.\n").text == "Résumé.\n"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
def test_a_file_that_is_not_utf8_names_the_byte(load, mark):
    with pytest.raises(UnreadableDocumentError) as caught:
        load(mark + b"caf\xe9 au lait")

    assert caught.value.message == f"a.md is not UTF-8 text (byte {len(mark) + 3} is 0xe9)."


def test_a_name_that_is_not_utf8_is_an_unreadable_document(tmp_path):
    name = os.fsdecode(b"caf\xe9.md")
    (tmp_path / name).write_text("Text.\n")

    with pytest.raises(UnreadableDocumentError, match=r"The name of caf\?\.md is not UTF-8"):
        load_document(tmp_path / name, root=tmp_path)


@pytest.mark.parametrize("content", ["", " \r\n\t\n", "***\n\n---\n", "---\ntitle: T\n---\n"])
def test_a_file_without_a_word_is_an_unreadable_document(load, content):
    with pytest.raises(UnreadableDocumentError, match=r"a\.md holds no text\."):
        load(content)


def test_a_file_of_headings_alone_is_an_unreadable_document(load):
    with pytest.raises(UnreadableDocumentError, match="holds no text below its headings"):
        load("# One\n\n## Two\n")


def test_a_file_that_cannot_be_opened_is_an_unreadable_document(tmp_path):
    (tmp_path / "a.md").mkdir()

    with pytest.raises(UnreadableDocumentError, match=r"a\.md cannot be opened \(Is a directory\)"):
        load_document(tmp_path / "a.md", root=tmp_path)


@pytest.mark.parametrize(("name", "named"), [("a.doc", ".doc"), ("README", "(none)")])
def test_an_unsupported_format_names_its_type_and_the_known_ones(load, name, named):
    with pytest.raises(UnsupportedFormatError) as caught:
        load("Text.\n", name=name)

    assert named in caught.value.message
    assert all(known in caught.value.hint for known in LOADERS)


def test_an_extension_is_known_in_capitals_too(load):
    assert load("Text.\n", name="A.MD").text == "Text.\n"


# --- headings -----------------------------------------------------------------------------------


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_heading_covers_its_line(load, newline):
    lines = [
        "Intro é 😀.",
        "",
        "## The *second* part ##  ",
        "",
        "Text.",
        "",
        "Third",
        "-----",
        "",
        "Text.",
    ]

    document = load(newline.join(lines))

    assert heading_lines(document) == ["## The *second* part ##", f"Third{newline}-----"]


@pytest.mark.parametrize(
    ("line", "level", "text"),
    [
        ("# One", 1, "One"),
        ("### Three ###", 3, "Three"),
        ("## A *stressed* `code` [link](https://example.org)", 2, "A stressed code link"),
        ("## load_corpus and load_document", 2, "load_corpus and load_document"),
        ("## Questions &amp; answers", 2, "Questions & answers"),
        ("Two lines\nof one heading\n===", 1, "Two lines of one heading"),
        ("> ## Quoted", 2, "Quoted"),
    ],
)
def test_a_heading_has_its_level_and_its_words(load, line, level, text):
    (heading,) = load(f"{line}\n\nText.\n").headings

    assert (heading.level, heading.text) == (level, text)


def test_a_heading_in_a_code_block_is_none(load):
    document = load("```\n# comment\n```\n\n    # indented\n\nText.\n")

    assert document.headings == ()


def test_an_empty_heading_is_none(load):
    assert load("#\n\nText.\n").headings == ()


def test_a_heading_may_end_the_file(load):
    assert heading_lines(load("Text.\n\n# End")) == ["# End"]


def test_front_matter_holds_no_heading(load):
    document = load("---\n# a comment\ntitle: T\n---\n\n# Heading\n\nText.\n")

    assert heading_lines(document) == ["# Heading"]


def test_plain_text_headings_are_short_lines_above_paragraphs(load):
    text = f"The Title\n\n  A section  \n{PARAGRAPH}\nshort remark\nNot a heading\nshort\n"

    document = load(text, name="a.txt")

    assert heading_lines(document) == ["The Title", "A section"]
    assert [heading.level for heading in document.headings] == [1, 2]


@pytest.mark.parametrize(
    "line",
    ["It ends with a stop.", "lower case", "1. An item", "https://example.org/Page", "X" * 101],
)
def test_plain_text_lines_that_are_no_headings(load, line):
    document = load(f"The Title\n\n{PARAGRAPH}\n{line}\n{PARAGRAPH}\n", name="a.txt")

    assert heading_lines(document) == ["The Title"]


def test_a_single_line_of_plain_text_is_no_heading(load):
    assert load("Milk and honey", name="a.txt").headings == ()


def test_the_first_heading_of_plain_text_need_not_be_its_title(load):
    document = load(f"it begins in lower case\nA section\n{PARAGRAPH}\n", name="a.txt")

    assert [(heading.level, heading.text) for heading in document.headings] == [(2, "A section")]
    assert document.title == "a"


# --- advertising --------------------------------------------------------------------------------

ADVERT = "Click here to subscribe!\nOrder yours today.\nAll rights reserved.\n"


def test_a_web_capture_loses_the_advertising_below_its_source_line():
    document = load_document(CAPTURE, root=CAPTURE.parent)

    assert "Lion’s Mane" not in document.text
    assert "Anyone can join" not in document.text


def test_a_web_capture_says_what_it_lost():
    document = load_document(CAPTURE, root=CAPTURE.parent)

    (note,) = document.notes
    assert re.fullmatch(r"left out [\d,]+ characters of advertising below the “Source:” line", note)


def test_a_web_capture_keeps_the_last_sentence_of_its_article():
    document = load_document(CAPTURE, root=CAPTURE.parent)

    assert document.text.endswith("sensitivities associated with an overt “Asian NATO.”")


def test_a_web_capture_keeps_the_address_of_its_source():
    document = load_document(CAPTURE, root=CAPTURE.parent)

    assert document.url.startswith("https://foreignpolicyblogs.com/2025/11/12/")


def test_a_web_capture_has_the_headings_of_its_article():
    document = load_document(CAPTURE, root=CAPTURE.parent)

    article = load_document(ROOT / "corpus" / "beyond-hub-and-spoke.md", root=ROOT / "corpus")
    assert [h.text for h in document.headings] == [h.text for h in article.headings]


def test_the_article_of_the_corpus_equals_its_capture_word_for_word():
    article = load_document(ROOT / "corpus" / "beyond-hub-and-spoke.md", root=ROOT / "corpus")

    capture = unicodedata.normalize("NFC", CAPTURE.read_text("utf-8")).partition("\nSource:")[0]
    body = re.sub(r"^#+ ", "", article.text[article.body_start :], flags=re.M)
    assert body.split() == capture.split()


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_advertising_is_cut_whatever_the_line_ends(load, name, newline):
    text = f"The article ends.\nSource: https://example.org/a\n{ADVERT}"

    document = load(text.replace("\n", newline), name=name)

    assert document.text == "The article ends."


def test_text_that_is_no_advertising_stays_below_a_source_line(load):
    text = (
        "The article.\nSource: https://example.org/a\nA second article goes on here.\n"
        "It has more to say.\nSubscribe to it.\n"
    )

    document = load(text)

    assert (document.text, document.notes) == (text, ())


def test_only_what_stands_below_the_last_source_line_is_cut(load):
    first = "One.\nSource: https://example.org/1\n"

    document = load(f"{first}Two.\nSource: https://example.org/2\n{ADVERT}")

    assert document.text == f"{first}Two."


def test_a_source_within_a_line_cuts_nothing(load):
    text = f"It says Source: https://example.org/a\n{ADVERT}"

    assert load(text).text == text


def test_a_source_line_that_ends_the_file_stays(load):
    text = "The article.\nSource: https://example.org/a\n"

    assert load(text).text == text


def test_a_page_of_nothing_but_advertising_is_an_unreadable_document(load):
    with pytest.raises(UnreadableDocumentError, match="holds no text"):
        load(f"---\ntitle: T\n---\nSource: https://example.org/a\n{ADVERT}")


# --- folders ------------------------------------------------------------------------------------


def test_a_corpus_is_loaded_in_path_order_with_paths_as_ids(write, tmp_path):
    for name in ("b.md", "sub/a.txt", "a.markdown"):
        write(f"corpus/{name}", "Text.\n")

    loaded = load_corpus(tmp_path / "corpus")

    assert [document.id for document in loaded.documents] == ["a.markdown", "b.md", "sub/a.txt"]


def test_hidden_files_and_folders_are_left_out(write, tmp_path):
    for name in ("a.md", ".hidden.md", ".git/b.md", "sub/.c.md"):
        write(f"corpus/{name}", "Text.\n")

    assert [path.name for path in corpus_files(tmp_path / "corpus")] == ["a.md"]


def test_a_corpus_below_a_hidden_folder_is_not_hidden(write, tmp_path):
    write(".cache/corpus/a.md", "Text.\n")

    assert [path.name for path in corpus_files(tmp_path / ".cache/corpus")] == ["a.md"]


def test_bad_files_are_skipped_with_their_reasons_while_the_others_load(write, tmp_path):
    write("corpus/good.md", "Text.\n")
    write("corpus/image.png", b"\x89PNG")
    write("corpus/latin.txt", b"caf\xe9")
    write("corpus/sub/empty.md", "")

    loaded = load_corpus(tmp_path / "corpus")

    assert [document.id for document in loaded.documents] == ["good.md"]
    assert [skipped.path for skipped in loaded.skipped] == [
        "image.png",
        "latin.txt",
        "sub/empty.md",
    ]
    assert "not supported" in loaded.skipped[0].reason
    assert "byte 3 is 0xe9" in loaded.skipped[1].reason
    assert "holds no text" in loaded.skipped[2].reason


def test_a_file_whose_name_is_not_utf8_is_skipped_by_a_name_that_can_be_printed(write, tmp_path):
    write("corpus/good.md", "Text.\n")
    (tmp_path / "corpus" / os.fsdecode(b"caf\xe9.md")).write_text("Text.\n")

    (skipped,) = load_corpus(tmp_path / "corpus").skipped

    assert skipped.path == "caf?.md"


def test_a_document_left_out_by_its_front_matter_is_not_reported_as_skipped(write, tmp_path):
    write("corpus/a.md", "Text.\n")
    write("corpus/b.md", "---\nindex: false\n---\nText.\n")

    loaded = load_corpus(tmp_path / "corpus")

    assert [document.id for document in loaded.documents] == ["a.md"]
    assert loaded.skipped == ()


def test_a_missing_corpus_folder_is_said_in_one_sentence(tmp_path):
    with pytest.raises(CorpusError) as caught:
        load_corpus(tmp_path / "nowhere")

    assert caught.value.message == f"The corpus folder {tmp_path / 'nowhere'} does not exist."


def test_an_empty_corpus_folder_is_said_in_one_sentence(tmp_path):
    with pytest.raises(CorpusError) as caught:
        load_corpus(tmp_path)

    assert caught.value.message == f"The corpus folder {tmp_path} holds no documents."


def test_a_corpus_of_unreadable_files_names_the_first_with_its_reason(write, tmp_path):
    write("corpus/a.pdf", b"%PDF")
    write("corpus/b.txt", b"\xff\xfe")

    with pytest.raises(CorpusError) as caught:
        load_corpus(tmp_path / "corpus")

    assert caught.value.message.startswith(
        f"None of the 2 files in {tmp_path / 'corpus'} can be read"
    )
    assert "the first is a.pdf: a.pdf is damaged, or no .pdf file" in caught.value.message


def test_a_file_in_place_of_the_corpus_folder_is_an_error(write, tmp_path):
    write("corpus", "Text.\n")

    with pytest.raises(CorpusError):
        load_corpus(tmp_path / "corpus")
