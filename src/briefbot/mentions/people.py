"""Which names are those of persons, which of countries, and who was spoken of last (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from briefbot.mentions.names import INSTITUTION, TITLE, known_names, names_in
from briefbot.terms import terms
from briefbot.types import Turn

_SPEECH = (
    "say|says|said|write|writes|wrote|argue|argues|argued|warn|warns|warned|propose|proposes"
    "|proposed|think|thinks|thought|believe|believes|believed|claim|claims|claimed|call|calls"
    "|called|resign|resigned|explain|explained|recommend|recommended|tell|told|suggest|suggested"
)


def is_country(name: str) -> bool:
    """Whether a name is that of a country, a part of the world or a people."""
    found = terms(name)
    return bool(found) and set(found) <= _COUNTRIES


_COUNTRIES = frozenset(
    terms(
        """Afghanistan Africa America Argentina Asia Australia Austria Bangladesh Beijing Belgium
        Brazil Britain Brunei Bulgaria Cambodia Canada Chile China Colombia Croatia Cuba Denmark
        East Egypt England Estonia Europe Finland France Georgia Germany Greece Guam Hawaii Hong
        Kong Hungary Iceland India Indonesia Iran Iraq Ireland Israel Italy Japan Kenya Korea Kosovo
        Laos Latvia Lithuania London Luxembourg Malaysia Mexico Moscow Myanmar Netherlands New
        Zealand Nigeria North Norway Pacific Pakistan Papua Guinea Peru Philippines Poland Portugal
        Romania Russia Saudi Arabia Scotland Serbia Seoul Singapore Slovakia Slovenia South Spain
        Sweden Switzerland Syria Taiwan Thailand Timor Tokyo Turkey UK USA Ukraine Vietnam Wales
        Washington West Southeast Indo"""
    )
)
"""Also capitals that stand for their government, and what precedes a name, as in "South Korea"."""


def people(text: str) -> list[str]:
    """Find the names of a text that can be those of persons, in order."""
    return [name for name in names_in(text) if is_person(name, text)]


def is_person(name: str, text: str) -> bool:
    """Whether a name looks like a person's: by its form, a title before it, or speech after it."""
    if not may_be_person(name):
        return False
    words = name.split()
    if 2 <= len(words) <= 3 and " of " not in name and not any(map(is_country, words)):
        return True
    bare = re.escape(name)
    pattern = (
        rf"\b{TITLE}\s+(?:[A-Z]\w+\s+)?{bare}\b|\b{bare}\s+(?:\w+\s+)?(?:{_SPEECH})\b"
        rf"|\b(?:did|does|has|can|would)\s+(?:[A-Z]\w+\s+)?{bare}\s+(?:\w+\s+)?(?:{_SPEECH})\b"
        rf"|^\W*who\s+(?:is|was)\s+{bare}\b"
    )
    return bool(re.search(pattern, text, re.I))


def may_be_person(name: str) -> bool:
    """Whether nothing in a name's form speaks against a person's."""
    return not (INSTITUTION.search(name) or is_country(name)) and _is_worded(name)


def _is_worded(name: str) -> bool:
    """Whether every word is written as a name's: not an acronym, no digits."""
    return all(
        not word.isupper() and word.isalpha() for word in re.split(r"[\s’'.-]+", name) if word
    )


def last_person(history: Sequence[Turn], *, asked_who: bool) -> str:
    """Name the person meant by "he" or "she".

    Args:
        history: Earlier turns, oldest first.
        asked_who: Whether the last question asked who somebody is, so that its answer tells.
    """
    known = known_names(history)
    for turn in reversed(history):
        asked = _fuller(people(_capitalised(turn.question, known)), turn.answer)
        told = people(turn.answer)
        if asked_who and turn is history[-1]:
            told = [name for name in told if name not in asked]
            asked, told = told[:1], asked
        if asked or told:
            return (asked or told)[0]
    return ""


def _capitalised(question: str, known: Iterable[str]) -> str:
    """Write the known names of a question with their capitals, so that "colby" is a name."""
    for name in known:
        question = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", name, question, flags=re.I)
    return question


def _fuller(found: list[str], answer: str) -> list[str]:
    """Give the whole name where the answer has it: "Elbridge Colby" for "Colby"."""
    whole = people(answer)
    return [next((other for other in whole if other.endswith(f" {name}")), name) for name in found]
