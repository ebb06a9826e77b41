"""The sources that a corpus rests on: read its register, find the keys in texts, resolve them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from briefbot.types import Chunk, Document, SourceRef, Span

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
class Problem:
    """What is wrong in a line of a register, and what to do."""

    line: int
    text: str


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


def parse_lists(
    text: str, names: tuple[str, ...], problems: list[Problem]
) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Read a YAML file that holds named lists of mappings, every value as text or None.

    The first of `names` must be there; what does not fit is added to `problems`.

    Yields:
        `(name of the list, line of the item, its values)`.
    """
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problems.append(Problem(line, "this is not YAML; correct it, for example by quoting."))
        return
    found = [(str(key.value), key, node) for key, node in _pairs(root)]
    if names[0] not in {name for name, _, _ in found}:
        problems.append(Problem(1, f"the list `{names[0]}:` is missing; add it."))
    for name, key, node in found:
        if name not in names or not isinstance(node, yaml.SequenceNode):
            known = " or ".join(f"`{known}:`" for known in names)
            problem = f"`{name}:` is no list of this file; write {known}."
            problems.append(Problem(key.start_mark.line + 1, problem))
            continue
        for item in node.value:
            yield name, item.start_mark.line + 1, _values(item)


def _pairs(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    return node.value if isinstance(node, yaml.MappingNode) else []


def _values(node: yaml.Node) -> dict[str, Any]:
    return {
        str(key.value): None if value.value in _YAML_NULL else value.value
        for key, value in _pairs(node)
        if isinstance(value, yaml.ScalarNode)
    }


_YAML_NULL = {"", "~", "null"}


Model = TypeVar("Model", bound=BaseModel)


def validated(
    model: type[Model], values: dict[str, Any], line: int, problems: list[Problem]
) -> Model | None:
    """Make a model of values, or add what is wrong with them to `problems`."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        name = values.get("key") or values.get("id") or "the entry"
        for detail in error.errors():
            place = ".".join(map(str, detail["loc"]))
            problems.append(Problem(line, f"{name}, `{place}`: {detail['msg']}; correct it."))
        return None


# --- documents to fetch ---------------------------------------------------------------------------


class PrimaryEntry(BaseModel):
    """One document of the list of documents to fetch."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str = Field(min_length=1)
    publisher: str = Field(min_length=1)
    date: str = Field(pattern=f"^(?:{DATE_PATTERN})$")
    url: str = Field(pattern=f"^{URL_PATTERN}$")
    kind: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    language: str = Field(pattern=r"^[a-z]{2}$")
    tested: bool


def parse_primary(text: str) -> tuple[list[PrimaryEntry], list[Problem]]:
    """Read the list of documents to fetch, and what is wrong with it."""
    problems: list[Problem] = []
    entries: dict[str, PrimaryEntry] = {}
    for _, line, values in parse_lists(text, ("documents",), problems):
        entry = validated(PrimaryEntry, values, line, problems)
        if entry is None:
            continue
        if entry.id in entries:
            problems.append(Problem(line, f"the id {entry.id} is taken already; choose another."))
        else:
            entries[entry.id] = entry
    return list(entries.values()), problems


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
