"""What a build takes over from the build before: documents read and split by the same code."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from briefbot.document_store import content_digest, read_passages
from briefbot.errors import IndexDamagedError, IndexMismatchError, IndexMissingError
from briefbot.generation import (
    BuildSettings,
    CorpusFiles,
    DocumentRecord,
    Manifest,
    read_catalog,
    read_files,
    read_manifest,
)
from briefbot.index_folder import current_generation
from briefbot.register import chunk_of
from briefbot.types import Chunk, Document


class Previous:
    """The generation that answers now, as far as it can be read; a build starts from it."""

    def __init__(self, index_dir: Path, settings: BuildSettings) -> None:
        """Read its manifest and catalog; one that is missing, damaged or foreign gives nothing."""
        self.generation: Path | None = None
        self.manifest: Manifest | None = None
        self.records: tuple[DocumentRecord, ...] = ()
        self.files = CorpusFiles({}, ())
        self.reads_and_splits_alike = False
        try:
            generation = current_generation(index_dir)
            manifest = read_manifest(generation)
            records = read_catalog(generation)
            self.files = read_files(generation)
        except (IndexMissingError, IndexDamagedError, IndexMismatchError):
            return
        self.generation, self.manifest, self.records = generation, manifest, records
        self._reads_alike = manifest.recipe == recipe()
        self.reads_and_splits_alike = self._reads_alike and manifest.settings == settings
        self._by_path = {record.path: record for record in self.records}
        self._by_digest = {record.digest: record for record in self.records}
        self._last: tuple[str, Document, list[Chunk]] | None = None

    def document(self, path: str, source: str) -> Document | None:
        """Find the document that the same bytes at the same path gave."""
        if self.generation is None or not self._reads_alike:
            return None
        record = self._by_path.get(path)
        if record is None or not source or record.source != source:
            return None
        read = self._read(record)
        return read[0] if read else None

    def passages(self, document: Document, digest: str) -> list[Chunk] | None:
        """Find how a document of the same content and title was split."""
        if self.generation is None or not self.reads_and_splits_alike:
            return None
        record = self._by_digest.get(digest)
        if record is None or record.title != document.title:
            return None
        read = self._read(record)
        if read is None:
            return None
        return [chunk_of(document, (chunk.start, chunk.end), chunk.heading) for chunk in read[1]]

    def _read(self, record: DocumentRecord) -> tuple[Document, list[Chunk]] | None:
        """Read a stored document, unless it is not what the catalog says."""
        assert self.generation is not None
        if self._last and self._last[0] == record.path:
            return self._last[1:]
        try:
            document, chunks = read_passages(self.generation, record.path)
        except IndexDamagedError:
            return None
        whole = all(0 <= c.start < c.end <= len(document.text) for c in chunks)
        if content_digest(document) != record.digest or len(chunks) != record.passages or not whole:
            return None
        self._last = (record.path, document, chunks)
        return document, chunks


@lru_cache(maxsize=1)
def recipe() -> str:
    """Hash the code that reads, splits and counts, and the versions of the packages it uses."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.name.encode("utf-8") + b"\0" + path.read_bytes())
    for name in _packages():
        try:
            digest.update(f"{name}\0{metadata.version(name)}\0".encode())
        except metadata.PackageNotFoundError:
            continue  # an extra that is not installed
    return digest.hexdigest()


def _packages() -> list[str]:
    """List the packages that BriefBot asks for, by name."""
    try:
        wanted = metadata.requires("briefbot") or []
    except metadata.PackageNotFoundError:  # run from a source folder
        return []
    names = (requirement.split(";")[0] for requirement in wanted)
    return sorted({_name_part(name) for name in names})


def _name_part(requirement: str) -> str:
    for end, character in enumerate(requirement):
        if not (character.isalnum() or character in "-_."):
            return requirement[:end]
    return requirement
