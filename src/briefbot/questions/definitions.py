"""The term that a question wants defined, or the person it wants told about (pure)."""

from __future__ import annotations

import re

_WHO_IS = re.compile(r"^\W*[Ww]ho (?:is|was|are|were) (?P<person>(?:[A-Z][\w.’'-]*\s*){1,4}?)\W*$")
"""A person's name alone wants to be told about, not named."""

_DEFINITION = re.compile(
    r"^\W*(?:(?:please|can you|could you)\s+)*(?:define\s+(?:the term\s+)?(?P<defined>.+?)"
    r"|explain\s+(?:(?:the term|what)\s+)?(?P<explained>(?!(?:why|how|when)\b).+?)"
    r"(?:\s+(?:is|means))?"
    r"|what\s+(?:does|do|did)\s+(?P<meant>.+?)\s+(?:stand for|mean)"
    r"|what(?:\s+(?:is|are|was|were)|['’]s)\s+(?:meant by|the (?:meaning|definition) of)\s+"
    r"(?P<meaning>.+?)"
    r"|what(?:\s+(?:is|are|was|were)|['’]s)\s+(?P<named>.+?))\W*$",
    re.I,
)
_NO_TERM = re.compile(
    r"\b(?:of|in|on|for|to|from|by|with|at|about|behind|between|under|after|before|that|which|who"
    r"|and|or|not|it|this|these|those|they|he|she|his|her|their|your|my)\b|['’]s?\b|\w+ing\b",
    re.I,
)
"""What more than a term has: "the title of Colby", "Colby's title", "happening"."""
_TERM_MAX_WORDS = 4


_ARTICLE = re.compile(r"^(?:(?:an?|the|term)\s+)+", re.I)


def wanted_definition(question: str) -> str:
    """Find the term that a question wants defined or spelled out; empty for other questions."""
    person = _WHO_IS.match(question)
    if person is not None:
        return person["person"].strip()
    match = _DEFINITION.match(question)
    if match is None:
        return ""
    sure = match["defined"] or match["meant"] or match["meaning"]
    term = _ARTICLE.sub("", (sure or match["explained"] or match["named"]).strip(" “”\"'‘’?"))
    if sure and not re.match(r"(?:it|this|that|they|he|she)\b", term, re.I):
        return term if len(term.split()) <= 2 * _TERM_MAX_WORDS else ""
    is_term = len(term.split()) <= _TERM_MAX_WORDS and not _NO_TERM.search(term)
    is_term = is_term and not term[:1].isdigit()
    return term if is_term and not _NO_HEAD.search(term) else ""


_NO_HEAD = re.compile(
    r"^(?:main|key|best|biggest|most|first|last|next|current|new)\b"
    r"|\b(?:reasons?|causes?|effects?|benefits?|costs?|risks?|arguments?|advantages|differences?"
    r"|problems?|answers?|numbers?|names?|date|year|population|percentage|points?|conditions?)$",
    re.I,
)
"""A question for something of a thing named before, not for what a term means."""
