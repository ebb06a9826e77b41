"""The index folder: one folder per build, what it holds, and a pointer to the current one.

index/
  CURRENT                       name of the current generation, replaced in one step
  LOCK                          who builds, see index_lock.py
  vectors.sqlite3               vectors computed before, see vector_cache.py
  generation-20251122-…/
    in-use                      locked by everyone who reads this generation
    manifest.json               model, dimension, split settings, corpus digest, counts
    catalog.json                the documents: paths, content hash, title, passages
    documents/<hash>.json       the stored text of each document, and where its passages are
    vector_keys                 which vectors of the cache this generation uses
    chroma/  bm25/              see store.py and lexical.py
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from briefbot.errors import IndexDamagedError, IndexMismatchError, IndexMissingError
from briefbot.index_lock import Hold, held_by_nobody, unwritable
from briefbot.register import chunk_of
from briefbot.store import damaged
from briefbot.types import Chunk, Document
from briefbot.vector_cache import FILE as VECTORS_FILE
from briefbot.vector_cache import KEY_BYTES

FORMAT = 3
"""Version of the folder's layout and of how text is turned into chunks and terms."""

_POINTER = "CURRENT"
_PREFIX = "generation-"
_GOING = ".going-"
"""A generation that is being removed has this before its name, so that nobody opens half of it."""
_IN_USE = "in-use"
_KEYS = "vector_keys"


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """What an index depends on besides the documents."""

    embedding_model: str
    chunk_tokens: int
    overlap_sentences: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was built from and with.

    Attributes:
        recipe: Hash of the code that reads, splits and counts; other code, other passages.
        bm25_digest: Hash of the files of the BM25 index.
    """

    format: int
    settings: BuildSettings
    dimension: int
    corpus_digest: str
    documents: tuple[str, ...]
    passages: int
    skipped: int
    created: str
    recipe: str = ""
    bm25_digest: str = ""


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document of the catalog.

    Attributes:
        paths: Where its file stands in the corpus, first the path that citations name; several
            where the same file is there several times.
        digest: Hash of its content, the same wherever the file stands.
        source: Hash of the file's bytes, where it was read from a file; else empty.
    """

    paths: tuple[str, ...]
    digest: str
    title: str
    kind: str
    date: str
    passages: int
    source: str = ""

    @property
    def path(self) -> str:
        """The path that citations name."""
        return self.paths[0]


# --- generations --------------------------------------------------------------------------------


def new_generation(index_dir: Path) -> Path:
    """Make a fresh folder for a build.

    Raises:
        IndexWriteError: If the folder cannot be made.
    """
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%d-%H%M%S-%f")
    folder = index_dir / f"{_PREFIX}{stamp}-{uuid.uuid4().hex[:8]}"
    try:
        (folder / "documents").mkdir(parents=True)
        (folder / _IN_USE).touch()
    except OSError as error:
        raise unwritable(index_dir, error) from error
    return folder


def current_generation(index_dir: Path) -> Path:
    """Find the generation that answers.

    Raises:
        IndexMissingError: If nothing was built there.
        IndexDamagedError: If the pointer leads nowhere.
    """
    folder = _pointed_to(index_dir)
    if not folder.is_dir() and folder == _pointed_to(index_dir):  # not replaced in between
        raise damaged(index_dir, "the build that CURRENT names is missing")
    return folder


def _pointed_to(index_dir: Path) -> Path:
    pointer = index_dir / _POINTER
    try:
        name = pointer.read_text("utf-8").strip()
    except FileNotFoundError as error:
        raise IndexMissingError(
            f"There is no index in {index_dir}.", hint="Run `briefbot index` to build it."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise damaged(index_dir, f"{_POINTER} cannot be read") from error
    if not name.startswith(_PREFIX) or "/" in name or "\0" in name:
        raise damaged(index_dir, "the build that CURRENT names is missing")
    return index_dir / name


def hold_current(index_dir: Path) -> tuple[Path, Hold]:
    """Find the generation that answers, and keep it in place until the hold is released.

    Raises:
        IndexMissingError: If nothing was built there.
        IndexDamagedError: If the pointer leads nowhere.
        IndexMismatchError: If another version of BriefBot built it.
    """
    for _ in range(_HOLD_ATTEMPTS):
        generation = current_generation(index_dir)
        try:
            hold = Hold(generation / _IN_USE)
        except OSError as error:
            failure: OSError = error
        else:
            if _pointed_to(index_dir) == generation:  # nobody removes what is current
                return generation, hold
            hold.release()
            continue
        time.sleep(_HOLD_PAUSE_S)  # just being removed: CURRENT names the next one by now
    read_manifest(generation)  # tells an index of another version from a damaged one
    raise damaged(index_dir, f"its file {_IN_USE} cannot be locked: {failure}") from failure


_HOLD_ATTEMPTS = 20
_HOLD_PAUSE_S = 0.01


def publish(index_dir: Path, generation: Path) -> None:
    """Make a finished generation the current one, in one rename, once all of it is on the disk."""
    _flush(generation)
    pointer = index_dir / _POINTER
    staged = index_dir / f".{_POINTER}-{uuid.uuid4().hex[:8]}"
    with staged.open("w", encoding="utf-8") as file:
        file.write(generation.name)
        file.flush()
        os.fsync(file.fileno())
    staged.replace(pointer)
    with contextlib.suppress(OSError):  # the switch is made; this is for a power cut right now
        _flush_one(index_dir)


def _flush(folder: Path) -> None:
    """Wait until a folder is on the disk; many files at a time, which a disk does at once."""
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(_flush_one, [folder, *folder.rglob("*")]))


def _flush_one(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def withdraw(index_dir: Path) -> None:
    """Leave no index: for a corpus that its user emptied. Only the one writer may call this."""
    (index_dir / _POINTER).unlink(missing_ok=True)
    clean(index_dir)


def clean(index_dir: Path) -> None:
    """Remove what nobody reads: earlier generations, and what killed builds left.

    Only the one writer may call this: a generation that is being built looks like a leftover.
    """
    try:
        current = _pointed_to(index_dir)
    except (IndexMissingError, OSError):
        current = None
    for path in sorted(index_dir.iterdir()):
        if path.name.startswith(_GOING):
            shutil.rmtree(path, ignore_errors=True)
        elif path.name.startswith(f".{_POINTER}-"):
            path.unlink(missing_ok=True)
        elif path.name.startswith(_PREFIX) and path != current:
            remove_if_unread(path)


def remove_if_unread(generation: Path) -> bool:
    """Remove a generation that is not current, unless someone reads it.

    Returns:
        Whether it is gone.
    """
    with held_by_nobody(generation / _IN_USE) as is_unread:
        if not is_unread:
            return False
        going = generation.with_name(f"{_GOING}{generation.name}")
        with contextlib.suppress(OSError):
            generation.rename(going)
            shutil.rmtree(going, ignore_errors=True)
    return not generation.exists()


def is_current(generation: Path) -> bool:
    """Whether the pointer names this generation."""
    try:
        return _pointed_to(generation.parent) == generation
    except IndexMissingError:
        return False


def generations(index_dir: Path) -> list[Path]:
    """List the generations that are there, oldest first."""
    return sorted(index_dir.glob(f"{_PREFIX}*"))


def discard(generation: Path) -> None:
    """Remove a generation whose build failed; not if it failed after the switch."""
    with contextlib.suppress(IndexMissingError, IndexDamagedError):
        if is_current(generation):
            return
    shutil.rmtree(generation, ignore_errors=True)


def part_sizes(generation: Path) -> dict[str, int]:
    """Add up the bytes of each part of a generation, and of the vector cache beside it."""
    parts = {name: _size(generation / name) for name in ("chroma", "bm25", "documents")}
    cache = sum(_size(path) for path in generation.parent.glob(f"{VECTORS_FILE}*"))
    return {"generation": _size(generation), **parts, "vector_cache": cache}


def _size(path: Path) -> int:
    """Add up the sizes of a file or of all files below; one that just went counts as nothing."""
    total = 0
    for file in (path, *path.rglob("*")):
        with contextlib.suppress(OSError):
            total += file.stat().st_size if file.is_file() else 0
    return total


# --- manifest, catalog, vector keys -------------------------------------------------------------


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


def write_catalog(generation: Path, records: Sequence[DocumentRecord]) -> None:
    """Write `catalog.json`, a document a line."""
    with (generation / "catalog.json").open("w", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(asdict(record), ensure_ascii=False) + "\n")


def read_catalog(generation: Path) -> tuple[DocumentRecord, ...]:
    """Read `catalog.json`.

    Raises:
        IndexDamagedError: If it is missing or malformed.
    """
    try:
        with (generation / "catalog.json").open(encoding="utf-8") as file:
            values = [json.loads(line) for line in file]
        return tuple(DocumentRecord(**value | {"paths": tuple(value["paths"])}) for value in values)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise damaged(generation.parent, f"its catalog cannot be read: {error}") from error


def append_vector_keys(generation: Path, keys: Sequence[bytes]) -> None:
    """Note which vectors of the cache a generation uses."""
    with (generation / _KEYS).open("ab") as file:
        file.write(b"".join(keys))


def vector_keys(generation: Path) -> Iterator[bytes]:
    """Read which vectors of the cache a generation uses; none, where that was not noted."""
    with contextlib.suppress(FileNotFoundError), (generation / _KEYS).open("rb") as file:
        while key := file.read(KEY_BYTES):
            yield key


# --- documents ----------------------------------------------------------------------------------

_DOCUMENT = TypeAdapter(Document)
_NOT_CONTENT = {"id", "title", "notes"}
"""What may change while the content stays: a title can come from the file's name."""


def content_digest(document: Document) -> str:
    """Hash a document's content: the same for every copy of a file, whatever its path."""
    return hashlib.sha256(_DOCUMENT.dump_json(document, exclude=_NOT_CONTENT)).hexdigest()


class CorpusDigest:
    """Hash of the ids and contents of documents, in the order in which they are added."""

    def __init__(self) -> None:
        """Start with no documents."""
        self._digest = hashlib.sha256()

    def add(self, document: Document) -> None:
        """Add a document."""
        self._digest.update(_DOCUMENT.dump_json(document))

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


def stored_documents(generation: Path) -> int:
    """Count the documents stored."""
    return len(list((generation / "documents").glob("*.json")))


def _document_path(generation: Path, document_id: str) -> Path:
    name = hashlib.blake2b(document_id.encode("utf-8"), digest_size=16).hexdigest()
    return generation / "documents" / f"{name}.json"
