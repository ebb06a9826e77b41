"""Files that other programs made (scripts/make-format-samples.sh), each with "
"its text and places."""

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest

from briefbot.document_store import read_document, write_document
from briefbot.index_folder import new_generation
from briefbot.load import load_corpus, load_document
from briefbot.types import Document, label_at
from pdf_files import write_pdf

SAMPLES = Path(__file__).parent / "data" / "formats"
NAMES = sorted(path.name for path in SAMPLES.iterdir() if path.name != "encrypted.pdf")


@pytest.fixture(scope="module")
def samples() -> dict[str, Document]:
    return {document.id: document for document in load_corpus(SAMPLES).documents}


def place_of(document: Document, quote: str) -> str:
    """The label at a quote, which must stand in the text once and to the letter."""
    assert document.text.count(quote) == 1
    return label_at(document, document.text.index(quote))


def headings(document: Document) -> list[tuple[int, str]]:
    return [(heading.level, heading.text) for heading in document.headings]


def paragraphs(document: Document) -> list[str]:
    return document.text.split("\n\n")


# --- what holds for all -------------------------------------------------------------------------


def test_every_sample_but_the_encrypted_one_is_loaded(samples):
    assert sorted(samples) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_headings_and_marks_lie_in_the_text_and_are_sorted(samples, name):
    document = samples[name]

    ends = [0, *(heading.end for heading in document.headings)]
    for heading, above in zip(document.headings, ends, strict=False):
        assert above <= heading.start < heading.end <= len(document.text)
        assert document.text[heading.start : heading.end] == heading.text
    starts = [mark.start for mark in document.marks]
    assert starts == sorted(set(starts))
    assert all(0 <= start < len(document.text) for start in starts)
    assert all(mark.label for mark in document.marks)


@pytest.mark.parametrize("name", NAMES)
def test_a_document_survives_being_stored(samples, name, tmp_path):
    generation = new_generation(tmp_path / "index")

    write_document(generation, samples[name])

    assert read_document(generation, name) == samples[name]


@pytest.mark.parametrize("name", NAMES)
def test_text_holds_no_control_character_and_no_empty_line_too_many(samples, name):
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffe\uffff]|\n{3}", samples[name].text)


# --- one text in many formats -------------------------------------------------------------------

LIGHTHOUSES = [name for name in NAMES if name.startswith("lighthouse")]


@pytest.mark.parametrize("name", LIGHTHOUSES)
def test_the_lighthouse_says_the_same_in_every_format(samples, name):
    document = samples[name]

    assert document.title == "The Lighthouse at Cape Orrin"
    for sentence in (
        "The lighthouse at Cape Orrin was lit for the first time on 3 October 1868. Its tower of "
        "grey granite is 41 metres high.",
        "The first lamp burned rape oil, which a keeper carried up 214 steps every evening. An "
        "electric lamp replaced it in 1931.",
        "The beam reaches 22 nautical miles.",
        "Édith Coté kept a diary of the weather for twenty-eight years.",
    ):
        assert document.text.count(sentence) == 1
    assert (2, "The lamp") in headings(document)


@pytest.mark.parametrize("name", [name for name in LIGHTHOUSES if not name.endswith(".rtf")])
def test_the_lighthouse_keeps_its_structure(samples, name):
    document = samples[name]

    assert headings(document)[-3:] == [
        (1, "The Lighthouse at Cape Orrin"),
        (2, "The lamp"),
        (2, "The keepers"),
    ]
    assert document.author == "Ida Falk"
    assert "Name: Tomas Reyle; From: 1868; Until: 1889" in paragraphs(document)
    assert "A barrel of oil lasted eleven nights." in document.text.splitlines()[-1]


@pytest.mark.parametrize("name", [name for name in LIGHTHOUSES if name.endswith(".rtf")])
def test_a_table_in_rtf_stays_in_rows(samples, name):
    lines = [line.rstrip(" |").replace(" | ", "|") for line in paragraphs(samples[name])]

    assert "Tomas Reyle|1868|1889" in lines


def test_a_book_says_when_it_was_made(samples):
    assert samples["lighthouse.epub"].date == "2021-06-14"


# --- pages and slides ---------------------------------------------------------------------------


def test_an_odt_knows_its_pages(samples):
    document = samples["pages.odt"]

    assert place_of(document, "Boats longer than twelve metres moor at the outer pier.") == "p. 1"
    assert place_of(document, "A night at the outer pier costs 35 crowns.") == "p. 2"
    assert place_of(document, "The harbour master waives the fee in a storm.") == "p. 3"
    assert headings(document) == [(1, "Harbour rules"), (2, "Fees")]


@pytest.mark.parametrize("name", ["slides.pptx", "slides-libreoffice.pptx"])
def test_slides_are_sections_with_their_numbers(samples, name):
    document = samples[name]

    assert [text for _, text in headings(document)] == [
        "Restoring the North Pier",
        "Why now",
        "Costs",
        "Next step",
    ]
    assert place_of(document, "The ferry needs a berth by 2027.") == "slide 2"
    assert place_of(document, "Mention that the council voted nine to two.") == "slide 2"
    assert place_of(document, "Part: Labour; Crowns: 655,000") == "slide 3"
    assert place_of(document, "The tender opens on 1 March.") == "slide 4"


def test_a_pdf_has_whole_paragraphs_headings_and_pages(samples):
    document = samples["ferry.pdf"]

    assert document.title == "Ferry report 2023"
    assert headings(document) == [(1, "Ferry report 2023"), (2, "The crew"), (2, "Plans")]
    quote = (
        "The ferry between Orrin and Selby carried 48,210 passengers in 2023, which is "
        "four percent "
        "more than in the year before. It sailed on 341 days."
    )
    assert quote in paragraphs(document)
    assert place_of(document, quote) == "p. 1"
    assert place_of(document, "The longest serving of them is the mate, Runa Holt") == "p. 2"
    assert place_of(document, "Its range is thirty nautical miles.") == "p. 3"


def test_columns_printed_by_a_browser_are_read_one_after_the_other(samples):
    assert paragraphs(samples["columns-chromium.pdf"]) == [
        "Islands of the bay",
        "Skerra is the largest island of the bay. Forty families live there, and most of them keep "
        "sheep. The wool goes to the spinning mill at Selby, where it is washed, carded and dyed "
        "by the hardworking spinners of the neighbourhood. In good years the island sells eleven "
        "tonnes of it.",
        "A causeway joins Skerra to the mainland at low water. Whoever walks it should "
        "leave before "
        "the tide turns, because the sea comes in faster than a horse can trot. The bell of the "
        "chapel rings an hour before the causeway floods.",
        "Little Skerra has no houses. Terns nest on its northern beach from May to August, and "
        "nobody may land there in those months. Two wardens count the nests every week and write "
        "the numbers into a green book that is kept in the library of Orrin.",
        "Holm lies farthest out. Its only building is the old signal station, which a painter "
        "bought in 1974 and filled with pictures of clouds.\n",
    ]


def test_columns_written_by_a_word_processor_are_read_one_after_the_other(samples):
    expected = []
    for bed in (1, 2, 3):
        expected += [
            f"Bed {bed} of the kitchen garden holds leeks and carrots. They are sown in rows, a "
            "hand apart, and thinned out in June. Between the rows the gardener strews "
            "straw, which "
            "keeps the soil moist and the slugs away for most of the summer.",
            f"Bed {bed} is dug over in November, when the last leeks are out. It then lies fallow "
            "until the frost has gone, and the robins look for worms in it. In March it gets three "
            "barrows of compost.",
            f"The tools for bed {bed} hang in the shed by the gate. A spade, a rake and a hoe are "
            "enough, and all of them are oiled once a year so that they do not rust in the damp "
            "air of the river.",
        ]

    assert paragraphs(samples["columns-libreoffice.pdf"])[:-1] == expected[:-1]


def test_columns_drawn_row_by_row_are_read_one_after_the_other(tmp_path):
    left = ["The heron waits in the reeds by", "the weir for small fish. It does", "not move for"
            " an hour, and then", "strikes once with its bill."]  # fmt: skip
    right = ["Kingfishers dive from a branch", "that hangs over the water. They", "nest in holes "
             "in the steep bank", "below the old orchard wall."]  # fmt: skip
    rows = [
        line
        for number, pair in enumerate(zip(left, right, strict=True))
        for line in ((40, 500 - 12 * number, pair[0]), (230, 500 - 12 * number, pair[1]))
    ]
    path = write_pdf(tmp_path / "rows.pdf", [rows])

    document = load_document(path, root=tmp_path)

    assert paragraphs(document) == [" ".join(left), " ".join(right) + "\n"]


def test_the_rows_of_a_table_in_a_pdf_stay_rows(tmp_path):
    cells = [("Stone", "410"), ("Labour", "655"), ("Timber", "90"), ("Nails", "3"), ("Rope", "7")]
    rows = [
        line
        for number, (name, price) in enumerate(cells)
        for line in ((40, 500 - 14 * number, name), (230, 500 - 14 * number, price))
    ]
    path = write_pdf(tmp_path / "table.pdf", [rows])

    text = load_document(path, root=tmp_path).text

    assert re.findall(r"\w+ \d+", text) == [f"{name} {price}" for name, price in cells]


def test_a_paragraph_goes_on_over_a_page_end_and_running_heads_are_dropped(tmp_path):
    bodies = [
        ["The first keeper lived in the tower with", "his wife and their four children and a"],
        ["goat, which gave milk until the winter.", "Then it was sold to a farmer at Selby."],
        ["The second keeper came alone and kept a", "garden behind the tower for many years."],
    ]
    pages = [
        [
            (40, 560, "Annals of Cape Orrin"),
            *((40, 500 - 12 * n, line) for n, line in enumerate(body)),
            (200, 30, f"Page {number} of 3"),
        ]
        for number, body in enumerate(bodies, start=1)
    ]
    path = write_pdf(tmp_path / "annals.pdf", pages)

    document = load_document(path, root=tmp_path)

    whole = "The first keeper lived in the tower with his wife and their four children and a goat,"
    assert whole in document.text
    assert "Annals" not in document.text
    assert "Page" not in document.text
    assert place_of(document, "his wife and their four") == "p. 1"
    assert place_of(document, "goat, which gave milk") == "p. 2"
    (note,) = document.notes
    assert note == (
        "left out what is repeated at the edge of pages: “Annals of Cape Orrin”, “Page # of #”"
    )


def test_a_compound_keeps_its_hyphen_where_the_text_writes_it_so(tmp_path):
    lines = ["A low-lying field floods. The low-", "lying meadow floods too, and so does the gar-",
             "den beside it."]  # fmt: skip
    path = write_pdf(tmp_path / "a.pdf", [[(40, 500 - 12 * n, t) for n, t in enumerate(lines)]])

    assert load_document(path, root=tmp_path).text == (
        "A low-lying field floods. The low-lying meadow floods too, and so does the garden beside "
        "it.\n"
    )


# --- scans --------------------------------------------------------------------------------------


def test_a_scanned_page_is_named_where_there_is_no_ocr(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))  # no program tesseract there

    document = load_document(SAMPLES / "partly-scanned.pdf", root=SAMPLES)

    assert [mark.label for mark in document.marks] == ["p. 1"]
    assert document.notes == (
        "page 2 has no text (a scan?); `pip install 'briefbot[ocr]'` and the program tesseract-ocr "
        "read scanned pages",
    )


@pytest.mark.parametrize(("name", "place"), [("scan.pdf", "p. 1"), ("partly-scanned.pdf", "p. 2")])
def test_a_scanned_page_is_read_by_ocr(samples, name, place):
    quote = "The longest serving of them is the mate, Runa Holt, who came aboard in 1998."

    assert place_of(samples[name], quote) == place
    assert samples[name].notes == ()


# --- tables and subtitles -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tides.csv", "tides.xlsx"])
def test_a_row_carries_its_header_and_its_number(samples, name):
    document = samples[name]

    rows = [
        "Port: Orrin; Date: 2024-03-01; High water: 06:42; Remark: Spring tide, strong wind",
        "Port: Selby; Date: 2024-03-01; High water: 07:15",
        "Port: Orrin; Date: 2024-03-02; High water: 07:20; Remark: Calm sea",
    ]
    assert document.text == "\n\n".join(rows) + "\n"
    assert [place_of(document, row) for row in rows] == ["row 2", "row 3", "row 4"]
    assert all(mark.own_passage for mark in document.marks)


def test_subtitles_know_their_time(samples):
    document = samples["talk.srt"]

    assert place_of(document, "Good evening, and welcome to the town hall.") == "00:00:01"
    assert place_of(document, "we talk about the bridge, which closed in May.") == "00:00:04"
    assert place_of(document, "Repairs will cost two million crowns.") == "00:01:05"


def test_webvtt_knows_its_time_too_and_drops_its_notes_and_voices(samples):
    document = samples["talk.vtt"]

    assert document.text == (
        "Good evening, and welcome to the town hall.\n\nRepairs will cost two million crowns.\n"
    )
    assert place_of(document, "Repairs") == "01:01:05"


# --- web pages ----------------------------------------------------------------------------------


def test_a_web_page_is_its_article(samples):
    document = samples["mill.html"]

    assert paragraphs(document) == [
        "The mill at Brook End",
        "The mill at Brook End ground wheat for nine villages until the flood of 1953 "
        "tore away its "
        "weir. Since last autumn its wheel turns again.",
        "The wheel",
        "The new wheel is six metres high and made of larch. Two carpenters, Jon Marsh and his "
        "daughter Elin, built it in fourteen months.",
        "It weighs four tonnes.",
        "It turns seven times a minute.",
        "Visiting",
        "The mill is open on Sundays from April to October, and a bag of flour costs "
        "five pounds at "
        "the door.\n",
    ]


def test_a_web_page_keeps_its_metadata_and_headings(samples):
    document = samples["mill.html"]

    assert (document.title, document.author, document.date, document.publisher) == (
        "The mill at Brook End",
        "Ann Lee",
        "2024-03-02",
        "Valley Gazette",
    )
    assert document.url == "https://gazette.example/mill"
    assert headings(document) == [(1, "The mill at Brook End"), (2, "The wheel"), (2, "Visiting")]


def test_the_values_of_a_document_are_plain_json(samples):
    for document in samples.values():
        assert json.loads(json.dumps(asdict(document)))["text"] == document.text
