"""Markdown files: front matter, headings as CommonMark reads them."""

from __future__ import annotations

import itertools
import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from briefbot.load.advertising import without_advertising
from briefbot.load.front_matter import front_matter, iso_date
from briefbot.load.source import Source
from briefbot.load.text import decode, require_words, title_from_name
from briefbot.types import Document, Heading


def load(source: Source) -> Document | None:
    """Load a Markdown file; None where its front matter says `index: false`."""
    return parse(source.id, decode(source.read(), source.name))


def parse(document_id: str, text: str) -> Document | None:
    """Make a document of Markdown; None where its front matter says `index: false`."""
    meta, body_start = front_matter(document_id, text)
    if meta.get("index", "").lower() in {"false", "no", "off"}:
        return None
    text = text[:body_start] + without_hidden(text[body_start:])
    text, note = without_advertising(text, body_start)
    headings = _markdown_headings(text, body_start)
    top = next((heading for heading in headings if heading.level == 1), None)
    title = meta.get("title") or (top.text if top else title_from_name(document_id))
    return Document(
        id=document_id,
        title=title,
        text=require_words(document_id, text, body_start, headings),
        body_start=body_start,
        headings=headings,
        url=meta.get("url", ""),
        date=iso_date(document_id, meta.get("date", "")),
        kind=meta.get("kind", "document"),
        author=meta.get("author", ""),
        publisher=meta.get("publisher", ""),
        language=meta.get("language", "en"),
        notes=(note,) if note else (),
        checks=meta.get("checks", ""),
    )


def without_hidden(body: str) -> str:
    """Blank the comments and the hidden elements that no page shows; code stays as it is.

    Blanks take their places, so that offsets stay those of the file.
    """
    parts = _CODE.split(body)
    return "".join(part if n % 2 else _HIDDEN.sub(_blank, part) for n, part in enumerate(parts))


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\r\n]", " ", match.group())


_CODE = re.compile(r"(^(?:```|~~~).*?(?:^(?:```|~~~)|\Z)|`[^`\n]+`)", re.M | re.S)
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<tag>[a-z]\w*)\b(?=[^<>]*(?:\shidden\b|display\s*:\s*none))[^<>]*>.*?</(?P=tag)\s*>",
    re.I | re.S,
)


def _markdown_headings(text: str, body_start: int) -> tuple[Heading, ...]:
    line_ends = re.compile(r"\r\n|\r|\n").finditer(text, body_start)
    line_starts = [body_start, *(match.end() for match in line_ends)]
    headings = []
    tokens = MarkdownIt("commonmark").parse(text[body_start:])
    for opening, inline in itertools.pairwise(tokens):
        if opening.type != "heading_open" or opening.map is None:
            continue
        name = _plain(inline)
        if not name:
            continue
        first, after = opening.map
        start = line_starts[first]
        end = line_starts[after] if after < len(line_starts) else len(text)
        end = start + len(text[start:end].rstrip())
        headings.append(Heading(int(opening.tag[1]), name, start, end))
    return tuple(headings)


def _plain(inline: Token) -> str:
    """The words of a heading without Markdown's marks."""
    parts = (" " if "break" in child.type else child.content for child in inline.children or ())
    return " ".join("".join(parts).split())
