"""A question as typed → tidied, and what kind of question it is, by its words (pure)."""

from __future__ import annotations

import re

from briefbot.errors import QuestionError
from briefbot.terms import names


def check_question(question: str, *, max_chars: int) -> str:
    """Refuse what cannot be a question, and tidy its white space.

    Raises:
        QuestionError: If it is empty, too long, or holds no letter or digit.
    """
    tidy = " ".join(question.replace("\0", " ").split())
    if not tidy:
        raise QuestionError("The question is empty.", hint="Type a question about the documents.")
    if len(tidy) > max_chars:
        raise QuestionError(
            f"The question has {len(tidy):,} characters; {max_chars:,} are the most.",
            hint="Shorten it to the point in question.",
        )
    if not any(character.isalnum() for character in tidy):
        raise QuestionError(
            "The question holds no words.", hint="Type it in words, for example “What is an RAA?”"
        )
    try:
        tidy.encode("utf-8")
    except UnicodeEncodeError as error:
        raise QuestionError(
            "The question is not valid Unicode text.", hint="Type it as plain UTF-8 text."
        ) from error
    unprintable = sum(not character.isprintable() or character == "\ufffd" for character in tidy)
    if unprintable > _UNPRINTABLE_SHARE * len(tidy):
        raise QuestionError(
            "The question is binary data, not text.", hint="Type it as plain UTF-8 text."
        )
    return tidy


_UNPRINTABLE_SHARE = 0.1

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


def wanted_thing(question: str) -> str:
    """Name what a question for a fact wants: "number", "date", "name", "place"; else empty."""
    return next((thing for pattern, thing in _WANTED if pattern.match(question)), "")


_WANTED = (
    (
        re.compile(
            r"^\W*(?:how (?:many|much|old|long|far|large|big|high)"
            r"|what (?:number|percentage|share|proportion))\b",
            re.I,
        ),
        "number",
    ),
    (
        re.compile(
            r"^\W*(?:when|(?:in|on|by|since)?\s*(?:what|which) (?:year|month|date|day))\b", re.I
        ),
        "date",
    ),
    (re.compile(r"^\W*(?:who|whose|whom)\b", re.I), "name"),
    (
        re.compile(r"^\W*(?:where|in (?:what|which) (?:city|country|place|town))\b", re.I),
        "place",
    ),
)


def compares(question: str) -> bool:
    """Whether the question sets things against each other or asks about two at once."""
    return bool(_COMPARISON.search(question) or _TWO_NAMES.search(question))


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


_SUMMARY = re.compile(
    r"^\W*(?:(?:please|can you|could you)\s+)*(?:summari[sz]e"
    r"|(?:give|write|show)\s+(?:me\s+|us\s+)?(?:an?\s+)?(?:short\s+|brief\s+)?"
    r"(?:summary|overview|outline)(?:\s+of)?"
    r"|(?:an?\s+|the\s+)?(?:summary|overview)\s+of|sum\s+up|tl;?dr"
    r"|what(?:\s+is|\s+are|['’]s)\s+the\s+(?:main|key|central)"
    r"\s+(?:points?|ideas?|arguments?|messages?|claims?|takeaways?)\s+(?:of|in))\b\s*(?P<topic>.*?)\W*$",
    re.I,
)
_ABOUT = re.compile(r"^\W*what(?:\s+is|\s+are|['’]s)\s+(?P<topic>.+?)\s+(?:all\s+)?about\W*$", re.I)
_DOCUMENT = re.compile(
    r"^(?:(?:the|this|that|your|whole|entire|source|main)\b\s*)*"
    r"(?P<kind>article|document|text|paper|essay|brief|piece|page|report|source|corpus)?s?$",
    re.I,
)


def summary_topic(question: str) -> str | None:
    """Find what a request for a summary wants summarised; None for any other question.

    Returns:
        The topic as typed; empty where nothing is named.
    """
    match = _SUMMARY.match(question)
    if match:
        return match["topic"].strip()
    match = _ABOUT.match(question)
    return match["topic"].strip() if match and document_kind(match["topic"]) is not None else None


def document_kind(topic: str) -> str | None:
    """Read "the article" as `article`, "" and "this" as any kind; None for a topic."""
    match = _DOCUMENT.match(topic.strip())
    return (match["kind"] or "").lower() if match else None
