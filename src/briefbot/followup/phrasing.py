"""Writing a name or a topic into a question, in a pronoun's place or in brackets."""

from __future__ import annotations

import re

from briefbot.followup.pointers import AND_FIRST
from briefbot.mentions import WH_OPENS, gist, without_carried
from briefbot.terms import terms


def opened(question: str) -> str:
    """Take "And" off the front of what stands alone now."""
    bare = AND_FIRST.sub("", question, count=1).lstrip("?! .") or question
    return bare[0].upper() + bare[1:] if bare and bare != question else question


def with_article(meant: str, previous: str) -> str:
    """Put "the" before a topic to which the earlier question gave an article."""
    has_article = re.search(rf"\b(?:the|an?)\s+{re.escape(meant)}", previous, re.I)
    return f"the {meant}" if has_article and not meant.startswith("the ") else meant


def as_clause(question: str) -> str:
    """Write an earlier question as part of another: "when did Japan change its reading"."""
    bare = without_carried(question).strip(" ?.!")
    return f"{bare[0].lower()}{bare[1:]}" if WH_OPENS.match(bare) else gist(question)


def in_brackets(question: str, meant: str) -> str:
    """Write "When was it signed (the treaty)?"."""
    if set(terms(meant)) <= set(terms(question)):
        return question
    bare = question.rstrip(" ?.!")
    return f"{bare} ({meant})?"


def replace(question: str, pronoun: re.Pattern[str], name: str) -> str:
    """Put a name in each place of a pronoun, as an owner where the pronoun is one."""

    def put(match: re.Match[str]) -> str:
        word = match["word"].lower()
        after = question[match.end() :]
        owns = word in {"his", "hers", "its", "their", "theirs"} or (
            word == "her" and bool(re.match(r"\s+(?!in\b|on\b|at\b|to\b|for\b|as\b)\w", after))
        )
        return f"{name}’s" if owns else name

    return pronoun.sub(put, question, count=1)
