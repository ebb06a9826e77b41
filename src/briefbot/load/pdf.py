"""PDF files: lines with their places on the page (pdfium) → paragraphs, headings, page numbers."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium

from briefbot.errors import UnreadableDocumentError
from briefbot.load import ocr
from briefbot.load.draft import About, Draft
from briefbot.load.page_layout import Line, add_pages
from briefbot.load.source import Source, damaged, protected, too_many_pages
from briefbot.types import Document

_LINE_ENDS = {"\r", "\n"}
_HYPHENS = dict.fromkeys("\x02\ufffe\u00ad\u2010", "-")
"""What a hyphen that the end of a line put into a word may come out as."""
_HYPHENS_AT_END = {"\x02", "\ufffe"}
"""Those after which pdfium leaves the line end out."""
_WIDE_GAP = 2.0
"""Blank space within a line, in heights of its letters, that parts columns."""
_OCR_SHARE = 0.7
"""Share of the time for a file after which no further page is read by OCR."""


def load(source: Source) -> Document:
    """Load a PDF file; pages without text are read by OCR if that is installed, or named."""
    started = time.monotonic()
    try:
        pdf = pypdfium2.PdfDocument(source.path)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise protected(source.name) from error
        raise damaged(source.name, "PDF") from error
    with pdf:
        too_many_pages(source.name, len(pdf), source.limits)
        draft = Draft(source)
        pages, blank = [], []
        deadline = started + _OCR_SHARE * source.limits.parse_timeout_s
        for number in range(len(pdf)):
            lines = _lines(source, pdf, number)
            if not lines and ocr.is_available() and time.monotonic() < deadline:
                lines = ocr.read_page(pdf[number])
            if not lines and _shows_something(pdf, number):
                blank.append(number + 1)
            pages.append(lines)
        if not any(pages):
            raise _all_blank(source, len(pdf))
        if blank:
            draft.note(f"{_pages(blank)} no text (a scan?); {ocr.hint()}")
        add_pages(draft, pages)
        return draft.document(About(title=_title(pdf), author=pdf.get_metadata_value("Author")))


def _title(pdf: pypdfium2.PdfDocument) -> str:
    """The title of the file's own description, if that is no file name."""
    title = str(pdf.get_metadata_value("Title")).strip()
    is_name = "." in title[-6:-2] or title.lower().startswith(("microsoft word", "untitled"))
    return "" if is_name else title


def _all_blank(source: Source, pages: int) -> UnreadableDocumentError:
    where = "its only page" if pages == 1 else f"any of its {pages} pages"
    return UnreadableDocumentError(
        f"{source.name} has no text on {where} (a scan?).", hint=f"{ocr.hint()}."
    )


def _pages(numbers: list[int]) -> str:
    """Write "page 3 has" or "pages 3–5 and 9 have"."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1].append(number)
        else:
            ranges.append([number])
    names = [f"{r[0]}–{r[-1]}" if len(r) > 1 else str(r[0]) for r in ranges]
    listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return f"page {listed} has" if len(numbers) == 1 else f"pages {listed} have"


def _shows_something(pdf: pypdfium2.PdfDocument, number: int) -> bool:
    """Whether anything is drawn on a page; a page left empty is no scan."""
    try:
        page = pdf[number]
    except pypdfium2.PdfiumError:
        return True
    return next(iter(page.get_objects(max_depth=1)), None) is not None


def _lines(source: Source, pdf: pypdfium2.PdfDocument, number: int) -> list[Line]:
    """Read the lines of a page in the order in which they were written."""
    try:
        page = pdf[number]
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise damaged(source.name, f"PDF from page {number + 1} on") from error
    try:
        return list(_pieces(text_page))
    finally:
        text_page.close()
        page.close()


def _pieces(text_page: pypdfium2.PdfTextPage) -> Iterator[Line]:
    """Cut the characters of a page at line ends and at gaps as wide as between columns."""
    count = text_page.count_chars()
    codes = [chr(pdfium.FPDFText_GetUnicode(text_page, n)) for n in range(count)]
    characters = [_HYPHENS.get(code, code) for code in codes]
    first = 0
    for position, code in enumerate([*codes, "\n"]):
        if code in _LINE_ENDS or code in _HYPHENS_AT_END:
            stop = position if code in _LINE_ENDS else position + 1
            yield from _cut_at_gaps(text_page, characters, first, stop)
            first = position + 1


def _cut_at_gaps(
    text_page: pypdfium2.PdfTextPage, characters: list[str], first: int, stop: int
) -> Iterator[Line]:
    boxes: list[tuple[int, tuple[float, float, float, float]]] = []
    for position in range(first, stop):
        if characters[position].isspace():
            continue
        box = _box(text_page, position)
        if boxes:
            _, (_, _, right, top) = boxes[-1]
            height = top - boxes[-1][1][1]
            if box[0] - right > _WIDE_GAP * max(height, 1):
                yield _line(characters, boxes)
                boxes = []
        boxes.append((position, box))
    if boxes:
        yield _line(characters, boxes)


def _line(
    characters: list[str], boxes: list[tuple[int, tuple[float, float, float, float]]]
) -> Line:
    """Make a line of characters with their boxes `(left, bottom, right, top)`."""
    text = "".join(characters[boxes[0][0] : boxes[-1][0] + 1])
    heights = sorted(top - bottom for _, (_, bottom, _, top) in boxes)
    return Line(
        text=text,
        left=boxes[0][1][0],
        right=max(right for _, (_, _, right, _) in boxes),
        bottom=min(bottom for _, (_, bottom, _, _) in boxes),
        size=round(heights[len(heights) // 2] * 2) / 2,
    )


def _box(text_page: pypdfium2.PdfTextPage, position: int) -> tuple[float, float, float, float]:
    rect = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(text_page, position, ctypes.byref(rect))
    return rect.left, rect.bottom, rect.right, rect.top
