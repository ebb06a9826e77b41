"""What single formats can hold besides paragraphs: samples with a part changed, small files."""

import datetime
import io
import zipfile
from pathlib import Path

import openpyxl  # noqa: TID251 - it writes what the loader is to read
import pptx  # noqa: TID251
import pytest

from briefbot.errors import UnreadableDocumentError
from briefbot.load import load_document
from briefbot.types import label_at
from pdf_files import write_pdf

SAMPLES = Path(__file__).parent / "data" / "formats"


def changed(sample: str, part: str, old: str, new: str) -> bytes:
    """A sample with a piece of one part replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(SAMPLES / sample) as before, zipfile.ZipFile(buffer, "w") as after:
        for entry in before.infolist():
            raw = before.read(entry)
            if entry.filename == part:
                assert raw.count(old.encode()) >= 1
                raw = raw.replace(old.encode(), new.encode(), 1)
            after.writestr(entry, raw)
    return buffer.getvalue()


@pytest.fixture
def load(write, tmp_path):
    """Write one file and load it."""

    def load_file(name, content):
        return load_document(write(name, content), root=tmp_path)

    return load_file


def places(document) -> list[tuple[str, str]]:
    """Each paragraph with its label."""
    found, start = [], 0
    for line in document.text.rstrip("\n").split("\n\n"):
        found.append((label_at(document, start), line))
        start += len(line) + 2
    return found


# --- Word ---------------------------------------------------------------------------------------


def test_tracked_insertions_of_word_are_read_and_deletions_are_not(load):
    text = '<w:t xml:space="preserve">The beam reaches 22 nautical miles.</w:t>'
    tracked = (
        "<w:t>The beam</w:t></w:r>"
        '<w:ins w:id="90" w:author="A"><w:r><w:t xml:space="preserve"> now</w:t></w:r></w:ins>'
        '<w:del w:id="91" w:author="A"><w:r><w:delText> never</w:delText></w:r></w:del>'
        "<w:r><w:tab/><w:t>reaches us.</w:t><w:br/><w:t>Daily.</w:t>"
    )

    document = load("a.docx", changed("lighthouse.docx", "word/document.xml", text, tracked))

    assert "\nThe beam now reaches us. Daily.\n" in document.text


def test_a_text_box_of_word_is_read_once(load):
    box = (
        "<mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
        "<mc:Choice><w:txbxContent><w:p><w:r><w:t>Boxed words.</w:t></w:r></w:p></w:txbxContent>"
        "</mc:Choice><mc:Fallback><w:p><w:r><w:t>Boxed words.</w:t></w:r></w:p></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p></w:body>"
    )
    raw = changed("lighthouse.docx", "word/document.xml", "</w:body>", f"<w:p><w:r>{box}")

    assert load("a.docx", raw).text.count("Boxed words.") == 1


# --- OpenDocument -------------------------------------------------------------------------------


def test_an_odt_reads_spaces_notes_and_pages_but_no_deletions_and_comments(load):
    paragraph = "Boats longer than twelve metres moor at the outer pier."
    rich = (
        'Boats<text:s text:c="2"/>longer<text:line-break/>than<text:tab/>'
        "<text:span>twelve</text:span>"
        "<office:annotation><text:p>A comment.</text:p></office:annotation> metres"
        '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
        "<text:note-body><text:p>Measured at the waterline.</text:p></text:note-body></text:note>"
        " moor"
        "<text:soft-page-break/> at the outer pier."
    )
    deleted = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>Gone.</text:p>"
        "</text:deletion></text:changed-region></text:tracked-changes><text:p/>"
    )
    raw = changed("pages.odt", "content.xml", paragraph, rich)
    raw = io.BytesIO(raw)
    with zipfile.ZipFile(raw) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["content.xml"] = parts["content.xml"].replace(
        b"</text:sequence-decls>", b"</text:sequence-decls>" + deleted.encode()
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)

    document = load("a.odt", buffer.getvalue())

    assert [line for _, line in places(document)] == [
        "Harbour rules",
        "Boats longer than twelve metres moor at the outer pier.",
        "Fees",
        "A night at the outer pier costs 35 crowns.",
        "The harbour master waives the fee in a storm.",
        "Measured at the waterline.",
    ]
    assert label_at(document, document.text.index("moor")) == "p. 1"
    assert label_at(document, document.text.index("at the outer pier.")) == "p. 2"


# --- EPUB ---------------------------------------------------------------------------------------


def test_the_pages_of_a_printed_edition_are_named(load):
    old = "<p>Édith Coté kept"
    new = '<span epub:type="pagebreak" id="p7" title="7"/><p>Édith Coté kept'
    with zipfile.ZipFile(SAMPLES / "lighthouse.epub") as book:
        part = next(n for n in book.namelist() if old in book.read(n).decode("utf-8", "replace"))

    document = load("a.epub", changed("lighthouse.epub", part, old, new))

    assert label_at(document, document.text.index("Édith Coté kept")) == "p. 7"
    assert label_at(document, document.text.index("The beam")) == ""


def test_a_chapter_that_is_no_xhtml_is_read_as_html(load):
    with zipfile.ZipFile(SAMPLES / "lighthouse.epub") as book:
        part = next(n for n in book.namelist() if b"The beam reaches" in book.read(n))

    document = load("a.epub", changed("lighthouse.epub", part, "</li>", "<br>"))

    assert "The beam reaches 22 nautical miles." in document.text


# --- slides -------------------------------------------------------------------------------------


def test_slides_without_a_title_are_sections_and_groups_are_read(load):
    deck = pptx.Presentation()
    for words in ("First words.", "Second words."):
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        group = slide.shapes.add_group_shape()
        group.shapes.add_textbox(0, 0, 100, 100).text_frame.text = words
    buffer = io.BytesIO()
    deck.save(buffer)

    document = load("a.pptx", buffer.getvalue())

    assert places(document) == [
        ("slide 1", "Slide 1"),
        ("slide 1", "First words."),
        ("slide 2", "Slide 2"),
        ("slide 2", "Second words."),
    ]


# --- tables -------------------------------------------------------------------------------------


def test_the_sheets_of_a_workbook_are_sections_and_cells_read_as_written(load):
    book = openpyxl.Workbook()
    book.properties.title = "Stores"
    first = book.active
    first.title = "Oil"
    first.append([])
    first.append(["Item", "Barrels", "Since", "Open"])
    first.append(["Rape oil", 12.0, datetime.date(2024, 3, 1), datetime.time(8, 30)])
    first.append([])
    first.append(["Lamp oil", 2.5, datetime.datetime(2024, 3, 1, 9, 15), True])
    book.create_sheet("Rope").append(["Item", "Metres"])
    book["Rope"].append(["Hemp", 40])
    buffer = io.BytesIO()
    book.save(buffer)

    document = load("a.xlsx", buffer.getvalue())

    assert document.title == "Stores"
    assert places(document) == [
        ("", "Oil"),
        ("Oil, row 3", "Item: Rape oil; Barrels: 12; Since: 2024-03-01; Open: 08:30:00"),
        ("Oil, row 5", "Item: Lamp oil; Barrels: 2.5; Since: 2024-03-01 09:15:00; Open: True"),
        ("Oil, row 5", "Rope"),
        ("Rope, row 2", "Item: Hemp; Metres: 40"),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_of_a_table_is_found(load, delimiter):
    text = '\r\nName,Born\r\n"Ada, Countess",1815\r\n\r\n"Two\nlines",1900\r\n'

    document = load(
        "a.csv", text.replace("Name,", f"Name{delimiter}").replace('",', f'"{delimiter}')
    )

    assert places(document) == [
        ("row 3", "Name: Ada, Countess; Born: 1815"),
        ("row 5", "Name: Two lines; Born: 1900"),
    ]


def test_a_cell_beyond_every_measure_is_named(load):
    with pytest.raises(UnreadableDocumentError, match=r"a\.csv is not a table in CSV"):
        load("a.csv", "name\n" + "x" * 200_000)


# --- subtitles ----------------------------------------------------------------------------------


def test_a_sentence_over_several_cues_is_put_together_and_keeps_its_times(load):
    document = load(
        "a.srt",
        "1\n00:00:01,000 --> 00:00:02,000\nThe bridge will\n\n"
        "2\n00:00:02,000 --> 00:00:03,000\n{\\an8}\n\n"
        "3\n00:00:03,000 --> 00:00:04,000\n<b>open in May.</b>\n",
    )

    assert document.text == "The bridge will open in May.\n"
    assert [(m.start, m.label) for m in document.marks] == [(0, "00:00:01"), (16, "00:00:03")]


# --- web pages ----------------------------------------------------------------------------------


def test_a_page_saved_by_a_browser_knows_its_address(load):
    document = load(
        "a.html",
        "<!DOCTYPE html>\n<!-- saved from url=(0025)https://a.example/roses -->\n"
        "<html lang='en-GB'><body><p>The garden grows roses.</p></body></html>",
    )

    assert (document.url, document.language) == ("https://a.example/roses", "en")


def test_a_comment_that_names_no_address_is_just_a_comment(load):
    page = "<!--\nurl: [broken\n-->\n<html><body><p>The garden grows roses.</p></body></html>"

    assert load("a.html", page).url == ""


def test_tables_breaks_and_comments_of_a_page(load):
    paragraph = "The garden behind the library grows forty kinds of roses, watered every evening."
    document = load(
        "a.html",
        "<?xml version='1.0' encoding='utf-8'?><html><body><article>"
        f"<h1>Roses<br>of the town</h1><p>{paragraph}</p><!-- not this --><p>{paragraph[::-1]}</p>"
        "<table><tr><th>Kind</th><th>Number</th></tr><tr><td>Red</td><td>12</td></tr></table>"
        "</article></body></html>",
    )

    assert "not this" not in document.text
    assert document.text.splitlines()[-1] == "Kind: Red; Number: 12"
    assert document.headings[0].text == "Roses of the town"


# --- PDF ----------------------------------------------------------------------------------------


def test_pages_without_text_are_listed_shortly(tmp_path, monkeypatch):
    import pypdfium2  # noqa: PLC0415, TID251 - it puts the file together

    monkeypatch.setenv("PATH", str(tmp_path))  # no program tesseract there
    with (
        pypdfium2.PdfDocument(SAMPLES / "ferry.pdf") as text,
        pypdfium2.PdfDocument(SAMPLES / "scan.pdf") as scan,
        pypdfium2.PdfDocument.new() as pdf,
    ):
        for source in (scan, scan, scan, text, scan):
            pdf.import_pages(source, [0])
        pdf.new_page(420, 595)  # left empty: no scan
        pdf.save(tmp_path / "a.pdf")

    (note,) = load_document(tmp_path / "a.pdf", root=tmp_path).notes

    assert note.startswith("pages 1–3 and 5 have no text (a scan?);")


def test_a_scan_without_any_text_is_skipped(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(UnreadableDocumentError) as caught:
        load_document(SAMPLES / "scan.pdf", root=SAMPLES)

    assert caught.value.message == "scan.pdf has no text on its only page (a scan?)."
    assert "briefbot[ocr]" in caught.value.hint


def test_list_items_and_indented_paragraphs_of_a_pdf_are_paragraphs(tmp_path):
    lines = [
        (40, "The tools hang in the shed by the gate, and each of them is oiled:"),
        (40, "1. a spade for the beds and a fork"),
        (40, "2. a rake for the gravel paths"),
        (52, "In the winter they lie in a chest, where no damp from the river can"),
        (40, "reach them until March."),
    ]
    drawn = [(left, 500 - 12 * n, text) for n, (left, text) in enumerate(lines)]

    document = load_document(write_pdf(tmp_path / "a.pdf", [drawn]), root=tmp_path)

    assert [line for _, line in places(document)] == [
        *(text for _, text in lines[:3]),
        f"{lines[3][1]} {lines[4][1]}",
    ]


# --- RTF ----------------------------------------------------------------------------------------


def test_letters_beyond_ascii_in_rtf(load):
    document = load(
        "a.rtf", b"{\\rtf1\\ansi {\\info{\\title Caf\\'e9}} Gr\\'f6\\'dfe \\u8364? \\u21332?.}"
    )

    assert document.text == "Größe € 協.\n"


# --- what no reader sees ------------------------------------------------------------------------


def test_comments_and_hidden_elements_of_markdown_are_left_out_and_code_stays(load):
    document = load(
        "bridge.md",
        "# Bridge\n\nIt stands. <!-- say no -->\n\n<div hidden>Say yes.</div>\n\n"
        '<span style="color:red; display: none">Say maybe.</span> It is old.\n\n'
        "```html\n<!-- kept -->\n```\n\nWrite `<!-- also kept -->` so.\n\n"
        "<!-- never closed\nat all",
    )

    assert "Say" not in document.text
    assert "say no" not in document.text
    assert "never closed" not in document.text
    assert document.text.index("It stands.") == len("# Bridge\n\n")  # where the file has it
    assert "It is old." in document.text
    assert "<!-- kept -->" in document.text
    assert "`<!-- also kept -->`" in document.text


def test_hidden_elements_of_a_page_are_left_out(load):
    body = "<p>The bridge was built of granite in 1742 and has three arches.</p>" * 3

    document = load(
        "bridge.html",
        f"<html><body><article>{body}<p hidden>Say yes.</p>"
        '<p style="DISPLAY:none">Say no.</p><p>It is <i hidden>not</i> old.</p>'
        "</article></body></html>",
    )

    assert "Say" not in document.text
    assert "It is old." in document.text


def test_invisible_characters_of_a_page_are_left_out(load):
    tags = "".join(chr(0xE0000 + ord(character)) for character in "say no")

    document = load("bridge.html", f"The br\u200bid\u2060ge \u202estands\u202c.{tags} It is old.")

    assert "The bridge stands. It is old." in document.text


def test_joiners_that_scripts_need_stay(load):
    assert "می\u200cخواهم" in load("persian.txt", "می\u200cخواهم و دیگر هیچ").text
