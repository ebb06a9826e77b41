"""Sentence and paragraph spans with exact offsets, by sentencex, for splitting and for citing."""

from __future__ import annotations

import re

from sentencex import get_sentence_boundaries

from briefbot.types import Span

_LINE = re.compile(r"[^\r\n]+")
_LIST_MARK = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_BLOCK_START = re.compile(r"(?:[-*+•|>#=]|\d{1,3}[.)]\s)")
_WRAPPED_LINE_CHARS = range(60, 131)
"""Lengths at which a line without a sentence end counts as hard-wrapped."""


def sentence_spans(text: str, *, language: str = "en") -> list[Span]:
    """Find the sentences of a text; a paragraph's end always ends a sentence.

    Returns:
        Spans in order, disjoint, without surrounding white space, none empty. A list mark such as
        `- ` or `2.` is left out of its item's span.
    """
    return [
        span
        for start, end in paragraph_spans(text)
        for span in _sentences_of_paragraph(text, start, end, language)
    ]


def paragraph_spans(text: str) -> list[Span]:
    """Find paragraphs: single lines, or runs of hard-wrapped lines taken as one.

    Returns:
        Spans in order, disjoint, without surrounding white space, none empty.
    """
    spans: list[Span] = []
    last_line = (0, 0)
    for match in _LINE.finditer(text):
        line = _strip(text, match.start(), match.end())
        if line[0] == line[1]:
            continue
        if spans and _continues(text, last_line, line):
            spans[-1] = (spans[-1][0], line[1])
        else:
            spans.append(line)
        last_line = line
    return spans


def _continues(text: str, previous: Span, line: Span) -> bool:
    """Whether `line` goes on with a sentence that a hard line break cut."""
    gap = text[previous[1] : line[0]].replace("\r\n", "\n").replace("\r", "\n")
    return (
        gap.count("\n") == 1
        and previous[1] - previous[0] in _WRAPPED_LINE_CHARS
        and text[previous[1] - 1] not in '.!?:;。！？|”"'
        and not _BLOCK_START.match(text, line[0])
    )


def _sentences_of_paragraph(text: str, start: int, end: int, language: str) -> list[Span]:
    mark = _LIST_MARK.match(text, start, end)
    if mark and mark.end() < end:
        start = mark.end()
    spans: list[Span] = []
    for boundary in get_sentence_boundaries(language, text[start:end]):
        span = _strip(text, start + boundary["start_index"], start + boundary["end_index"])
        if spans and not _has_word(text, span):
            spans[-1] = (spans[-1][0], span[1])
        else:
            spans.append(span)
    return spans


def _has_word(text: str, span: Span) -> bool:
    return any(character.isalnum() for character in text[span[0] : span[1]])


def _strip(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
