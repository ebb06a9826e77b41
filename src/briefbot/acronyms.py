"""Acronyms that a text spells out itself, and questions with them spelled out (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_SHORT = r"(?P<short>[A-Z][A-Za-z0-9&-]{0,8}[A-Z0-9]s?)"
_AFTER = re.compile(r"[ \t]?\(" + _SHORT + r"\)")
_WORDS_UP_TO = re.compile(r"(?:[\w’'/-]+[ \t]+){0,11}[\w’'/-]+\Z")
_WORDS_CHARS = 400
"""Reciprocal Access Agreement (RAA): the bracket first, then the words before it. To look for both
at once would begin anew at every letter of a text, and take a third of the time of a build."""
_BEFORE = re.compile(r"\b" + _SHORT + r"[ \t]\((?P<words>[A-Za-z][\w’'/ -]{4,80})\)")
"""RAA (Reciprocal Access Agreement)"""


def find_acronyms(text: str) -> dict[str, str]:
    """Find acronyms with what they stand for; a plural is given in the singular.

    The letters of an acronym stand in its long form in their order, and its first letter opens a
    word there (Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in
    biomedical text", 2003).
    """
    found: dict[str, str] = {}
    for short, words in _candidates(text):
        singular = short.removesuffix("s")
        long = _long_form(singular, words)
        if long:
            found.setdefault(singular, long if short == singular else long.removesuffix("s"))
    return found


def _candidates(text: str) -> Iterator[tuple[str, str]]:
    """Pair what may be an acronym with the words that may spell it out."""
    for match in _AFTER.finditer(text):
        end = match.start()
        words = _WORDS_UP_TO.search(text, max(0, end - _WORDS_CHARS), end)
        if words:
            yield match["short"], words.group()
    for match in _BEFORE.finditer(text) if "(" in text else ():
        yield match["short"], match["words"]


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
