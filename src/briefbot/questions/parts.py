"""One question → the several that it holds, by names or by question words (pure)."""

from __future__ import annotations

import re

from briefbot.questions.comparisons import compares
from briefbot.terms import names


def sub_queries(question: str) -> dict[str, str]:
    """Split a question about several names into one question for each, the others left out.

    Returns:
        Name → question; nothing for a question that compares nothing or names fewer than two.
    """
    sides = list(dict.fromkeys(names(question)))
    if len(sides) < 2 or not compares(question):
        return {}
    return {side: _without(question, [other for other in sides if other != side]) for side in sides}


def _without(question: str, sides: list[str]) -> str:
    for side in sides:
        question = question.replace(side, " ")
    return " ".join(question.split())


_SECOND = re.compile(r"^(?P<first>.+?),?\s+and\s+(?P<second>why|how|when|where)\W*$", re.I)
_QUESTION_WORD = re.compile(r"^\W*(?:what|who|whom)\b\s*", re.I)
"""Where one of these is asked for first, its answer completes the second question."""


def question_parts(question: str) -> list[str]:
    """Split "What did she propose, and why?" in two; any other question is its only part."""
    match = _SECOND.match(question)
    if not match or not _QUESTION_WORD.match(match["first"]):
        return [question]
    rest = _QUESTION_WORD.sub("", match["first"])
    return [f"{match['first']}?", f"{match['second'].capitalize()} {rest}?"]
