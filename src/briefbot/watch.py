"""A corpus folder → a signal each time that it has settled after changes, by watchfiles."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from watchfiles import Change, watch

_SETTLED_MS = 600
"""How long nothing must change before a change counts as complete."""
_LATEST_MS = 10_000
"""After how long changes that do not end are told all the same."""
_TURN_MS = 200
"""How often the watch looks whether it is to end."""


def settled_changes(
    folder: Path, *, ignore: Path, stop: threading.Event | None = None
) -> Iterator[int]:
    """Wait for changes below a folder; hidden files and the folder `ignore` do not count.

    Args:
        folder: What to watch.
        ignore: A folder, such as the index, whose changes mean nothing.
        stop: Ends the waiting when it is set; so does Ctrl-C.

    Yields:
        0 once the watch stands, so that nothing between a first look and the watch is missed; then
        how many files changed, each time that the folder has settled.
    """
    root, ignored = folder.absolute(), ignore.absolute()

    def counts(_: Change, name: str) -> bool:
        path = Path(name)
        inside = path.relative_to(root).parts if path.is_relative_to(root) else path.parts
        hidden = any(part.startswith(".") for part in inside)
        return not hidden and not path.is_relative_to(ignored)

    stands = False
    for changes in watch(
        root,
        watch_filter=counts,
        step=_SETTLED_MS,
        debounce=_LATEST_MS,
        rust_timeout=_TURN_MS,
        yield_on_timeout=True,
        stop_event=stop,
        raise_interrupt=False,
    ):
        if changes or not stands:
            yield len(changes)
        stands = True
