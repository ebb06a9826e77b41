"""Bytes → text, and what the loaders of every format ask of a text."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePosixPath

from briefbot.errors import UnreadableDocumentError
from briefbot.types import Heading

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BINARY_SHARE = 0.1


def decode(raw: bytes, name: str) -> str:
    """Decode text as UTF-8, or as UTF-16 where a byte order mark says so, and normalise to NFC.

    Raises:
        UnreadableDocumentError: If it is neither; the hint names the likely encoding.
    """
    encoding = "utf-16" if raw.startswith(_UTF16_MARKS) else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_text(raw, name, error) from error
    if text.count("\0") > _BINARY_SHARE * len(text):
        raise UnreadableDocumentError(
            f"{name} is not text: many of its characters are NUL.",
            hint="If it is UTF-16 without a byte order mark, save it as UTF-8 and index again.",
        )
    return unicodedata.normalize("NFC", text)


def _not_text(raw: bytes, name: str, error: UnicodeDecodeError) -> UnreadableDocumentError:
    if error.encoding.startswith("utf-16"):
        return UnreadableDocumentError(
            f"{name} is not whole UTF-16 text, which its byte order mark promises.",
            hint="Save it as UTF-8 and index again.",
        )
    # the position that Python names leaves out the byte order mark
    start = len(raw) - len(error.object) + error.start
    likely = likely_encoding(raw)
    return UnreadableDocumentError(
        f"{name} is not UTF-8 text (byte {start} is 0x{raw[start]:02x}).",
        hint=f"It looks like {likely}; save it as UTF-8 and index again."
        if likely
        else "Save it as UTF-8 and index again.",
    )


def likely_encoding(raw: bytes) -> str:
    """Guess the encoding of bytes that are not UTF-8; empty where there is no good guess."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 - only for files in trouble

    best = from_bytes(raw[:100_000]).best()
    return best.encoding.replace("_", "-") if best else ""


def require_words(document_id: str, text: str, body_start: int, headings: Sequence[Heading]) -> str:
    """Give the text back if it holds a word outside its headings.

    Raises:
        UnreadableDocumentError: If it holds none.
    """
    starts = (body_start, *(heading.end for heading in headings))
    ends = (*(heading.start for heading in headings), len(text))
    outside_headings = (text[start:end] for start, end in zip(starts, ends, strict=True))
    if not any(character.isalnum() for part in outside_headings for character in part):
        raise UnreadableDocumentError(
            f"{document_id} holds no text{' below its headings' if headings else ''}.",
            hint="Fill it, or remove it from the corpus.",
        )
    return text


def title_from_name(document_id: str) -> str:
    """Make a title of a file name."""
    stem = PurePosixPath(document_id).stem
    return re.sub(r"[_\-\s]+", " ", stem).strip() or stem
