"""Excel workbooks: each row of each sheet is a passage with the names of its columns."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from briefbot.load.draft import About, Draft, clean, row_text
from briefbot.load.packed import require_modest
from briefbot.load.source import Source, damaged, too_many_pages
from briefbot.types import Document


def load(source: Source) -> Document:
    """Load a workbook; formulas count as what they last came to."""
    require_modest(source)
    draft = Draft(source)
    try:
        with source.path.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            too_many_pages(source.name, len(book.worksheets), source.limits, unit="sheets")
            for sheet in book.worksheets:
                name = f"{sheet.title}, " if len(book.worksheets) > 1 else ""
                sheet.reset_dimensions()  # what the file says of its size is often wrong
                if name:
                    draft.heading(2, sheet.title)
                _add_rows(draft, sheet.iter_rows(values_only=True), name)
            title = book.properties.title or ""
    except (KeyError, ValueError, InvalidFileException, ParseError, zipfile.BadZipFile) as error:
        raise damaged(source.name, "an Excel workbook") from error
    return draft.document(About(title=title))


def _add_rows(draft: Draft, rows: Iterable[tuple[Any, ...]], sheet: str) -> None:
    header: list[str] = []
    for number, row in enumerate(rows, start=1):
        cells = [_written(value) for value in row]
        if not header:
            header = cells if any(cells) else []
        elif any(cells):
            draft.mark(f"{sheet}row {number}", own_passage=True)
            draft.paragraph(row_text(header, cells))


def _written(value: object) -> str:
    """Write a cell as a reader would: no time on a whole day, no `.0` on a whole number."""
    match value:
        case None:
            return ""
        case datetime.datetime() if value.time() == datetime.time():
            return value.date().isoformat()
        case datetime.datetime() | datetime.date() | datetime.time():
            return value.isoformat(*[" "] if isinstance(value, datetime.datetime) else [])
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return clean(str(value))
