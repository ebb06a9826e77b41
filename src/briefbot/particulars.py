"""A document → what its own particulars say of its author, publisher and date (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain, islice

from briefbot.days import in_words
from briefbot.questions import Particular, document_kind
from briefbot.terms import terms
from briefbot.types import Document


def document_called(name: str, documents: Iterable[Document]) -> Document | None:
    """Find the one document that is called by its title or by its kind; None if none or several.

    "The article" is the only one of that kind; a title may stop before its colon.
    """
    kind = document_kind(name)
    if kind is not None:
        return _of_kind(kind, documents)
    wanted = terms(_KIND.sub("", name))
    return _only(each for each in documents if wanted and wanted in _titles(each))


def document_titled_with(words: str, documents: Iterable[Document]) -> Document | None:
    """Find the one document with these words in its title, or of the kind that they name."""
    kind = document_kind(words)
    if kind is not None:
        return _of_kind(kind, documents)
    wanted = set(terms(words))
    return _only(each for each in documents if wanted and wanted <= set(terms(each.title)))


def _of_kind(kind: str, documents: Iterable[Document]) -> Document | None:
    """Find the only document of a kind; where there is but one document, any kind means it."""
    rest = iter(documents)
    first_two = list(islice(rest, 2))
    if len(first_two) == 1:
        return first_two[0]
    return _only(each for each in chain(first_two, rest) if kind and each.kind == kind)


def _only(fitting: Iterable[Document]) -> Document | None:
    found = list(islice(fitting, 2))
    return found[0] if len(found) == 1 else None


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
            return f"{title} is dated {in_words(document.date)}." if document.date else ""


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
    held = [each for each in (document.publisher, in_words(document.date)) if each]
    given = f" ({', '.join(held)})" if held else ""
    return f"“{document.title}”{given} names no {wanted.value}."
