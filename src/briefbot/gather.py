"""Corpus folder → documents and where their passages are, stored in a fresh build one by one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from briefbot.document_store import (
    CorpusDigest,
    content_digest,
    drop_document,
    read_document,
    write_document,
)
from briefbot.generation import CorpusFiles, DocumentRecord
from briefbot.load import (
    FileRead,
    Repeats,
    corpus_files,
    corpus_root,
    nothing_readable,
    printable,
    read_files,
)
from briefbot.load.repeats import as_read
from briefbot.register import REGISTER_FILES
from briefbot.reuse import Previous
from briefbot.settings import Settings
from briefbot.types import Chunk, Document, Skipped
from briefbot.wiring import limits_of

Split = Callable[[Document], list[Chunk]]
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a corpus gave; the documents themselves are stored in the build."""

    records: tuple[DocumentRecord, ...]
    files: CorpusFiles
    corpus_digest: str


def corpus_now(settings: Settings) -> dict[str, str]:
    """Hash every file that a build would read, by its path in the corpus; registers too.

    Raises:
        CorpusError: If the corpus folder is missing.
    """
    root = corpus_root(settings.corpus_dir)
    files = _files_to_read(settings)
    files += [root / name for name in sorted(REGISTER_FILES) if (root / name).is_file()]
    return {printable(path.relative_to(root).as_posix()): _file_digest(path) for path in files}


class Gatherer:
    """Stores the documents of a corpus in a build; files of equal content are one document.

    It goes through the corpus twice: what documents repeat is known when all of them were seen.
    In between each document lies on the disk, in this build or still in the one before.
    """

    def __init__(
        self, settings: Settings, generation: Path, previous: Previous, now: Mapping[str, str]
    ) -> None:
        """Start with an empty build.

        Args:
            settings: Name the corpus folder and the limits.
            generation: Takes the documents.
            previous: The build before; what stands there is neither read nor split again.
            now: The hash of each file, as `corpus_now` gives them.
        """
        self._settings = settings
        self._generation = generation
        self._previous = previous
        self._digests = dict(now)
        self._skipped: list[Skipped] = []
        self._documents: dict[str, bool] = {}
        """Ids in order, each with whether the document lies in this build already."""
        self._corpus = CorpusDigest()
        self._repeats = Repeats()

    def gather(self, split: Split, tell: Tell) -> Gathered:
        """Read the corpus file by file, then split it document by document.

        Args:
            split: Cuts a document into passages.
            tell: Told of the stages "reading" (files) and "splitting" (documents).

        Raises:
            CorpusError: If nothing can be read.
        """
        self._read(tell)
        if not self._documents:
            raise nothing_readable(self._settings.corpus_dir, self._skipped)
        records = self._split(split, tell)
        files = CorpusFiles(self._digests, tuple(self._skipped))
        return Gathered(records, files, self._corpus.hexdigest())

    # --- the first time -------------------------------------------------------------------------

    def _read(self, tell: Tell) -> None:
        """Read the files and note what they repeat."""
        corpus = self._settings.corpus_dir
        files = _files_to_read(self._settings)
        tell("reading", 0, len(files))
        read = read_files(corpus, files, limits=limits_of(self._settings), known=self._known)
        for number, file in enumerate(read, start=1):
            self._skipped += file.skipped
            self._take(file, corpus_root(corpus) / file.path)
            tell("reading", min(number, len(files)), len(files))

    def _known(self, path: str) -> Document | None:
        return self._previous.document(path, self._digests.get(path, ""))

    def _take(self, file: FileRead, path: Path) -> None:
        for document in file.documents:
            self._repeats.note(document)
            before = self._known(document.id)
            stays = before is not None and as_read(before) == document
            if not stays:
                write_document(self._generation, document)
            self._documents[document.id] = not stays
        was_read = any(self._documents[document.id] for document in file.documents)
        if was_read and self._digests.get(file.path) != _file_digest(path):
            self._digests[file.path] = ""  # it was written while it was read

    # --- the second time ------------------------------------------------------------------------

    def _split(self, split: Split, tell: Tell) -> tuple[DocumentRecord, ...]:
        """Mark what is repeated, and split each document."""
        records: dict[str, DocumentRecord] = {}
        for number, (name, lies_here) in enumerate(self._documents.items()):
            tell("splitting", number, len(self._documents))
            document = self._repeats.without(self._read_again(name, lies_here=lies_here))
            self._corpus.add(document)
            digest = content_digest(document)
            if digest in records:
                known = records[digest]
                records[digest] = replace(known, paths=(*known.paths, name))
                drop_document(self._generation, name)
                continue
            chunks = self._previous.passages(document, digest) or split(document)
            write_document(self._generation, document, chunks)
            records[digest] = DocumentRecord(
                paths=(name,),
                digest=digest,
                title=document.title,
                kind=document.kind,
                date=document.date,
                passages=len(chunks),
                source=self._digests.get(name, ""),
                notes=document.notes,
            )
        return tuple(records.values())

    def _read_again(self, name: str, *, lies_here: bool) -> Document:
        if lies_here:
            return read_document(self._generation, name)
        before = self._known(name)
        assert before is not None  # it was read a moment ago, and nobody changes it
        return as_read(before)


def _files_to_read(settings: Settings) -> list[Path]:
    """List the files of the corpus, but those of an index that lies inside it."""
    corpus, index = settings.corpus_dir.absolute(), settings.index_dir.absolute()
    files = corpus_files(settings.corpus_dir)
    if not index.is_relative_to(corpus) or index == corpus:
        return files
    return [path for path in files if not path.absolute().is_relative_to(index)]


def _file_digest(path: Path) -> str:
    """Hash a file's bytes; empty for one that cannot be read, which its loader will say."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
