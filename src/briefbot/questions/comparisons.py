"""Whether a question sets things against each other or asks about two at once (pure)."""

from __future__ import annotations

import re

_COMPARISON = re.compile(
    r"\b(?:compar\w+|contrast\w*|differ\w*|versus|vs\.?|similar\w*|unlike|both|common|agree\w*"
    r"|disagree\w*|than|each|respectively)\b",
    re.I,
)
_TWO_NAMES = re.compile(r"\b[A-Z][\w’'-]*,? (?:and|or) (?:the )?[A-Z]")


def compares(question: str) -> bool:
    """Whether the question sets things against each other or asks about two at once."""
    return bool(_COMPARISON.search(question) or _TWO_NAMES.search(question))


def sets_against(question: str) -> bool:
    """Whether the question says in so many words that it compares."""
    return bool(_SETS_AGAINST.search(question))


_SETS_AGAINST = re.compile(
    r"\b(?:compar(?:e[ds]?|ing|ison)|contrast\w*|differ(?!ently)\w*|versus|vs\.?|similarit\w+"
    r"|disagree\w*|have in common|each (?:say|think|want|see|hold|do|propose|bring|offer))\b"
    r"|\b(?:(?:more|less) \w+|(?!rather\b)\w{3,}er) than\b",
    re.I,
)
