"""Quotes → numbered citations; the `[n]` marks of a text, and the text without them (pure)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from briefbot.types import Chunk, Citation

_MARK = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A verbatim piece of a chunk, not yet numbered; offsets are the document's."""

    chunk: Chunk
    start: int
    end: int

    @property
    def text(self) -> str:
        """The quote itself."""
        return self.chunk.text[self.start - self.chunk.start : self.end - self.chunk.start]


def cite(quote: Quoted, n: int) -> Citation:
    """Turn a quote into citation number `n`."""
    chunk = quote.chunk
    return Citation(
        n=n,
        document=chunk.document,
        title=chunk.title,
        quote=quote.text,
        start=quote.start,
        end=quote.end,
        heading=" › ".join(chunk.heading),
        url=chunk.url,
        date=chunk.date,
    )


def fold(text: str) -> str:
    """Normalise to NFC and fold runs of white space to one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_verbatim(citation: Citation, text: str) -> bool:
    """Whether the quote is exactly what stands at its offsets in the document's text."""
    return (
        0 <= citation.start < citation.end <= len(text)
        and text[citation.start : citation.end] == citation.quote
    )


def marks(text: str) -> tuple[int, ...]:
    """Find the numbers of the `[n]` and `[n, m]` marks of a text, each once, in order."""
    found = (int(n) for match in _MARK.finditer(text) for n in re.split(r"\s*[,;]\s*", match[1]))
    return tuple(dict.fromkeys(found))


def without_marks(text: str) -> str:
    """Take the `[n]` marks out of a text and close the gaps."""
    bare = re.sub(r"\s+([.,;:!?])", r"\1", _MARK.sub("", text))
    return " ".join(bare.split())


_TARGET = r"(?:\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\])"
_IMAGE = re.compile(rf"!\[([^\]]*)\]{_TARGET}")
_LINK = re.compile(rf"\[([^\]]*)\]{_TARGET}")
_TAG = re.compile(r"<[^<>]*>|<[a-zA-Z/!?][^<>]*$")
_URL = re.compile(
    r"\b(?:[a-z][a-z0-9+.-]*://|www\.|(?:javascript|data|mailto|vbscript):)\S*"
    r"|\b(?:[a-z0-9-]+\.)+[a-z]{2,}/\S*",
    re.I,
)
_MARKUP = re.compile(r"[*_`~]{1,3}(?=\w)|(?<=[\w.!?])[*_`~]{1,3}|^#+\s+|^>\s+")


def without_markup(text: str) -> str:
    """Take links, images and HTML out of a document's own sentence; the words stay."""
    bare = _LINK.sub(r"\1", _IMAGE.sub("", text))
    return fold(_HTML.sub("", bare))


_HTML = re.compile(r"<!--.*?(?:-->|$)|</?[a-zA-Z][\w-]*(?:\s[^<>]*)?/?>|<[a-z]+:[^<>\s]*>", re.S)


def plain(text: str) -> str:
    """Take links, images, HTML and addresses out of a statement, and invisible characters."""
    visible = "".join(c for c in text if c.isprintable() and unicodedata.category(c) != "Cf")
    bare = _LINK.sub(r"\1", _IMAGE.sub("", visible))
    bare = _MARKUP.sub("", _URL.sub("", _TAG.sub("", bare)))
    return fold(re.sub(r"\s+([.,;:!?])", r"\1", bare.replace("<", "").replace(">", "")))
