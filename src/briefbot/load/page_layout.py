"""Lines of printed pages → headings and paragraphs; running heads are dropped (pure).

Lines come in the order in which the file draws them, which is the reading order for nearly every
program, columns included. Only where the lines of two columns were drawn side by side, row by row,
they are put in order here.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from briefbot.load.draft import Draft

_HEADING_SIZE = 1.15
_HEADING_MAX_CHARS = 160
_EDGE_LINES = 2
_REPEATED_PAGES = 3
_COLUMN_MIN_ROWS = 4
_COLUMN_MIN_CHARS = 15
_COLUMN_SHARE = 0.6
_SAME_ROW = 0.4
_SAME_SIZE = 0.15
_INDENT = 0.8
_SMALL_SIZE = 8.0
_PARAGRAPH_DROP = 1.35
_ROOM = 1.1
_MUCH_ROOM = 4
_MAX_PITCH = 40.0
_WORD = re.compile(r"\w+(?:-\w+)*")
_CUT_WORD = re.compile(r"\w-$")
_SENTENCE_END = re.compile(r"[.!?:…][”’\"')\]]*$")
_LIST_ITEM = re.compile(r"(?:[•▪◦‣–*-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s")


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or what one column holds of it; places in points from the page's lower left."""

    text: str
    left: float
    right: float
    bottom: float
    size: float


def add_pages(draft: Draft, pages: Sequence[Sequence[Line]]) -> None:
    """Add the text of all pages to a draft, each page marked."""
    running = _running_heads(pages)
    if running:
        shown = "”, “".join(sorted(running)[:3])
        draft.note(f"left out what is repeated at the edge of pages: “{shown}”")
    ordered = [_in_columns(_without(page, running)) for page in pages]
    layout = _Layout(draft, ordered)
    for number, page in enumerate(ordered, start=1):
        draft.mark(f"p. {number}")
        for line in page:
            layout.add(line)
        layout.end_heading()


class _Layout:
    """Puts lines together; a paragraph may go on in the next column or on the next page."""

    def __init__(self, draft: Draft, pages: Sequence[Sequence[Line]]) -> None:
        lines = [line for page in pages for line in page]
        self._draft = draft
        self._levels = _heading_levels(lines)
        self._pitch = _usual_pitch(pages)
        self._words = Counter(word for line in lines for word in _WORD.findall(line.text))
        self._right = _right_edges(lines)
        self._heading: list[str] = []
        self._heading_level = 0
        self._previous: Line | None = None
        """The line before, where it belongs to a paragraph."""

    def add(self, line: Line) -> None:
        if not any(character.isalnum() for character in line.text):
            return
        is_short = len(line.text) <= _HEADING_MAX_CHARS
        level = self._levels.get(line.size, 0) if is_short else 0
        if level != self._heading_level:
            self.end_heading()
        if level:
            self._heading_level = level
            self._heading.append(line.text)
            self._previous = None
            return
        if self._previous is not None and self._goes_on(self._previous, line):
            glue, drop = self._glue(self._previous.text, line.text)
            self._draft.go_on(line.text, glue=glue, drop=drop)
        else:
            self._draft.paragraph(line.text)
        self._previous = line

    def end_heading(self) -> None:
        """Write the heading that is still open, if any."""
        self._draft.heading(self._heading_level, " ".join(self._heading))
        self._heading, self._heading_level = [], 0

    def _goes_on(self, above: Line, line: Line) -> bool:
        """Whether a line belongs to the paragraph of the one before it."""
        drop = above.bottom - line.bottom
        if abs(drop) < _SAME_ROW * max(line.size, 1):
            return True
        if _LIST_ITEM.match(line.text) or abs(above.size - line.size) > _SAME_SIZE * line.size:
            return False
        if drop < 0 or line.left > above.right:  # the next column, or the next page
            return not _SENTENCE_END.search(above.text)
        is_indented = line.left - above.left > _INDENT * max(line.size, _SMALL_SIZE)
        is_apart = drop > _PARAGRAPH_DROP * self._pitch
        return not (is_indented or is_apart or self._stopped_early(above, line))

    def _stopped_early(self, above: Line, line: Line) -> bool:
        """Whether the next word would have fitted on the line above."""
        room = self._right[_column(above)] - above.right
        letter = (above.right - above.left) / max(len(above.text), 1)
        word = line.text.split()[0]
        if _SENTENCE_END.search(above.text):
            return room > (len(word) + 1) * letter * _ROOM
        return not word[0].islower() and room > (len(word) + 1) * letter * _MUCH_ROOM

    def _glue(self, above: str, below: str) -> tuple[str, int]:
        """Choose what stands between two lines, and whether the hyphen of the first one goes.

        A hyphen within a word goes unless the text writes the word with it more often.
        """
        if not (_CUT_WORD.search(above) and below[0].isalnum()):
            return " ", 0
        first, last = _WORD.findall(above)[-1], _WORD.findall(below)[0]
        is_cut = below[0].islower() and self._words[f"{first}-{last}"] <= self._words[first + last]
        return "", int(is_cut)


def _running_heads(pages: Sequence[Sequence[Line]]) -> set[str]:
    """Find what stands at the upper or lower edge of most pages, numbers set aside."""
    found: Counter[str] = Counter()
    for page in pages:
        found.update({_numberless(line.text) for line in _edge_lines(page)})
    often = max(_REPEATED_PAGES, len(pages) // 2 + 1)
    return {text for text, count in found.items() if count >= often}


def _without(page: Sequence[Line], running: set[str]) -> Sequence[Line]:
    edge = _edge_lines(page)
    kept = [line for line in page if line not in edge or _numberless(line.text) not in running]
    return kept or page


def _edge_lines(page: Sequence[Line]) -> list[Line]:
    heights = sorted({round(line.bottom) for line in page})
    edges = {*heights[:_EDGE_LINES], *heights[-_EDGE_LINES:]}
    return [line for line in page if round(line.bottom) in edges]


def _numberless(text: str) -> str:
    return re.sub(r"\d+", "#", " ".join(text.split()))


def _heading_levels(lines: Sequence[Line]) -> dict[float, int]:
    """Give each size of letters that stands out from most of the text its level."""
    sized = [line for line in lines if line.size]
    if not sized:
        return {}
    letters: Counter[float] = Counter()
    for line in sized:
        letters[line.size] += len(line.text)
    body = letters.most_common(1)[0][0]
    larger = sorted((size for size in letters if size > _HEADING_SIZE * body), reverse=True)
    return {size: min(level, 6) for level, size in enumerate(larger, start=1)}


def _usual_pitch(pages: Sequence[Sequence[Line]]) -> float:
    drops = [
        above.bottom - below.bottom
        for page in pages
        for above, below in itertools.pairwise(page)
        if 0 < above.bottom - below.bottom < _MAX_PITCH
    ]
    return statistics.median_low(drops) if drops else _MAX_PITCH


def _column(line: Line) -> int:
    return round(line.left / 10)


def _right_edges(lines: Sequence[Line]) -> dict[int, float]:
    """Find how far right the lines reach that begin at about the same place."""
    edges: dict[int, float] = {}
    for line in lines:
        edges[_column(line)] = max(edges.get(_column(line), 0.0), line.right)
    return edges


def _in_columns(page: Sequence[Line]) -> Sequence[Line]:
    """Put the lines of two columns that were drawn row by row one column after the other.

    The pieces of a table's rows are short, and stay rows.
    """
    pairs = [
        (left, right)
        for left, right in itertools.pairwise(page)
        if abs(left.bottom - right.bottom) < _SAME_ROW * max(left.size, 1)
        and left.right < right.left
        and min(len(left.text), len(right.text)) >= _COLUMN_MIN_CHARS
    ]
    if len(pairs) < _COLUMN_MIN_ROWS or len(pairs) * 2 < _COLUMN_SHARE * len(page):
        return page
    gutter = statistics.median(right.left for _, right in pairs) - 1
    ordered: list[Line] = []
    right_column: list[Line] = []
    for line in page:
        if line.left >= gutter:
            right_column.append(line)
            continue
        if line.right > gutter:  # across both columns: what stands above comes first
            ordered += right_column
            right_column = []
        ordered.append(line)
    return [*ordered, *right_column]
