"""What one build says of itself: its manifest, its catalog, the files it was read from.

generation-…/
  manifest.json               model, dimension, split settings, corpus digest, counts
  catalog.json                the documents: paths, content hash, title, passages
  files.json                  the files of the corpus: hash of each, and which were skipped
  documents/<hash>.json       see document_store.py
  vector_keys                 which vectors of the cache this build uses
  chroma/  bm25/              see store.py and lexical.py
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from briefbot.errors import IndexMismatchError
from briefbot.store import damaged
from briefbot.types import Skipped
from briefbot.vector_cache import KEY_BYTES

FORMAT = 3
"""Version of the folder's layout and of how text is turned into chunks and terms."""

_FILES = "files.json"
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
        notes: What its loader said of it.
    """

    paths: tuple[str, ...]
    digest: str
    title: str
    kind: str
    date: str
    passages: int
    source: str = ""
    notes: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The path that citations name."""
        return self.paths[0]


@dataclass(frozen=True, slots=True)
class CorpusFiles:
    """The files of a corpus folder as a build found them.

    Attributes:
        digests: Path of a file → hash of its bytes; empty for one that could not be opened, or that
            was written while it was read.
        skipped: What gave no document, and why; members of archives too.
    """

    digests: Mapping[str, str]
    skipped: tuple[Skipped, ...]


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
        return tuple(_record(value) for value in values)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(generation.parent, f"its catalog cannot be read: {error}") from error


@lru_cache(maxsize=8)
def newest_date(generation: Path) -> str:
    """Find the date of the newest document, which never changes; empty where none is dated.

    Raises:
        IndexDamagedError: If the catalog is missing or malformed.
    """
    return max((record.date for record in read_catalog(generation)), default="")


def _record(value: dict[str, Any]) -> DocumentRecord:
    lists = {name: tuple(value.get(name, ())) for name in ("paths", "notes")}
    return DocumentRecord(**value | lists)


def write_files(generation: Path, files: CorpusFiles) -> None:
    """Write `files.json`."""
    values = {"digests": dict(files.digests), "skipped": [asdict(one) for one in files.skipped]}
    (generation / _FILES).write_text(json.dumps(values, indent=0), "utf-8")


def read_files(generation: Path) -> CorpusFiles:
    """Read `files.json`; an index of before there was one knows no files.

    Raises:
        IndexDamagedError: If it is malformed.
    """
    try:
        values = json.loads((generation / _FILES).read_text("utf-8"))
        return CorpusFiles(
            dict(values["digests"].items()), tuple(Skipped(**one) for one in values["skipped"])
        )
    except FileNotFoundError:
        return CorpusFiles({}, ())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(generation.parent, f"its list of files cannot be read: {error}") from error


def append_vector_keys(generation: Path, keys: Sequence[bytes]) -> None:
    """Note which vectors of the cache a generation uses."""
    with (generation / _KEYS).open("ab") as file:
        file.write(b"".join(keys))


def drop_vector_keys(generation: Path) -> None:
    """Forget which vectors a generation uses, before it is given others."""
    (generation / _KEYS).unlink(missing_ok=True)


def vector_keys(generation: Path) -> Iterator[bytes]:
    """Read which vectors of the cache a generation uses; none, where that was not noted."""
    with contextlib.suppress(FileNotFoundError), (generation / _KEYS).open("rb") as file:
        while key := file.read(KEY_BYTES):
            yield key
