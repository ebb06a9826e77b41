"""Whether somebody wants to hear more than the documents say (pure)."""

from __future__ import annotations

import re

BEYOND_NOTE = "BriefBot says only what the documents say."
_FILLER = r"(?:(?:all|any|the|your|these|those|previous|prior|instructions?|rules?|and)\s+)*"
_BEYOND = re.compile(
    r"\b(?:from|out of|by|using|use|with)\s+your\s+own\s+"
    r"(?:knowledge|memory|mind|opinion|experience|training)\b"
    r"|(?:^|[.!?:;,]|\b(?:please|now|then|and))\s*(?:ignore|disregard|forget|set aside)\s+"
    rf"{_FILLER}(?:documents?|sources?|passages?|articles?|briefs?)\b",
    re.I,
)


def asks_beyond(question: str) -> bool:
    """Whether a question asks for what the model itself knows, or to leave the documents aside."""
    return bool(_BEYOND.search(question))
