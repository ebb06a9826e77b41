"""The library over a real index: what it lists, takes, builds and forgets."""

from __future__ import annotations

import os
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from briefbot.build import build_index
from briefbot.build_log import LOG_LINES, BuildLog
from briefbot.corpus_folder import MAX_UPLOAD_BYTES
from briefbot.embed import Vectors
from briefbot.entries import SORTS, Entry, State, select
from briefbot.errors import LibraryError, UnsupportedFormatError
from briefbot.index_lock import only_writer
from briefbot.library import Library
from briefbot.pipeline import BriefBot
from briefbot.shelf import Activity
from briefbot.types import AnswerStatus
from briefbot.uploads import Upload, save_upload
from fakes import WordHashEmbedder

QUOKKA = "# Quokkas\n\nThe quokka lives on Rottnest Island. Quokkas eat leaves at night.\n"
QUESTION = "Where does the quokka live?"
PATIENCE_S = 60


def unreachable(url: str) -> Upload:
    raise LibraryError(f"{url} cannot be fetched.", hint="Check the address.")


class GatedEmbedder(WordHashEmbedder):
    """Waits at the gate before it embeds documents, so that a test acts during a build."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.arrived = threading.Event()
        self.builds = 0

    def embed_documents(self, texts) -> Vectors:
        if threading.current_thread().name != "briefbot-library":
            return super().embed_documents(texts)  # of a question
        self.builds += 1
        self.arrived.set()
        assert self.gate.wait(PATIENCE_S)
        return super().embed_documents(texts)


@pytest.fixture
def opened() -> Iterator[Callable[..., Library]]:
    """Open libraries that are closed after the test."""
    libraries = []

    def open_library(bot: BriefBot, fetch=unreachable) -> Library:
        library = Library(bot, fetch=fetch)
        libraries.append(library)
        assert library.wait(PATIENCE_S)
        return library

    yield open_library
    for library in libraries:
        library.close()


@pytest.fixture
def library(bot, opened) -> Library:
    return opened(bot)


def states(library: Library) -> dict[str, State]:
    return {entry.id: entry.state for entry in library.entries()}


def entry_of(library: Library, entry_id: str) -> Entry:
    return next(entry for entry in library.entries() if entry.id == entry_id)


def settled(library: Library) -> Library:
    assert library.wait(PATIENCE_S)
    return library


def logged(library: Library) -> str:
    return "\n".join(line.text for line in library.log())


# --- What it lists


def test_it_lists_the_documents_of_the_index(library, bot, corpus):
    entry = entry_of(library, "bridge.md")

    assert set(states(library)) == {"bridge.md", "garden.md", "notes/harbour.txt"}
    assert set(states(library).values()) == {State.READY}
    assert (entry.title, entry.kind, entry.date) == ("The Old Bridge", "article", "2024-05-01")
    assert entry.size_bytes == (corpus / "bridge.md").stat().st_size
    assert sum(each.passages for each in library.entries()) == bot.info().passages


def test_a_document_that_the_index_does_not_hold_yet_is_not_ready(bot, write, opened):
    write("corpus/new.md", QUOKKA)
    write("corpus/garden.md", "# Garden\n\nThe garden was given up in May.\n")

    library = opened(bot)

    assert states(library)["new.md"] is State.STALE
    assert states(library)["garden.md"] is State.STALE
    assert states(library)["bridge.md"] is State.READY


def test_its_start_parses_nothing(bot, write, opened, monkeypatch):
    write("corpus/new.md", QUOKKA)
    monkeypatch.setattr("briefbot.load.folder.load_source", lambda *_: pytest.fail("parsed"))

    assert len(states(opened(bot))) == 4


def test_documents_of_an_archive_are_ready_until_it_changes(bot, settings, corpus, opened):
    with zipfile.ZipFile(corpus / "more.zip", "w") as archive:
        archive.writestr("quokka.md", QUOKKA)
        archive.writestr("bad.md", b"caf\xe9 au lait")
    build_index(settings, embedder=bot.embedder)

    ready = states(opened(bot))
    with zipfile.ZipFile(corpus / "more.zip", "a") as archive:
        archive.writestr("other.md", "Other text.")

    assert ready["more.zip/quokka.md"] is State.READY
    assert ready["more.zip/bad.md"] is State.FAILED
    assert "more.zip" not in ready
    assert states(opened(bot))["more.zip/quokka.md"] is State.STALE


def test_a_register_that_changed_leaves_no_document_ready(bot, corpus, write, opened):
    write("corpus/sources.yaml", "{}")

    assert set(states(opened(bot)).values()) == {State.STALE}


def test_a_document_whose_file_is_gone_is_said_to_be(bot, corpus, opened):
    (corpus / "garden.md").unlink()

    assert "gone" in entry_of(opened(bot), "garden.md").reason


def test_without_its_corpus_folder_it_says_so_and_shows_what_the_index_holds(bot, corpus, opened):
    corpus.rename(corpus.parent / "elsewhere")

    library = opened(bot)

    assert set(states(library)) == set(bot.info().documents)
    assert "does not exist" in logged(library)


def test_entries_are_found_by_any_word_and_sorted_by_any_column():
    first = Entry("a.md", "Zebra", State.READY, "report", "2024", passages=9, size_bytes=1)
    second = Entry("b.md", "apple", State.FAILED, "article", "2025", passages=1, size_bytes=5)

    assert select([first, second]) == (second, first)
    assert select([first, second], sort="date", descending=True) == (second, first)
    assert select([first, second], sort="passages") == (second, first)
    assert select([first, second], "REPORT zebra") == (first,)
    assert select([first, second], "zebra apple") == ()
    assert {len(select([first, second], sort=sort)) for sort in SORTS} == {2}


# --- Adding


def test_an_added_document_is_ready_and_cited_after_its_build(library, bot):
    queued = library.add("quokka.md", QUOKKA.encode())
    settled(library)

    entry = entry_of(library, "uploads/quokka.md")
    assert queued.state is State.QUEUED
    assert (entry.state, entry.title, entry.passages) == (State.READY, "Quokkas", 1)
    assert bot.ask(QUESTION).citations[0].document == "uploads/quokka.md"
    assert "Added uploads/quokka.md" in logged(library)


def test_a_file_that_cannot_be_read_fails_with_its_reason_and_the_others_are_ready(library):
    library.add("bad.md", b"caf\xe9 au lait")
    library.add("note.md", b"---\nindex: false\n---\nHidden.\n")
    library.add("quokka.md", QUOKKA.encode())
    settled(library)

    assert states(library)["uploads/quokka.md"] is State.READY
    for name, reason in (
        ("bad.md", "not UTF-8"),
        ("note.md", "index: false"),
    ):
        entry = entry_of(library, f"uploads/{name}")
        assert entry.state is State.FAILED
        assert reason in entry.reason
        assert f"Skipped uploads/{name}: " in logged(library)


def test_a_file_of_a_type_that_nobody_reads_is_refused_at_once(library, corpus):
    with pytest.raises(UnsupportedFormatError, match="not supported"):
        library.add("sheet.xyz", b"1,2")

    assert not (corpus / "uploads").exists()


@pytest.mark.parametrize(
    ("data", "message"), [(b"", "empty"), (b"x" * (MAX_UPLOAD_BYTES + 1), "larger than 25 MB")]
)
def test_an_empty_or_huge_file_is_refused_at_once(library, corpus, data, message):
    with pytest.raises(LibraryError, match=message):
        library.add("big.txt", data)

    assert not (corpus / "uploads").exists()


def test_ten_files_that_arrive_during_a_build_make_one_more(settings, corpus, opened):
    build_index(settings, embedder=WordHashEmbedder())
    embedder = GatedEmbedder()
    library = opened(BriefBot(settings, embedder=embedder))
    library.add("first.md", QUOKKA.encode())
    assert embedder.arrived.wait(PATIENCE_S)

    for number in range(10):
        library.add(
            f"more-{number}.md", f"# Number {number}\n\nThere are {number} owls.\n".encode()
        )
    during = states(library)
    embedder.gate.set()
    settled(library)

    assert during["uploads/first.md"] is State.EMBEDDING
    assert during["uploads/more-7.md"] is State.QUEUED
    assert set(states(library).values()) == {State.READY}
    assert embedder.builds == 2


def test_questions_are_answered_and_progress_is_told_while_it_builds(settings, corpus, opened):
    build_index(settings, embedder=WordHashEmbedder())
    embedder = GatedEmbedder()
    bot = BriefBot(settings, embedder=embedder)
    library = opened(bot)
    before = library.revision
    library.add("quokka.md", QUOKKA.encode())
    assert embedder.arrived.wait(PATIENCE_S)

    activity, answer = library.activity, bot.ask("When did the harbour open?")
    embedder.gate.set()
    settled(library)

    assert activity == Activity("embedding", 0, bot.info().passages)
    assert answer.status is AnswerStatus.ANSWERED
    assert library.activity is None
    assert library.revision > before


# --- Fetching


def test_a_fetched_address_becomes_a_document(bot, opened):
    library = opened(bot, lambda url: Upload("quokka.md", QUOKKA.encode(), url))

    library.add_url(" https://example.org/quokka ")
    settled(library)

    assert states(library)["uploads/quokka.md"] is State.READY
    assert "https://example.org/quokka" not in states(library)
    assert "Fetched https://example.org/quokka" in logged(library)


def test_an_address_that_cannot_be_fetched_fails_with_its_reason_and_can_be_dismissed(library):
    library.add_url("https://example.org/gone")
    entry = entry_of(settled(library), "https://example.org/gone")

    library.remove(entry.id)

    assert (entry.state, entry.is_upload) == (State.FAILED, True)
    assert "cannot be fetched" in entry.reason
    assert entry.id not in states(library)


def test_an_address_withdrawn_before_its_turn_is_not_fetched(settings, corpus, opened):
    build_index(settings, embedder=WordHashEmbedder())
    embedder, fetched = GatedEmbedder(), []
    library = opened(BriefBot(settings, embedder=embedder), fetched.append)
    library.add("quokka.md", QUOKKA.encode())
    assert embedder.arrived.wait(PATIENCE_S)

    library.add_url("https://example.org/later")
    library.remove("https://example.org/later")
    embedder.gate.set()
    settled(library)

    assert fetched == []
    assert set(states(library)) == {
        "bridge.md", "garden.md", "notes/harbour.txt", "uploads/quokka.md",
    }  # fmt: skip


@pytest.mark.parametrize("url", ["", "quokka.md", "ftp://example.org", "https://", "javascript:1"])
def test_what_is_no_web_address_is_refused_at_once(library, url):
    with pytest.raises(LibraryError, match="not a web address"):
        library.add_url(url)


# --- Removing


def test_a_removed_document_answers_nothing_any_more(library, bot, settings, corpus):
    library.add("quokka.md", QUOKKA.encode())
    settled(library)

    library.remove("uploads/quokka.md")
    during = states(library)
    settled(library)

    assert during["uploads/quokka.md"] is State.REMOVING
    assert "uploads/quokka.md" not in states(library)
    assert not (corpus / "uploads" / "quokka.md").exists()
    found = {passage.chunk.document for passage in bot.search(QUESTION, top_k=50)}
    assert found == {"bridge.md", "garden.md", "notes/harbour.txt"}


def test_a_document_removed_during_a_build_is_gone_after_the_next(settings, corpus, opened):
    build_index(settings, embedder=WordHashEmbedder())
    embedder = GatedEmbedder()
    bot = BriefBot(settings, embedder=embedder)
    library = opened(bot)
    library.add("quokka.md", QUOKKA.encode())
    assert embedder.arrived.wait(PATIENCE_S)

    library.remove("uploads/quokka.md")
    embedder.gate.set()
    settled(library)

    assert "uploads/quokka.md" not in states(library)
    assert "uploads/quokka.md" not in bot.info().documents


def test_a_document_that_was_not_added_here_is_removed_only_when_confirmed(library, corpus):
    with pytest.raises(LibraryError, match="was not added here"):
        library.remove("garden.md")
    assert (corpus / "garden.md").exists()

    library.remove("garden.md", is_confirmed=True)
    settled(library)

    assert "garden.md" not in states(library)
    assert not (corpus / "garden.md").exists()


@pytest.mark.parametrize("document", ["../secret.md", "nowhere.md", "", "/etc/hosts"])
def test_only_what_is_listed_can_be_removed(library, write, document):
    secret = write("secret.md", "Keep me.")

    with pytest.raises(LibraryError, match="not in the library"):
        library.remove(document, is_confirmed=True)

    assert secret.exists()


def test_a_document_behind_a_linked_folder_is_not_deleted(bot, corpus, write, opened):
    outside = write("outside/kept.md", QUOKKA)
    (corpus / "uploads").symlink_to(outside.parent, target_is_directory=True)
    build_index(bot.settings, embedder=bot.embedder)
    library = opened(bot)
    library._shelf.show({"uploads/kept.md": Entry("uploads/kept.md", "Kept", State.READY)}, ())

    with pytest.raises(LibraryError, match="does not lie in the corpus folder"):
        library.remove("uploads/kept.md", is_confirmed=True)

    assert outside.exists()


def test_a_document_that_cannot_be_deleted_stays_and_says_why(library, corpus):
    (corpus / "garden.md").unlink()
    (corpus / "garden.md").mkdir()  # what stands there now is no file

    with pytest.raises(LibraryError, match=r"garden\.md cannot be deleted"):
        library.remove("garden.md", is_confirmed=True)

    assert states(library)["garden.md"] is State.READY


def test_the_last_document_stays(bot, corpus, opened):
    (corpus / "garden.md").unlink()
    (corpus / "notes" / "harbour.txt").unlink()
    build_index(bot.settings, embedder=bot.embedder)
    library = opened(bot)

    with pytest.raises(LibraryError, match="the only document"):
        library.remove("bridge.md", is_confirmed=True)

    assert (corpus / "bridge.md").exists()


# --- What goes wrong


def test_a_build_that_fails_is_told_and_the_next_one_mends_it(library, settings, bot):
    index = settings.index_dir
    generation = bot.info().created
    index.rename(index.parent / "kept")
    index.write_text("in the way")  # no folder can be made in a file
    save_upload("quokka.md", QUOKKA.encode(), settings.corpus_dir)
    library._shelf.queue(Entry("uploads/quokka.md", "quokka.md", State.QUEUED))
    settled(library)
    failed = entry_of(library, "uploads/quokka.md")
    index.unlink()
    (index.parent / "kept").rename(index)

    library.rebuild()
    settled(library)

    assert failed.state is State.FAILED
    assert "cannot be written" in failed.reason
    assert states(library)["uploads/quokka.md"] is State.READY
    assert bot.info().created >= generation


class BrokenEmbedder(WordHashEmbedder):
    def embed_documents(self, texts) -> Vectors:
        raise ZeroDivisionError("by surprise")


def test_an_unexpected_failure_becomes_a_state_and_the_worker_lives_on(settings, corpus, opened):
    build_index(settings, embedder=WordHashEmbedder())
    library = opened(BriefBot(settings, embedder=BrokenEmbedder()))

    for name in ("one.md", "two.md"):
        library.add(name, f"{QUOKKA}{name} is new.\n".encode())
        settled(library)

    for name in ("one.md", "two.md"):
        assert "ZeroDivisionError" in entry_of(library, f"uploads/{name}").reason
    assert "by surprise" in logged(library)


def test_a_removal_whose_build_fails_says_that_the_index_still_holds_it(settings, corpus, opened):
    build_index(settings, embedder=WordHashEmbedder())
    library = opened(BriefBot(settings, embedder=WordHashEmbedder()))

    with only_writer(settings.index_dir):  # another process is building
        library.remove("garden.md", is_confirmed=True)
        settled(library)

    assert "index still holds it" in entry_of(library, "garden.md").reason


def test_a_folder_that_cannot_be_written_is_an_obstacle(library, corpus, settings, monkeypatch):
    assert library.obstacle() == ""

    for name, folder in (("document", corpus), ("index", settings.index_dir)):
        monkeypatch.setattr(os, "access", lambda path, mode, denied=folder: Path(path) != denied)
        assert f"the {name} folder" in library.obstacle()
        with pytest.raises(LibraryError, match="read-only"):
            library.rebuild()


def test_a_file_in_the_place_of_uploads_is_an_obstacle(library, corpus):
    (corpus / "uploads").write_text("in the way")

    with pytest.raises(LibraryError, match="is a file, not a folder"):
        library.add("quokka.md", QUOKKA.encode())


# --- The log


def test_the_log_outlives_a_restart(library, bot, settings, opened):
    library.add("quokka.md", QUOKKA.encode())
    settled(library)

    again = opened(bot)

    assert again.log()[: len(library.log())] == library.log()
    assert (settings.index_dir / "builds.log").read_text("utf-8").count("Build done") == 1


def test_the_log_keeps_its_last_lines_and_its_file_small(tmp_path):
    log = BuildLog(tmp_path / "builds.log")
    for number in range(3 * LOG_LINES):
        log.write(f"Line {number}")

    assert [log.lines()[0].text, len(log.lines())] == [f"Line {2 * LOG_LINES}", LOG_LINES]
    kept = BuildLog(tmp_path / "builds.log").lines()
    assert kept == log.lines()
    assert len((tmp_path / "builds.log").read_text("utf-8").splitlines()) <= 2 * LOG_LINES


def test_no_name_forges_a_line_and_an_unwritable_file_is_no_failure(tmp_path):
    log = BuildLog(tmp_path / "missing" / "builds.log")

    log.write("Added a\n2026-01-01T00:00:00Z Removed b\x1b[2J\u202e")

    (line,) = log.lines()
    assert line.text == "Added a 2026-01-01T00:00:00Z Removed b?[2J?"


def test_an_entry_of_the_corpus_is_no_upload():
    entry = Entry("garden.md", "Garden", State.READY)

    assert not entry.is_upload
    assert replace(entry, id="uploads/garden.md").is_upload
