import shutil

import numpy as np
import pytest

from briefbot.errors import IndexDamagedError, IndexWriteError
from briefbot.store import ChunkStore, sync_threshold
from briefbot.types import Chunk

PLAIN = Chunk("a.md", "A", "First.", 0, 6)
RICH = Chunk(
    "sub/b.md",
    "B “quoted”",
    "NUL \0, CRLF \r\n, emoji 👩‍👩‍👧, e\u0301, \u202eשלום\ufeff",
    20,
    55,
    heading=("Part › 1", "Söction"),
    url="https://example.org/?a=b",
    date="2025-11-12",
    kind="article",
    language="he",
)
LAST = Chunk("a.md", "A", "Last.", 7, 12)
CHUNKS = [PLAIN, RICH, LAST]
VECTORS = np.array([[1, 0, 0], [0, 1, 0], [0.6, 0, 0.8]], dtype=np.float32)


@pytest.fixture
def store(tmp_path):
    filled = ChunkStore(tmp_path / "chroma", create=True)
    filled.add(CHUNKS, VECTORS)
    return filled


def test_a_chunk_comes_back_as_it_went_in(store):
    (found,) = store.query(VECTORS[1], top_k=1)

    assert found[0] == RICH


def test_the_most_similar_chunk_comes_first_with_its_cosine(store):
    found = store.query(VECTORS[0], top_k=3)

    assert [chunk for chunk, _ in found] == [PLAIN, LAST, RICH]
    assert [score for _, score in found] == pytest.approx([1.0, 0.6, 0.0], abs=1e-6)


def test_a_query_may_ask_for_more_than_there_is(store):
    assert len(store.query(VECTORS[0], top_k=99)) == 3


def test_chunks_are_fetched_by_id(store):
    found = store.get([LAST.id, PLAIN.id])

    assert found == {PLAIN.id: PLAIN, LAST.id: LAST}


def test_unknown_ids_are_left_out(store):
    assert store.get(["unknown"]) == {}


def test_no_ids_fetch_nothing(store):
    assert store.get([]) == {}


def test_chunks_survive_a_restart(store, tmp_path):
    shutil.copytree(tmp_path / "chroma", tmp_path / "copy")  # Chroma keeps an open path in memory

    again = ChunkStore(tmp_path / "copy")

    assert len(again) == 3
    assert again.query(VECTORS[1], top_k=1)[0][0] == RICH


def test_more_chunks_than_one_batch_are_all_stored(tmp_path):
    store = ChunkStore(tmp_path / "chroma", create=True)
    chunks = [Chunk("a.md", "A", "x", n, n + 1) for n in range(2001)]

    store.add(chunks, np.ones((2001, 2), dtype=np.float32))

    assert len(store) == 2001


def test_a_folder_without_a_database_is_damaged(tmp_path):
    with pytest.raises(IndexDamagedError, match="the Chroma database is missing") as caught:
        ChunkStore(tmp_path)

    assert "briefbot index" in caught.value.hint


def test_opening_a_folder_without_a_database_creates_nothing(tmp_path):
    with pytest.raises(IndexDamagedError):
        ChunkStore(tmp_path)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000], ids=["empty", "garbage"])
def test_a_database_of_other_bytes_is_damaged(tmp_path, content):
    (tmp_path / "chroma.sqlite3").write_bytes(content)

    with pytest.raises(IndexDamagedError, match="Chroma says"):
        ChunkStore(tmp_path)


def test_half_a_database_is_damaged(store, tmp_path):
    whole = (tmp_path / "chroma" / "chroma.sqlite3").read_bytes()
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "chroma.sqlite3").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(IndexDamagedError, match="Chroma says"):
        ChunkStore(tmp_path / "half")


def test_a_sealed_store_holds_zeros_where_further_vectors_would_go(tmp_path):
    store = ChunkStore(tmp_path / "chroma", create=True, expected=3)
    store.add(CHUNKS, VECTORS)

    store.seal()

    (vectors,) = tmp_path.rglob("data_level0.bin")
    used = 3 * (vectors.stat().st_size // 100)  # Chroma makes room for 100
    assert any(vectors.read_bytes()[:used])
    assert not any(vectors.read_bytes()[used:])
    again = ChunkStore(tmp_path / "chroma")
    assert [chunk for chunk, _ in again.query(VECTORS[0], top_k=3)] == [PLAIN, LAST, RICH]


def test_a_closed_store_may_be_closed_again(store):
    store.close()

    store.close()


def test_ids_and_vectors_are_listed(store):
    assert set(store.ids()) == {chunk.id for chunk in CHUNKS}
    assert store.vectors([RICH.id])[RICH.id] == pytest.approx(VECTORS[1])


def test_the_nearest_chunk_to_each_of_several_vectors_is_found(store):
    nearest = store.nearest(VECTORS[[2, 0]])

    assert [chunk_id for chunk_id, _ in nearest] == [LAST.id, PLAIN.id]
    assert [cosine for _, cosine in nearest] == pytest.approx([1, 1], abs=1e-5)


def test_a_store_that_cannot_be_made_is_an_error(write, tmp_path):
    write("chroma", "a file in its place")

    with pytest.raises(IndexWriteError, match="could not be written"):
        ChunkStore(tmp_path / "chroma", create=True)


@pytest.mark.parametrize("total", [1, 3, 1999, 2000, 2001, 5000, 100_000])
def test_nearly_all_chunks_are_written_out_and_not_left_in_the_log(total):
    threshold = sync_threshold(total)

    assert 2 <= threshold <= max(2000, 2)
    assert total < 2 or total % threshold < total // threshold + 1
