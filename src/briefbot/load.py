"""Files of a corpus folder → Documents; a new format is one function and one line in `LOADERS`."""

from __future__ import annotations

import datetime
import itertools
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from briefbot.errors import (
    BriefBotError,
    CorpusError,
    UnreadableDocumentError,
    UnsupportedFormatError,
)
from briefbot.register import (
    NO_REGISTER,
    REGISTER_FILES,
    SOURCES_FILE,
    Register,
    parse_register,
    with_sources,
)
from briefbot.types import Document, Heading, Skipped


@dataclass(frozen=True, slots=True)
class LoadedCorpus:
    """The readable documents of a folder in path order, and what was skipped."""

    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...]


def load_corpus(folder: Path) -> LoadedCorpus:
    """Load every document below a folder; one bad file never stops the others.

    Raises:
        CorpusError: If the folder is missing, empty, or holds nothing that can be read.
    """
    documents: list[Document] = []
    files = corpus_files(folder)
    register, skipped = _register_of(folder)
    for path in files:
        try:
            document = load_document(path, root=folder)
        except BriefBotError as error:
            skipped.append(Skipped(_printable(path.relative_to(folder).as_posix()), str(error)))
            continue
        if document is not None:
            documents.append(with_sources(document, register.entries))
    if not documents:
        raise _nothing_readable(folder, skipped)
    return LoadedCorpus(tuple(documents), tuple(skipped))


def _register_of(folder: Path) -> tuple[Register, list[Skipped]]:
    """Read the register of sources, if the corpus has one; a bad one is skipped like a document."""
    path = folder / SOURCES_FILE
    if not path.is_file():
        return NO_REGISTER, []
    try:
        register = parse_register(_read_text(path))
    except BriefBotError as error:
        return NO_REGISTER, [Skipped(SOURCES_FILE, str(error))]
    if not register.problems:
        return register, []
    first = register.problems[0]
    reason = f"line {first.line}: {first.text} `briefbot corpus check` names all that is wrong."
    return register, [Skipped(SOURCES_FILE, reason)]


def corpus_files(folder: Path) -> list[Path]:
    """List the files of a corpus in a stable order, hidden ones and registers left out.

    Raises:
        CorpusError: If the folder is missing or is not a folder.
    """
    if not folder.is_dir():
        raise CorpusError(
            f"The corpus folder {folder} does not exist.",
            hint="Create it and put .md or .txt files in, or name another with --corpus.",
        )
    files = (
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.relative_to(folder).as_posix() not in REGISTER_FILES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    return sorted(files, key=lambda path: path.relative_to(folder).as_posix())


def load_document(path: Path, *, root: Path) -> Document | None:
    """Load one file.

    Returns:
        The document, or None where its front matter says `index: false`.

    Raises:
        UnsupportedFormatError: If no loader knows the file's extension.
        UnreadableDocumentError: If the file is not UTF-8 text, is empty, or cannot be opened.
    """
    loader = LOADERS.get(path.suffix.lower())
    if loader is None:
        known = ", ".join(sorted(LOADERS))
        raise UnsupportedFormatError(
            f"{_printable(path.name)}: files of type {_printable(path.suffix) or '(none)'} are not "
            "supported.",
            hint=f"Convert it to one of {known}.",
        )
    document_id = path.relative_to(root).as_posix()
    if _printable(document_id) != document_id:
        raise UnreadableDocumentError(
            f"The name of {_printable(document_id)} is not UTF-8.", hint="Rename the file."
        )
    return loader(document_id, _read_text(path))


def _printable(name: str) -> str:
    """Put `?` for the bytes of a file name that are not UTF-8."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _load_markdown(document_id: str, text: str) -> Document | None:
    meta, body_start = _front_matter(document_id, text)
    if meta.get("index", "").lower() in {"false", "no", "off"}:
        return None
    text, note = _without_advertising(text, body_start)
    headings = _markdown_headings(text, body_start)
    top = next((heading for heading in headings if heading.level == 1), None)
    title = meta.get("title") or (top.text if top else _title_from_name(document_id))
    return Document(
        id=document_id,
        title=title,
        text=_require_words(document_id, text, body_start, headings),
        body_start=body_start,
        headings=headings,
        url=meta.get("url", ""),
        date=_iso_date(document_id, meta.get("date", "")),
        kind=meta.get("kind", "document"),
        publisher=meta.get("publisher", ""),
        language=meta.get("language", "en"),
        notes=(note,) if note else (),
    )


def _load_text(document_id: str, text: str) -> Document:
    url_match = _SOURCE_LINE.search(text)
    text, note = _without_advertising(text, 0)
    headings = _plain_headings(text)
    opens_with_title = bool(headings) and not text[: headings[0].start].strip()
    return Document(
        id=document_id,
        title=headings[0].text if opens_with_title else _title_from_name(document_id),
        text=_require_words(document_id, text, 0, headings),
        headings=_with_title_level(headings) if opens_with_title else headings,
        url=url_match["url"] if url_match else "",
        kind="document",
        notes=(note,) if note else (),
    )


LOADERS: dict[str, Callable[[str, str], Document | None]] = {
    ".md": _load_markdown,
    ".markdown": _load_markdown,
    ".txt": _load_text,
}
"""File extension → loader of (document id, decoded text)."""


def _read_text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableDocumentError(
            f"{path.name} cannot be opened ({error.strerror}).", hint="Check its permissions."
        ) from error
    try:
        text = raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UnreadableDocumentError(
            f"{path.name} is not UTF-8 text (byte {error.start} is 0x{raw[error.start]:02x}).",
            hint="Save it as UTF-8 and index again.",
        ) from error
    return unicodedata.normalize("NFC", text)


def _require_words(
    document_id: str, text: str, body_start: int, headings: Sequence[Heading]
) -> str:
    starts = (body_start, *(heading.end for heading in headings))
    ends = (*(heading.start for heading in headings), len(text))
    outside_headings = (text[start:end] for start, end in zip(starts, ends, strict=True))
    if not any(character.isalnum() for part in outside_headings for character in part):
        raise UnreadableDocumentError(
            f"{document_id} holds no text{' below its headings' if headings else ''}.",
            hint="Fill it, or remove it from the corpus.",
        )
    return text


def _title_from_name(document_id: str) -> str:
    stem = Path(document_id).stem
    return re.sub(r"[_\-\s]+", " ", stem).strip() or stem


# --- front matter -------------------------------------------------------------------------------

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?P<yaml>.*?)^---[ \t]*(?:\r?\n|\Z)", re.S | re.M)


def _front_matter(document_id: str, text: str) -> tuple[dict[str, str], int]:
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, 0
    try:
        # BaseLoader leaves every value as it is written: a title such as `12:30` or `No` too
        values = yaml.load(match["yaml"], Loader=yaml.BaseLoader)  # noqa: S506 - makes text only
    except (yaml.YAMLError, RecursionError) as error:
        first_line = str(error).splitlines()[0]
        raise UnreadableDocumentError(
            f"{document_id}: the front matter between the --- lines is not YAML ({first_line}).",
            hint="Correct it, for example by quoting values that hold a colon.",
        ) from error
    if not isinstance(values, dict):
        return {}, 0 if values else match.end()
    return {
        key: "" if value in _YAML_NULL else " ".join(value.split())
        for key, value in values.items()
        if isinstance(value, str)
    }, match.end()


_YAML_NULL = {"~", "null"}


def _iso_date(document_id: str, value: str) -> str:
    if not value or re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", value):
        return value
    try:
        return datetime.date.fromisoformat(value[:10]).isoformat()
    except ValueError as error:
        raise UnreadableDocumentError(
            f"{document_id}: the date {value!r} is not an ISO date.",
            hint="Write it as YYYY-MM-DD, YYYY-MM or YYYY.",
        ) from error


# --- headings -----------------------------------------------------------------------------------


def _markdown_headings(text: str, body_start: int) -> tuple[Heading, ...]:
    line_ends = re.compile(r"\r\n|\r|\n").finditer(text, body_start)
    line_starts = [body_start, *(match.end() for match in line_ends)]
    headings = []
    tokens = MarkdownIt("commonmark").parse(text[body_start:])
    for opening, inline in itertools.pairwise(tokens):
        if opening.type != "heading_open" or opening.map is None:
            continue
        name = _plain(inline)
        if not name:
            continue
        first, after = opening.map
        start = line_starts[first]
        end = line_starts[after] if after < len(line_starts) else len(text)
        end = start + len(text[start:end].rstrip())
        headings.append(Heading(int(opening.tag[1]), name, start, end))
    return tuple(headings)


def _plain(inline: Token) -> str:
    """The words of a heading without Markdown's marks."""
    parts = (" " if "break" in child.type else child.content for child in inline.children or ())
    return " ".join("".join(parts).split())


_HEADING_MAX_CHARS = 100
_PARAGRAPH_MIN_CHARS = 120


def _plain_headings(text: str) -> tuple[Heading, ...]:
    """Find headings of plain text: short lines without a full stop above a paragraph.

    The first line counts as one whatever stands below it; another heading below is allowed too.
    """
    lines = [m for m in re.finditer(r"[^\r\n]+", text) if m.group().strip()]
    found: list[Heading] = []
    below_is_text = False
    for position, match in reversed(list(enumerate(lines))):
        line = match.group().strip()
        looks_like_heading = _looks_like_heading(line)
        if looks_like_heading and (below_is_text or (position == 0 and len(lines) > 1)):
            start = match.start() + match.group().index(line)
            found.append(Heading(2, line, start, start + len(line)))
        else:
            below_is_text = len(line) >= _PARAGRAPH_MIN_CHARS
    return tuple(reversed(found))


def _looks_like_heading(line: str) -> bool:
    return (
        len(line) <= _HEADING_MAX_CHARS
        and (line[0].isupper() or line[0].isdigit())
        and line[-1] not in ".!?:;,…”\"'-–—"
        and not re.match(r"(?:\d{1,3}[.)]|Source:)\s", line)
        and "://" not in line
    )


def _with_title_level(headings: tuple[Heading, ...]) -> tuple[Heading, ...]:
    return (replace(headings[0], level=1), *headings[1:])


# --- advertising --------------------------------------------------------------------------------

_SOURCE_LINE = re.compile(
    r"(?:\A|(?<=[\r\n]))Source:[ \t]*(?P<url>https?://\S+)[ \t]*(?=[\r\n]|\Z)"
)
_SELLING = re.compile(
    r"click here|anyone can (?:join|contribute)|sign up|subscribe|order (?:yours|now|today)"
    r"|money.back|refund|satisfied|try our|our formula|buy now|free trial|newsletter|invite your"
    r"|create your .{0,40}account|all rights reserved|cookie|privacy policy|®|™"
    r"|\bcapsules\b|\bproduct\b",
    re.I,
)
_SELLING_SHARE = 0.4


def _without_advertising(text: str, body_start: int) -> tuple[str, str]:
    """Cut what a web capture carries below its last `Source: <url>` line, if that sells something.

    What stands below is kept when fewer than 40% of its paragraphs use the words of adverts and
    site footers, so a document that goes on after a source line loses nothing.

    Returns:
        The text to keep, and a sentence for the index report (empty if nothing was cut).
    """
    sources = list(_SOURCE_LINE.finditer(text, body_start))
    if not sources:
        return text, ""
    below = [line for line in text[sources[-1].end() :].splitlines() if line.strip()]
    selling = sum(bool(_SELLING.search(line)) for line in below)
    if not below or selling / len(below) < _SELLING_SHARE:
        return text, ""
    kept = text[: sources[-1].start()].rstrip()
    cut = len(text) - sources[-1].end()
    return kept, f"left out {cut:,} characters of advertising below the “Source:” line"


def _nothing_readable(folder: Path, skipped: list[Skipped]) -> CorpusError:
    if not skipped:
        return CorpusError(
            f"The corpus folder {folder} holds no documents.",
            hint="Put .md or .txt files in and index again.",
        )
    first = skipped[0]
    return CorpusError(
        f"None of the {len(skipped)} files in {folder} can be read; the first is {first.path}: "
        f"{first.reason}",
        hint="Correct them, or add .md or .txt files in UTF-8.",
    )
