import threading

import pytest

from briefbot.watch import settled_changes


@pytest.fixture
def watching(tmp_path):
    """Watch `tmp_path/corpus`, and stop in the end even if nothing more comes."""
    (tmp_path / "corpus" / "index").mkdir(parents=True)
    stop = threading.Event()
    changes = settled_changes(tmp_path / "corpus", ignore=tmp_path / "corpus" / "index", stop=stop)
    yield changes
    stop.set()
    assert list(changes) == []


def test_a_watch_says_that_it_stands_and_then_what_changed(watching, write):
    assert next(watching) == 0

    write("corpus/a.md", "one")
    write("corpus/sub.md", "two")

    assert next(watching) == 2


def test_hidden_files_and_the_index_do_not_count(watching, write):
    assert next(watching) == 0

    write("corpus/.hidden", "one")
    write("corpus/index/CURRENT", "two")
    write("corpus/b.md", "three")

    assert next(watching) == 1


def test_a_change_made_while_nobody_waits_is_not_lost(watching, write):
    assert next(watching) == 0
    write("corpus/a.md", "one")
    assert next(watching) == 1

    write("corpus/b.md", "while the index is built")

    assert next(watching) == 1
