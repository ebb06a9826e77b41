"""Downloaded bytes → readable text: HTML by trafilatura, PDF by pypdfium2, plain text as it is."""

from __future__ import annotations

import codecs
import html
import logging
import re
import unicodedata

from briefbot.errors import FetchError

MIN_WORDS = 50
"""What holds less is an error page or a shell that a script would fill."""

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what fails is reported by us


def extract_text(body: bytes, *, content_type: str = "", charset: str = "") -> str:
    """Take the text out of a downloaded document.

    Args:
        body: The document.
        content_type: What the server calls it; its first bytes count for more.
        charset: What the server says of its encoding; bytes that are UTF-8 count for more.

    Returns:
        Markdown or plain text in NFC, its lines ended as on Unix.

    Raises:
        FetchError: If it is of another kind, damaged, an error page, or without text.
    """
    if body[:1024].lstrip().startswith(b"%PDF-"):
        text = _pdf_text(body)
    elif content_type in {"text/plain", "text/markdown"}:
        text = decoded(body, charset)
    elif content_type in {"", "text/html", "application/xhtml+xml"}:
        text = _html_text(decoded(body, charset))
    else:
        raise FetchError(
            f"The answer is of type {content_type}, not HTML, PDF or text.",
            hint="Save its text as a document yourself.",
        )
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    words = len(text.split())
    if words < MIN_WORDS:
        raise FetchError(
            f"The document holds too little text ({words} words).",
            hint="It may be an error page, a scan or filled by a script; open it in a browser.",
        )
    return text


def decoded(body: bytes, charset: str) -> str:
    """Decode text: by its byte order mark, as UTF-8 if it is that, else as it says itself.

    Text in another encoding is hardly ever valid UTF-8 by chance, and servers often name a wrong
    one.
    """
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    declared = _META_CHARSET.search(body[:4096])
    candidates = ("utf-8-sig", charset, declared[1].decode("ascii") if declared else "", "cp1252")
    for name in filter(None, candidates):
        try:
            return body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("cp1252", "replace")


_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{1,40})", re.I)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.I | re.S)
_ERROR_TITLE = re.compile(
    r"\b(?:40[0-9]|50[0-9])\b.{0,20}\b(?:error|not found|forbidden|unavailable)"
    r"|^\W*(?:error\b|40[34]\b)|\b(?:page|file|document) (?:was |is )?(?:not found|missing)"
    r"|\bnot found\b|access denied|no longer (?:exists|available)|just a moment"
    r"|attention required|are you (?:a )?(?:robot|human)|captcha",
    re.I,
)


def _html_text(page: str) -> str:
    import trafilatura  # noqa: PLC0415 - slow to import

    title_match = _TITLE.search(page)
    title = " ".join(html.unescape(title_match[1]).split()) if title_match else ""
    if _ERROR_TITLE.search(title):
        raise FetchError(
            f"The page is an error page (“{title[:80]}”).",
            hint="Open the address in a browser; if the document moved, correct its `url`.",
        )
    if not page.strip():
        return ""
    text = trafilatura.extract(
        page, output_format="markdown", include_comments=False, favor_recall=True
    )
    return text or ""


def _pdf_text(body: bytes) -> str:
    import pypdfium2  # noqa: PLC0415 - only if there is a PDF

    try:
        with pypdfium2.PdfDocument(body) as document:
            pages = [page.get_textpage().get_text_bounded() for page in document]
    except pypdfium2.PdfiumError as error:
        raise FetchError(
            f"The PDF cannot be read ({error}).",
            hint="It may be damaged or locked by a password; open it in a reader.",
        ) from error
    # pdfium writes U+FFFE or U+0002 for a hyphen at the end of a line
    joined = re.sub("[\ufffe\x02]\\s*", "", "\n\n".join(pages))
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", " ", joined)
