"""The documents of a build: the text of each, its metadata, and where its passages are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from briefbot.register import chunk_of
from briefbot.store import damaged
from briefbot.types import Chunk, Document

_DOCUMENT = TypeAdapter(Document)
_NOT_CONTENT = {"id", "title", "notes"}
"""What may change while the content stays: a title can come from the file's name."""


def content_digest(document: Document) -> str:
    """Hash a document's content: the same for every copy of a file, whatever its path."""
    left_out = _NOT_CONTENT | _unset(document)
    return hashlib.sha256(_DOCUMENT.dump_json(document, exclude=left_out)).hexdigest()


def _unset(document: Document) -> set[str]:
    """What most documents lack: it does not count, so that their digests stay what they were."""
    return set() if document.checks else {"checks"}


class CorpusDigest:
    """Hash of the ids and contents of documents, in the order in which they are added."""

    def __init__(self) -> None:
        """Start with no documents."""
        self._digest = hashlib.sha256()

    def add(self, document: Document) -> None:
        """Add a document."""
        self._digest.update(_DOCUMENT.dump_json(document, exclude=_unset(document)))

    def hexdigest(self) -> str:
        """Give the hash of what was added so far."""
        return self._digest.hexdigest()


def corpus_digest(documents: Sequence[Document]) -> str:
    """Hash the ids and contents of the loaded documents, in order."""
    digest = CorpusDigest()
    for document in documents:
        digest.add(document)
    return digest.hexdigest()


def write_document(generation: Path, document: Document, chunks: Sequence[Chunk] = ()) -> None:
    """Store a document's text and metadata, and where its passages are."""
    stored = _Stored(document, tuple((c.start, c.end, c.heading) for c in chunks))
    _document_path(generation, document.id).write_bytes(_STORED.dump_json(stored))


def read_document(generation: Path, document_id: str) -> Document:
    """Read a stored document.

    Raises:
        IndexDamagedError: If the index does not hold it.
    """
    return _read_stored(generation, document_id).document


def read_passages(generation: Path, document_id: str) -> tuple[Document, list[Chunk]]:
    """Read a stored document and its passages, in order.

    Raises:
        IndexDamagedError: If the index does not hold it.
    """
    stored = _read_stored(generation, document_id)
    document = stored.document
    return document, [
        chunk_of(document, (start, end), path) for start, end, path in stored.passages
    ]


_Located = tuple[int, int, tuple[str, ...]]
"""Start, end and heading path of a passage."""


@dataclass(frozen=True, slots=True)
class _Stored:
    document: Document
    passages: tuple[_Located, ...]


_STORED = TypeAdapter(_Stored)


def _read_stored(generation: Path, document_id: str) -> _Stored:
    try:
        return _STORED.validate_json(_document_path(generation, document_id).read_bytes())
    except (OSError, ValueError, UnicodeError) as error:
        raise damaged(generation.parent, f"it does not hold {document_id!r}") from error


def drop_document(generation: Path, document_id: str) -> None:
    """Remove a stored document from a build that is being made."""
    _document_path(generation, document_id).unlink(missing_ok=True)


def stored_documents(generation: Path) -> int:
    """Count the documents stored."""
    return len(list((generation / "documents").glob("*.json")))


def _document_path(generation: Path, document_id: str) -> Path:
    name = hashlib.blake2b(document_id.encode("utf-8"), digest_size=16).hexdigest()
    return generation / "documents" / f"{name}.json"
