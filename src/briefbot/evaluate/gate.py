"""Pinned floors: a change that lowers a measured number, or alters the cases unseen, fails."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from briefbot.errors import EvaluationCaseError
from briefbot.evaluate.metrics import Metric


def broken_floors(
    summary: dict[str, Metric], floors: Path, *, cases: Path, digest: str
) -> list[str]:
    """Compare a summary with a file of floors.

    Args:
        summary: What was measured.
        floors: JSON with `cases_sha256`, `corpus_digest`, `at_least` and `at_most`.
        cases: The file of cases that was asked.
        digest: The corpus digest of the index that was asked.

    Returns:
        One sentence for each floor that is broken; empty when all hold.

    Raises:
        EvaluationCaseError: If the file of floors cannot be read.
    """
    try:
        pinned = json.loads(floors.read_text("utf-8"))
        at_least, at_most = pinned["at_least"], pinned["at_most"]
        pins = {"cases_sha256": sha256(cases), "corpus_digest": digest}
        broken = [
            f"{key} is {now}, pinned is {pinned[key]}: measure again and pin the floors anew."
            for key, now in pins.items()
            if pinned[key] != now
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EvaluationCaseError(
            f"The floors {floors} cannot be read ({error}).", hint="Restore the file."
        ) from error
    for name, floor in at_least.items():
        value = summary[name].value if name in summary else 0.0
        if value < floor:
            broken.append(f"{name} is {value:.4f}, below its floor of {floor}.")
    for name, ceiling in at_most.items():
        value = summary[name].value if name in summary else float("inf")
        if value > ceiling:
            broken.append(f"{name} is {value:.4f}, above its ceiling of {ceiling}.")
    return broken


def sha256(path: Path) -> str:
    """Hash a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
