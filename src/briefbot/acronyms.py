"""Acronyms that a text spells out itself, and questions with them spelled out (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SHORT = r"(?P<short>[A-Z][A-Za-z0-9&-]{0,8}[A-Z0-9]s?)"
_AFTER = re.compile(r"(?P<words>(?:[\w’'/-]+[ \t]+){0,11}[\w’'/-]+)[ \t]?\(" + _SHORT + r"\)")
"""Reciprocal Access Agreement (RAA)"""
_BEFORE = re.compile(r"\b" + _SHORT + r"[ \t]\((?P<words>[A-Za-z][\w’'/ -]{4,80})\)")
"""RAA (Reciprocal Access Agreement)"""


def find_acronyms(text: str) -> dict[str, str]:
    """Find acronyms with what they stand for; a plural is given in the singular.

    The letters of an acronym stand in its long form in their order, and its first letter opens a
    word there (Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in
    biomedical text", 2003).
    """
    found: dict[str, str] = {}
    for match in (*_AFTER.finditer(text), *_BEFORE.finditer(text)):
        short = match["short"]
        singular = short.removesuffix("s")
        long = _long_form(singular, match["words"])
        if long:
            found.setdefault(singular, long if short == singular else long.removesuffix("s"))
    return found


def _long_form(short: str, words: str) -> str:
    """Take the shortest end of `words` that holds the letters; empty where there is none."""
    letters = [letter.casefold() for letter in short if letter.isalnum()]
    position = len(words)
    for number in range(len(letters) - 1, -1, -1):
        position -= 1
        while position >= 0 and not _fits(words, position, letters[number], first=number == 0):
            position -= 1
        if position < 0:
            return ""
    long = words[position:]
    too_long = len(long.split()) > min(len(letters) + 5, 2 * len(letters))
    return "" if too_long or len(long) <= len(short) + 2 or short in long.split() else long


def _fits(words: str, position: int, letter: str, *, first: bool) -> bool:
    opens = position == 0 or not words[position - 1].isalnum()
    return words[position].casefold() == letter and (opens or not first)


def spell_out(question: str, acronyms: Mapping[str, str]) -> str:
    """Add the long form behind each acronym of a question, and the acronym behind a long form."""
    for short, long in acronyms.items():
        bare = re.compile(rf"(?<![\w-]){re.escape(short)}(?:['’]?s)?(?![\w-])", _case(short))
        spelled = re.compile(rf"(?<!\w){re.escape(long)}s?(?!\w)", re.I)
        if bare.search(question) and spelled.search(question):
            continue
        for pattern, other in ((bare, long), (spelled, short)):
            match = pattern.search(question)
            if match:
                question = f"{question[: match.end()]} ({other}){question[match.end() :]}"
                break
    return question


def _case(short: str) -> re.RegexFlag:
    """People type "raa"; but "us" and "who" are words, not the US and the WHO."""
    return re.I if len(short) >= _SURE_LENGTH and short.casefold() not in _WORDS else re.NOFLAG


_SURE_LENGTH = 3
_WORDS = frozenset("who aim act arc are cap can may add all her his our was war aid air".split())
