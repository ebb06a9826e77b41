"""Dates of a text as sets of day, month and year: none may say more than its source (pure)."""

from __future__ import annotations

import re

_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_MONTH = r"(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?|" + "|".join(_MONTHS)
# "5 May 2024", "the 5th of May", "May 5, 2024", "May 2024", "May"
_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?\b(?P<month>{_MONTH})\b"
    r"(?:\s+(?P<after>\d{1,2})(?:st|nd|rd|th)?\b(?!\d))?(?:,?\s+(?P<year>\d{4})\b)?",
    re.I,
)
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:to|yester)day\b", re.I)


def _dates(text: str) -> list[frozenset[str]]:
    """Each date as the set of its parts; a lower-case "may" or "march" is a verb."""
    found = []
    for match in _DATE.finditer(text):
        parts = {part for part in (match["day"], match["after"], match["year"]) if part}
        month = match["month"].rstrip(".").casefold()
        if match["month"][0].islower() and month in {"may", "march"} and not parts:
            continue
        name = next((known for known in _MONTHS if known.startswith(month[:3])), month)
        found.append(frozenset({name, *(part.lstrip("0") for part in parts)}))
    for match in _ISO_DATE.finditer(text):
        month_number = int(match[2])
        if 1 <= month_number <= 12:
            day = match[3].lstrip("0")
            found.append(frozenset({_MONTHS[month_number - 1], day, match[1]}))
    return found + [frozenset({match.group().casefold()}) for match in _WEEKDAY.finditer(text)]


def dates_hold(clause: str, source: str) -> bool:
    """Whether each date of a clause is one of its source, or a part of one."""
    held = _dates(source)
    return all(any(date <= other for other in held) for date in _dates(clause))
