"""Days as people write them (pure)."""

from __future__ import annotations

from datetime import date


def in_words(iso_date: str) -> str:
    """Write `2025-11-12` as `12 November 2025`; leave any other text as it is."""
    try:
        day = date.fromisoformat(iso_date)
    except ValueError:
        return iso_date
    return f"{day.day} {day:%B %Y}"
