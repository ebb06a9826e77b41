"""One file → a Document, by the loader for what the file really is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from briefbot.errors import BriefBotError, UnreadableDocumentError, UnsupportedFormatError
from briefbot.load import sniff
from briefbot.load.process import ParserProcess
from briefbot.load.source import Limits, Source, cannot_open, protected
from briefbot.types import Document

LOADERS = {
    ".csv": "table",
    ".docx": "docx",
    ".epub": "epub",
    ".htm": "html",
    ".html": "html",
    ".markdown": "markdown",
    ".md": "markdown",
    ".odt": "odt",
    ".pdf": "pdf",
    ".pptx": "pptx",
    ".rtf": "rtf",
    ".srt": "subtitles",
    ".tsv": "table",
    ".txt": "plain",
    ".vtt": "subtitles",
    ".xhtml": "html",
    ".xlsx": "xlsx",
}
"""File extension → module of this package whose `load` takes a `Source`."""
ARCHIVE = ".zip"
EXTENSIONS = (*LOADERS, ARCHIVE)
"""What a corpus may hold: documents, and archives of them."""

_LOADED_HERE = {"markdown", "plain"}
"""The others run in a process of their own, and a corpus without them imports no library."""
_TEXT = {"html", "markdown", "plain", "subtitles", "table"}
_MAY_HOLD_HTML = {"markdown", "subtitles", "table"}
"""Text formats in which a file may well begin with a tag."""


def load_document(path: Path, *, root: Path, limits: Limits | None = None) -> Document | None:
    """Load one file.

    Returns:
        The document, or None where its front matter says `index: false`.

    Raises:
        UnsupportedFormatError: If it is of no format that a loader knows, or an archive.
        UnreadableDocumentError: If it is empty, damaged, protected, too large, or not UTF-8.
    """
    limits = limits or Limits()
    source = Source(path.relative_to(root).as_posix(), path, limits)
    if source.suffix == ARCHIVE:
        raise UnsupportedFormatError(
            f"{source.name} is an archive of documents.", hint="Unpack it, or index its folder."
        )
    with ParserProcess(limits) as parser:
        return load_source(source, parser)


def load_source(source: Source, parser: ParserProcess) -> Document | None:
    """Load a file with the parsing process at hand, as `load_document` does."""
    if printable(source.id) != source.id:
        raise UnreadableDocumentError(
            f"The name of {printable(source.id)} is not UTF-8.", hint="Rename the file."
        )
    module, note = _choose(source)
    document: Document | None
    if module in _LOADED_HERE:
        load: Callable[[Source], Document | None] = import_module(f"briefbot.load.{module}").load
        document = load(source)
    else:
        document = parser.load(module, source)
    if document is not None and note:
        document = replace(document, notes=(*document.notes, note))
    return document


def _choose(source: Source) -> tuple[str, str]:
    """Choose the loader by name and by content.

    Returns:
        The loader's module, and a note where the content is not what the name says.
    """
    module = LOADERS.get(source.suffix, "")
    require_size(source)
    try:
        found, foreign = sniff.kind_of(source.path, source.suffix)
        is_empty = source.path.stat().st_size == 0
    except OSError as error:
        raise cannot_open(source.name, error) from error
    if foreign:
        raise _foreign(source, foreign, is_known=bool(module))
    if found:
        return _by_content(source, module, found)
    if not module:
        raise _unsupported(source)
    if is_empty and module not in _LOADED_HERE:
        raise UnreadableDocumentError(
            f"{source.name} is empty (0 bytes).", hint="Get it again from where it came from."
        )
    if module not in _TEXT:
        raise UnreadableDocumentError(
            f"{source.name} is damaged, or no {source.suffix} file: its first bytes are not those "
            "of one.",
            hint="Open it in its own program and save it anew.",
        )
    return module, ""


def _by_content(source: Source, module: str, found: str) -> tuple[str, str]:
    """Choose between what a file's name and its first bytes say."""
    is_packed = found == ARCHIVE and source.suffix in sniff.PACKED
    is_same = is_packed or LOADERS.get(found) == module
    if is_same or (found == ".html" and module in _MAY_HOLD_HTML):
        return module, ""
    if found == ARCHIVE:
        raise UnreadableDocumentError(
            f"{source.name} is a zip archive, whatever its name says.",
            hint="Name it .zip, or unpack it.",
        )
    named = f"although its name ends in {source.suffix}" if source.suffix else "by its content"
    return LOADERS[found], f"read as {found}, {named}"


def _foreign(source: Source, foreign: str, *, is_known: bool) -> BriefBotError:
    if foreign == sniff.PROTECTED:
        return protected(source.name)
    if foreign == sniff.OLD_OFFICE:
        return UnsupportedFormatError(
            f"{source.name} is {foreign}.", hint="Save it as .docx, .xlsx or .pptx."
        )
    if not is_known:
        return _unsupported(source)
    return UnreadableDocumentError(
        f"{source.name} is {foreign}, whatever its name says.",
        hint="Replace it, or remove it from the corpus.",
    )


def _unsupported(source: Source) -> UnsupportedFormatError:
    return UnsupportedFormatError(
        f"{printable(source.name)}: files of type {printable(source.suffix) or '(none)'} are not "
        "supported.",
        hint=f"Convert it to one of {', '.join(sorted(EXTENSIONS))}.",
    )


def require_size(source: Source) -> None:
    """Refuse a file that is larger than allowed.

    Raises:
        UnreadableDocumentError: If it is.
    """
    size = source.path.stat().st_size
    if size > source.limits.max_file_mb * 1_000_000:
        raise UnreadableDocumentError(
            f"{source.name} has {size / 1_000_000:,.1f} MB; {source.limits.max_file_mb} are the "
            "most.",
            hint="Split it, or raise max_file_mb.",
        )


def printable(name: str) -> str:
    """Put `?` for the bytes of a file name that are not UTF-8."""
    return name.encode("utf-8", "replace").decode("utf-8")
