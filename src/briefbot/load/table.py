"""Tables as text, CSV and TSV: each row is a passage with the names of its columns."""

from __future__ import annotations

import csv
import io

from briefbot.errors import UnreadableDocumentError
from briefbot.load.draft import Draft, clean, row_text
from briefbot.load.source import Source
from briefbot.load.text import decode
from briefbot.types import Document

_DELIMITERS = ",;\t|"


def load(source: Source) -> Document:
    """Load a table whose first row names its columns; rows are counted as an editor shows them."""
    text = decode(source.read(), source.name)
    draft = Draft(source)
    header: list[str] | None = None
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for number, row in enumerate(rows, start=1):
            cells = [clean(cell) for cell in row]
            if header is None:
                header = cells if any(cells) else None
            elif any(cells):
                draft.mark(f"row {number}", own_passage=True)
                draft.paragraph(row_text(header, cells))
    except csv.Error as error:
        raise UnreadableDocumentError(
            f"{source.name} is not a table in CSV ({error}).", hint="Check its quotes."
        ) from error
    return draft.document()


def _delimiter(text: str) -> str:
    """Take what stands most often in the first line: the names of columns hold no other."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=first.count)
