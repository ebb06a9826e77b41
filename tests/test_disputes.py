from __future__ import annotations

from briefbot.answer import ExtractiveAnswerer
from briefbot.build import build_index
from briefbot.differ import contradicts, differing
from briefbot.disputes import Disputes, find_disputes
from briefbot.document_store import read_passages
from briefbot.evidence import Evidence, quotes_of
from briefbot.index_folder import current_generation
from briefbot.read import Reading
from briefbot.types import Chunk, Passage

ARTICLE = """\
---
title: "Bridges of the North: A Tour"
publisher: Travel Post
date: 2024-05-01
kind: article
---

# Bridges of the North

The council built the stone bridge of Lund in 1742 without any debt. Boats pass below it.

A granite arch was added after the great flood by engineer Maria Lindqvist.
"""
CHECK = """\
---
title: Fact-check of the tour
date: 2025-02-03
kind: fact-check
checks: tour.md
---

# Fact-check

## Was the stone bridge of Lund built in 1742?

The article "Bridges of the North" says that the council "built the stone bridge of Lund in 1742".

The parish books of Lund date the stone bridge to 1751. A loan paid for it.

Verdict: wrong.

## Did Maria Lindqvist add the granite arch?

The article "Bridges of the North" credits Maria Lindqvist with a granite arch.

Her letters name the granite arch as her own work of 1911.

Verdict: correct with a note.
"""
NOTES = """\
# Notes on Lund

The article "Bridges of the North" dates the stone bridge of Lund to 1742. Swans nest there.
"""


def noted(bot, settings, question: str, *documents: str) -> tuple[Reading, list]:
    """A reading of whole documents in which the first sentences are the best evidence."""
    generation = current_generation(settings.index_dir)
    chunks = [chunk for each in documents for chunk in read_passages(generation, each)[1]]
    quotes = [quote for chunk in chunks for quote in quotes_of(chunk)]
    evidence = tuple(Evidence(quote, 0.9 - 0.01 * n) for n, quote in enumerate(quotes))
    reading = Reading(tuple(Passage(chunk, 1.0) for chunk in chunks), evidence, 0.9, ())
    return Disputes(generation).noted(reading), quotes


def built(settings, write, embedder) -> None:
    write("corpus/tour.md", ARTICLE)
    write("corpus/check.md", CHECK)
    write("corpus/notes.md", NOTES)
    build_index(settings, embedder=embedder)


QUESTION = "When was the stone bridge of Lund built?"


def test_a_section_disputes_the_sentence_that_it_retells(settings, write, embedder):
    built(settings, write, embedder)

    reading, _ = noted(None, settings, QUESTION, "check.md")

    claims = [dispute.claims[0].text for dispute in reading.disputes.values()]
    assert claims == [
        "The council built the stone bridge of Lund in 1742 without any debt.",
        "A granite arch was added after the great flood by engineer Maria Lindqvist.",
    ]
    assert [dispute.is_denied for dispute in reading.disputes.values()] == [True, False]


def test_a_claim_is_paired_with_the_fact_check_that_is_not_in_the_passages(
    settings, write, embedder
):
    built(settings, write, embedder)
    reading, quotes = noted(None, settings, QUESTION, "tour.md")

    pair = differing(QUESTION, reading, quotes[:1])

    assert pair is not None
    assert [quote.text for quote in pair] == [
        "The parish books of Lund date the stone bridge to 1751.",
        "The council built the stone bridge of Lund in 1742 without any debt.",
    ]


def test_a_sentence_that_retells_a_claim_is_paired_likewise(settings, write, embedder):
    built(settings, write, embedder)
    reading, quotes = noted(None, settings, QUESTION, "notes.md")

    pair = differing(QUESTION, reading, quotes[:1])

    assert next(iter(reading.retold.values())).chunk.document == "tour.md"
    assert pair is not None
    assert [quote.chunk.document for quote in pair] == ["check.md", "tour.md"]


def test_each_side_of_a_comparison_keeps_a_sentence_where_sources_differ(settings, write, embedder):
    built(settings, write, embedder)
    question = "How do the council and Maria Lindqvist differ on the stone bridge of Lund?"
    reading, _ = noted(None, settings, question, "tour.md", "check.md")

    cited = list(ExtractiveAnswerer(max_statements=3).answer(question, (), reading))

    assert [(each.statement.layout.heading, each.statement.text) for each in cited] == [
        ("council", "The council built the stone bridge of Lund in 1742 without any debt."),
        (
            "Maria Lindqvist",
            "A granite arch was added after the great flood by engineer Maria Lindqvist.",
        ),
        ("Sources differ", "The parish books of Lund date the stone bridge to 1751."),
    ]


def test_a_fact_check_on_another_point_is_left_out(settings, write, embedder):
    built(settings, write, embedder)
    reading, quotes = noted(None, settings, "Do boats pass below?", "tour.md")

    assert differing("Do boats pass below?", reading, quotes[1:2]) is None


def test_a_fact_check_without_its_document_disputes_nothing(settings, write, embedder):
    write("corpus/check.md", CHECK)
    build_index(settings, embedder=embedder)

    reading, _ = noted(None, settings, QUESTION, "check.md")

    assert reading.disputes == {}


def test_what_fits_no_claim_is_no_dispute():
    text = "Swans nest at the lake."
    (claim,) = quotes_of(Chunk("a.md", "A", text, 0, len(text)))
    own = Chunk("b.md", "B", "Trains run late.", 0, 16, heading=("Are trains late?",))

    assert find_disputes([own], [claim]) == {}
    assert find_disputes([own], []) == {}


def sentence(text: str, document: str = "a.md", date: str = ""):
    return quotes_of(Chunk(document, "A", text, 0, len(text), date=date))[0]


def test_the_same_said_with_another_number_is_a_contradiction():
    one = sentence("In all, the port of Callao handled 40% of copper exports.")
    other = sentence("In all, the port of Callao handled 60% of copper exports.", "b.md")

    assert contradicts(one, other)
    assert not contradicts(one, one)


def test_another_name_or_other_words_are_no_contradiction():
    one = sentence("In all, the port of Callao handled 40% of copper exports.")

    assert not contradicts(one, sentence("In all, the port of Ilo handled 60% of copper exports."))
    assert not contradicts(one, sentence("In all, Callao saw 60% of its cranes rust last winter."))
    assert not contradicts(sentence("The port opened."), sentence("The port opened."))


def test_the_newest_of_two_numbers_comes_first():
    old = sentence("In all, the port of Callao opened in 1971 for copper.", date="2020-01-01")
    new = sentence("In all, the port of Callao opened in 1972 for copper.", "b.md", "2024-01-01")
    evidence = (Evidence(old, 0.9), Evidence(new, 0.8))

    assert differing("When did the port open?", Reading((), evidence, 0.9, ()), [old]) == (new, old)


def test_nothing_differs_where_nothing_was_read():
    assert differing("When?", Reading((), (), 0.0, ()), []) is None
