"""Evaluation cases: questions with the verbatim evidence that a right answer must cite."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import model_validator

from briefbot.errors import EvaluationCaseError
from briefbot.evaluate.json_lines import Identified, read_lines
from briefbot.types import Turn

Kind = Literal[
    "fact",
    "paraphrase",
    "explanation",
    "list",
    "definition",
    "position",
    "comparison",
    "disputed",
    "follow_up",
    "near_miss",
    "off_topic",
    "advertising",
    "injection",
]


class Case(Identified):
    """One question.

    Attributes:
        history: Earlier questions, oldest first.
        evidence: Groups of verbatim quotes: a right answer cites one quote of every group.
        also: For each group, quotes of other documents that state the same; or nothing at all. Of a
            case that cannot be answered from its own document, quotes of others that answer it.
        answers: Strings of which a right answer holds one; empty where there is no short answer.
    """

    kind: Kind
    split: Literal["dev", "test"]
    question: str
    history: tuple[str, ...] = ()
    answerable: bool
    evidence: tuple[tuple[str, ...], ...] = ()
    also: tuple[tuple[str, ...], ...] = ()
    answers: tuple[str, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _evidence_fits(self) -> Case:
        if self.answerable != bool(self.evidence):
            raise ValueError("an answerable case has evidence, and no other has")
        if self.answerable and self.also and len(self.also) != len(self.evidence):
            raise ValueError("`also` has a list for each group of the evidence, if it is there")
        return self

    @property
    def topic(self) -> str:
        """What the id opens with: the topic of a brief, or the kind."""
        return self.id.rpartition("-")[0]

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
    return [case for case in read_lines(path, Case) if split in {"all", case.split}]
