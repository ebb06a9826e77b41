import sqlite3

import numpy as np
import pytest

from briefbot.errors import IndexWriteError
from briefbot.vector_cache import FILE, VectorCache, vector_key

KEYS = [vector_key("model", text) for text in ("one", "two", "three")]
VECTORS = np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32)


@pytest.fixture
def cache(tmp_path):
    opened = VectorCache(tmp_path)
    opened.put(KEYS, VECTORS)
    yield opened
    opened.close()


def test_a_vector_comes_back_bit_for_bit(cache):
    found = cache.get([KEYS[2]])

    assert found[KEYS[2]].tobytes() == VECTORS[2].tobytes()
    assert found[KEYS[2]].dtype == np.float32


def test_unknown_keys_are_left_out(cache):
    assert set(cache.get([*KEYS[:1], vector_key("model", "four")])) == {KEYS[0]}


def test_more_keys_than_one_statement_takes_are_found(tmp_path):
    cache = VectorCache(tmp_path)
    keys = [vector_key("model", str(number)) for number in range(1201)]
    cache.put(keys, np.ones((1201, 2), dtype=np.float32))

    assert set(cache.get(keys)) == set(keys)
    cache.close()


def test_another_model_has_another_key():
    assert vector_key("a", "text") != vector_key("b", "text")


def test_vectors_survive_a_restart(cache, tmp_path):
    cache.close()

    again = VectorCache(tmp_path)

    assert len(again) == 3
    again.close()


def test_pruning_drops_what_is_not_kept(cache):
    cache.prune([KEYS[1], vector_key("model", "never put")])

    assert set(cache.get(KEYS)) == {KEYS[1]}


def test_pruned_vectors_are_gone_from_the_disk(cache, tmp_path):
    cache.prune(KEYS[:2])
    cache.close()

    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert VECTORS[1].tobytes() in written
    assert VECTORS[2].tobytes() not in written
    assert KEYS[2] not in written


def test_the_file_holds_no_text(tmp_path):
    cache = VectorCache(tmp_path)
    cache.put([vector_key("model", "a secret sentence")], VECTORS[:1])
    cache.close()

    assert b"secret" not in (tmp_path / FILE).read_bytes()


def test_a_row_that_is_damaged_counts_as_missing(cache, tmp_path):
    cache.close()
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("UPDATE vectors SET vector = zeroblob(8) WHERE key = ?", (KEYS[0],))
        database.execute("UPDATE vectors SET vector = 'text' WHERE key = ?", (KEYS[1],))
    database.close()

    again = VectorCache(tmp_path)

    assert set(again.get(KEYS)) == {KEYS[2]}
    again.close()


@pytest.mark.parametrize("content", [b"garbage" * 1000, b"SQLite format 3\0" + b"\xff" * 8000])
def test_a_file_of_other_bytes_is_replaced(tmp_path, content):
    (tmp_path / FILE).write_bytes(content)

    cache = VectorCache(tmp_path)
    cache.put(KEYS, VECTORS)

    assert len(cache) == 3
    cache.close()


def test_a_file_that_is_torn_is_replaced(tmp_path):
    cache = VectorCache(tmp_path)
    keys = [vector_key("model", str(number)) for number in range(500)]
    cache.put(keys, np.ones((500, 64), dtype=np.float32))
    cache.close()
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole[: len(whole) // 2] + b"\xff" * (len(whole) // 2))

    again = VectorCache(tmp_path)
    found = again.get(keys)
    again.put(KEYS, np.ones((3, 64), dtype=np.float32))

    assert all((vector == 1).all() for vector in found.values())  # no wrong ones
    assert set(again.get(KEYS)) == set(KEYS)
    again.close()


def test_a_table_of_another_shape_is_replaced(tmp_path):
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("CREATE TABLE vectors (other TEXT)")
    database.close()

    cache = VectorCache(tmp_path)

    assert len(cache) == 0
    cache.close()


def test_a_place_where_no_file_can_be_is_an_error(tmp_path):
    (tmp_path / FILE).mkdir()

    with pytest.raises(IndexWriteError, match="vectors"):
        VectorCache(tmp_path)
