"""Two runs over the same cases, case by case: what a change or a larger corpus costs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from briefbot.errors import EvaluationCaseError
from briefbot.evaluate.runner import CaseResult


@dataclass(frozen=True, slots=True)
class Pairs:
    """Ids of the answerable cases of both runs.

    Attributes:
        cases: All of them.
        before, after: Those answered right.
        elsewhere: Those answered right with evidence from another document, where the case says
            that it states the same.
        refused: Those lost that are refused now.
        beyond: Results of the cases that cannot be answered from their own document.
    """

    cases: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    elsewhere: tuple[str, ...]
    refused: tuple[str, ...]
    beyond: tuple[CaseResult, ...]

    @property
    def lost(self) -> tuple[str, ...]:
        """Right before and right nowhere now."""
        kept = {*self.after, *self.elsewhere}
        return tuple(name for name in self.before if name not in kept)

    @property
    def gained(self) -> tuple[str, ...]:
        """Right now, and not before."""
        now = {*self.after, *self.elsewhere}
        return tuple(name for name in self.cases if name in now and name not in self.before)

    def as_text(self) -> str:
        """Say it in lines."""
        unanswered = [r for r in self.beyond if not r.case.also]
        answered = [r for r in self.beyond if r.case.also]
        return "\n".join(
            (
                f"paired cases: {len(self.cases)}",
                f"right before: {len(self.before)}",
                f"right now: {len(self.after)}, and {len(self.elsewhere)} from another document",
                f"lost: {len(self.lost)}, {len(self.refused)} of them refused"
                f" ({', '.join(self.lost) or 'none'})",
                f"gained: {len(self.gained)} ({', '.join(self.gained) or 'none'})",
                f"not in any document: {len(unanswered)}, refused now:"
                f" {sum(r.refused for r in unanswered)}",
                f"answered by another document alone: {len(answered)}, so now:"
                f" {sum(r.is_right_elsewhere for r in answered)}, refused:"
                f" {sum(r.refused for r in answered)}",
            )
        )


def pair(before: Path, results: Sequence[CaseResult]) -> Pairs:
    """Compare with the per-case report of an earlier run.

    Raises:
        EvaluationCaseError: If the report cannot be read.
    """
    earlier = _read(before)
    known = [r for r in results if r.case.id in earlier]
    both = [r for r in known if r.case.answerable]
    right = tuple(r.case.id for r in both if earlier[r.case.id])
    return Pairs(
        cases=tuple(r.case.id for r in both),
        before=right,
        after=tuple(r.case.id for r in both if r.is_right),
        elsewhere=tuple(r.case.id for r in both if r.is_right_elsewhere and not r.is_right),
        refused=tuple(r.case.id for r in both if r.refused and r.case.id in right),
        beyond=tuple(r for r in known if not r.case.answerable),
    )


def _read(path: Path) -> Mapping[str, bool]:
    """Read which cases an earlier run answered right."""
    try:
        lines = path.read_text("utf-8").split("\n")
        rows = [json.loads(line) for line in lines if line.strip()]
        return {str(row["id"]): bool(row["is_right"]) for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EvaluationCaseError(
            f"The report {path} cannot be read ({error}).",
            hint="Name a file that `briefbot eval --output` wrote.",
        ) from error
