"""The index folder: one folder per build, a manifest, the documents, and a pointer to the current.

index/
  CURRENT                       name of the current generation, replaced in one step
  generation-20251122-…/
    manifest.json               model, dimension, split settings, corpus digest, counts
    documents/<hash>.json       the stored text of each document
    chroma/  bm25/              see store.py and lexical.py
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from briefbot.errors import IndexMismatchError, IndexMissingError, IndexWriteError
from briefbot.store import damaged
from briefbot.types import Document, Heading, Mark, SourceRef

FORMAT = 2
"""Version of the folder's layout and of how text is turned into chunks and terms."""

_POINTER = "CURRENT"
_PREFIX = "generation-"
_KEPT_GENERATIONS = 2
"""The current one, and the one before it for readers that are still in a question."""


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """What an index depends on besides the documents."""

    embedding_model: str
    chunk_tokens: int
    overlap_sentences: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was built from and with."""

    format: int
    settings: BuildSettings
    dimension: int
    corpus_digest: str
    documents: tuple[str, ...]
    passages: int
    skipped: int
    created: str


def new_generation(index_dir: Path) -> Path:
    """Make a fresh folder for a build.

    Raises:
        IndexWriteError: If the folder cannot be made.
    """
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%d-%H%M%S-%f")
    folder = index_dir / f"{_PREFIX}{stamp}-{uuid.uuid4().hex[:8]}"
    try:
        (folder / "documents").mkdir(parents=True)
    except OSError as error:
        raise IndexWriteError(
            f"The index folder {index_dir} cannot be written ({error.strerror}).",
            hint="Check its permissions and the free space, or name another with --index.",
        ) from error
    return folder


def current_generation(index_dir: Path) -> Path:
    """Find the generation that answers.

    Raises:
        IndexMissingError: If nothing was built there.
        IndexDamagedError: If the pointer leads nowhere.
    """
    pointer = index_dir / _POINTER
    try:
        name = pointer.read_text("utf-8").strip()
    except FileNotFoundError as error:
        raise IndexMissingError(
            f"There is no index in {index_dir}.", hint="Run `briefbot index` to build it."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise damaged(index_dir, f"{_POINTER} cannot be read") from error
    folder = index_dir / name
    if not name.startswith(_PREFIX) or "/" in name or not folder.is_dir():
        raise damaged(index_dir, "the build that CURRENT names is missing")
    return folder


def publish(index_dir: Path, generation: Path) -> None:
    """Make a finished generation the current one, in one rename, and clear away old ones."""
    pointer = index_dir / _POINTER
    staged = index_dir / f".{_POINTER}-{uuid.uuid4().hex[:8]}"
    with staged.open("w", encoding="utf-8") as file:
        file.write(generation.name)
        file.flush()
        os.fsync(file.fileno())
    staged.replace(pointer)
    generations = sorted(
        (path for path in index_dir.glob(f"{_PREFIX}*") if path != generation),
        key=lambda path: path.name,
    )
    for old in generations[: -(_KEPT_GENERATIONS - 1)]:
        shutil.rmtree(old, ignore_errors=True)


def discard(generation: Path) -> None:
    """Remove a generation whose build failed."""
    shutil.rmtree(generation, ignore_errors=True)


def write_manifest(generation: Path, manifest: Manifest) -> None:
    """Write `manifest.json`."""
    text = json.dumps(asdict(manifest), indent=2, ensure_ascii=False)
    (generation / "manifest.json").write_text(text + "\n", "utf-8")


def read_manifest(generation: Path) -> Manifest:
    """Read `manifest.json`.

    Raises:
        IndexDamagedError: If it is missing or malformed.
        IndexMismatchError: If another version of BriefBot wrote it.
    """
    try:
        values = json.loads((generation / "manifest.json").read_text("utf-8"))
        if values["format"] != FORMAT:
            raise IndexMismatchError(
                f"The index in {generation.parent} was built by another version of BriefBot.",
                hint="Run `briefbot index` to rebuild it.",
            )
        values["settings"] = BuildSettings(**values["settings"])
        values["documents"] = tuple(values["documents"])
        return Manifest(**values)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise damaged(generation.parent, f"its manifest cannot be read: {error}") from error


def require_same_settings(manifest: Manifest, wanted: BuildSettings, index_dir: Path) -> None:
    """Refuse an index that was built with other settings than those in force.

    Raises:
        IndexMismatchError: Naming each setting that differs.
    """
    built, now = asdict(manifest.settings), asdict(wanted)
    changes = [f"{key} {built[key]!r}, now {now[key]!r}" for key in now if built[key] != now[key]]
    if changes:
        raise IndexMismatchError(
            f"The index in {index_dir} was built with other settings ({'; '.join(changes)}).",
            hint="Run `briefbot index` to rebuild it, or restore the settings.",
        )


def corpus_digest(documents: Sequence[Document]) -> str:
    """Hash the ids and contents of the loaded documents, in order."""
    digest = hashlib.sha256()
    for document in documents:
        digest.update(json.dumps(asdict(document), sort_keys=True).encode("utf-8"))
    return digest.hexdigest()


def write_document(generation: Path, document: Document) -> None:
    """Store a document's text and metadata."""
    path = _document_path(generation, document.id)
    path.write_text(json.dumps(asdict(document), ensure_ascii=False), "utf-8")


def read_document(generation: Path, document_id: str) -> Document:
    """Read a stored document.

    Raises:
        IndexDamagedError: If the index does not hold it.
    """
    try:
        values = json.loads(_document_path(generation, document_id).read_text("utf-8"))
        values["headings"] = tuple(Heading(**heading) for heading in values["headings"])
        values["marks"] = tuple(Mark(**mark) for mark in values["marks"])
        values["left_out"] = tuple((start, end) for start, end in values["left_out"])
        values["notes"] = tuple(values["notes"])
        values["sources"] = tuple(SourceRef(**source) for source in values["sources"])
        return Document(**values)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged(generation.parent, f"it does not hold {document_id!r}") from error


def _document_path(generation: Path, document_id: str) -> Path:
    name = hashlib.blake2b(document_id.encode("utf-8"), digest_size=16).hexdigest()
    return generation / "documents" / f"{name}.json"
