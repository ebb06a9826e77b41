"""File locks on an index folder: one writer at a time, and readers that keep a build in place.

Both are `flock` locks: they belong to the open file, so they end with the process that held them,
however it ended, and a stale one cannot stay behind.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import json
import os
import socket
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

from briefbot.errors import IndexBusyError, IndexWriteError

WRITER_FILE = "LOCK"
"""In the index folder; says who builds. It stays there, since removing a lock file is a race."""


class Hold:
    """A shared lock on a file, until it is released, collected, or the process ends."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            BlockingIOError: If someone holds the file exclusively.
            OSError: If the file cannot be opened.
        """
        descriptor = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise
        self._close = weakref.finalize(self, os.close, descriptor)

    def release(self) -> None:
        """Give the lock back; a second time does nothing."""
        self._close()


@contextlib.contextmanager
def held_by_nobody(path: Path) -> Iterator[bool]:
    """Lock a file exclusively if nobody holds it, without waiting.

    Yields:
        Whether the lock was taken; a file that is missing has no holders.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield True
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def only_writer(index_dir: Path) -> Iterator[None]:
    """Be the one process, and the one thread of it, that builds in this folder.

    Raises:
        IndexBusyError: If another build is running; it names that build's process and age.
        IndexWriteError: If the folder cannot be made or written.
    """
    path = index_dir / WRITER_FILE
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise unwritable(index_dir, error) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _busy(index_dir, path) from error
        _sign(descriptor)
        yield
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def unwritable(index_dir: Path, error: OSError) -> IndexWriteError:
    """Build the error for an index folder that the system refuses to write."""
    return IndexWriteError(
        f"The index folder {index_dir} cannot be written ({error.strerror or error}).",
        hint="Check its permissions and the free space, or name another with --index.",
    )


def _sign(descriptor: int) -> None:
    """Note who builds, for the error of a second builder; the lock holds without the note too."""
    note = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.time()}
    with contextlib.suppress(OSError):  # a full disk: the build's first act is to clear it
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(note).encode("utf-8"), 0)


def _busy(index_dir: Path, path: Path) -> IndexBusyError:
    try:
        note = json.loads(path.read_text("utf-8"))
        age = datetime.timedelta(seconds=max(0, round(time.time() - float(note["since"]))))
        holder = f"process {int(note['pid'])} on {note['host']}, started {age} ago"
    except (OSError, ValueError, KeyError, TypeError):
        holder = "a process that left no note"
    return IndexBusyError(
        f"Another build of the index in {index_dir} is running ({holder}).",
        hint="Wait until it is done, or end that process; the index there before still answers.",
    )
