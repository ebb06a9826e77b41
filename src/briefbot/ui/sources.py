"""Answers → the cards of the sources panel."""

from __future__ import annotations

from collections.abc import Sequence

from briefbot.register import prose
from briefbot.types import Citation, Passage
from briefbot.ui.conversation import Exchange, is_refusal
from briefbot.ui.markup import (
    Target,
    escaped,
    opens,
    render_date,
    render_origin,
    safe_url,
    target_of,
)

CONTEXT_CHARS = 220  # shown on each side of a quote, so that a card stays one glance long

EMPTY_SOURCES = (
    '<div class="panel-empty"><h2>Sources</h2><p>The passages behind an answer appear here, '
    "with the exact words it rests on.</p></div>"
)


def render_sources(exchanges: Sequence[Exchange], *, first: int = 1, are_past: bool = False) -> str:
    """Render one section of cards for each exchange; only the newest one is not hidden.

    Args:
        exchanges: Some exchanges of a conversation, in a row.
        first: The number in the conversation of the first of them, counted from 1.
        are_past: Whether a newer exchange follows, so that all of these are hidden.
    """
    if not exchanges:
        return "" if are_past else EMPTY_SOURCES
    newest = 0 if are_past else first + len(exchanges) - 1
    return "".join(
        f'<section class="sources" data-turn="{turn}"{"" if turn == newest else " hidden"}>'
        f"{_sources_of(turn, exchange)}</section>"
        for turn, exchange in enumerate(exchanges, start=first)
    )


def _sources_of(turn: int, exchange: Exchange) -> str:
    answer = exchange.answer
    if answer is None or exchange.is_searching or answer.reply:
        return EMPTY_SOURCES
    earlier = f'<p class="panel-note earlier">{escaped(exchange.question)}</p>'
    if is_refusal(answer):
        cards = "".join(_passage_card(turn, passage) for passage in answer.passages)
        note = '<p class="panel-note">None of them answers the question.</p>'
        return f"<h2>Nearest passages</h2>{earlier}{note}{cards}"
    cards = "".join(_citation_card(turn, each, answer.passages) for each in answer.citations)
    return f"<h2>Sources</h2>{earlier}{cards}"


def _citation_card(turn: int, citation: Citation, passages: Sequence[Passage]) -> str:
    target = Target(turn, citation.document, citation.start, citation.end)
    before, after = surroundings(citation, passages)
    quote = f"{escaped(before)}<mark>{escaped(citation.quote)}</mark>{escaped(after)}"
    return (
        f'<article class="card" data-n="{citation.n}" {opens(target)}>'
        f'<h3><button type="button"><span class="number">{citation.n}</span>'
        f"{escaped(citation.title)}</button></h3>{_path(citation.heading)}"
        f"<blockquote>{quote}</blockquote>{render_origin(citation.date, citation.url)}"
        f"{render_underlying(citation)}</article>"
    )


def render_underlying(citation: Citation) -> str:
    """Render what the cited document itself names as its sources; nothing where it names none."""
    lines = []
    for source in citation.sources:
        parts = (escaped(source.title), escaped(source.publisher), render_date(source.date))
        words = ", ".join(filter(None, parts))
        if link := safe_url(source.url):
            words = (
                f'<a href="{escaped(link)}" target="_blank" rel="noopener noreferrer">{words}</a>'
            )
        lines.append(f'<p class="origin underlying"><span>after {words}</span></p>')
    return "".join(lines)


def _passage_card(turn: int, passage: Passage) -> str:
    chunk = passage.chunk
    return (
        f'<article class="card" {opens(target_of(turn, passage))}>'
        f'<h3><button type="button">{escaped(chunk.title)}</button></h3>'
        f"{_path(' › '.join(chunk.heading))}"
        f"<blockquote>{escaped(_shorten(chunk.text, 2 * CONTEXT_CHARS))}</blockquote>"
        f"{render_origin(chunk.date, chunk.url)}</article>"
    )


def _path(heading: str) -> str:
    return f'<p class="path">{escaped(heading)}</p>' if heading else ""


def surroundings(citation: Citation, passages: Sequence[Passage]) -> tuple[str, str]:
    """Find the words around a quote in the passage that holds it.

    Returns:
        Text before and after the quote, each cut to whole words with an ellipsis; two empty
        strings where no passage holds the quote.
    """
    for passage in passages:
        chunk = passage.chunk
        is_inside = chunk.start <= citation.start and citation.end <= chunk.end
        if chunk.document == citation.document and is_inside:
            shown = prose(chunk)  # source keys are listed below the quote
            before = shown[: citation.start - chunk.start]
            after = shown[citation.end - chunk.start :]
            return _shorten_left(before, CONTEXT_CHARS), _shorten(after, CONTEXT_CHARS)
    return "", ""


def _shorten(text: str, size_chars: int) -> str:
    if len(text) <= size_chars:
        return text
    return text[:size_chars].rsplit(maxsplit=1)[0] + " …"


def _shorten_left(text: str, size_chars: int) -> str:
    if len(text) <= size_chars:
        return text
    cut = text[-size_chars:]
    return "… " + (cut.split(maxsplit=1)[-1] if " " in cut else cut)
