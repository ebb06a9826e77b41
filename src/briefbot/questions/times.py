"""Whether a question is about the present or what is to come (pure)."""

from __future__ import annotations

import re

_NOW = re.compile(
    r"\b(?:now|current(?:ly)?|today|at present|presently|nowadays|these days|right now|so far"
    r"|at the moment|latest|this year|still)\b",
    re.I,
)


def asks_about_now(question: str) -> bool:
    """Whether the question is about the present."""
    return bool(_NOW.search(question))


_YEAR = re.compile(r"\b(20\d\d)\b")
_AHEAD = re.compile(r"\b(?:tomorrow|next (?:week|month|year|decade)|in the future)\b", re.I)


def years_ahead(question: str, year: int) -> bool:
    """Whether the question is about what comes after a year."""
    return bool(_AHEAD.search(question)) or any(int(y) > year for y in _YEAR.findall(question))
