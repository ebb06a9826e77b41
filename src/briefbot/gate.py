"""What was read → how likely it answers the question: a calibrated logistic model (pure)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from briefbot.evidence import Evidence
from briefbot.reader_model import PassageReading
from briefbot.types import Passage

FEATURES = (
    "best_answerable",
    "best_evidence",
    "best_cosine",
    "background",
    "close_answerable",
    "close_margin",
)


def background_of(passages: Sequence[Passage]) -> float:
    """Say how near a question is to passages that hardly answer: the farther half, on average.

    In documents on one subject everything is near every question, and nearness says little.
    """
    nearness = sorted(passage.likeness for passage in passages)
    farther = nearness[: max(1, len(nearness) // 2)]
    return sum(farther) / len(farther)


def features(
    readings: Sequence[PassageReading],
    evidence: Sequence[Evidence],
    close: PassageReading,
    *,
    best_cosine: float,
    background: float,
) -> dict[str, float]:
    """Describe how well passages answer.

    Args:
        readings: Of the passages.
        evidence: Their sentences, best first.
        close: The close reading of their likeliest sentences.
        best_cosine: Of the likeliest sentences under their headings, the one nearest to the
            question in meaning.
        background: How near the question is to passages that hardly answer.

    Returns:
        The values named in `FEATURES`; log-odds are scaled to about [-1, 1].
    """
    return {
        "best_answerable": max(reading.answerable for reading in readings) / 5,
        "best_evidence": evidence[0].score if evidence else 0.0,
        "best_cosine": best_cosine,
        "background": background,
        "close_answerable": close.answerable / 5,
        "close_margin": close.margin / 5,
    }


def probability(values: Mapping[str, float], gate: Mapping[str, float]) -> float:
    """Probability that the passages answer, by a logistic model; calibrated if the model is."""
    return logistic(gate["intercept"] + sum(gate[name] * values[name] for name in FEATURES))


def logistic(value: float) -> float:
    """The probability that log-odds stand for."""
    return 0.5 * (1 + math.tanh(value / 2))


@lru_cache(maxsize=1)
def built_in_gate() -> dict[str, float]:
    """Load the weights of the logistic model that comes with the package, once."""
    text = (files("briefbot") / "models" / "gate.json").read_text("utf-8")
    return {str(key): float(value) for key, value in json.loads(text)["weights"].items()}
