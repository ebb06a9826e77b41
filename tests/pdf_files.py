"""PDF files drawn line by line, for what no sample shows."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path

import pypdfium2  # noqa: TID251 - it draws what the loader is to read
import pypdfium2.raw as pdfium  # noqa: TID251

DrawnLine = tuple[float, float, str]
"""Left edge, baseline (both in points from the lower left) and text."""


def write_pdf(path: Path, pages: Sequence[Sequence[DrawnLine]], *, size: float = 10) -> Path:
    """Write a PDF of A5 pages whose lines are drawn in the order given."""
    with pypdfium2.PdfDocument.new() as pdf:
        font = pdfium.FPDFText_LoadStandardFont(pdf, b"Helvetica")
        for lines in pages:
            page = pdf.new_page(420, 595)
            for left, bottom, text in lines:
                drawn = pdfium.FPDFPageObj_CreateTextObj(pdf, font, size)
                raw = ctypes.create_string_buffer((text + "\0").encode("utf-16-le"))
                pdfium.FPDFText_SetText(drawn, ctypes.cast(raw, pdfium.FPDF_WIDESTRING))
                pdfium.FPDFPageObj_Transform(drawn, 1, 0, 0, 1, left, bottom)
                pdfium.FPDFPage_InsertObject(page, drawn)
            page.gen_content()
        pdf.save(path)
    return path
