"""How well a confidence tells two kinds of questions apart, and where to cut (pure)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from briefbot.evaluate.metrics import Metric, proportion


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Chance that a positive scores above a negative; a tie counts half."""
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return wins / (len(positive) * len(negative))


def auroc_interval(value: float, positives: int, negatives: int) -> Metric:
    """Give an AUROC its 95% interval, by Hanley and McNeil's standard error."""
    q1, q2 = value / (2 - value), 2 * value**2 / (1 + value)
    spread = value * (1 - value) + (positives - 1) * (q1 - value**2)
    variance = (spread + (negatives - 1) * (q2 - value**2)) / (positives * negatives)
    half = 1.96 * math.sqrt(max(0.0, variance))
    return Metric(value, max(0.0, value - half), min(1.0, value + half), positives + negatives)


def fitted_accuracy(positive: Sequence[float], negative: Sequence[float]) -> Metric:
    """Balanced accuracy of the best threshold of one half on the other half, both ways."""
    kept, lost = [], []
    for half in (0, 1):
        threshold = best_threshold(positive[half::2], negative[half::2])
        kept += [value >= threshold for value in positive[1 - half :: 2]]
        lost += [value < threshold for value in negative[1 - half :: 2]]
    one, other = proportion(kept), proportion(lost)
    value = (one.value + other.value) / 2
    half_width = math.hypot(one.high - one.low, other.high - other.low) / 4
    return Metric(
        value, max(0.0, value - half_width), min(1.0, value + half_width), len(kept + lost)
    )


def best_threshold(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The threshold with the highest balanced accuracy, the lowest of equals."""

    def accuracy(threshold: float) -> float:
        kept = sum(value >= threshold for value in positive) / max(1, len(positive))
        return kept + sum(value < threshold for value in negative) / max(1, len(negative))

    return max(sorted({*positive, *negative}), key=accuracy, default=0.5)
