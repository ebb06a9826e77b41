"""The documents behind a bot: list, add, fetch, remove and rebuild, one build at a time."""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from briefbot.build import build_index
from briefbot.build_log import BuildLog, LogLine, one_line
from briefbot.entries import UPLOADS, Entry, State, select
from briefbot.errors import BriefBotError, LibraryError
from briefbot.inventory import Inventory
from briefbot.load import LoadedCorpus
from briefbot.pipeline import BriefBot
from briefbot.uploads import Upload, save_upload
from briefbot.wiring import read_corpus

logger = logging.getLogger(__name__)

MAX_UPLOAD_BYTES = 25 * 1024 * 1024
LOG_FILE = "builds.log"

Fetch = Callable[[str], Upload]


@dataclass(frozen=True, slots=True)
class Activity:
    """What the worker is doing: a stage, and how much of it is done."""

    stage: str
    done: int
    total: int


class Library:
    """The corpus folder of an open bot and the index built from it.

    One background thread fetches and builds; what arrives during a build is taken up together by
    the next one. The bot goes on answering meanwhile. Safe to use from several threads.
    """

    def __init__(self, bot: BriefBot, *, fetch: Fetch) -> None:
        """Start to look at the documents, in the background.

        Args:
            bot: Answers from the index that is rebuilt here, and follows it.
            fetch: Gets the file behind an address, or raises a `BriefBotError`.
        """
        self._bot = bot
        self._fetch = fetch
        self._corpus_dir = bot.settings.corpus_dir
        self._log = BuildLog(bot.settings.index_dir / LOG_FILE)
        self._changed = threading.Condition(threading.RLock())
        self._entries: dict[str, Entry] = {}
        self._inventory = Inventory(bot)
        self._addresses: list[str] = []
        self._build_wanted = False
        self._is_closed = False
        self._activity: Activity | None = Activity("reading", 0, 1)
        self._revision = 0
        self._worker = threading.Thread(target=self._work, name="briefbot-library", daemon=True)
        self._worker.start()

    # --- what it knows --------------------------------------------------------------------------

    def entries(
        self, query: str = "", *, sort: str = "title", descending: bool = False
    ) -> tuple[Entry, ...]:
        """List the documents that hold every word of a query in title, name, kind, date or state.

        Args:
            query: Words to look for; all entries without any.
            sort: A key of `SORTS`.
            descending: Last first.
        """
        with self._changed:
            known = tuple(self._entries.values())
        return select(known, query, sort=sort, descending=descending)

    def log(self) -> tuple[LogLine, ...]:
        """What happened, oldest first: at most the last 500 lines."""
        return self._log.lines()

    @property
    def activity(self) -> Activity | None:
        """What the worker is doing; None while it waits."""
        return self._activity

    @property
    def revision(self) -> int:
        """A number that is another one whenever anything changed."""
        return self._revision

    def obstacle(self) -> str:
        """Say why nothing can be changed here at all; empty if it can."""
        uploads = self._corpus_dir / UPLOADS
        if uploads.exists() and not uploads.is_dir():
            return f"The library is read-only: {uploads} is a file, not a folder."
        for name, folder in (("document", uploads), ("index", self._bot.settings.index_dir)):
            nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
            if not os.access(nearest, os.W_OK | os.X_OK):
                return f"The library is read-only: the {name} folder {folder} cannot be written."
        return ""

    def wait(self, timeout_s: float) -> bool:
        """Wait until everything asked for is done.

        Returns:
            Whether it is done, rather than the time over.
        """
        with self._changed:
            return self._changed.wait_for(self._is_idle, timeout_s)

    # --- what it is asked -----------------------------------------------------------------------

    def add(self, name: str, data: bytes) -> Entry:
        """Put a file into the corpus's `uploads` folder and queue a build.

        Raises:
            LibraryError: If it is empty or too large.
            UnsupportedFormatError: If no loader knows its extension.
            UploadError: If it cannot be written.
        """
        self._require_writable()
        if not data:
            raise LibraryError(f"{one_line(name)} is empty.", hint="Add a file with text in it.")
        if len(data) > MAX_UPLOAD_BYTES:
            raise LibraryError(
                f"{one_line(name)} is larger than {MAX_UPLOAD_BYTES // 1024**2} MB.",
                hint="Split it, or add its text only.",
            )
        path = save_upload(name, data, self._corpus_dir)
        document_id = path.relative_to(self._corpus_dir).as_posix()
        entry = Entry(document_id, path.name, State.QUEUED, size_bytes=len(data))
        with self._changed:
            self._put(entry)
            self._want_build()
        self._log.write(f"Added {document_id}, {len(data):,} bytes.")
        return entry

    def add_url(self, url: str) -> Entry:
        """Queue an address to be fetched and added.

        Raises:
            LibraryError: If it is not an http or https address, or nothing can be changed.
        """
        self._require_writable()
        url = one_line(url.strip())
        if not re.match(r"https?://[^/\s]", url, re.I) or " " in url:
            raise LibraryError(
                f"“{url}” is not a web address.", hint="Paste one with http:// or https://."
            )
        entry = Entry(url, url, State.QUEUED, kind="web page")
        with self._changed:
            self._put(entry)
            self._addresses.append(url)
            self._changed.notify_all()
        return entry

    def remove(self, document: str, *, is_confirmed: bool = False) -> None:
        """Delete a document's file and queue a build; afterwards it answers nothing.

        Args:
            document: Id of an entry.
            is_confirmed: Delete it even if it was not added here.

        Raises:
            LibraryError: If it is unknown, the only document, not confirmed, or undeletable.
        """
        self._require_writable()
        indexed = set(self._bot.info().documents)
        with self._changed:
            entry = self._entries.get(document)
            if entry is None:
                raise LibraryError(f"{one_line(document)} is not in the library.", hint="Reload.")
            if "://" in document:
                self._addresses = [url for url in self._addresses if url != document]
                self._drop(document)
                return
            self._require_removable(entry, indexed, is_confirmed=is_confirmed)
            self._delete(document)
            self._put(replace(entry, state=State.REMOVING, reason=""))
            self._want_build()
        self._log.write(f"Removed {document}.")

    def rebuild(self) -> None:
        """Queue a build of everything.

        Raises:
            LibraryError: If the index cannot be written.
        """
        self._require_writable()
        with self._changed:
            self._want_build()

    def close(self) -> None:
        """Let the worker finish what it is doing, and stop it."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._worker.join()

    # --- inside: entries, under the lock --------------------------------------------------------

    def _put(self, entry: Entry) -> None:
        self._entries[entry.id] = entry
        self._revision += 1

    def _drop(self, entry_id: str) -> None:
        self._entries.pop(entry_id, None)
        self._revision += 1

    def _move(self, entry_ids: Iterable[str], state: State, reason: str = "") -> None:
        with self._changed:
            for entry in [self._entries[i] for i in entry_ids if i in self._entries]:
                if entry.state is not State.REMOVING or state is State.FAILED:
                    self._put(replace(entry, state=state, reason=reason))

    def _want_build(self) -> None:
        self._build_wanted = True
        self._revision += 1
        self._changed.notify_all()

    def _is_idle(self) -> bool:
        return self._activity is None and not self._addresses and not self._build_wanted

    def _require_writable(self) -> None:
        if reason := self.obstacle():
            raise LibraryError(reason, hint="Give BriefBot the right to write there.")

    def _require_removable(self, entry: Entry, indexed: set[str], *, is_confirmed: bool) -> None:
        if not entry.is_upload and not is_confirmed:
            raise LibraryError(
                f"{entry.id} was not added here, and its file would be deleted.",
                hint="Confirm that it is to be deleted.",
            )
        answering = indexed - {
            other.id for other in self._entries.values() if other.state is State.REMOVING
        }
        if answering == {entry.id}:
            raise LibraryError(
                f"{entry.id} is the only document.", hint="Add another one before removing it."
            )

    def _delete(self, document: str) -> None:
        path = self._corpus_dir / document
        if not path.parent.resolve().is_relative_to(self._corpus_dir.resolve()):
            raise LibraryError(
                f"{document} does not lie in the corpus folder.", hint="Remove it where it lies."
            )
        try:
            path.unlink(missing_ok=True)  # a link is deleted, not what it leads to
        except OSError as error:
            raise LibraryError(
                f"{document} cannot be deleted ({error.strerror}).", hint="Check its permissions."
            ) from error

    # --- inside: the worker ---------------------------------------------------------------------

    def _work(self) -> None:
        self._guarded(self._look, ())
        while True:
            with self._changed:
                self._activity = None
                self._revision += 1
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._is_closed or not self._is_idle())
                if self._is_closed:
                    return
                addresses, self._addresses = self._addresses, []
                self._activity = Activity("reading", 0, 1)
                self._revision += 1
            for url in addresses:
                self._guarded(partial(self._fetch_one, url), (url,))
            self._take_up_build()

    def _take_up_build(self) -> None:
        with self._changed:
            if not self._build_wanted:
                return
            self._build_wanted = False
            batch = tuple(
                entry.id
                for entry in self._entries.values()
                if entry.state in {State.QUEUED, State.REMOVING} and "://" not in entry.id
            )
        self._guarded(partial(self._build, batch), batch)

    def _guarded(self, act: Callable[[], None], entry_ids: Sequence[str]) -> None:
        """Do something; whatever goes wrong becomes a state and a log line."""
        try:
            act()
        except BriefBotError as error:
            self._fail(entry_ids, str(error))
        except Exception as error:
            # The thread's boundary: it must live on, and the reason must reach the page.
            logger.exception("The library failed at %s", ", ".join(entry_ids) or "its documents")
            self._fail(entry_ids, f"Something unexpected failed ({type(error).__name__}: {error}).")

    def _fail(self, entry_ids: Sequence[str], reason: str) -> None:
        removed = [i for i in entry_ids if i in self._entries and self._is_gone(i)]
        self._move(entry_ids, State.FAILED, reason)
        self._move(removed, State.FAILED, f"Deleted, but the index still holds it: {reason}")
        self._log.write(f"Failed: {f'{_names(entry_ids)}: ' if entry_ids else ''}{reason}")

    def _is_gone(self, document: str) -> bool:
        return self._entries[document].state is State.REMOVING

    def _fetch_one(self, url: str) -> None:
        with self._changed:
            if url not in self._entries:
                return  # withdrawn meanwhile
        self._move([url], State.READING)
        fetched = self._fetch(url)
        self.add(fetched.name, fetched.data)
        with self._changed:
            self._drop(url)
        self._log.write(f"Fetched {url}.")

    def _look(self) -> None:
        """Learn what lies in the corpus folder, and what of it the index holds."""
        try:
            self._take_stock(read_corpus(self._bot.settings), ())
        except BriefBotError:
            self._take_stock(LoadedCorpus((), ()), ())
            raise

    def _build(self, batch: Sequence[str]) -> None:
        self._log.write(f"Build started: {_names(batch) or 'all documents'}.")
        self._move(batch, State.READING)
        self._tell("reading", 0, 1)
        loaded = read_corpus(self._bot.settings)
        self._move(batch, State.EMBEDDING)
        report = build_index(
            self._bot.settings, loaded=loaded, embedder=self._bot.embedder, progress=self._tell
        )
        self._take_stock(loaded, batch)
        self._log.write(
            f"Build done in {report.seconds:.1f} s: {report.documents:,} documents, "
            f"{report.passages:,} passages, {len(report.skipped):,} skipped."
        )

    def _tell(self, stage: str, done: int, total: int) -> None:
        with self._changed:
            self._activity = Activity(stage, done, total)
            self._revision += 1

    def _take_stock(self, loaded: LoadedCorpus, batch: Sequence[str]) -> None:
        """Replace what is known by what was found; what arrived meanwhile stays queued."""
        found = self._inventory.take(loaded)
        with self._changed:
            pending = {
                entry.id: entry
                for entry in self._entries.values()
                if entry.id not in batch
                and (entry.state in {State.QUEUED, State.REMOVING} or "://" in entry.id)
            }
            self._entries = found | pending
            self._revision += 1
        for entry_id in batch:
            if entry_id in found and found[entry_id].state is State.FAILED:
                self._log.write(f"Skipped {entry_id}: {found[entry_id].reason}")


def _names(entry_ids: Sequence[str]) -> str:
    more = len(entry_ids) - _NAMED
    return ", ".join(entry_ids[:_NAMED]) + (f" and {more} more" if more > 0 else "")


_NAMED = 5
