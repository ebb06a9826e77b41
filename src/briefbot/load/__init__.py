"""Files of a corpus folder → Documents; a new format is one module and one line in `LOADERS`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from briefbot.errors import (
    BriefBotError,
    CorpusError,
    UnreadableDocumentError,
    UnsupportedFormatError,
)
from briefbot.load import sniff
from briefbot.load.process import ParserProcess
from briefbot.load.repeats import as_read, without_repeats
from briefbot.load.source import Limits, Source, cannot_open, protected
from briefbot.load.text import decode
from briefbot.register import (
    NO_REGISTER,
    REGISTER_FILES,
    SOURCES_FILE,
    Register,
    parse_register,
    with_sources,
)
from briefbot.types import Document, Skipped

__all__ = [
    "EXTENSIONS",
    "LOADERS",
    "Known",
    "Limits",
    "LoadedCorpus",
    "corpus_files",
    "load_corpus",
    "load_document",
]

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
_ARCHIVE = ".zip"
EXTENSIONS = (*LOADERS, _ARCHIVE)
"""What a corpus may hold: documents, and archives of them."""

_LOADED_HERE = {"markdown", "plain"}
"""The others run in a process of their own, and a corpus without them imports no library."""
_TEXT = {"html", "markdown", "plain", "subtitles", "table"}
_MAY_HOLD_HTML = {"markdown", "subtitles", "table"}
"""Text formats in which a file may well begin with a tag."""


@dataclass(frozen=True, slots=True)
class LoadedCorpus:
    """The readable documents of a folder in path order, and what was skipped."""

    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...]


Known = Callable[[str, Path], Document | None]
"""Id and path of a file → the document that it is known to give, if it need not be read."""


def load_corpus(
    folder: Path, *, limits: Limits | None = None, known: Known | None = None
) -> LoadedCorpus:
    """Load every document below a folder, or a single file; a bad file never stops the others.

    Raises:
        CorpusError: If the folder is missing, empty, or holds nothing that can be read.
    """
    limits = limits or Limits()
    documents: list[Document] = []
    files = corpus_files(folder)
    folder = folder if folder.is_dir() else folder.parent
    register, skipped = _register_of(folder, limits)
    with ParserProcess(limits) as parser:
        for path in files:
            source = Source(path.relative_to(folder).as_posix(), path, limits)
            try:
                if source.suffix == _ARCHIVE:
                    _load_archive(source, parser, documents, skipped)
                elif (document := _known_or_read(source, parser, known)) is not None:
                    documents.append(document)
            except BriefBotError as error:
                skipped.append(Skipped(_printable(source.id), str(error)))
    if not documents:
        raise _nothing_readable(folder, skipped)
    sourced = [with_sources(document, register.entries) for document in documents]
    return LoadedCorpus(without_repeats(sourced), tuple(skipped))


def _known_or_read(source: Source, parser: ParserProcess, known: Known | None) -> Document | None:
    document = known(source.id, source.path) if known else None
    return as_read(document) if document else _load(source, parser)


def _register_of(folder: Path, limits: Limits) -> tuple[Register, list[Skipped]]:
    """Read the register of sources, if the corpus has one; a bad one is skipped like a document."""
    path = folder / SOURCES_FILE
    if not path.is_file():
        return NO_REGISTER, []
    try:
        register = parse_register(decode(Source(SOURCES_FILE, path, limits).read(), SOURCES_FILE))
    except BriefBotError as error:
        return NO_REGISTER, [Skipped(SOURCES_FILE, str(error))]
    if not register.problems:
        return register, []
    first = register.problems[0]
    reason = f"line {first.line}: {first.text} `briefbot corpus check` names all that is wrong."
    return register, [Skipped(SOURCES_FILE, reason)]


def corpus_files(folder: Path) -> list[Path]:
    """List the files of a corpus in a stable order, hidden ones and registers left out.

    A single file is a corpus of its own.

    Raises:
        CorpusError: If the folder is missing or is not a folder.
    """
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise CorpusError(
            f"The corpus folder {folder} does not exist.",
            hint="Create it and put documents in, or name another with --corpus.",
        )
    files = (
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.relative_to(folder).as_posix() not in REGISTER_FILES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    return sorted(files, key=lambda path: path.relative_to(folder).as_posix())


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
    if source.suffix == _ARCHIVE:
        raise UnsupportedFormatError(
            f"{source.name} is an archive of documents.", hint="Unpack it, or index its folder."
        )
    with ParserProcess(limits) as parser:
        return _load(source, parser)


def _load(source: Source, parser: ParserProcess) -> Document | None:
    if _printable(source.id) != source.id:
        raise UnreadableDocumentError(
            f"The name of {_printable(source.id)} is not UTF-8.", hint="Rename the file."
        )
    module, note = _choose(source)
    document: Document | None
    if module in _LOADED_HERE:
        load: Callable[[Source], Document | None] = import_module(f"{__name__}.{module}").load
        document = load(source)
    else:
        document = parser.load(module, source)
    if document is not None and note:
        document = replace(document, notes=(*document.notes, note))
    return document


def _load_archive(
    source: Source, parser: ParserProcess, documents: list[Document], skipped: list[Skipped]
) -> None:
    """Load the files of an archive; their ids are its own and their path in it."""
    _require_size(source)
    with tempfile.TemporaryDirectory() as folder:
        names, left_out = parser.unpack(source, Path(folder))
        skipped += left_out
        for number, name in sorted(enumerate(names), key=lambda numbered: numbered[1]):
            member = Source(f"{source.id}/{name}", Path(folder) / str(number), source.limits)
            try:
                document = _load(member, parser)
            except BriefBotError as error:
                skipped.append(Skipped(_printable(member.id), str(error)))
                continue
            if document is not None:
                documents.append(document)


def _choose(source: Source) -> tuple[str, str]:
    """Choose the loader by name and by content.

    Returns:
        The loader's module, and a note where the content is not what the name says.
    """
    module = LOADERS.get(source.suffix, "")
    _require_size(source)
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
    is_packed = found == _ARCHIVE and source.suffix in sniff.PACKED
    is_same = is_packed or LOADERS.get(found) == module
    if is_same or (found == ".html" and module in _MAY_HOLD_HTML):
        return module, ""
    if found == _ARCHIVE:
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
        f"{_printable(source.name)}: files of type {_printable(source.suffix) or '(none)'} are not "
        "supported.",
        hint=f"Convert it to one of {', '.join(sorted(EXTENSIONS))}.",
    )


def _require_size(source: Source) -> None:
    size = source.path.stat().st_size
    if size > source.limits.max_file_mb * 1_000_000:
        raise UnreadableDocumentError(
            f"{source.name} has {size / 1_000_000:,.1f} MB; {source.limits.max_file_mb} are the "
            "most.",
            hint="Split it, or raise max_file_mb.",
        )


def _printable(name: str) -> str:
    """Put `?` for the bytes of a file name that are not UTF-8."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _nothing_readable(folder: Path, skipped: list[Skipped]) -> CorpusError:
    if not skipped:
        return CorpusError(
            f"The corpus folder {folder} holds no documents.",
            hint="Put documents in and index again.",
        )
    first = skipped[0]
    return CorpusError(
        f"None of the {len(skipped)} files in {folder} can be read; the first is {first.path}: "
        f"{first.reason}",
        hint="Correct them, or add others.",
    )
