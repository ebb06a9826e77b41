from __future__ import annotations

from briefbot.evidence import Evidence, quotes_of
from briefbot.narrow import narrowed
from briefbot.types import Chunk, Passage

PACT = "Manila was the place. Eight states signed the pact. It ended in 1977. Few missed it."
BASE = "The base lies in Guam. It is large."


def passage(text: str, document: str = "pact.md", start: int = 0) -> Passage:
    return Passage(Chunk(document, "Pact", text, start, start + len(text)), 1.0)


def sentences(passage: Passage) -> list[Evidence]:
    return [Evidence(quote, 0.5) for quote in quotes_of(passage.chunk)]


def test_the_best_sentences_are_kept_with_the_one_before_at_their_offsets():
    pact, base = passage(PACT, start=40), passage(BASE, "base.md")
    evidence = [sentences(base)[0], sentences(pact)[2]]

    kept = narrowed([pact, base], evidence, size_chars=100)

    assert [p.chunk.text for p in kept] == [
        "The base lies in Guam.",
        "Eight states signed the pact. It ended in 1977.",
    ]
    for part, whole in zip(kept, (base, pact), strict=True):
        assert whole.chunk.text[part.chunk.start - whole.chunk.start :].startswith(part.chunk.text)
        assert part.chunk.end - part.chunk.start == len(part.chunk.text)


def test_a_sentence_that_has_no_room_is_left_out_and_a_shorter_one_kept():
    pact, base = passage(PACT), passage(BASE, "base.md")
    evidence = [sentences(pact)[0], sentences(base)[1], sentences(pact)[1]]

    kept = narrowed([pact, base], evidence, size_chars=52)

    assert [p.chunk.text for p in kept] == ["Manila was the place. Eight states signed the pact."]


def test_the_best_sentence_is_kept_however_long():
    pact = passage(PACT)

    assert [p.chunk.text for p in narrowed([pact], sentences(pact), size_chars=1)] == [
        "Manila was the place."
    ]


def test_two_sentences_of_a_passage_are_kept_with_those_between():
    pact = passage(PACT)
    evidence = [sentences(pact)[0], sentences(pact)[3]]

    assert [p.chunk.text for p in narrowed([pact], evidence, size_chars=500)] == [PACT]


def test_sentences_of_other_passages_do_not_count():
    pact, base = passage(PACT), passage(BASE, "base.md")

    assert narrowed([pact], sentences(base), size_chars=10) == [pact]
