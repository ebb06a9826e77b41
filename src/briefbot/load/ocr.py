"""Scanned pages → lines, by Tesseract; an extra that works where both parts are installed."""

from __future__ import annotations

import functools
import importlib.util
import shutil
from itertools import groupby
from typing import TYPE_CHECKING

from briefbot.load.page_layout import Line

if TYPE_CHECKING:
    import pypdfium2

_DPI = 300
_POINTS = 72


@functools.cache
def is_available() -> bool:
    """Whether pages can be read: the Python package and the program itself are there."""
    return importlib.util.find_spec("pytesseract") is not None and bool(shutil.which("tesseract"))


def hint() -> str:
    """Say what to do about pages that were not read, without the full stop."""
    if is_available():
        return "OCR found none or had no time left; scan it better, or raise parse_timeout_s"
    return "`pip install 'briefbot[ocr]'` and the program tesseract-ocr read scanned pages"


def read_page(page: pypdfium2.PdfPage) -> list[Line]:
    """Read a page's picture; the lines are in reading order, and none of them is a heading."""
    import pytesseract  # noqa: PLC0415 - an extra

    image = page.render(scale=_DPI / _POINTS, grayscale=True).to_pil()
    try:
        found = pytesseract.image_to_data(image, output_type=pytesseract.Output.DICT)
    except pytesseract.TesseractError:
        return []
    words = zip(
        *(found[key] for key in ("block_num", "par_num", "line_num")),
        *(found[key] for key in ("left", "top", "width", "height", "text")),
        strict=True,
    )
    lines = groupby((word for word in words if word[-1].strip()), key=lambda word: word[:3])
    return [_line(list(group), image.height) for _, group in lines]


def _line(words: list[tuple[int, ...]], page_height: int) -> Line:
    scale = _POINTS / _DPI
    left = min(word[3] for word in words)
    right = max(word[3] + word[5] for word in words)
    # by its top, which most lines have in common, where not all have letters that hang down
    top = min(word[4] for word in words)
    text = " ".join(str(word[7]).strip() for word in words)
    return Line(text, left * scale, right * scale, (page_height - top) * scale, size=0)
