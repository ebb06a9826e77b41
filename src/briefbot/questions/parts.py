"""One question → the several that it holds, by names or by question words (pure)."""

from __future__ import annotations

import re

from briefbot.questions.comparisons import compares
from briefbot.sides import sides_of
from briefbot.terms import names, terms


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


_AUX = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|must)"
_WH = r"(?:who|whom|whose|what|when|where|why|how|which)"
_BACK = r"(?:it|its|they|them|their|he|him|his|she|her|this|that|these|those|one|ones)"
_OPENS = re.compile(rf"^\W*(?:{_WH}|{_AUX})\b", re.I)
_ASKS_ANEW = re.compile(
    rf",?\s+and\s+(?P<next>(?:{_AUX}\s+\w|{_WH}\s+(?!{_BACK}\b)(?:[\w’'-]+\s+){{0,3}}?{_AUX}\s+\w"
    rf"|(?:who|what|which(?:\s+[\w’'-]+){{1,2}})\s+(?!(?:{_BACK}|we|you|the|an?)\b)[a-z]+\s+\w).*)$",
    re.I,
)
"""A question behind "and": it opens with an auxiliary, holds one behind its question word, or has
the question word as its subject; "when they can leave" is none."""
_MARKED = re.compile(rf"\?\s+(?:and\s+)?(?=(?:{_WH}|{_AUX})\b)", re.I)
_LEFT_OPEN = re.compile(
    rf"\b(?:{_WH}|{_AUX}|of|in|to|for|with|by|on|say|says|know|knows)\W*$", re.I
)
_POINTS_BACK = re.compile(rf"\b{_BACK}\b", re.I)
_MOST = 3


def several_questions(typed: str) -> list[str]:
    """Split "What is ANZUS, and is it still in force?" into the questions that it asks in a row.

    Each is whole, but may point back to the one before with a word like "it". What compares, and
    any other question, is its only part.
    """
    marked = _MARKED.split(typed)
    if len(marked) > 1 and _OPENS.match(typed):
        found = [part for each in marked for part in several_questions(f"{each.rstrip(' ?')}?")]
        return found[:_MOST]
    if not _OPENS.match(typed) or sides_of(typed):
        return [typed]
    for match in _ASKS_ANEW.finditer(typed):
        first, second = typed[: match.start()], match["next"]
        if _LEFT_OPEN.search(first) or not terms(first):
            continue
        if _POINTS_BACK.search(second) or (names(first) and names(second)):
            rest = several_questions(f"{second[0].upper()}{second[1:].rstrip(' ?')}?")
            return [f"{first}?", *rest][:_MOST]
    return [typed]
