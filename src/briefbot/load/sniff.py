"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import re
from pathlib import Path

_HEAD_BYTES = 8192
_TAIL_BYTES = 1_000_000
_ZIP = b"PK\x03\x04"
_OFFICE_PARTS = {
    b"word/document.xml": ".docx",
    b"ppt/presentation.xml": ".pptx",
    b"xl/workbook.xml": ".xlsx",
}
_PACKED_TYPES = {
    b"application/epub+zip": ".epub",
    b"application/vnd.oasis.opendocument.text": ".odt",
}
_FOREIGN = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"SQLite format 3\0", "a database"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html)", re.I | re.S
)
PACKED = {".docx", ".pptx", ".xlsx", ".epub", ".odt"}
"""Extensions of formats that are zip archives inside."""
OLD_OFFICE = "in the old Office format (.doc, .xls or .ppt)"
PROTECTED = "protected with a password"


def kind_of(path: Path, suffix: str) -> tuple[str, str]:
    """Look at the bytes of a file whose name ends in `suffix`.

    Returns:
        The extension that fits them, or what else the file is; both empty where bytes do not tell.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        file.seek(max(0, file.seek(0, 2) - _TAIL_BYTES))
        tail = file.read()
    if head.startswith(_ZIP):
        return _packed_kind(head, tail, suffix), ""
    if head.startswith(_OLE):
        is_protected = "EncryptedPackage".encode("utf-16-le") in head + tail
        return "", PROTECTED if is_protected else OLD_OFFICE
    # readers of PDF let something stand before its first line
    if b"%PDF-" in head[: 1024 if suffix == ".pdf" else 5]:
        return ".pdf", ""
    if head.startswith(b"{\\rtf"):
        return ".rtf", ""
    if _HTML.match(head):
        return ".html", ""
    return "", next((name for start, name in _FOREIGN if head.startswith(start)), "")


def _packed_kind(head: bytes, tail: bytes, suffix: str) -> str:
    for name, extension in _PACKED_TYPES.items():
        if name in head[:200]:
            return extension
    # the list of an archive's parts stands at its end
    found = [extension for part, extension in _OFFICE_PARTS.items() if part in tail]
    if suffix in found:  # an office file may hold another one
        return suffix
    return found[0] if found else ".zip"
