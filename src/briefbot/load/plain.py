"""Plain text files: headings are short lines above paragraphs."""

from __future__ import annotations

import re
from dataclasses import replace

from briefbot.errors import UnreadableDocumentError
from briefbot.load.advertising import SOURCE_LINE, without_advertising
from briefbot.load.front_matter import front_matter
from briefbot.load.source import Source
from briefbot.load.text import decode, require_words, title_from_name
from briefbot.types import Document, Heading


def load(source: Source) -> Document:
    """Load a plain text file."""
    text = decode(source.read(), source.name)
    meta, body_start = _front_matter(source.id, text)
    url_match = SOURCE_LINE.search(text, body_start)
    text, note = without_advertising(text, body_start)
    headings = plain_headings(text, body_start)
    opens_with_title = bool(headings) and not text[body_start : headings[0].start].strip()
    title = headings[0].text if opens_with_title else title_from_name(source.id)
    return Document(
        id=source.id,
        title=meta.get("title") or title,
        text=require_words(source.id, text, body_start, headings),
        body_start=body_start,
        headings=with_title_level(headings) if opens_with_title else headings,
        url=meta.get("url") or (url_match["url"] if url_match else ""),
        kind="document",
        notes=(note,) if note else (),
    )


def _front_matter(document_id: str, text: str) -> tuple[dict[str, str], int]:
    """Read what `briefbot add` wrote; dashes that mean something else stay text."""
    try:
        meta, body_start = front_matter(document_id, text)
    except UnreadableDocumentError:
        return {}, 0
    return (meta, body_start) if meta.get("url") else ({}, 0)


_HEADING_MAX_CHARS = 100
_PARAGRAPH_MIN_CHARS = 120
_LINE = re.compile(r"[^\r\n]+")


def plain_headings(text: str, body_start: int = 0) -> tuple[Heading, ...]:
    """Find headings of plain text: short lines without a full stop above a paragraph.

    The first line counts as one whatever stands below it; another heading below is allowed too.
    """
    lines = [m for m in _LINE.finditer(text, body_start) if m.group().strip()]
    found: list[Heading] = []
    below_is_text = False
    for position, match in reversed(list(enumerate(lines))):
        line = match.group().strip()
        looks_like_heading = _looks_like_heading(line)
        if looks_like_heading and (below_is_text or (position == 0 and len(lines) > 1)):
            start = match.start() + match.group().index(line)
            found.append(Heading(2, line, start, start + len(line)))
        else:
            below_is_text = len(line) >= _PARAGRAPH_MIN_CHARS
    return tuple(reversed(found))


def _looks_like_heading(line: str) -> bool:
    return (
        len(line) <= _HEADING_MAX_CHARS
        and (line[0].isupper() or line[0].isdigit())
        and line[-1] not in ".!?:;,…”\"'-–—"
        and not re.match(r"(?:\d{1,3}[.)]|Source:)\s", line)
        and "://" not in line
    )


def with_title_level(headings: tuple[Heading, ...]) -> tuple[Heading, ...]:
    """Raise the first heading, which is the title, above the others."""
    return (replace(headings[0], level=1), *headings[1:])
