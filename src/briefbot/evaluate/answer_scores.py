"""How near an answer comes to a right one: shared words, their order (pure)."""

from __future__ import annotations

import re
import string
from collections import Counter


def normalised(text: str) -> str:
    """SQuAD's normalisation: lower case, no punctuation, no articles."""
    bare = "".join(char for char in text.lower() if char not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())


def word_f1(answer: str, gold: str) -> float:
    """F1 of the words that two short answers share, after SQuAD's normalisation."""
    one, other = normalised(answer).split(), normalised(gold).split()
    if not one or not other:
        return float(one == other)
    shared = (Counter(one) & Counter(other)).total()
    return 2 * shared / (len(one) + len(other))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def word_recall(answer: str, gold: str) -> float:
    """Share of the gold answer's words that the answer holds."""
    wanted = Counter(_words(gold))
    return (Counter(_words(answer)) & wanted).total() / max(1, wanted.total())


def rouge_l(answer: str, gold: str) -> float:
    """F1 of the longest common subsequence of words."""
    one, other = _words(answer), _words(gold)
    if not one or not other:
        return 0.0
    row = [0] * (len(other) + 1)
    for word in one:
        diagonal = 0
        for column, against in enumerate(other, start=1):
            above = row[column]
            row[column] = diagonal + 1 if word == against else max(above, row[column - 1])
            diagonal = above
    return 2 * row[-1] / (len(one) + len(other))
