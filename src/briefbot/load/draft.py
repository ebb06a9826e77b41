"""A document in the making: headings, paragraphs and marks in order, at exact offsets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from briefbot.errors import UnreadableDocumentError
from briefbot.load.source import Source
from briefbot.load.text import require_words, title_from_name
from briefbot.support.instructions import without_invisible
from briefbot.types import Document, Heading, Mark

MAX_TEXT_CHARS = 20_000_000
"""More text than this in one file is a bomb, or no document."""
_GAP = "\n\n"
_WEB = re.compile(r"https?://", re.I)
_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-[0-3]\d)?)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]+")


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself."""

    title: str = ""
    date: str = ""
    url: str = ""
    author: str = ""
    publisher: str = ""
    language: str = ""


NOTHING = About()


def clean(text: str) -> str:
    """Put text on one line: NFC, single spaces, nothing invisible, no half surrogates."""
    whole = without_invisible(text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", whole)).split())


class Draft:
    """Collects the blocks of a document that is not plain text; each becomes one line."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._parts: list[str] = []
        self._length = 0
        self._headings: list[Heading] = []
        self._marks: list[Mark] = []
        self._pending: Mark | None = None
        self._notes: list[str] = []

    def heading(self, level: int, text: str) -> None:
        """Add a heading line."""
        line = clean(text)
        if line:
            start = self._add(line)
            self._headings.append(Heading(level, line, start, start + len(line)))

    def paragraph(self, text: str) -> None:
        """Add a paragraph; one without words is left out."""
        line = clean(text)
        if any(character.isalnum() for character in line):
            self._add(line)

    def go_on(self, text: str, *, glue: str = " ", drop: int = 0) -> None:
        """Add to the paragraph before, which the end of a line, column or page cut in two.

        Args:
            text: What goes on.
            glue: What stands between.
            drop: How many characters of what is there go first, such as a hyphen.
        """
        line = clean(text)
        if not self._parts or (self._headings and self._headings[-1].end == self._text_end()):
            self.paragraph(line)
        elif line:
            self._length += len(glue) - len(self._parts[-1]) - drop
            self._parts[-1] = glue
            self._parts[-2] = self._parts[-2][: len(self._parts[-2]) - drop]
            self._add(line)

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Add a table, a paragraph a row; cells carry their header where the first row is one."""
        lines = [[clean(cell) for cell in row] for row in rows]
        lines = [line for line in lines if any(line)]
        header = lines[0] if len(lines) > 1 and _is_header(lines[0]) else []
        for line in lines[1:] if header else lines:
            self.paragraph(row_text(header, line))

    def mark(self, label: str, *, own_passage: bool = False) -> None:
        """Give what follows a label."""
        self._pending = Mark(0, clean(label), own_passage)

    def note(self, sentence: str) -> None:
        """Add a sentence to the index report."""
        self._notes.append(sentence)

    def document(self, about: About = NOTHING) -> Document:
        """Make the document; without a title it takes its first top heading's, or the file's name.

        Raises:
            UnreadableDocumentError: If no word was added.
        """
        text = "".join(self._parts).rstrip() + "\n"
        headings = tuple(self._headings)
        name = self._source.name
        top = next((h.text for h in headings if h.level == 1), title_from_name(name))
        return Document(
            id=self._source.id,
            title=clean(about.title) or top,
            text=require_words(self._source.id, text, 0, headings),
            headings=headings,
            marks=tuple(self._marks),
            url=about.url if _WEB.match(about.url) else "",
            date=about.date if _DATE.fullmatch(about.date) else "",
            kind="document",
            author=clean(about.author),
            publisher=clean(about.publisher),
            language=about.language or "en",
            notes=tuple(self._notes),
        )

    def _text_end(self) -> int:
        return self._length - len(self._parts[-1])

    def _add(self, line: str) -> int:
        start = self._length
        if self._pending is not None:
            self._marks.append(replace(self._pending, start=start))
            self._pending = None
        self._parts += (line, _GAP)
        self._length += len(line) + len(_GAP)
        if self._length > MAX_TEXT_CHARS:
            raise UnreadableDocumentError(
                f"{self._source.name} holds more than {MAX_TEXT_CHARS:,} characters.",
                hint="Split it, or check that it is what its name says.",
            )
        return start


def row_text(header: Sequence[str], cells: Sequence[str]) -> str:
    """Write a row of a table as "Header: cell; Header: cell", empty cells left out."""
    if not header:
        return " | ".join(cell for cell in cells if cell)
    names = [*header, *[""] * (len(cells) - len(header))]
    pairs = zip(names, cells, strict=False)
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)


def _is_header(cells: Sequence[str]) -> bool:
    return all(cells) and len(set(cells)) == len(cells) and len(cells) > 1
