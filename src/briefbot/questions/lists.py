"""Whether a question wants several things named (pure)."""

from __future__ import annotations

import re

_LIST = re.compile(
    r"^\W*(?:name|list|enumerate)\b|^\W*give (?:me |us )?(?:\w+ )?(?:examples|reasons|arguments)\b"
    r"|^\W*who (?:are|were) the\b|[,.?:;-]\s*(?:please )?list(?: them(?: all)?)?\W*$",
    re.I,
)
_WANTED = re.compile(r"^\W*(?:in |on |for |to |by )?(?:which|what)\s+(?P<rest>.+?)\W*$", re.I)
_BEFORE_NOUN = re.compile(r"^(?:(?:are|were) the|(?:kinds?|sorts?|types?) of)\s+", re.I)
_AFTER_NOUN = frozenset(
    """is are was were does do did has have had can could will would shall should may might must of
    in on for to from by with at against about that which who""".split()
)
_COUNTED = re.compile(
    r"^(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d+|several|main|other)$", re.I
)
_PLURAL = re.compile(r"^(?:\w[\w’'-]*[^su\W]s|people|men|women|children|criteria)$", re.I)
_SINGULAR = re.compile(r"(?:is|ics|news|series)$|^(?:does|was|has|his|its)$", re.I)
_NOUN_DEPTH = 5


def asks_for_list(question: str) -> bool:
    """Whether the question names what it wants in the plural."""
    if _LIST.match(question):
        return True
    match = _WANTED.match(question)
    if match is None:
        return False
    words = _BEFORE_NOUN.sub("", match["rest"]).split()
    is_counted = False
    for n, (word, after) in enumerate(zip(words[:_NOUN_DEPTH], [*words[1:], "are"], strict=False)):
        if word.casefold() in _AFTER_NOUN:
            return False
        is_plural = bool(_PLURAL.match(word)) and not _SINGULAR.search(word)
        if is_plural and (n == 0 or is_counted or after.casefold() in _AFTER_NOUN):
            return True
        is_counted = is_counted or bool(_COUNTED.match(word))
    return False
