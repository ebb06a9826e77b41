"""Metrics with their 95% intervals (pure)."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass

Z_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Metric:
    """A number with its 95% interval; `n` is how many cases it rests on."""

    value: float
    low: float
    high: float
    n: int

    def as_json(self) -> dict[str, float | int]:
        """Round for output."""
        return {
            key: round(value, 4) if isinstance(value, float) else value
            for key, value in asdict(self).items()
        }


def proportion(outcomes: Sequence[bool]) -> Metric:
    """Share of true outcomes, with Wilson's interval; 0 with the interval [0, 1] for none."""
    n = len(outcomes)
    if n == 0:
        return Metric(0.0, 0.0, 1.0, 0)
    share = sum(outcomes) / n
    centre = (share + Z_95**2 / (2 * n)) / (1 + Z_95**2 / n)
    half = Z_95 * math.sqrt(share * (1 - share) / n + Z_95**2 / (4 * n**2)) / (1 + Z_95**2 / n)
    return Metric(share, max(0.0, centre - half), min(1.0, centre + half), n)


_RESAMPLES = 1000


def mean(values: Sequence[float]) -> Metric:
    """Mean with a percentile bootstrap interval; a fixed seed makes it repeatable."""
    if not values:
        return Metric(0.0, 0.0, 0.0, 0)
    draw = random.Random(0)  # noqa: S311 - no secret rests on it
    means = sorted(statistics.fmean(draw.choices(values, k=len(values))) for _ in range(_RESAMPLES))
    low, high = means[int(0.025 * _RESAMPLES)], means[int(0.975 * _RESAMPLES) - 1]
    return Metric(statistics.fmean(values), low, high, len(values))


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed; 0 for none."""
    if not values:
        return 0.0
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def reciprocal_rank(hits: Sequence[bool]) -> float:
    """1 / rank of the first hit; 0 where there is none."""
    return next((1 / rank for rank, hit in enumerate(hits, start=1) if hit), 0.0)


def overlaps(quote: str, evidence: str) -> bool:
    """Whether one of two texts holds the other, white space folded."""
    one, other = " ".join(quote.split()), " ".join(evidence.split())
    return bool(one) and bool(other) and (one in other or other in one)
