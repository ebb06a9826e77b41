from dataclasses import replace

import numpy as np
import pytest

from briefbot.lexical import LexicalIndex
from briefbot.retrieve import HybridRetriever, fuse, without_duplicates
from briefbot.store import ChunkStore
from briefbot.types import Chunk, Passage
from fakes import WordHashEmbedder


def chunk(text, *, start=0, document="a.md"):
    return Chunk(document, "Title", text, start, start + len(text))


def passages(*chunks):
    return [Passage(item, 1.0 - n / 10) for n, item in enumerate(chunks)]


ROSES = chunk("The garden grows forty kinds of roses.", start=0)
BRIDGE = chunk("The stone bridge was built in 1742.", start=100)
HARBOUR = chunk("The harbour opened in 1871.", start=200)


@pytest.fixture
def make_retriever(tmp_path):
    """Index chunks for real and make a retriever."""

    def make(*chunks, dense_weight=0.5):
        embedder = WordHashEmbedder()
        store = ChunkStore(tmp_path / "chroma", create=True)
        store.add(chunks, embedder.embed_documents([item.text for item in chunks]))
        lexical = LexicalIndex.build(chunks)
        return HybridRetriever(store, lexical, embedder, dense_weight=dense_weight)

    return make


# --- retrieval ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dense_weight", [0.0, 0.5, 1.0])
def test_the_passage_that_shares_the_questions_words_comes_first(make_retriever, dense_weight):
    retriever = make_retriever(ROSES, BRIDGE, HARBOUR, dense_weight=dense_weight)

    found = retriever.retrieve("When was the bridge built?", top_k=3)

    assert found[0].chunk == BRIDGE


def test_scores_lie_between_0_and_1_and_fall(make_retriever):
    retriever = make_retriever(ROSES, BRIDGE, HARBOUR)

    scores = [passage.score for passage in retriever.retrieve("stone bridge in 1742", top_k=3)]

    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_no_more_passages_come_than_asked_for(make_retriever):
    retriever = make_retriever(ROSES, BRIDGE, HARBOUR)

    assert len(retriever.retrieve("bridge", top_k=2)) == 2


def test_a_question_of_unknown_words_still_finds_the_nearest(make_retriever):
    retriever = make_retriever(ROSES, BRIDGE, HARBOUR)

    assert len(retriever.retrieve("zebra 😀", top_k=8)) == 3


def test_a_passage_beyond_the_dense_candidates_is_found_by_its_words(make_retriever):
    near = [chunk(f"bridge {n}", start=100 * n, document="b.md") for n in range(60)]
    rare = chunk(f"granite and {' '.join(f'w{n}' for n in range(200))}")

    found = make_retriever(*near, rare).retrieve("bridge granite", top_k=30)

    assert rare in [passage.chunk for passage in found]


def test_a_passage_comes_back_once_though_two_documents_hold_it(make_retriever):
    copy = chunk(BRIDGE.text, document="copy.md")

    found = make_retriever(BRIDGE, copy, ROSES).retrieve("stone bridge", top_k=3)

    assert sorted(passage.chunk.text for passage in found) == sorted([BRIDGE.text, ROSES.text])


def test_both_sides_of_a_comparison_are_found(make_retriever):
    words = ("granite", "harbour", "timber", "lights", "roses", "ferry", "coal", "arches")
    one = [chunk(f"Colby wants pacts and drills for {w}.", start=n) for n, w in enumerate(words)]
    other = [chunk("Ratner is wary of a treaty.", document="b.md")]
    retriever = make_retriever(*one, *other)

    found = retriever.retrieve("How do Colby and Ratner see pacts and drills?", top_k=4)

    assert {passage.chunk.document for passage in found} == {"a.md", "b.md"}


def test_what_a_fact_check_checks_is_found_beside_it(make_retriever):
    words = ("granite", "harbour", "timber", "lights", "roses", "ferry")
    many = [
        replace(chunk(f"The straits are guarded by {w}.", start=n * 90), checks="b.md")
        for n, w in enumerate(words)
    ]
    article = chunk("Turkey holds the straits.", document="b.md")

    found = make_retriever(*many, article).retrieve("Who guarded the straits?", top_k=6)

    assert article in [passage.chunk for passage in found]
    assert len(found) == 6


# --- fusion -------------------------------------------------------------------------------------


def test_fusion_adds_up_scaled_scores_by_weight():
    fused = fuse({"a": 0.9, "b": 0.5, "c": 0.1}, {"b": 8.0, "c": 4.0}, dense_weight=0.25)

    assert fused == pytest.approx({"a": 0.25, "b": 0.125 + 0.75, "c": 0.0})


def test_a_score_that_is_missing_counts_as_the_lowest():
    fused = fuse({"a": 2.0, "b": 1.0}, {"c": 3.0}, dense_weight=0.5)

    assert fused == {"a": 0.5, "b": 0.0, "c": 0.5}


def test_equal_scores_all_count_as_the_highest():
    assert fuse({"a": 0.3, "b": 0.3}, {}, dense_weight=1.0) == {"a": 1.0, "b": 1.0}


def test_fusing_nothing_gives_nothing():
    assert fuse({}, {}, dense_weight=0.5) == {}


def test_fusion_keeps_the_order_of_the_rankings():
    dense = {f"d{n}": 1.0 for n in range(20)}
    lexical = {f"l{n}": 1.0 for n in range(20)}

    assert list(fuse(dense, lexical, dense_weight=0.5)) == [*dense, *lexical]


# --- duplicates ---------------------------------------------------------------------------------


def test_a_passage_that_repeats_a_better_ones_words_is_dropped():
    repeat = chunk("In 1742 the stone bridge was built!", document="b.md")

    kept = without_duplicates(passages(BRIDGE, repeat, ROSES), top_k=3)

    assert [passage.chunk for passage in kept] == [BRIDGE, ROSES]


def test_a_passage_within_a_better_one_is_dropped():
    inside = chunk("bridge was built", start=110)

    kept = without_duplicates(passages(BRIDGE, inside), top_k=3)

    assert [passage.chunk for passage in kept] == [BRIDGE]


def test_passages_that_share_a_sentence_are_both_kept():
    next_one = chunk("in 1742. It has three arches and a gate of oak.", start=127)

    kept = without_duplicates(passages(BRIDGE, next_one), top_k=3)

    assert len(kept) == 2


def test_the_same_span_of_another_document_is_no_duplicate():
    other = chunk("Ships carry timber and coal abroad.", start=100, document="b.md")

    assert len(without_duplicates(passages(BRIDGE, other), top_k=3)) == 2


def test_passages_without_words_are_no_duplicates_of_each_other():
    marks = [chunk("***", document="a.md"), chunk("---", document="b.md")]

    assert len(without_duplicates(passages(*marks), top_k=3)) == 2


def test_dropping_stops_at_the_number_asked_for():
    kept = without_duplicates(passages(BRIDGE, ROSES, HARBOUR), top_k=2)

    assert [passage.chunk for passage in kept] == [BRIDGE, ROSES]


def test_the_fakes_vectors_have_unit_length():
    vectors = WordHashEmbedder().embed_documents(["stone bridge", "", "roses"])

    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1])
