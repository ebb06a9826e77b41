"""The parsing process seen from here: started when needed, ended when it hangs, started again."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from briefbot import errors
from briefbot.errors import UnreadableDocumentError
from briefbot.load.source import Limits, Source
from briefbot.types import Document, Heading, Mark, Skipped

_FAREWELL_S = 5.0


class ParserProcess:
    """Parses files in another process, so that a bad one takes nothing else down.

    The process is started with the first file, serves many, and is replaced after a crash.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._served = 0

    def __enter__(self) -> ParserProcess:
        """Use it in a `with` statement, which ends the process."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the process."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_FAREWELL_S)
        self._stop()

    def load(self, module: str, source: Source) -> Document:
        """Load a file with the loader of a module.

        Raises:
            BriefBotError: If the loader says so.
            UnreadableDocumentError: If it crashed, hung, or ran out of memory.
        """
        return _document(self._ask(source, {"task": module})["document"])

    def unpack(self, source: Source, into: Path) -> tuple[list[str], list[Skipped]]:
        """Unpack an archive as `archive.unpack` does."""
        reply = self._ask(source, {"task": "unpack", "into": str(into)})
        return reply["names"], [Skipped(**item) for item in reply["skipped"]]

    def _ask(self, source: Source, request: dict[str, Any]) -> dict[str, Any]:
        request |= {"id": source.id, "path": str(source.path), "limits": asdict(source.limits)}
        reply, is_late = self._exchange(request)
        # what earlier files left in memory is not this file's fault
        if self._served > 1 and not is_late and (not reply or reply.get("failure") == "memory"):
            self._stop()
            reply, is_late = self._exchange(request)
        if not reply or "failure" in reply:
            self._stop()
            raise self._failed(source.name, reply.get("failure", ""), is_late=is_late)
        if "error" in reply:
            kind = getattr(errors, reply["error"])
            raise kind(reply["message"], hint=reply["hint"])
        return reply

    def _exchange(self, request: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        """Send a request.

        Returns:
            The reply, empty if the process died, and whether it was ended for being late.
        """
        process = self._running()
        self._served += 1
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._limits.parse_timeout_s, end)
        timer.start()
        assert process.stdin is not None
        assert process.stdout is not None
        line = b""
        try:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(json.dumps(request).encode("ascii") + b"\n")
                process.stdin.flush()
                line = process.stdout.readline()
        finally:
            timer.cancel()
        return (json.loads(line) if line.endswith(b"\n") else {}), late.is_set()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._stop()
            root = str(Path(__file__).parents[2])
            path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
            memory = str(self._limits.parse_memory_mb)
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                # -P: nothing in the folder where we stand may take the place of a library
                [sys.executable, "-P", "-m", "briefbot.load.worker", memory],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": path},
            )
        return self._process

    def _stop(self) -> None:
        process, self._process, self._served = self._process, None, 0
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(BrokenPipeError):
                        pipe.close()
            process.wait()

    def _failed(self, name: str, failure: str, *, is_late: bool) -> UnreadableDocumentError:
        if is_late:
            return UnreadableDocumentError(
                f"{name} could not be read within {self._limits.parse_timeout_s:g} seconds.",
                hint="Split it, or raise parse_timeout_s.",
            )
        if failure == "memory":
            return UnreadableDocumentError(
                f"{name} needs more than {self._limits.parse_memory_mb:,} MB of memory to be read.",
                hint="Split it, or raise parse_memory_mb.",
            )
        how = f"failed ({failure})" if failure else "crashed"
        return UnreadableDocumentError(
            f"{name} is damaged: the parser {how} on it.",
            hint="Open it in its own program and save it anew.",
        )


def _document(values: dict[str, Any]) -> Document:
    values["headings"] = tuple(Heading(**heading) for heading in values["headings"])
    values["marks"] = tuple(Mark(**mark) for mark in values["marks"])
    values["left_out"] = tuple((start, end) for start, end in values["left_out"])
    values["notes"] = tuple(values["notes"])
    values["sources"] = ()  # the register of the corpus is read by the parent
    return Document(**values)
