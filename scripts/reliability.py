"""Draw how far the gate's probabilities can be believed, as an SVG.

python training/fit_gate.py … --probabilities probabilities.jsonl
python scripts/reliability.py probabilities.jsonl docs/img/reliability.svg

Each line of the file is `{"probability", "answerable", "source"}`, the probability by a gate that
was not fitted on that question. A source weighs as much as any other, an answerable question as
much as an unanswerable one, as when the gate is fitted.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

BINS = 10
RESAMPLES = 1000
SIDE, LEFT, TOP = 300, 60, 20
"""Of the square that is drawn in, and what is left beside and above it, in pixels."""
STYLE = (
    "text{font:12px sans-serif;fill:#57606a}.axis{stroke:#8c959f;fill:none}"
    ".ideal{stroke:#8c959f;stroke-dasharray:4 4}.bar{stroke:#0969da;stroke-width:1.5}"
    ".dot{fill:#0969da}.share{fill:#0969da;opacity:.18}"
)


@dataclass(frozen=True)
class Judged:
    """Questions: what the gate said, whether there is an answer, and what each weighs."""

    probabilities: np.ndarray
    answerable: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class Bin:
    """Questions with about the same probability; `low` to `high` is the 95% interval of `true`."""

    said: float
    true: float
    low: float
    high: float
    share: float
    count: int


def main() -> None:
    """Read, print the bins with the expected calibration error, and draw."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("probabilities", type=Path)
    parser.add_argument("picture", type=Path)
    options = parser.parse_args()
    lines = options.probabilities.read_text("utf-8").splitlines()
    bins = binned(judged([json.loads(line) for line in lines]))
    for each in bins:
        print(
            f"said {each.said:.2f}  true {each.true:.2f} ({each.low:.2f} – {each.high:.2f})"
            f"  {each.count} questions"
        )
    error = calibration_error(bins)
    print(f"expected calibration error {100 * error:.1f}")
    options.picture.write_text(drawn(bins, len(lines), error), "utf-8")


def judged(rows: Sequence[dict[str, object]]) -> Judged:
    """Weigh sources, and both classes within each, the same."""
    groups = Counter((row["source"], bool(row["answerable"])) for row in rows)
    return Judged(
        np.array([row["probability"] for row in rows], dtype=float),
        np.array([bool(row["answerable"]) for row in rows], dtype=float),
        np.array([1 / groups[row["source"], bool(row["answerable"])] for row in rows]),
    )


def binned(questions: Judged) -> list[Bin]:
    """Sort questions by what the gate said, into equal ranges; empty ones are left out."""
    place = np.minimum((questions.probabilities * BINS).astype(int), BINS - 1)
    draw = np.random.default_rng(0)
    found = []
    for number in range(BINS):
        rows = np.flatnonzero(place == number)
        if not len(rows):
            continue
        weights, true = questions.weights[rows], questions.answerable[rows]
        picks = draw.integers(0, len(rows), (RESAMPLES, len(rows)))
        means = (weights[picks] * true[picks]).sum(axis=1) / weights[picks].sum(axis=1)
        low, high = np.quantile(means, (0.025, 0.975))
        found.append(
            Bin(
                said=float(np.average(questions.probabilities[rows], weights=weights)),
                true=float(np.average(true, weights=weights)),
                low=float(low),
                high=float(high),
                share=float(weights.sum() / questions.weights.sum()),
                count=len(rows),
            )
        )
    return found


def calibration_error(bins: Sequence[Bin]) -> float:
    """Mean distance of what was said from what was true, each bin by its share."""
    return sum(each.share * abs(each.said - each.true) for each in bins)


def drawn(bins: Sequence[Bin], questions: int, error: float) -> str:
    """Draw the bins; the pale columns show how many questions each holds."""

    def across(value: float) -> str:
        return f"{LEFT + SIDE * value:.1f}"

    def up(value: float) -> str:
        return f"{TOP + SIDE * (1 - value):.1f}"

    width, height = LEFT + SIDE + 20, TOP + SIDE + 50
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>Said and true, {questions} questions, error {100 * error:.1f}%</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="axis" x="{LEFT}" y="{TOP}" width="{SIDE}" height="{SIDE}"/>',
        f'<line class="ideal" x1="{across(0)}" y1="{up(0)}" x2="{across(1)}" y2="{up(1)}"/>',
    ]
    for each in bins:
        x = across(each.said)
        left = across(each.said - 0.02)
        parts += [
            f'<rect class="share" x="{left}" y="{up(each.share)}" width="{SIDE * 0.04:.1f}"'
            f' height="{SIDE * each.share:.1f}"/>',
            f'<line class="bar" x1="{x}" y1="{up(each.low)}" x2="{x}" y2="{up(each.high)}"/>',
            f'<circle class="dot" cx="{x}" cy="{up(each.true)}" r="4"/>',
        ]
    for value in (0, 0.5, 1):
        parts += [
            f'<text x="{across(value)}" y="{TOP + SIDE + 16}" text-anchor="middle">{value}</text>',
            f'<text x="{LEFT - 8}" y="{up(value)}" text-anchor="end">{value}</text>',
        ]
    parts += [
        f'<text x="{across(0.5)}" y="{TOP + SIDE + 38}" text-anchor="middle">'
        "probability said</text>",
        f'<text transform="translate(18 {up(0.5)}) rotate(-90)" text-anchor="middle">'
        "share with an answer</text>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
