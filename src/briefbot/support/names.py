"""Names of a clause: each must be a part of a name in its source (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from briefbot.support.clauses import Part
from briefbot.support.wording import is_subsequence
from briefbot.terms import NAME, terms


def name_runs(text: str) -> list[tuple[str, ...]]:
    """The names of a text as tuples of terms; one word that opens it is judged as a word only."""
    runs = []
    for match in NAME.finditer(text):
        run = tuple(terms(match.group()))
        opens = not any(character.isalnum() for character in text[: match.start()])
        if run and not (opens and len(match.group().split()) == 1):
            runs.append(run)
    return runs


def names_hold(clause: str, source: Part, subject: tuple[str, ...]) -> bool:
    """Whether the source has each name of a clause.

    Args:
        clause: A clause of the statement.
        source: A clause of the source.
        subject: The name that a pronoun at the front of the clause stands for; empty if none.
    """
    text = source.spelled_out
    runs = [tuple(terms(match.group())) for match in NAME.finditer(text)]
    held = terms(text)
    wanted = name_runs(clause)
    if subject and _LEADING_PRONOUN.match(clause):
        wanted.append(subject)
    return all(_name_stands(name, runs, held) for name in wanted)


_LEADING_PRONOUN = re.compile(r"\W*(?:he|she|they|it|his|her|their|its)\b", re.I)


def _name_stands(
    name: tuple[str, ...], runs: Sequence[tuple[str, ...]], held: Sequence[str]
) -> bool:
    """Whether a name is a part of one name of the source, or its words stand side by side there."""
    if len(name) == 1:
        return name[0] in held
    size = len(name)
    return any(is_subsequence(name, run) for run in runs) or any(
        tuple(held[at : at + size]) == name for at in range(len(held) - size + 1)
    )
