import pytest

from briefbot.gate import FEATURES, background_of, built_in_gate, logistic, probability
from briefbot.types import Chunk, Passage


def test_the_gate_knows_every_feature():
    low = probability(dict.fromkeys(FEATURES, -1.0), built_in_gate())
    high = probability(dict.fromkeys(FEATURES, 1.0), built_in_gate())

    assert 0 < low < high < 1


def test_background_is_the_mean_of_the_farther_half():
    chunk = Chunk("a.md", "A", "text", 0, 4)
    passages = [Passage(chunk, 0.5, likeness) for likeness in (0.9, 0.2, 0.8, 0.4)]

    assert background_of(passages) == pytest.approx(0.3)
    assert background_of(passages[:1]) == pytest.approx(0.9)


def test_even_odds_are_a_half():
    assert logistic(0.0) == 0.5
    assert logistic(2.0) == pytest.approx(1 - logistic(-2.0))
