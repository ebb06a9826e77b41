import json
import multiprocessing
import os
import signal

import pytest

from briefbot.errors import IndexBusyError, IndexWriteError
from briefbot.index_lock import Hold, held_by_nobody, only_writer


@pytest.fixture
def file(write):
    return write("in-use", "")


def is_unread(path):
    with held_by_nobody(path) as unread:
        return unread


def test_a_file_that_nobody_holds_is_unread(file):
    assert is_unread(file)


def test_a_missing_file_is_unread(tmp_path):
    assert is_unread(tmp_path / "missing")


def test_several_may_hold_a_file_and_all_must_leave(file):
    one, other = Hold(file), Hold(file)

    one.release()
    assert not is_unread(file)
    other.release()
    other.release()
    assert is_unread(file)


def test_a_hold_ends_with_its_object(file):
    hold = Hold(file)
    assert not is_unread(file)

    del hold

    assert is_unread(file)


def test_nobody_can_hold_what_is_held_exclusively(file):
    with held_by_nobody(file), pytest.raises(BlockingIOError):
        Hold(file)


def test_a_second_writer_is_told_who_builds(tmp_path):
    with (
        only_writer(tmp_path / "index"),
        pytest.raises(IndexBusyError) as caught,
        only_writer(tmp_path / "index"),
    ):
        pass

    assert f"process {os.getpid()} on " in caught.value.message
    assert ", started 0:00:0" in caught.value.message
    assert caught.value.hint


def test_writers_may_follow_each_other(tmp_path):
    for _ in range(2):
        with only_writer(tmp_path):
            pass

    assert (tmp_path / "LOCK").read_bytes() == b""


def test_a_lock_ends_with_a_build_that_fails(tmp_path):
    with pytest.raises(KeyError), only_writer(tmp_path):
        raise KeyError

    with only_writer(tmp_path):
        pass


def hold_until_killed(folder, ready):
    with only_writer(folder):
        ready.set()
        signal.pause()


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Event()
    holder = spawn.Process(target=hold_until_killed, args=(tmp_path, ready))
    holder.start()
    assert ready.wait(60)
    with pytest.raises(IndexBusyError, match=f"process {holder.pid} on"), only_writer(tmp_path):
        pass

    os.kill(holder.pid, signal.SIGKILL)
    holder.join()

    with only_writer(tmp_path):
        assert json.loads((tmp_path / "LOCK").read_text())["pid"] == os.getpid()


def test_a_note_that_is_garbage_still_gives_one_clear_error(tmp_path):
    with only_writer(tmp_path):
        (tmp_path / "LOCK").write_text("garbage")

        with (
            pytest.raises(IndexBusyError, match="a process that left no note"),
            only_writer(tmp_path),
        ):
            pass


def test_a_folder_that_cannot_be_made_is_an_error(write, tmp_path):
    write("index", "a file in its place")

    with pytest.raises(IndexWriteError, match="cannot be written"), only_writer(tmp_path / "index"):
        pass
