"""The list of documents to fetch → Markdown files with front matter, each fetched once."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from briefbot.download import Downloader
from briefbot.errors import CorpusError, FetchError
from briefbot.extract import extract_text
from briefbot.primary_list import PrimaryEntry

_STATE_FILE = ".fetched.json"

Progress = Callable[[str, int, int], None]
"""Called with an id, how many documents are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What is known of a document that was fetched."""

    url: str
    sha256: str
    file_sha256: str
    retrieved: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be fetched, with the reason and what to do."""

    id: str
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What one run did: ids of documents fetched and of those there already, and failures."""

    fetched: tuple[str, ...]
    kept: tuple[str, ...]
    failed: tuple[Failure, ...]


class PrimaryFolder:
    """The folder of fetched documents; a hidden file in it keeps what earlier runs fetched."""

    def __init__(self, folder: Path, *, today: str) -> None:
        """Open a folder, which is made when the first document comes.

        Args:
            folder: Where the documents lie.
            today: ISO date, written as `retrieved`.

        Raises:
            CorpusError: If the file that keeps the state is damaged.
        """
        self._folder = folder
        self._today = today
        self._state = _read_state(folder / _STATE_FILE)

    def holds(self, entry: PrimaryEntry) -> bool:
        """Whether a document lies here as it was fetched from the entry's address."""
        known = self._state.get(entry.id)
        path = self._path(entry)
        return (
            known is not None
            and known.url == entry.url
            and path.is_file()
            and _sha256(path.read_bytes()) == known.file_sha256
        )

    def fetch(self, entry: PrimaryEntry, downloader: Downloader) -> bool:
        """Fetch one document and note it at once, so that an interrupted run can go on.

        Returns:
            False where the same bytes are here already.

        Raises:
            FetchError: If it cannot be downloaded or holds no text.
            CorpusError: If the folder cannot be written.
        """
        download = downloader.get(entry.url)
        digest = _sha256(download.body)
        if self.holds(entry) and self._state[entry.id].sha256 == digest:
            return False
        text = extract_text(
            download.body, content_type=download.content_type, charset=download.charset
        )
        content = as_markdown(entry, text, retrieved=self._today, sha256=digest).encode("utf-8")
        self._state[entry.id] = Fetched(entry.url, digest, _sha256(content), self._today)
        values = {name: asdict(known) for name, known in sorted(self._state.items())}
        _write(self._path(entry), content)
        _write(self._folder / _STATE_FILE, (json.dumps(values, indent=1) + "\n").encode("utf-8"))
        return True

    def _path(self, entry: PrimaryEntry) -> Path:
        return self._folder / f"{entry.id}.md"


def fetch_documents(
    entries: Sequence[PrimaryEntry],
    folder: PrimaryFolder,
    downloader: Downloader,
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> FetchReport:
    """Fetch documents that are not there yet; one that fails does not stop the others.

    Args:
        entries: What to fetch.
        folder: Where to.
        downloader: Fetches.
        force: Fetch again what is there.
        progress: Told how far the run is.

    Raises:
        CorpusError: If the folder cannot be written.
    """
    fetched: list[str] = []
    kept: list[str] = []
    failed: list[Failure] = []
    for done, entry in enumerate(entries):
        if progress is not None:
            progress(entry.id, done, len(entries))
        try:
            is_new = (force or not folder.holds(entry)) and folder.fetch(entry, downloader)
        except FetchError as error:
            failed.append(Failure(entry.id, entry.url, str(error)))
            continue
        (fetched if is_new else kept).append(entry.id)
    return FetchReport(tuple(fetched), tuple(kept), tuple(failed))


def _read_state(path: Path) -> dict[str, Fetched]:
    try:
        values = json.loads(path.read_text("utf-8"))
        return {name: Fetched(**value) for name, value in values.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise CorpusError(
            f"The state of earlier runs, {path}, cannot be read.",
            hint="Remove it; every document is then fetched again.",
        ) from error


def as_markdown(entry: PrimaryEntry, text: str, *, retrieved: str, sha256: str) -> str:
    """Put front matter above a document's text."""
    meta = {
        "title": entry.title,
        "publisher": entry.publisher,
        "date": "" if entry.date == "n.d." else entry.date,
        "url": entry.url,
        "kind": entry.kind,
        "licence": entry.licence,
        "language": entry.language,
        "retrieved": retrieved,
        "sha256": sha256,
    }
    known = {key: value for key, value in meta.items() if value}
    front = yaml.safe_dump(known, allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{front}---\n\n{text}\n"


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    staged = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        staged.write_bytes(content)
        staged.replace(path)
    except OSError as error:
        raise CorpusError(
            f"{path} cannot be written ({error.strerror}).",
            hint="Check the permissions and the free space.",
        ) from error


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
