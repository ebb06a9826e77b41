"""A document → what its own particulars say of its author, publisher and date (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from briefbot.questions import Particular, document_kind
from briefbot.terms import terms
from briefbot.types import Document


def document_called(name: str, documents: Iterable[Document]) -> Document | None:
    """Find the one document that is called by its title or by its kind; None if none or several.

    "The article" is the only one of that kind; a title may stop before its colon.
    """
    known = list(documents)
    kind = document_kind(name)
    if kind is not None:
        fitting = [each for each in known if len(known) == 1 or (kind and each.kind == kind)]
    else:
        wanted = terms(_KIND.sub("", name))
        fitting = [each for each in known if wanted and wanted in _titles(each)]
    return fitting[0] if len(fitting) == 1 else None


_KIND = re.compile(
    r"^(?:(?:the|this|that)\s+)?(?:article|document|text|paper|essay|brief|piece|page|report)\s+"
    r"(?:called\s+|titled\s+|entitled\s+)?(?=\S)",
    re.I,
)


def _titles(document: Document) -> list[list[str]]:
    return [terms(document.title), terms(document.title.split(":")[0])]


def particular_of(document: Document, wanted: Particular) -> str:
    """Say it in a sentence; empty where the document's particulars do not hold it."""
    title = f"“{document.title}”"
    match wanted:
        case Particular.AUTHOR:
            return f"{title} is by {document.author}." if document.author else ""
        case Particular.PUBLISHER:
            return f"{title} was published by {document.publisher}." if document.publisher else ""
        case Particular.DATE:
            return f"{title} is dated {_day(document.date)}." if document.date else ""


def may_name_author(document: Document) -> bool:
    """Whether the text itself may say who wrote it: "By Ann Smith" at its top or its end."""
    body = document.text[document.body_start :]
    return bool(_BYLINE.search(body[:_EDGE_CHARS]) or _BYLINE.search(body[-_EDGE_CHARS:]))


_EDGE_CHARS = 600
_BYLINE = re.compile(
    r"^\W*(?:(?i:written|prepared|compiled|reported)\s+)?(?i:by|authors?)\b\s*:?\s+\W*[A-Z]", re.M
)


def lacking(document: Document, wanted: Particular) -> str:
    """Say that a document's particulars do not hold what is wanted, and what they hold."""
    held = [each for each in (document.publisher, _day(document.date)) if each]
    given = f" ({', '.join(held)})" if held else ""
    return f"“{document.title}”{given} names no {wanted.value}."


def _day(iso: str) -> str:
    """Write "2025-11-12" as "12 November 2025"; what is no full date stays as it is."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day.day} {day:%B %Y}"
