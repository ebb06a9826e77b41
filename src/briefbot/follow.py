"""The current index, kept open: switches when another is published, lets go when nobody asks."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

from briefbot import index_folder
from briefbot.errors import (
    BriefBotError,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
)
from briefbot.index_lock import Hold
from briefbot.wiring import OpenIndex

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
"""How often an index that nobody asks looks for a newer one."""
_RETRY_S = 10.0
"""How long a new index that could not be opened is left alone between questions."""

OpenGeneration = Callable[[Path], OpenIndex]


class FollowedIndex:
    """The generation that answers. Questions borrow it; a newer one takes its place at once.

    A question that is running keeps the generation that it began with, on the disk too: the lock
    that keeps it from being removed goes when the last question leaves.
    """

    def __init__(self, index_dir: Path, open_generation: OpenGeneration) -> None:
        """Open the current generation.

        Raises:
            IndexMissingError: If there is no index.
            IndexDamagedError: If parts of it are missing.
            IndexMismatchError: If it was built with other settings.
        """
        self._index_dir = index_dir
        self._open_generation = open_generation
        # a stream that is thrown away ends wherever Python collects it, maybe inside this lock
        self._lock = threading.RLock()
        self._failed: tuple[Path, float] | None = None
        self._now = self._open()
        stop = threading.Event()
        self._stop = weakref.finalize(self, stop.set)
        threading.Thread(
            target=_look, args=(weakref.ref(self), stop), name="briefbot-follow", daemon=True
        ).start()

    @contextlib.contextmanager
    def borrow(self) -> Iterator[OpenIndex]:
        """Use the index that is current now; it stays open until the block ends.

        Raises:
            BriefBotError: If the index was removed and no other is there.
        """
        with self._lock:
            self._switch()
            open_now = self._now
            open_now.users += 1
        try:
            yield open_now.index
        finally:
            with self._lock:
                open_now.users -= 1
                self._let_go(open_now)

    def look(self) -> None:
        """Switch to a newer generation if one was published."""
        with self._lock, contextlib.suppress(BriefBotError):  # a question will say so
            if self._failed is None or time.monotonic() - self._failed[1] > _RETRY_S:
                self._switch()

    def close(self) -> None:
        """Stop following, and let go of the index once running questions are done."""
        self._stop()
        with self._lock:
            self._now.retired = True
            self._let_go(self._now)

    def _open(self) -> _Open:
        for attempt in range(_OPEN_ATTEMPTS):
            generation, hold = index_folder.hold_current(self._index_dir)
            try:
                return _Open(self._open_generation(generation), hold)
            except BriefBotError:
                hold.release()
                if attempt + 1 == _OPEN_ATTEMPTS or index_folder.is_current(generation):
                    raise
            except BaseException:
                hold.release()
                raise
        raise AssertionError

    def _switch(self) -> None:
        """Open what is current now, if that is another generation than the one that is open."""
        try:
            generation = index_folder.current_generation(self._index_dir)
            if generation == self._now.index.folder and not self._now.retired:
                return
            fresh = self._open()
        except IndexMissingError:  # taken away, not replaced: what it held must not answer
            self._now.retired = True
            self._let_go(self._now)
            raise
        except (IndexDamagedError, IndexMismatchError) as error:
            if self._now.retired or not self._now.index.folder.is_dir():
                raise
            self._note_failure(error)
            return
        old, self._now = self._now, fresh
        self._failed = None
        old.retired = True
        self._let_go(old)

    def _note_failure(self, error: BriefBotError) -> None:
        if self._failed is None:
            logger.warning("The new index is not used: %s", error)
        self._failed = (self._now.index.folder, time.monotonic())

    def _let_go(self, opened: _Open) -> None:
        """Close a generation that nobody uses any more, and remove it if it is an old one."""
        if not opened.retired or opened.users or opened.is_closed:
            return
        opened.is_closed = True
        opened.index.store.close()
        opened.hold.release()
        generation = opened.index.folder
        with contextlib.suppress(BriefBotError, OSError):  # the next build removes it otherwise
            if not index_folder.is_current(generation):
                index_folder.remove_if_unread(generation)


_OPEN_ATTEMPTS = 3


class _Open:
    """An open generation and who uses it."""

    def __init__(self, index: OpenIndex, hold: Hold) -> None:
        self.index = index
        self.hold = hold
        self.users = 0
        self.retired = False
        self.is_closed = False


def _look(followed: weakref.ref[FollowedIndex], stop: threading.Event) -> None:
    while not stop.wait(LOOK_EVERY_S):
        target = followed()
        if target is None:
            return
        target.look()
        del target
