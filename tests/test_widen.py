import pytest

from briefbot.register import chunk_of
from briefbot.types import Document, Heading, Passage
from briefbot.widen import widened

OPENING = "The garden is old. Roses grow there. They need water. It rains there. "
REST = "Bees come later. The gate is oak. Nobody locks it."
HEADING = "# Bridge\n"
BRIDGE = "The bridge is of stone. A flood came in 1910."
TEXT = f"{OPENING}{REST}\n\n{HEADING}\n{BRIDGE}"
AT = TEXT.index(HEADING)
DOCUMENT = Document("a.md", "Garden", TEXT, headings=(Heading(1, "Bridge", AT, AT + len(HEADING)),))


def passage(text, score=0.9, heading=(), document=DOCUMENT):
    start = document.text.index(text)
    return Passage(chunk_of(document, (start, start + len(text)), heading), score)


def texts(passages, size, document=DOCUMENT):
    found = widened(passages, {document.id: document}.__getitem__, size_chars=size)
    for item in found:
        assert document.text[item.chunk.start : item.chunk.end] == item.chunk.text
    return [item.chunk.text for item in found]


def test_a_passage_gets_whole_sentences_around_it():
    assert texts([passage("They need water.")], 45) == ["They need water. It rains there."]
    assert texts([passage("They need water.")], 130) == [
        f"Roses grow there. They need water. It rains there. {REST}"
    ]


def test_a_passage_stays_in_its_section():
    assert texts([passage("A flood came in 1910.", heading=("Bridge",))], 900) == [BRIDGE]
    assert texts([passage("The garden is old.")], 900) == [(OPENING + REST)]


@pytest.mark.parametrize("size", [0, 10])
def test_a_passage_that_is_long_enough_stays_as_it_is(size):
    assert texts([passage("They need water.")], size) == ["They need water."]


def test_a_passage_grows_up_to_the_one_beside_it():
    found = texts([passage("Roses grow there."), passage("It rains there.")], 900)

    assert found == [
        "The garden is old. Roses grow there. They need water.",
        f"It rains there. {REST}",
    ]


def test_passages_that_overlap_keep_what_they_share():
    found = texts([passage("Roses grow there. They need water."), passage("They need water.")], 0)

    assert found == ["Roses grow there. They need water.", "They need water."]


def test_passages_with_words_between_them_stay_apart():
    assert texts([passage("Roses grow there."), passage("It rains there.")], 0) == [
        "Roses grow there.",
        "It rains there.",
    ]


def test_the_same_place_in_two_documents_is_two_passages():
    other = Document("b.md", "Other", TEXT, headings=DOCUMENT.headings)

    found = widened(
        [passage("Roses grow there."), passage("Roses grow there.", document=other)],
        {"a.md": DOCUMENT, "b.md": other}.__getitem__,
        size_chars=0,
    )

    assert [p.chunk.document for p in found] == ["a.md", "b.md"]


def test_later_passages_are_widened_less():
    sentences = [f"Line {n:02} says a thing." for n in range(60)]
    document = Document("long.md", "Long", " ".join(sentences))
    places = [passage(sentences[n], document=document) for n in (5, 30, 50)]

    lengths = [len(text) for text in texts(places, 300, document)]

    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > lengths[2] > len(sentences[0])
    assert lengths[0] <= 300
