"""A stored document → the source reader's HTML, with one span marked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from briefbot.types import Document, Span
from briefbot.ui.markup import escaped, render_origin

_BLOCK_START = re.compile(r"\n(?:[ \t]*\r?\n)+|\n(?=[ \t]*(?:[-*+•>|]|\d{1,3}[.)])[ \t])")
_HEADING_MARKS = re.compile(r"[ \t]*#{1,6}[ \t]+")


def render_document(document: Document, span: Span) -> str:
    """Render a whole stored document with one span marked.

    Without its tags the text below `class="source"` is `document.text[document.body_start:]`
    exactly, and the marked text is `document.text[start:end]` exactly.
    """
    blocks = "".join(_block(document, block, span) for block in _blocks(document))
    origin = render_origin(document.date, document.url)
    publisher = f'<p class="path">{escaped(document.publisher)}</p>' if document.publisher else ""
    return (
        f'<header class="source-head"><h2>{escaped(document.title)}</h2>'
        f'{publisher}{origin}</header><div class="source" lang="{escaped(document.language)}">'
        f"{blocks}</div>"
    )


def _blocks(document: Document) -> Iterator[tuple[int, int, int]]:
    """Cut the body into `(start, end, heading level)` without gaps; level 0 is running text."""
    position = document.body_start
    for heading in document.headings:
        if heading.start >= position:
            yield from _paragraphs(document.text, position, heading.start)
            yield heading.start, heading.end, heading.level
            position = heading.end
    yield from _paragraphs(document.text, position, len(document.text))


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    for boundary in _BLOCK_START.finditer(text, start, end):
        yield start, boundary.end(), 0
        start = boundary.end()
    if start < end:
        yield start, end, 0


def _block(document: Document, block: tuple[int, int, int], span: Span) -> str:
    start, end, level = block
    if not document.text[start:end].strip():
        return _marked(document.text, (start, end), span)  # a paragraph of it would be a gap
    if not level:
        return f"<p>{_marked(document.text, (start, end), span)}</p>"
    marks = _HEADING_MARKS.match(document.text, start, end)
    words = marks.end() if marks else start
    hidden = f"<span hidden>{_marked(document.text, (start, words), span)}</span>" if marks else ""
    tag = f"h{min(level + 2, 6)}"  # below the page's name and the document's title
    return f"<{tag}>{hidden}{_marked(document.text, (words, end), span)}</{tag}>"


def _marked(text: str, part: Span, span: Span) -> str:
    start, end = part
    left, right = max(start, min(span[0], end)), min(end, max(span[1], start))
    if left >= right:
        return escaped(text[start:end])
    marked = f'<mark class="quote">{escaped(text[left:right])}</mark>'
    return f"{escaped(text[start:left])}{marked}{escaped(text[right:end])}"
