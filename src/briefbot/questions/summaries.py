"""Requests for a summary, and what they want summarised (pure)."""

from __future__ import annotations

import re

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
