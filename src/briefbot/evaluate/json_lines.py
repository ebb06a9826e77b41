"""JSON Lines → models, each malformed line named by its number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from briefbot.errors import EvaluationCaseError


class Identified(BaseModel):
    """One line of a file of cases."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str


Line = TypeVar("Line", bound=Identified)


def read_lines(path: Path, model: type[Line]) -> list[Line]:
    """Read a file of cases, in its order.

    Raises:
        EvaluationCaseError: Naming the first line that is malformed or repeats an id.
    """
    try:
        lines = path.read_text("utf-8-sig").split("\n")  # U+2028 ends no line of JSON Lines
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationCaseError(
            f"The cases {path} cannot be read ({error}).", hint="Check the name of the file."
        ) from error
    found: dict[str, Line] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            item = model.model_validate(json.loads(line))
        except (json.JSONDecodeError, ValidationError) as error:
            raise EvaluationCaseError(
                f"{path}, line {number} is not a case ({str(error).splitlines()[0]}).",
                hint="Compare it with the lines around it.",
            ) from error
        if item.id in found:
            raise EvaluationCaseError(
                f"{path}, line {number} repeats the id {item.id!r}.", hint="Give it another."
            )
        found[item.id] = item
    return list(found.values())
