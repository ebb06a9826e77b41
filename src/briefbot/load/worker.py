"""The process that parses: one line of JSON in, one out, within the memory it is given.

Run by `process.py` as `python -m briefbot.load.worker MEGABYTES`; a crash here costs one file.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from briefbot import errors
from briefbot.load.archive import unpack
from briefbot.load.source import Limits, Source


def main() -> None:
    """Answer requests until the input ends."""
    _limit_memory(int(sys.argv[1]))
    replies = _own_output()
    for line in sys.stdin:
        replies.write(json.dumps(_reply(json.loads(line))) + "\n")
        replies.flush()


def _limit_memory(megabytes: int) -> None:
    try:
        import resource  # noqa: PLC0415 - there is none on Windows
    except ImportError:
        return
    # some systems let no process limit its address space
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1_000_000, megabytes * 1_000_000))


def _own_output() -> TextIO:
    """Keep the pipe for replies; what libraries print goes nowhere."""
    pipe = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return os.fdopen(pipe, "w", encoding="utf-8")


def _reply(request: dict[str, Any]) -> dict[str, Any]:
    source = Source(request["id"], Path(request["path"]), Limits(**request["limits"]))
    try:
        if request["task"] == "unpack":
            names, skipped = unpack(source, Path(request["into"]))
            return {"names": names, "skipped": [asdict(item) for item in skipped]}
        load = import_module(f"briefbot.load.{request['task']}").load
        return {"document": asdict(load(source))}
    except errors.BriefBotError as error:
        return {"error": type(error).__name__, "message": error.message, "hint": error.hint}
    except MemoryError:
        return {"failure": "memory"}
    except Exception as error:  # noqa: BLE001 - a parser may fail in any way; it is reported
        kind = type(error)
        return {"failure": f"{kind.__module__}.{kind.__name__}".removeprefix("builtins.")}


if __name__ == "__main__":
    main()
