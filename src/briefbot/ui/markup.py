"""The smallest pieces of the page's HTML; no text that passes through them becomes active."""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple
from urllib.parse import urlsplit

from briefbot.days import in_words
from briefbot.errors import BriefBotError
from briefbot.types import Passage


class Target(NamedTuple):
    """The span of a document that a button opens in the reader, and the exchange it is part of."""

    turn: int
    document: str
    start: int
    end: int


def target_of(turn: int, passage: Passage) -> Target:
    """Aim at a whole passage."""
    chunk = passage.chunk
    return Target(turn, chunk.document, chunk.start, chunk.end)


def escaped(text: str) -> str:
    """Escape text for HTML content or a quoted attribute, so that the page shows it unchanged."""
    # A parser turns a bare CR into LF and drops NUL; both would shift what is highlighted.
    return escape(text).replace("\r", "&#13;").replace("\0", "\N{REPLACEMENT CHARACTER}")


def opens(target: Target) -> str:
    """Write the attributes by which assets/page.js knows what an element opens."""
    return (
        f'data-opens data-turn="{target.turn}" data-document="{escaped(target.document)}" '
        f'data-start="{target.start}" data-end="{target.end}"'
    )


def safe_url(url: str) -> str:
    """Return an absolute http or https address, and the empty string for anything else."""
    if re.search(r"[\s\x00-\x20\x7f\\]", url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.hostname else ""


def render_date(iso_date: str) -> str:
    """Write an ISO date as `12 November 2025`; leave any other text as it is."""
    return escaped(in_words(iso_date))


def render_origin(iso_date: str, url: str) -> str:
    """Render a date and a link to the original; nothing where there is neither."""
    parts = [f"<span>{render_date(iso_date)}</span>"] if iso_date else []
    if link := safe_url(url):
        host = (urlsplit(link).hostname or "").removeprefix("www.")
        parts.append(
            f'<a href="{escaped(link)}" target="_blank" rel="noopener noreferrer">'
            f"{escaped(host)}</a>"
        )
    return f'<p class="origin">{" ".join(parts)}</p>' if parts else ""


def render_failure(error: BriefBotError) -> str:
    """Render a failure with what to do about it."""
    return (
        f'<div class="reply failure" role="alert"><h3>{escaped(error.message)}</h3>'
        f"<p>{escaped(error.hint)}</p></div>"
    )
