"""What the threads of a library share: its entries, what is queued, and what goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from briefbot.entries import Entry, State


@dataclass(frozen=True, slots=True)
class Activity:
    """What the worker is doing: a stage, and how much of it is done."""

    stage: str
    done: int
    total: int


_STARTING = Activity("reading", 0, 1)


class Shelf:
    """Entries by id and a queue of addresses and builds; each call is one step to other threads.

    Several steps become one under `lock`, which the same thread may take again.
    """

    def __init__(self) -> None:
        """Start with nothing known, and the worker at its first look."""
        self.lock = threading.Condition(threading.RLock())
        self.activity: Activity | None = _STARTING
        self.revision = 0
        self._entries: dict[str, Entry] = {}
        self._addresses: list[str] = []
        self._build_wanted = False
        self._is_closed = False

    # --- entries --------------------------------------------------------------------------------

    def entries(self) -> tuple[Entry, ...]:
        """List all entries."""
        with self.lock:
            return tuple(self._entries.values())

    def get(self, entry_id: str) -> Entry | None:
        """Find an entry."""
        with self.lock:
            return self._entries.get(entry_id)

    def removing(self) -> set[str]:
        """List the ids of what is being removed."""
        return {entry.id for entry in self.entries() if entry.state is State.REMOVING}

    def move(self, entry_ids: Iterable[str], state: State, reason: str = "") -> None:
        """Give entries another state; what is being removed takes none but failure."""
        with self.lock:
            for entry in [self._entries[i] for i in entry_ids if i in self._entries]:
                if entry.state is not State.REMOVING or state is State.FAILED:
                    self._entries[entry.id] = replace(entry, state=state, reason=reason)
            self._notify()

    def drop(self, entry_id: str) -> None:
        """Forget an entry, and its address if it was one to be fetched."""
        with self.lock:
            self._entries.pop(entry_id, None)
            self._addresses = [url for url in self._addresses if url != entry_id]
            self._notify()

    def show(self, found: Mapping[str, Entry], built: Sequence[str]) -> None:
        """Replace what is known; what was queued since the build of `built` began stays queued."""
        with self.lock:
            pending = {
                entry.id: entry
                for entry in self._entries.values()
                if entry.id not in built
                and (entry.state in {State.QUEUED, State.REMOVING} or "://" in entry.id)
            }
            self._entries = {**found, **pending}
            self._notify()

    # --- the queue ------------------------------------------------------------------------------

    def queue(self, entry: Entry) -> None:
        """Put an entry down whose file was added or deleted, and ask for a build."""
        with self.lock:
            self._entries[entry.id] = entry
            self.want_build()

    def queue_address(self, entry: Entry) -> None:
        """Put an entry down whose id is an address to be fetched."""
        with self.lock:
            self._entries[entry.id] = entry
            self._addresses.append(entry.id)
            self._notify()

    def want_build(self) -> None:
        """Ask for a build."""
        with self.lock:
            self._build_wanted = True
            self._notify()

    def is_idle(self) -> bool:
        """Whether nothing goes on and nothing is queued."""
        return self.activity is None and not self._addresses and not self._build_wanted

    def close(self) -> None:
        """Let the worker end instead of waiting for more."""
        with self.lock:
            self._is_closed = True
            self._notify()

    # --- for the worker -------------------------------------------------------------------------

    def tell(self, stage: str, done: int, total: int) -> None:
        """Say how far the work is."""
        with self.lock:
            self.activity = Activity(stage, done, total)
            self._notify()

    def next_addresses(self) -> list[str] | None:
        """Wait for work.

        Returns:
            The addresses to be fetched before the next build, if any; None when it is closed.
        """
        with self.lock:
            self.activity = None
            self._notify()
            self.lock.wait_for(lambda: self._is_closed or not self.is_idle())
            if self._is_closed:
                return None
            addresses, self._addresses = self._addresses, []
            self.activity = _STARTING
            self._notify()
        return addresses

    def next_build(self) -> tuple[str, ...] | None:
        """Take the queued build up.

        Returns:
            The ids of the entries that it is for; None if none is wanted.
        """
        with self.lock:
            if not self._build_wanted:
                return None
            self._build_wanted = False
            waiting = {State.QUEUED, State.REMOVING}
            return tuple(
                entry.id
                for entry in self._entries.values()
                if entry.state in waiting and "://" not in entry.id
            )

    def _notify(self) -> None:
        self.revision += 1
        self.lock.notify_all()
