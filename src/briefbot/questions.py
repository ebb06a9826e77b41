"""What kind of question it is, by its words (pure)."""

from __future__ import annotations

import re

from briefbot.terms import names

_SHORT_FACT = re.compile(
    r"^\W*(?:who|whose|whom|when|where|which|how (?:many|much|old|long|far|large|big)"
    r"|what (?:year|month|date|day|percentage|share|number|is the name)|in (?:which|what))\b",
    re.I,
)
_COMPARISON = re.compile(
    r"\b(?:compar\w+|contrast\w*|differ\w*|versus|vs\.?|similar\w*|unlike|both|common|agree\w*"
    r"|disagree\w*|than|each|respectively)\b",
    re.I,
)
_TWO_NAMES = re.compile(r"\b[A-Z][\w’'-]*,? (?:and|or) (?:the )?[A-Z]")


def asks_for_fact(question: str) -> bool:
    """Whether a name, date, number or place answers."""
    return bool(_SHORT_FACT.match(question))


def compares(question: str) -> bool:
    """Whether the question sets things against each other or asks about two at once."""
    return bool(_COMPARISON.search(question) or _TWO_NAMES.search(question))


def sub_queries(question: str) -> list[str]:
    """Split a question about several names into one question for each, the others left out.

    Returns:
        Nothing for a question that compares nothing or names fewer than two.
    """
    sides = list(dict.fromkeys(names(question)))
    if len(sides) < 2 or not compares(question):
        return []
    return [_without(question, [other for other in sides if other != side]) for side in sides]


def _without(question: str, sides: list[str]) -> str:
    for side in sides:
        question = question.replace(side, " ")
    return " ".join(question.split())
