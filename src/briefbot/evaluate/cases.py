"""Evaluation cases: questions with the verbatim evidence that a right answer must cite."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from briefbot.errors import EvaluationCaseError
from briefbot.types import Turn

Kind = Literal[
    "fact",
    "paraphrase",
    "comparison",
    "disputed",
    "follow_up",
    "near_miss",
    "off_topic",
    "advertising",
    "injection",
]


class Case(BaseModel):
    """One question.

    Attributes:
        history: Earlier questions, oldest first.
        evidence: Groups of verbatim quotes: a right answer cites one quote of every group.
        answers: Strings of which a right answer holds one; empty where there is no short answer.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    kind: Kind
    split: Literal["dev", "test"]
    question: str
    history: tuple[str, ...] = ()
    answerable: bool
    evidence: tuple[tuple[str, ...], ...] = ()
    answers: tuple[str, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _evidence_fits(self) -> Case:
        if self.answerable != bool(self.evidence):
            raise ValueError("an answerable case has evidence, and no other has")
        return self

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The history as turns."""
        return tuple(Turn(question) for question in self.history)


def load_cases(path: Path, *, split: str = "all") -> list[Case]:
    """Read a JSON Lines file of cases.

    Args:
        path: The file.
        split: `dev`, `test` or `all`.

    Raises:
        EvaluationCaseError: Naming the first line that is malformed or repeats an id.
    """
    if split not in {"dev", "test", "all"}:
        raise EvaluationCaseError(f"There is no split {split!r}.", hint="Use dev, test or all.")
    try:
        lines = path.read_text("utf-8-sig").split("\n")  # U+2028 ends no line of JSON Lines
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationCaseError(
            f"The cases {path} cannot be read ({error}).", hint="Check the name of the file."
        ) from error
    cases: dict[str, Case] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            case = Case.model_validate(json.loads(line))
        except (json.JSONDecodeError, ValidationError) as error:
            raise EvaluationCaseError(
                f"{path}, line {number} is not a case ({str(error).splitlines()[0]}).",
                hint="Compare it with the lines around it.",
            ) from error
        if case.id in cases:
            raise EvaluationCaseError(
                f"{path}, line {number} repeats the id {case.id!r}.", hint="Give it another."
            )
        cases[case.id] = case
    return [case for case in cases.values() if split in {"all", case.split}]
