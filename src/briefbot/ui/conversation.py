"""Exchanges → the conversation's HTML."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from briefbot.errors import BriefBotError
from briefbot.notes import withheld_note
from briefbot.types import Answer, AnswerStatus, Citation, Passage, Statement, blocks_of
from briefbot.ui.checks import render_checks
from briefbot.ui.markup import Target, escaped, opens, render_failure, target_of

INLINE_PLACES = 3  # headings that a refusal itself links to; the panel shows every passage

_LONG_WORD = 24  # characters that fit on the narrowest line beside a number

_HALF_MOON = (
    '<svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">'
    '<circle cx="10" cy="10" r="7" fill="none" stroke="currentColor" stroke-width="1.6"/>'
    '<path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor"/></svg>'
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question of a conversation with what came back so far: an answer or a failure.

    `stands_alone` marks a question that somebody corrected: it is asked exactly as it is.
    """

    question: str
    answer: Answer | None = None
    error: BriefBotError | None = None
    is_done: bool = False
    stands_alone: bool = False

    @property
    def is_searching(self) -> bool:
        """Whether there is nothing to show yet."""
        return not (self.is_done or (self.answer and self.answer.statements))


def is_refusal(answer: Answer) -> bool:
    """Whether the documents hold no answer."""
    return answer.status is AnswerStatus.NOT_IN_DOCUMENTS


def render_header(subtitle: str) -> str:
    """Render the page's head: name, subtitle and the theme switch."""
    return (
        f'<div class="brand"><h1>BriefBot</h1><p>{escaped(subtitle)}</p></div>'
        '<button type="button" class="theme-switch" aria-label="Switch between light and dark">'
        f"{_HALF_MOON}</button>"
    )


PAGES = (
    '<nav aria-label="Pages"><a href="#chat" aria-current="page">Chat</a>'
    '<a href="#library">Library</a></nav>'
)


def describe_index(documents: int, passages: int) -> str:
    """Say what is indexed, for the page's head."""
    counts = f"{_count(documents, 'document')}, {_count(passages, 'passage')}"
    return f"Answers from {counts}, in their own words"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def render_welcome(examples: Sequence[str]) -> str:
    """Render the empty conversation with example questions to click."""
    buttons = "".join(
        f'<li><button type="button" class="example" data-question="{escaped(question)}">'
        f"{escaped(question)}</button></li>"
        for question in examples
    )
    return (
        '<div class="welcome"><h2>Ask the documents</h2>'
        "<p>Every sentence of an answer carries the number of the passage it rests on. Open a "
        "number to read the exact words in their source. What the documents do not say, BriefBot "
        f'does not say either.</p><ul class="examples">{buttons}</ul></div>'
    )


def render_turns(exchanges: Sequence[Exchange], *, first: int = 1, is_live: bool = False) -> str:
    """Render exchanges, oldest first.

    Args:
        exchanges: Some exchanges of a conversation, in a row.
        first: The number in the conversation of the first of them, counted from 1.
        is_live: Let screen readers say what changes.
    """
    turns = "".join(_exchange(turn, each) for turn, each in enumerate(exchanges, start=first))
    live = ' role="log" aria-label="Newest answer"' if is_live else ""
    return f'<div class="turns"{live}>{turns}</div>'


def _exchange(turn: int, exchange: Exchange) -> str:
    return (
        f'<article class="turn" data-turn="{turn}" aria-busy="{str(not exchange.is_done).lower()}">'
        f'<h2 class="question">{escaped(exchange.question)}</h2>'
        f"{_reply(turn, exchange)}</article>"
    )


def _reply(turn: int, exchange: Exchange) -> str:
    if exchange.error is not None:
        return render_failure(exchange.error)
    answer = exchange.answer
    if answer is None or exchange.is_searching:
        return '<p class="searching">Searching the documents<span class="dots"></span></p>'
    if answer.reply:
        return f'<div class="reply talk"><p>{escaped(answer.reply)}</p></div>'
    understood = _understood(turn, answer)
    body = _refusal(turn, answer) if is_refusal(answer) else _statements(turn, answer)
    footer = f"{render_checks(answer)}{_footer(answer)}" if exchange.is_done else ""
    return f"{understood}{body}{_notes(answer)}{footer}"


def _understood(turn: int, answer: Answer) -> str:
    """Say how a follow-up was read, with a form to correct that and ask again."""
    full = answer.standalone_question.strip()
    if full == answer.question.strip():
        return ""
    field = f"correction-{turn}"
    return (
        f'<details class="understood"><summary>Understood as: {escaped(full)}'
        '<span class="correct">Correct</span></summary>'
        f'<form class="correction"><label for="{field}">The question in full</label>'
        f'<textarea id="{field}" rows="2">{escaped(full)}</textarea>'
        '<button type="submit">Ask this instead</button></form></details>'
    )


def _statements(turn: int, answer: Answer) -> str:
    by_number = {citation.n: citation for citation in answer.citations}
    blocks = "".join(_block(turn, block, by_number) for block in blocks_of(answer.statements))
    return f'<div class="reply answer">{blocks}</div>'


def _block(turn: int, block: Sequence[Statement], by_number: dict[int, Citation]) -> str:
    """Render the statements under one heading: sentences in a paragraph, items in a list."""
    heading = block[0].layout.heading
    html = f"<h3>{escaped(heading)}</h3>" if heading else ""
    for is_list, group in itertools.groupby(block, key=lambda each: each.layout.is_item):
        shown = [_statement(turn, each, by_number) for each in group]
        html += (
            f"<ul>{''.join(f'<li>{each}</li>' for each in shown)}</ul>"
            if is_list
            else f"<p>{' '.join(shown)}</p>"
        )
    return html


def _statement(turn: int, statement: Statement, by_number: dict[int, Citation]) -> str:
    chips = "".join(_chip(turn, by_number[n]) for n in statement.citations if n in by_number)
    lead = statement.layout.lead
    opening = f'<strong class="lead">{escaped(lead)}</strong> — ' if lead else ""
    return opening + _sentence(statement, chips)


def _sentence(statement: Statement, chips: str) -> str:
    if not chips:
        return f"<span>{escaped(statement.text)}</span>"
    # Kept on one line with the last word, unless that is too long to be kept whole.
    start, space, word = statement.text.rpartition(" ")
    if len(word) > _LONG_WORD:
        return f"<span>{escaped(statement.text)}&nbsp;{chips}</span>"
    ending = f'<span class="ending">{escaped(word)}&nbsp;{chips}</span>'
    return f"<span>{escaped(start + space)}{ending}</span>"


def _chip(turn: int, citation: Citation) -> str:
    place = " › ".join(part for part in (citation.title, citation.heading) if part)
    return (
        f'<button type="button" class="chip" data-n="{citation.n}" '
        f"{opens(Target(turn, citation.document, citation.start, citation.end))} "
        f'aria-label="Source {citation.n}: {escaped(place)}" title="{escaped(place)}">'
        f"[{citation.n}]</button>"
    )


def _refusal(turn: int, answer: Answer) -> str:
    nearest: dict[str, Passage] = {}
    for passage in answer.passages:
        nearest.setdefault(_place(passage), passage)
    links = "".join(
        f'<li><button type="button" class="nearest" {opens(target_of(turn, passage))}>'
        f"{escaped(place)}</button></li>"
        for place, passage in list(nearest.items())[:INLINE_PLACES]
    )
    nearby = f'<p>The nearest passages are about:</p><ul class="nearby">{links}</ul>'
    return (
        '<div class="reply refusal"><h3>Not in the documents</h3>'
        f"<p>Nothing in the documents answers this question.</p>{nearby if links else ''}</div>"
    )


def _place(passage: Passage) -> str:
    return passage.chunk.heading[-1] if passage.chunk.heading else passage.chunk.title


def _notes(answer: Answer) -> str:
    withheld = withheld_note(answer.verification)
    return "".join(
        f'<p class="note{" withheld" if note == withheld else ""}">{escaped(note)}</p>'
        for note in answer.notes
    )


def _footer(answer: Answer) -> str:
    answerer = "Built-in answerer" if answer.answerer == "extractive" else answer.answerer
    seconds = f"{answer.seconds:.1f}" if answer.seconds >= 0.1 else f"{answer.seconds:.2f}"
    return f'<p class="meta">{escaped(answerer)} · {seconds} s</p>'
