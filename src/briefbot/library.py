"""The documents behind a bot: list, add, fetch, remove and rebuild, one build at a time."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from briefbot.build import build_index
from briefbot.build_log import BuildLog, LogLine, one_line
from briefbot.corpus_folder import CorpusFolder
from briefbot.entries import Entry, State, select
from briefbot.errors import BriefBotError, LibraryError
from briefbot.inventory import indexed_entries, take_stock
from briefbot.pipeline import BriefBot
from briefbot.shelf import Activity, Shelf
from briefbot.uploads import Upload

logger = logging.getLogger(__name__)

LOG_FILE = "builds.log"

Fetch = Callable[[str], Upload]


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
        self._folder = CorpusFolder(bot.settings)
        self._log = BuildLog(bot.settings.index_dir / LOG_FILE)
        self._shelf = Shelf()
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
        return select(self._shelf.entries(), query, sort=sort, descending=descending)

    def log(self) -> tuple[LogLine, ...]:
        """What happened, oldest first: at most the last 500 lines."""
        return self._log.lines()

    @property
    def activity(self) -> Activity | None:
        """What the worker is doing; None while it waits."""
        return self._shelf.activity

    @property
    def revision(self) -> int:
        """A number that is another one whenever anything changed."""
        return self._shelf.revision

    def obstacle(self) -> str:
        """Say why nothing can be changed here at all; empty if it can."""
        return self._folder.obstacle()

    def wait(self, timeout_s: float) -> bool:
        """Wait until everything asked for is done.

        Returns:
            Whether it is done, rather than the time over.
        """
        with self._shelf.lock:
            return self._shelf.lock.wait_for(self._shelf.is_idle, timeout_s)

    # --- what it is asked -----------------------------------------------------------------------

    def add(self, name: str, data: bytes) -> Entry:
        """Put a file into the corpus's `uploads` folder and queue a build.

        Raises:
            LibraryError: If it is empty or too large.
            UnsupportedFormatError: If no loader knows its extension.
            UploadError: If it cannot be written.
        """
        path = self._folder.put_in(name, data)
        entry = Entry(path.as_posix(), path.name, State.QUEUED, size_bytes=len(data))
        self._shelf.queue(entry)
        self._log.write(f"Added {entry.id}, {len(data):,} bytes.")
        return entry

    def add_url(self, url: str) -> Entry:
        """Queue an address to be fetched and added.

        Raises:
            LibraryError: If it is not an http or https address, or nothing can be changed.
        """
        self._folder.require_writable()
        url = one_line(url.strip())
        if not re.match(r"https?://[^/\s]", url, re.I) or " " in url:
            raise LibraryError(
                f"“{url}” is not a web address.", hint="Paste one with http:// or https://."
            )
        entry = Entry(url, url, State.QUEUED, kind="web page")
        self._shelf.queue_address(entry)
        return entry

    def remove(self, document: str, *, is_confirmed: bool = False) -> None:
        """Delete a document's file and queue a build; afterwards it answers nothing.

        Args:
            document: Id of an entry.
            is_confirmed: Delete it even if it was not added here.

        Raises:
            LibraryError: If it is unknown, the only document, not confirmed, or undeletable.
        """
        self._folder.require_writable()
        indexed = set(self._bot.info().documents)
        with self._shelf.lock:
            entry = self._shelf.get(document)
            if entry is None:
                raise LibraryError(f"{one_line(document)} is not in the library.", hint="Reload.")
            if "://" in document:
                self._shelf.drop(document)
                return
            _require_removable(entry, indexed - self._shelf.removing(), is_confirmed=is_confirmed)
            self._folder.take_out(document)
            self._shelf.queue(replace(entry, state=State.REMOVING, reason=""))
        self._log.write(f"Removed {document}.")

    def rebuild(self) -> None:
        """Queue a build of everything.

        Raises:
            LibraryError: If the index cannot be written.
        """
        self._folder.require_writable()
        self._shelf.want_build()

    def close(self) -> None:
        """Let the worker finish what it is doing, and stop it."""
        self._shelf.close()
        self._worker.join()

    # --- inside: the worker ---------------------------------------------------------------------

    def _work(self) -> None:
        self._guarded(self._look, ())
        while (addresses := self._shelf.next_addresses()) is not None:
            for url in addresses:
                self._guarded(partial(self._fetch_one, url), (url,))
            batch = self._shelf.next_build()
            if batch is not None:
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
        removed = self._shelf.removing().intersection(entry_ids)
        self._shelf.move(entry_ids, State.FAILED, reason)
        self._shelf.move(removed, State.FAILED, f"Deleted, but the index still holds it: {reason}")
        self._log.write(f"Failed: {f'{_names(entry_ids)}: ' if entry_ids else ''}{reason}")

    def _fetch_one(self, url: str) -> None:
        if self._shelf.get(url) is None:
            return  # withdrawn meanwhile
        self._shelf.move([url], State.READING)
        fetched = self._fetch(url)
        self.add(fetched.name, fetched.data)
        self._shelf.drop(url)
        self._log.write(f"Fetched {url}.")

    def _look(self) -> None:
        """Learn what lies in the corpus folder, and what of it the index holds."""
        try:
            self._shelf.show(take_stock(self._bot.settings), ())
        except BriefBotError:
            self._shelf.show(indexed_entries(self._bot.settings), ())
            raise

    def _build(self, batch: Sequence[str]) -> None:
        self._log.write(f"Build started: {_names(batch) or 'all documents'}.")
        self._shelf.move(batch, State.READING)

        def tell(stage: str, done: int, total: int) -> None:
            if stage == "embedding" and not done:
                self._shelf.move(batch, State.EMBEDDING)
            self._shelf.tell(stage, done, total)

        report = build_index(self._bot.settings, embedder=self._bot.embedder, progress=tell)
        self._show(batch)
        self._log.write(
            f"Build done in {report.seconds:.1f} s: {report.documents:,} documents, "
            f"{report.passages:,} passages, {len(report.skipped):,} skipped."
        )

    def _show(self, batch: Sequence[str]) -> None:
        """Show what became of the corpus, and log what of a batch failed."""
        found = take_stock(self._bot.settings)
        self._shelf.show(found, batch)
        for entry_id in batch:
            if entry_id in found and found[entry_id].state is State.FAILED:
                self._log.write(f"Skipped {entry_id}: {found[entry_id].reason}")


def _require_removable(entry: Entry, answering: set[str], *, is_confirmed: bool) -> None:
    if not entry.is_upload and not is_confirmed:
        raise LibraryError(
            f"{entry.id} was not added here, and its file would be deleted.",
            hint="Confirm that it is to be deleted.",
        )
    if answering == {entry.id}:
        raise LibraryError(
            f"{entry.id} is the only document.", hint="Add another one before removing it."
        )


def _names(entry_ids: Sequence[str]) -> str:
    more = len(entry_ids) - _NAMED
    return ", ".join(entry_ids[:_NAMED]) + (f" and {more} more" if more > 0 else "")


_NAMED = 5
