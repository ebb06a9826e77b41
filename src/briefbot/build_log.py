"""What happened to the library: the last lines in memory and in a small text file."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

LOG_LINES = 500


@dataclass(frozen=True, slots=True)
class LogLine:
    """Something that happened, with its time in ISO 8601 and UTC."""

    time: str
    text: str


class BuildLog:
    """The last 500 lines. Where the file cannot be written, they are kept in memory only."""

    def __init__(self, path: Path) -> None:
        """Read the lines that an earlier run left."""
        self._path = path
        self._lock = threading.Lock()
        self._lines: deque[LogLine] = deque(maxlen=LOG_LINES)
        self._in_file = 0
        with contextlib.suppress(OSError):
            for line in path.read_text("utf-8", "replace").splitlines():
                time, _, text = line.partition(" ")
                self._lines.append(LogLine(time, text))
                self._in_file += 1

    def lines(self) -> tuple[LogLine, ...]:
        """The lines, oldest first."""
        with self._lock:
            return tuple(self._lines)

    def write(self, text: str) -> None:
        """Add a line with the time of now."""
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        line = LogLine(now, one_line(text))
        with self._lock:
            self._lines.append(line)
            with contextlib.suppress(OSError):
                self._append(line)

    def _append(self, line: LogLine) -> None:
        if self._in_file >= 2 * LOG_LINES:  # rewritten now and then, so that it stays small
            text = "".join(f"{each.time} {each.text}\n" for each in self._lines)
            self._path.write_text(text, "utf-8", "replace")
            self._in_file = len(self._lines)
            return
        with self._path.open("a", encoding="utf-8", errors="replace") as file:
            file.write(f"{line.time} {line.text}\n")
        self._in_file += 1


def one_line(text: str) -> str:
    """Fold white space and put `?` for what cannot be printed, so that no name forges a line."""
    folded = " ".join(text.split())
    return "".join(character if character.isprintable() else "?" for character in folded)
