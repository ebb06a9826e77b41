"""RTF documents: striprtf gives their text, and headings are found as in plain text."""

from __future__ import annotations

import re

from striprtf.striprtf import rtf_to_text

from briefbot.load.draft import About, Draft
from briefbot.load.plain import plain_headings
from briefbot.load.source import Source, damaged
from briefbot.types import Document

_CELL_END = re.compile(r"\s*\|[ \t]*(?!\s*\Z)(?=[^\s|])")
_TITLE = re.compile(r"\{\\title\s+(?P<title>[^{}\\]*)\}")


def load(source: Source) -> Document:
    """Load an RTF document."""
    raw = source.read().decode("latin-1")  # RTF is ASCII; what is beyond is escaped, or cp1252
    try:
        text = str(rtf_to_text(raw, encoding="cp1252", errors="replace"))  # type: ignore[no-untyped-call]
    except (ValueError, IndexError, LookupError, UnicodeError) as error:
        raise damaged(source.name, "RTF") from error
    text = _CELL_END.sub(" | ", text)
    draft = Draft(source)
    headings = {heading.start: heading.text for heading in plain_headings(text)}
    for line in re.finditer(r"[^\r\n]+", text):
        start = line.start() + len(line.group()) - len(line.group().lstrip())
        if start in headings:
            draft.heading(1 if start == min(headings) else 2, line.group())
        else:
            draft.paragraph(line.group())
    title = _TITLE.search(raw)
    return draft.document(About(title=title["title"] if title else ""))
