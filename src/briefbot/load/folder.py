"""A corpus folder → its documents, file by file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from briefbot.errors import BriefBotError, CorpusError
from briefbot.load.file import ARCHIVE, load_source, printable, require_size
from briefbot.load.process import ParserProcess
from briefbot.load.repeats import as_read, without_repeats
from briefbot.load.source import Limits, Source
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


@dataclass(frozen=True, slots=True)
class LoadedCorpus:
    """The readable documents of a folder in path order, and what was skipped."""

    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class FileRead:
    """What one file of a corpus gave: a document, those of an archive, or none.

    Attributes:
        path: Of the file in its corpus.
        documents: As they were read; what they repeat of each other is still in them.
    """

    path: str
    documents: tuple[Document, ...] = ()
    skipped: tuple[Skipped, ...] = ()


Known = Callable[[str], Document | None]
"""Path of a file in its corpus → the document it is known to give, if it need not be read."""


def load_corpus(folder: Path, *, limits: Limits | None = None) -> LoadedCorpus:
    """Load every document below a folder, or a single file; a bad file never stops the others.

    Raises:
        CorpusError: If the folder is missing, empty, or holds nothing that can be read.
    """
    read = list(read_files(folder, corpus_files(folder), limits=limits))
    documents = [document for file in read for document in file.documents]
    skipped = tuple(skipped for file in read for skipped in file.skipped)
    if not documents:
        raise nothing_readable(folder, skipped)
    return LoadedCorpus(without_repeats(documents), skipped)


def read_files(
    folder: Path,
    files: Sequence[Path],
    *,
    limits: Limits | None = None,
    known: Known | None = None,
) -> Iterator[FileRead]:
    """Read files of a corpus one by one; a bad file never stops the others.

    Args:
        folder: The corpus, or its only file.
        files: Which of its files to read, as `corpus_files` lists them.
        limits: What one file may cost.
        known: Spares the reading of a file.
    """
    limits = limits or Limits()
    root = corpus_root(folder)
    register, skipped = _register_of(root, limits)
    if skipped:
        yield FileRead(SOURCES_FILE, skipped=skipped)
    with ParserProcess(limits) as parser:
        for path in files:
            source = Source(path.relative_to(root).as_posix(), path, limits)
            document = known(source.id) if known else None
            read = FileRead(source.id, (as_read(document),)) if document else _read(source, parser)
            documents = (with_sources(document, register.entries) for document in read.documents)
            yield FileRead(printable(source.id), tuple(documents), read.skipped)


def corpus_root(corpus: Path) -> Path:
    """Find the folder from which paths in a corpus are counted: a single file is a corpus too."""
    return corpus.parent if corpus.is_file() else corpus


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


def nothing_readable(folder: Path, skipped: Sequence[Skipped]) -> CorpusError:
    """Build the error for a corpus that gave no document."""
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


def _register_of(folder: Path, limits: Limits) -> tuple[Register, tuple[Skipped, ...]]:
    """Read the register of sources, if the corpus has one; a bad one is skipped like a document."""
    path = folder / SOURCES_FILE
    if not path.is_file():
        return NO_REGISTER, ()
    try:
        register = parse_register(decode(Source(SOURCES_FILE, path, limits).read(), SOURCES_FILE))
    except BriefBotError as error:
        return NO_REGISTER, (Skipped(SOURCES_FILE, str(error)),)
    if not register.problems:
        return register, ()
    first = register.problems[0]
    reason = f"line {first.line}: {first.text} `briefbot corpus check` names all that is wrong."
    return register, (Skipped(SOURCES_FILE, reason),)


def _read(source: Source, parser: ParserProcess) -> FileRead:
    try:
        if source.suffix == ARCHIVE:
            return _read_archive(source, parser)
        document = load_source(source, parser)
    except BriefBotError as error:
        return FileRead(source.id, skipped=(_skipped(source, error),))
    return FileRead(source.id, (document,) if document else ())


def _read_archive(source: Source, parser: ParserProcess) -> FileRead:
    """Load the files of an archive; their ids are its own and their path in it."""
    require_size(source)
    documents: list[Document] = []
    with tempfile.TemporaryDirectory() as folder:
        names, skipped = parser.unpack(source, Path(folder))
        for number, name in sorted(enumerate(names), key=lambda numbered: numbered[1]):
            member = Source(f"{source.id}/{name}", Path(folder) / str(number), source.limits)
            try:
                document = load_source(member, parser)
            except BriefBotError as error:
                skipped.append(_skipped(member, error))
                continue
            if document is not None:
                documents.append(document)
    return FileRead(source.id, tuple(documents), tuple(skipped))


def _skipped(source: Source, error: BriefBotError) -> Skipped:
    return Skipped(printable(source.id), str(error))
