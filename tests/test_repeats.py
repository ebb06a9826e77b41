"""Boilerplate that repeats over the documents of one site."""

import pytest

from briefbot.load import load_corpus
from briefbot.load.repeats import without_repeats
from briefbot.split import split
from briefbot.types import Document, Heading, Mark
from fakes import WordHashEmbedder

BANNER = "Subscribe to the Valley Gazette for two crowns a week."
BODIES = {
    "mill": "The mill at Brook End ground wheat for nine villages until the flood of 1953 came.",
    "ferry": "The ferry between Orrin and Selby carried more passengers than in the year before.",
    "garden": "The garden behind the library grows forty kinds of roses, and volunteers water it.",
    "pier": "The north pier lost sixty metres of stone in the storms, and nobody has mended it.",
}


def page(name, *paragraphs, url="", folder="site", **fields):
    text = "\n\n".join(paragraphs) + "\n"
    return Document(f"{folder}/{name}.md", name, text, url=url, **fields)


def pages(*names, **fields):
    return [page(name, BODIES[name], BANNER, "It has more to say.", **fields) for name in names]


def left_out(document):
    return [document.text[start:end] for start, end in document.left_out]


def test_a_paragraph_of_most_documents_of_a_folder_is_left_out_and_named():
    documents = without_repeats([*pages("mill", "ferry", "garden"), page("pier", BODIES["pier"])])

    assert [left_out(document) for document in documents][:3] == [
        [BANNER, "It has more to say."]
    ] * 3
    assert left_out(documents[3]) == []
    assert documents[0].notes == (f"left out what other documents repeat: “{BANNER}” and 1 more",)


def test_what_is_left_out_goes_into_no_passage_and_moves_no_offset():
    document = without_repeats(pages("mill", "ferry", "garden"))[0]

    chunks = split(
        document, count_tokens=WordHashEmbedder().count_tokens, max_tokens=64, overlap_sentences=0
    )

    assert [chunk.text for chunk in chunks] == [BODIES["mill"]]
    assert BANNER in document.text


def test_two_documents_are_too_few():
    documents = pages("mill", "ferry")

    assert without_repeats(documents) == tuple(documents)


def test_documents_of_one_host_are_one_site_wherever_they_lie():
    documents = [
        page(name, BODIES[name], BANNER, url=f"https://gazette.example/{name}", folder=name)
        for name in ("mill", "ferry", "garden")
    ]

    assert all(left_out(document) == [BANNER] for document in without_repeats(documents))


def test_documents_of_other_hosts_in_the_same_folder_are_not():
    documents = [
        page(name, BODIES[name], BANNER, url=f"https://{name}.example/")
        for name in ("mill", "ferry", "garden")
    ]

    assert without_repeats(documents) == tuple(documents)


def test_what_a_document_is_mostly_made_of_stays():
    documents = [page(f"copy {n}", *BODIES.values()) for n in range(4)]

    assert without_repeats(documents) == tuple(documents)


def test_headings_and_rows_of_tables_stay():
    heading = "Contents"
    row = "Port: Orrin; High water: 06:42"
    documents = [
        page(
            name,
            heading,
            BODIES[name],
            row,
            headings=(Heading(2, heading, 0, len(heading)),),
            marks=(Mark(len(heading) + len(BODIES[name]) + 4, "row 2", own_passage=True),),
        )
        for name in ("mill", "ferry", "garden")
    ]

    assert without_repeats(documents) == tuple(documents)


@pytest.mark.parametrize("name", ["{}.html", "{}.md"])
def test_a_loaded_corpus_has_its_repeats_left_out(write, tmp_path, name):
    for title, body in BODIES.items():
        text = f"# {title}\n\n{body}\n\n{BANNER}\n"
        if name.endswith("html"):
            text = f"<html><body><h1>{title}</h1><p>{body}</p><p>{BANNER}</p></body></html>"
        write(f"corpus/{name.format(title)}", text)

    documents = load_corpus(tmp_path / "corpus").documents

    assert len(documents) == 4
    assert all(left_out(document) == [BANNER] for document in documents)
