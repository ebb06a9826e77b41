import math

import pytest

from briefbot.errors import IndexDamagedError
from briefbot.lexical import LexicalIndex
from briefbot.types import Chunk


def chunk(text, number, title="Title"):
    return Chunk("a.md", title, text, number * 100, number * 100 + len(text))


ROSES = chunk("The garden grows roses.", 0)
BRIDGE = chunk("The bridge was built of granite.", 1)
HARBOUR = chunk("Ships bring granite to the harbour.", 2)
MARKS = chunk("***", 3, title="…")


@pytest.fixture
def index():
    return LexicalIndex.build([ROSES, BRIDGE, HARBOUR, MARKS])


def found(index, text, top_k=4):
    return [chunk_id for chunk_id, _ in index.query(text, top_k=top_k)]


def test_a_query_finds_the_chunk_that_shares_a_stem(index):
    assert found(index, "Where does a rose grow?") == [ROSES.id]


def test_the_chunk_that_shares_more_comes_first(index):
    assert found(index, "granite of the bridge") == [BRIDGE.id, HARBOUR.id]


def test_scores_fall_and_are_above_zero(index):
    scores = [score for _, score in index.query("granite bridge", top_k=4)]

    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


def test_a_query_gives_no_more_than_asked_for(index):
    assert found(index, "granite", top_k=1) in ([BRIDGE.id], [HARBOUR.id])


def test_the_title_of_a_chunk_is_searched_too(index):
    assert found(index, "title") == [ROSES.id, BRIDGE.id, HARBOUR.id]


@pytest.mark.parametrize("text", ["", "what is the", "😀", "\0", "zebra"])
def test_a_query_that_shares_no_term_finds_nothing(index, text):
    assert found(index, text) == []


def test_every_chunk_keeps_its_row(index):
    assert len(index) == 4


def test_a_saved_index_gives_the_same_scores(index, tmp_path):
    index.save(tmp_path / "bm25")

    loaded = LexicalIndex.load(tmp_path / "bm25")

    assert loaded.query("granite bridge", top_k=4) == index.query("granite bridge", top_k=4)
    assert loaded.idf("granit") == index.idf("granit")


def test_a_term_that_no_chunk_holds_is_the_rarest(index):
    assert index.idf("zebra") == 1


def test_a_term_is_the_rarer_the_fewer_chunks_hold_it(index):
    highest = math.log(1 + 4.5 / 0.5)

    assert index.idf("rose") == pytest.approx(math.log(1 + 3.5 / 1.5) / highest)
    assert index.idf("granit") == pytest.approx(math.log(1 + 2.5 / 2.5) / highest)


@pytest.mark.parametrize("name", ["rows.json", "vocab.index.json", "params.index.json"])
def test_an_index_that_lost_a_file_is_damaged(index, tmp_path, name):
    index.save(tmp_path / "bm25")
    (tmp_path / "bm25" / name).unlink()

    with pytest.raises(IndexDamagedError, match="BM25"):
        LexicalIndex.load(tmp_path / "bm25")


@pytest.mark.parametrize("content", ["", "[]", "{}", "{", "null"])
def test_an_index_with_garbage_in_a_file_is_damaged(index, tmp_path, content):
    index.save(tmp_path / "bm25")
    (tmp_path / "bm25" / "rows.json").write_text(content)

    with pytest.raises(IndexDamagedError, match="BM25"):
        LexicalIndex.load(tmp_path / "bm25")


def test_an_index_with_truncated_scores_is_damaged(index, tmp_path):
    index.save(tmp_path / "bm25")
    (tmp_path / "bm25" / "data.csc.index.npy").write_bytes(b"\x93NUMPY")

    with pytest.raises(IndexDamagedError, match="BM25"):
        LexicalIndex.load(tmp_path / "bm25")


def test_an_index_that_was_never_saved_is_damaged(tmp_path):
    with pytest.raises(IndexDamagedError, match="BM25"):
        LexicalIndex.load(tmp_path / "nowhere")


PACT = chunk("Manila signed a Reciprocal Access Agreement (RAA) with Tokyo.", 4)
PACTS = [
    chunk(f"The RAA entered into force in {year}.", number)
    for number, year in ((5, 2023), (6, 2025))
]


def test_an_index_knows_the_acronyms_that_its_chunks_spell_out(tmp_path):
    LexicalIndex.build([ROSES, BRIDGE, HARBOUR, PACT]).save(tmp_path)

    assert LexicalIndex.load(tmp_path).acronyms == {"RAA": "Reciprocal Access Agreement"}


def test_an_acronym_that_is_the_usual_word_is_not_spelled_out():
    assert LexicalIndex.build([ROSES, PACT, *PACTS]).acronyms == {}


ZONE = chunk("Ships test the gray zone between peace and war.", 7)
PACT3 = chunk("A minilateral of three defence ministers met Shigeru Ishiba twelve times.", 8)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what is the grayzone", ZONE),
        ("what is the greyzone", ZONE),
        ("grey-zone tactics", ZONE),
        ("mini lateral meetings", PACT3),
        ("mini-lateral meetings", PACT3),
        ("the defense of the realm", PACT3),
        ("met 12 times", PACT3),
        ("What does Ishiba say?", PACT3),
        ("what does ishiba's plan say", PACT3),
    ],
)
def test_words_written_otherwise_and_names_in_part_are_found(question, expected):
    index = LexicalIndex.build([ROSES, BRIDGE, HARBOUR, ZONE, PACT3])

    assert found(index, question, top_k=1) == [expected.id]


def test_a_word_that_a_chunk_holds_is_not_cut():
    whole = chunk("The warship sailed.", 9)
    parts = chunk("A war, and a ship.", 10)

    assert found(LexicalIndex.build([whole, parts]), "warship") == [whole.id]


def test_an_unknown_name_is_not_cut_into_words():
    assert found(LexicalIndex.build([chunk("A war, and a ship.", 9)]), "Who is Warship?") == []


def test_an_exact_match_scores_the_same_with_variants_at_hand():
    index = LexicalIndex.build([ROSES, BRIDGE, ZONE])

    assert index.query("gray zone", top_k=1) == index.query("grey zone", top_k=1)
