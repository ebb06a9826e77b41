"""Whether somebody wants to hear more than the documents say (pure)."""

from __future__ import annotations

import re

BEYOND_NOTE = "BriefBot says only what the documents say."
_FILLER = r"(?:(?:all|any|the|your|these|those|previous|prior|instructions?|rules?|and)\s+)*"
_BEYOND = re.compile(
    r"\b(?:from|out of|by|using|use|with)\s+your\s+own\s+"
    r"(?:knowledge|memory|mind|opinion|experience|training)\b"
    r"|(?:^|[.!?:;,]|\b(?:please|now|then|and))\s*(?:ignore|disregard|forget|set aside)\s+"
    rf"{_FILLER}(?:documents?|sources?|passages?|articles?|briefs?)\b"
    r"|\bwhat (?:do )?you (?:(?:really|personally|honestly|yourself|actually) )*"
    r"(?:think|believe|feel)(?= (?:of|about)\b|\W*$)"
    r"|\byour (?:own |personal |honest )*(?:opinion|view|take)s?\b"
    r"|^\W*you are (?:now|from now on) (?!\w+ing\b)\w|\bpretend (?:to be|that you|you)\b",
    re.I,
)


def asks_beyond(question: str) -> bool:
    """Whether a question wants what the model itself knows or thinks, or no documents at all."""
    return bool(_BEYOND.search(question))
