"""Whether a question wants a name, a date, a number or a place (pure)."""

from __future__ import annotations

import re

_SHORT_FACT = re.compile(
    r"^\W*(?:(?:on|in|at|by|with|from|for|to|under|among|until|since|of) )?"
    r"(?:who|whose|whom|when|where|which|how (?:many|much|old|long|far|large|big|often)"
    r"|what (?:year|month|date|day|percentage|share|number|office|title|is the name))\b"
    r"|^\W*(?:in|on|at|by|under) what\b",
    re.I,
)


def asks_for_fact(question: str) -> bool:
    """Whether a name, date, number or place answers."""
    return bool(_SHORT_FACT.match(question))


def wanted_thing(question: str) -> str:
    """Name what a question for a fact wants: "number", "date", "name", "place"; else empty."""
    return next((thing for pattern, thing in _THINGS if pattern.match(question)), "")


_THINGS = (
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
