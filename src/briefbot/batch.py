"""A JSON Lines file of questions, read line by line; a bad line never stops the others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from briefbot.errors import EvaluationCaseError
from briefbot.types import Turn


class _Message(BaseModel):
    role: str
    content: str


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: Annotated[str | int, Field(union_mode="left_to_right")]
    question: str
    history: list[str | _Message] = []


@dataclass(frozen=True, slots=True)
class BatchQuestion:
    """One good line."""

    number: int
    id: str | int
    question: str
    history: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class BadLine:
    """One line that holds no question, and why."""

    number: int
    reason: str


def read_batch(path: Path) -> Iterator[BatchQuestion | BadLine]:
    """Read a file of `{"id", "question", "history"?}` lines; empty lines are passed over.

    Raises:
        EvaluationCaseError: If the file cannot be read.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise EvaluationCaseError(
            f"The batch file {path} cannot be read ({error.strerror}).",
            hint="Check its name and permissions.",
        ) from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _parse(number, line)


def _parse(number: int, line: bytes) -> BatchQuestion | BadLine:
    try:
        parsed = _Line.model_validate(json.loads(line.decode("utf-8-sig")))
    except UnicodeDecodeError:
        return BadLine(number, "it is not UTF-8 text")
    except json.JSONDecodeError as error:
        return BadLine(number, f"it is not JSON ({error.msg} at column {error.colno})")
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the line"
        return BadLine(number, f"{key}: {first['msg']}")
    except (ValueError, RecursionError) as error:
        return BadLine(number, f"it cannot be read ({error})")
    return BatchQuestion(number, parsed.id, parsed.question, as_turns(parsed.history))


def as_turns(history: list[str | _Message]) -> tuple[Turn, ...]:
    """Pair questions with the answers that follow them; plain strings are questions."""
    turns: list[Turn] = []
    for item in history:
        role, content = ("user", item) if isinstance(item, str) else (item.role, item.content)
        if _speaker(role) == "user":
            turns.append(Turn(content))
        elif turns:
            turns[-1] = Turn(turns[-1].question, content)
    return tuple(turns)


def _speaker(role: str) -> Literal["user", "assistant"]:
    return "user" if role.lower() in {"user", "human", "question"} else "assistant"
