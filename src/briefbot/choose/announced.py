"""Chosen sentences → what they only announce put behind them (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from briefbot.arrange import holds
from briefbot.cite import Quoted
from briefbot.evidence import sentence_after

_ANNOUNCES = re.compile(
    r"\b(?:spoke|commented|reacted|replied|responded|answered|gave (?:a|another) reason)\b"
    r"(?!.*(?:\bthat\b|[:“\"]))"
    r"|\b(?:lists?|sets? out|lays? down|spells? out|defines?|differ(?:s|ed)?) (?:in )?"
    r"(?:what|which|who|how|where|when)\b"
    r"|\b(?:two|three|four|five|six|several|certain) (?:[a-z]+ )?"
    r"(?:reasons|conditions|questions|points|parts|steps|ways|things|kinds|forms|cases|aims|tasks)"
    r"(?=\W*$)",
    re.I,
)


def with_content(quotes: Sequence[Quoted], *, most: int) -> list[Quoted]:
    """Bring the next sentence after one that only announces what it says.

    Such are "He commented on it", "Article V lists what counts as an attack", "The cases differ in
    who acted". Later choices give way where the answer would get longer than `most` sentences.
    """
    found: list[Quoted] = []
    for quote in quotes:
        after = sentence_after(quote) if _ANNOUNCES.search(quote.text) else None
        new = [each for each in (quote, after) if each is not None and not holds(found, each)]
        if len(found) + len(new) <= most:
            found += new
    return found
