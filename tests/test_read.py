from __future__ import annotations

import pytest

from briefbot.read import CrossReader, combined, covered
from briefbot.reader_model import built_in_close_reader, built_in_reader
from briefbot.types import Chunk, Passage
from fakes import WordHashEmbedder

BRIDGE = "The stone bridge was built in 1742. Engineer Maria Lindqvist designed its three arches."
ROSES = "The garden grows forty kinds of roses. Volunteers water the roses every evening."


def passage(text: str, *, start: int = 0, score: float = 0.5) -> Passage:
    return Passage(Chunk(f"{text[:8]}.md", "Town", text, start, start + len(text)), score)


@pytest.fixture
def reader() -> CrossReader:
    return CrossReader(
        built_in_reader(), built_in_close_reader(), WordHashEmbedder(), idf=lambda _: 1.0
    )


def test_the_passage_that_answers_comes_first(reader):
    reading = reader.read("When was the bridge built?", [passage(ROSES), passage(BRIDGE)])

    assert [p.chunk.text for p in reading.passages] == [BRIDGE, ROSES]


def test_the_sentence_that_answers_comes_first_at_the_documents_offsets(reader):
    reading = reader.read("When was the bridge built?", [passage(BRIDGE, start=40)])

    best = reading.evidence[0].quote
    assert best.text == "The stone bridge was built in 1742."
    assert (best.start, best.end) == (40, 40 + len(best.text))


def test_scores_and_probability_lie_between_0_and_1(reader):
    reading = reader.read("When was the bridge built?", [passage(BRIDGE), passage(ROSES)])

    scores = [*(p.score for p in reading.passages), *(e.score for e in reading.evidence)]
    assert all(0 <= score <= 1 for score in [*scores, reading.probability])


def test_a_question_that_is_answered_is_likelier_than_one_that_is_not(reader):
    passages = [passage(BRIDGE), passage(ROSES)]

    answered = reader.read("Who designed the arches of the bridge?", passages)
    unanswered = reader.read("How much did the bridge cost the town?", passages)

    assert answered.probability > unanswered.probability


def test_the_words_that_no_passage_holds_are_named(reader):
    reading = reader.read("Which mayor opened the bridge in Gothenburg?", [passage(BRIDGE)])

    assert set(reading.missing) == {"mayor", "opened", "Gothenburg"}


def test_half_a_name_is_not_missing(reader):
    text = "The bridge was a gift of the United States."

    reading = reader.read("Why did the United States give the tower?", [passage(text)])

    assert reading.missing == ("tower",)


def test_without_passages_nothing_answers(reader):
    reading = reader.read("When?", [])

    assert (reading.passages, reading.evidence, reading.probability) == ((), (), 0.0)


def test_a_question_of_stop_words_alone_can_be_read(reader):
    reading = reader.read("What is it?", [passage(BRIDGE)])

    assert reading.missing == ()
    assert 0 <= reading.probability <= 1


def test_cover_weighs_rare_terms_more():
    weights = {"bridg": 0.2, "granit": 0.8}

    assert covered(weights, "a granite wall") == pytest.approx(0.8)
    assert covered(weights, "a bridge") == pytest.approx(0.2)


def test_a_long_heading_path_does_not_change_what_the_network_reads(reader):
    text = BRIDGE
    plain = Passage(Chunk("a.md", "Town", text, 0, len(text)), 0.5)
    deep = Passage(Chunk("a.md", "Town", text, 0, len(text), ("Of Old Stones", "And Men")), 0.5)

    readings = [reader.read("When was the bridge built?", [item]) for item in (plain, deep)]

    scores = [reading.features["best_answerable"] for reading in readings]
    assert scores[0] == scores[1]


def test_the_parts_of_a_question_share_one_reading(reader):
    built = reader.read("When was the bridge built?", [passage(BRIDGE)])
    roses = reader.read("How many kinds of roses grow there?", [passage(ROSES), passage(BRIDGE)])

    both = combined([built, roses])

    assert both.probability == built.probability
    assert {p.chunk.text for p in both.passages} == {BRIDGE, ROSES}
    assert {item.quote.text for item in both.evidence[:2]} == {
        "The stone bridge was built in 1742.",
        "The garden grows forty kinds of roses.",
    }


def test_a_single_reading_is_left_as_it_is(reader):
    reading = reader.read("When was the bridge built?", [passage(BRIDGE)])

    assert combined([reading]) is reading


LONG_AGO = (
    "Nobody in town remembers the old ferry. It carried salt and timber for two hundred years."
)


def test_the_likeliest_sentences_are_read_together(reader):
    reading = reader.read(
        "Who designed the arches of the bridge?",
        [passage(ROSES), passage(BRIDGE), passage(LONG_AGO)],
    )

    best = reading.evidence[0].quote
    assert best.text == "Engineer Maria Lindqvist designed its three arches."
    assert reading.span.text == "Maria Lindqvist"
    assert best.chunk.text == reading.span.chunk.text == BRIDGE
    assert BRIDGE[reading.span.start : reading.span.end] == "Maria Lindqvist"
