"""The sources that a corpus rests on: read its register, find the keys in texts, resolve them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from briefbot.types import Chunk, Document, SourceRef, Span
from briefbot.yaml_lists import Problem, parse_lists, validated

SOURCES_FILE = "sources.yaml"
"""The register, in the root of a corpus folder; without it no text holds source keys."""
PRIMARY_FILE = "primary-sources.yaml"
"""The list of documents to fetch, beside it."""
REGISTER_FILES = frozenset({SOURCES_FILE, PRIMARY_FILE})
"""Files in the root of a corpus folder that are no documents."""

STATE_MEDIA = "state media"
UNCHECKED = "(not checked against a source here)"
"""Follows what no source backs, in the sentence itself."""

KEY = re.compile(r"\[([A-Z0-9-]*[A-Z][A-Z0-9-]*)\](?![(:])")
"""A source key in its brackets, as `[NAT49]`; it holds a letter, so that `[1]` is none."""
DATE_PATTERN = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?|n\.d\."
URL_PATTERN = r"https?://[^\s/]+\.[^\s]+"


class RegisterEntry(BaseModel):
    """One source of the register, as written in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(pattern=r"^[A-Z0-9-]*[A-Z][A-Z0-9-]*$")
    title: str = Field(min_length=1)
    publisher: str = Field(min_length=1)
    date: str = Field(pattern=f"^(?:{DATE_PATTERN})$")
    url: str | None = Field(pattern=f"^{URL_PATTERN}$")
    kind: Literal["primary", "official", "news", "scholarship", "reference", "state media", "other"]
    note: str = ""
    citable: bool = True

    @property
    def ref(self) -> SourceRef:
        """What a citation shows of the source; an unknown date is left out."""
        date = "" if self.date == "n.d." else self.date
        return SourceRef(self.key, self.title, self.publisher, date, self.url or "")


@dataclass(frozen=True, slots=True)
class Register:
    """A register's entries by key with their lines, those set aside, and what is wrong with it."""

    entries: Mapping[str, RegisterEntry]
    lines: Mapping[str, int]
    unused: frozenset[str]
    problems: tuple[Problem, ...]


NO_REGISTER = Register({}, {}, frozenset(), ())


def parse_register(text: str) -> Register:
    """Read a register; entries that are malformed are left out and named in `problems`."""
    problems: list[Problem] = []
    entries: dict[str, RegisterEntry] = {}
    lines: dict[str, int] = {}
    unused: set[str] = set()
    sections = parse_lists(text, ("sources", "unused"), problems)
    for section, line, values in sections:
        entry = validated(RegisterEntry, values, line, problems)
        if entry is None:
            continue
        if entry.key in lines:
            problems.append(
                Problem(line, f"{entry.key} is in the register already; remove one of the two.")
            )
        elif section == "unused":
            unused.add(entry.key)
        else:
            entries[entry.key] = entry
        lines.setdefault(entry.key, line)
    return Register(entries, lines, frozenset(unused), tuple(problems))


# --- keys in texts ------------------------------------------------------------------------------


def with_sources(document: Document, entries: Mapping[str, RegisterEntry]) -> Document:
    """Give a document the sources whose keys stand in its text, in order of first use."""
    if not entries:
        return document
    used = dict.fromkeys(m[1] for m in KEY.finditer(document.text, document.body_start))
    return replace(document, sources=tuple(entries[key].ref for key in used if key in entries))


def unread(document: Document) -> tuple[str, ...]:
    """List the pieces of a document's text that are no prose: its source keys in brackets."""
    return tuple(f"[{source.key}]" for source in document.sources)


def blanked(text: str, pieces: Iterable[str]) -> str:
    """Put spaces for pieces of a text, so that every offset still holds."""
    for piece in pieces:
        text = text.replace(piece, " " * len(piece))
    return text


def chunk_of(document: Document, span: Span, heading: tuple[str, ...]) -> Chunk:
    """Cut a passage out of its document, with the source keys in it that are not read."""
    start, end = span
    text = document.text[start:end]
    return Chunk(
        document=document.id,
        title=document.title,
        text=text,
        start=start,
        end=end,
        heading=heading,
        url=document.url,
        date=document.date,
        kind=document.kind,
        language=document.language,
        unread=tuple(piece for piece in unread(document) if piece in text),
        checks=document.checks,
    )


def prose(chunk: Chunk) -> str:
    """A chunk's text as it is read and compared: without source keys, at the same offsets."""
    return blanked(chunk.text, chunk.unread)


def sources_of(document: Document, span: Span) -> tuple[SourceRef, ...]:
    """Find the sources of a stretch of text: the next keys in its paragraph or list.

    Returns:
        In the document's order; none for text that the document itself marks as not checked.
    """
    start, end = span
    if not document.sources or UNCHECKED in document.text[start:end]:
        return ()
    known = {source.key: source for source in document.sources}
    below = _rest_of_block(document, end)
    found: list[SourceRef] = []
    last = 0
    for match in KEY.finditer(below):
        if found and below[last : match.start()].strip():
            break
        if match[1] in known:
            found.append(known[match[1]])
            last = match.end()
    return tuple(dict.fromkeys(found))


def _rest_of_block(document: Document, offset: int) -> str:
    for start, end in blocks(document.text, document.body_start):
        if start <= offset <= end:
            return document.text[offset:end]
    return ""


_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_HEADING = re.compile(r"[ ]{0,3}#{1,6}(?:\s|\Z)")
_LIST_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s")
_ONLY_KEYS = re.compile(rf"\s*(?:{KEY.pattern}\s*)+\Z")


def blocks(text: str, start: int = 0) -> list[Span]:
    """Find the stretches of Markdown that share their closing keys: paragraphs and whole lists.

    A line that ends in a colon belongs to what it announces, and a line of keys alone to what
    stands above it. Headings belong to no block.

    Returns:
        Spans in order, disjoint, without white space around them.
    """
    found: list[Span] = []
    is_joinable = False  # no heading since the last block
    for kind, first, last in _raw_blocks(text, start):
        if kind == "heading":
            is_joinable = False
            continue
        if is_joinable and _belongs_to(text, found[-1], (first, last)):
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
        is_joinable = True
    return found


def _belongs_to(text: str, above: Span, block: Span) -> bool:
    words = text[slice(*block)]
    is_announced = text[above[1] - 1] == ":"
    both_lists = _LIST_ITEM.match(words) and _LIST_ITEM.match(_last_line(text[slice(*above)]))
    return bool(is_announced or both_lists or _ONLY_KEYS.match(words))


def _last_line(block: str) -> str:
    return block.splitlines()[-1]


def _raw_blocks(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Cut at blank lines and headings."""
    first = last = -1
    for match in _LINE.finditer(text, start):
        line = match.group()
        is_heading = bool(_HEADING.match(line))
        if (is_heading or not line.strip()) and first >= 0:
            yield "block", first, last
            first = -1
        if is_heading:
            yield "heading", match.start(), match.end()
        elif line.strip():
            if first < 0:
                first = match.start() + len(line) - len(line.lstrip())
            last = match.start() + len(line.rstrip())
    if first >= 0:
        yield "block", first, last
