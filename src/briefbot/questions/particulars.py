"""Questions about a document itself: who wrote it, who published it, and when (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Particular(StrEnum):
    """What a document's own particulars may say."""

    AUTHOR = "author"
    PUBLISHER = "publisher"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class ParticularAsked:
    """A particular, and the document as it is called in the question."""

    wanted: Particular
    document: str


_TOPIC = r"(?P<document>[^?]+?)"
_WROTE = r"(?:wrote|has\s+written|authored|is\s+the\s+(?:author|writer)\s+of)"
_ISSUED = r"(?:published|issued|released|is\s+the\s+publisher\s+of)"
_WHEN = r"(?:when|in\s+(?:what|which)\s+(?:year|month)|on\s+(?:what|which)\s+(?:date|day))"
_DATED = r"(?:written|published|posted|issued|released|dated)"
_FORMS = (
    (Particular.AUTHOR, rf"who\s+{_WROTE}\s+{_TOPIC}"),
    (Particular.AUTHOR, rf"(?:who|by\s+whom)\s+was\s+{_TOPIC}\s+(?:written|authored)(?:\s+by)?"),
    (Particular.PUBLISHER, rf"(?:who|which\s+\w+)\s+{_ISSUED}\s+{_TOPIC}"),
    (Particular.PUBLISHER, rf"(?:who|by\s+whom|where)\s+was\s+{_TOPIC}\s+published(?:\s+by)?"),
    (Particular.DATE, rf"{_WHEN}\s+(?:was|is)\s+{_TOPIC}\s+{_DATED}"),
    (Particular.DATE, rf"(?:what\s+is\s+the\s+date\s+of|how\s+old\s+is)\s+{_TOPIC}"),
)
_PATTERNS = tuple((wanted, re.compile(rf"\W*(?:{form})\W*", re.I)) for wanted, form in _FORMS)


def particular_asked(question: str) -> ParticularAsked | None:
    """Read a question about a document itself; None for any other.

    Whether there is such a document is for the caller to say.
    """
    for wanted, pattern in _PATTERNS:
        match = pattern.fullmatch(question)
        if match:
            return ParticularAsked(wanted, match["document"].strip(" “”\"'‘’"))
    return None
