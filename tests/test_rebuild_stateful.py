"""Any order of changes, rebuilds and crashes: searches find what a fresh index would find."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from briefbot import gather, index_folder, write_index
from briefbot.build import build_index, check_index
from briefbot.errors import IndexWriteError
from briefbot.lexical import LexicalIndex
from briefbot.pipeline import BriefBot
from briefbot.settings import Settings
from briefbot.store import ChunkStore
from fakes import WordHashEmbedder

NAMES = st.sampled_from(["a.txt", "b.md", "c.txt", "sub/d.md", "sub/deep/e.txt", "é.txt"])
PARAGRAPHS = st.sampled_from(
    [
        "The stone bridge was built in 1742.",
        "A flood damaged the northern arch in 1910, and the council repaired it with granite.",
        "The harbour opened in 1871. Ships carry timber and coal.",
        "Volunteers water forty kinds of roses every evening.",
        "The lighthouse tower has a copper roof.",
        "# The Market\n\nFarmers sell apples and cheese on Saturdays.",
    ]
)
TEXTS = st.lists(PARAGRAPHS, min_size=1, max_size=3).map("\n\n".join)
QUESTIONS = ("stone bridge", "granite repairs", "roses", "copper roof of the harbour", "apples")

Files = dict[str, str]
Found = list[list[tuple[str, int, int, str, str, float]]]
STEPS: Counter[str] = Counter()
_FRESH: dict[frozenset[tuple[str, str]], Found] = {}


def make_folder() -> Path:
    """Make a folder, in memory where there is such a place: thousands of files are synced here."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="briefbot-", dir=memory if memory.is_dir() else None))


def make_settings(folder: Path) -> Settings:
    return Settings(
        corpus_dir=folder / "corpus",
        index_dir=folder / "index",
        chunk_tokens=32,
        overlap_sentences=0,
        strictness=0.0,
    )


def write_files(folder: Path, files: Files) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def found_by(bot: BriefBot) -> Found:
    return [
        [
            (p.chunk.document, p.chunk.start, p.chunk.end, p.chunk.title, p.chunk.text, p.score)
            for p in bot.search(question, top_k=20)
        ]
        for question in QUESTIONS
    ]


def found_afresh(files: Files) -> Found:
    """What an index of these files finds that was built from scratch in another folder."""
    key = frozenset(files.items())
    if key not in _FRESH:
        folder = make_folder()
        write_files(folder / "corpus", files)
        settings = make_settings(folder)
        build_index(settings, embedder=WordHashEmbedder())
        bot = BriefBot(settings, embedder=WordHashEmbedder())
        _FRESH[key] = found_by(bot)
        bot.close()
        shutil.rmtree(folder)
    return _FRESH[key]


class Crash(Exception):  # noqa: N818 - it is no error of the program
    """Raised where a build is to end."""


def break_after(patch: pytest.MonkeyPatch, calls: int, error: Exception) -> None:
    """Let one of the next writes of a build fail."""
    left = [calls]

    def breaking(owner: object, name: str) -> None:
        original = getattr(owner, name)

        def write(*args, **kwargs):
            if left[0] == 0:
                raise error
            left[0] -= 1
            return original(*args, **kwargs)

        patch.setattr(owner, name, write)

    breaking(WordHashEmbedder, "embed_documents")
    breaking(ChunkStore, "add")
    breaking(LexicalIndex, "save")
    breaking(gather, "write_document")
    for name in ("write_catalog", "write_manifest", "append_vector_keys"):
        breaking(write_index, name)
    breaking(index_folder.os, "fsync")


class Rebuilding(RuleBasedStateMachine):
    """A corpus, its index, and a bot that stays open through all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = make_folder()
        self.settings = make_settings(self.folder)
        self.files: Files = {}
        self.indexed: Files = {}

    @initialize(text=TEXTS)
    def start(self, text: str) -> None:
        self.put("base.txt", text)
        build_index(self.settings, embedder=WordHashEmbedder())
        self.indexed = dict(self.files)
        self.bot = BriefBot(self.settings, embedder=WordHashEmbedder())

    def put(self, name: str, text: str) -> None:
        self.files[name] = text
        write_files(self.settings.corpus_dir, {name: text})

    def take(self, name: str) -> str:
        (self.settings.corpus_dir / name).unlink()
        return self.files.pop(name)

    @rule(name=NAMES, text=TEXTS)
    def add_or_edit(self, name: str, text: str) -> None:
        STEPS["edit" if name in self.files else "add"] += 1
        self.put(name, text)

    @rule(data=st.data(), paragraph=PARAGRAPHS)
    def append(self, data: st.DataObject, paragraph: str) -> None:
        STEPS["edit"] += 1
        name = data.draw(st.sampled_from(sorted(self.files)))
        self.put(name, f"{self.files[name]}\n\n{paragraph}")

    @rule(data=st.data(), name=NAMES)
    def rename(self, data: st.DataObject, name: str) -> None:
        STEPS["rename"] += 1
        self.put(name, self.take(data.draw(st.sampled_from(sorted(self.files)))))

    @rule(data=st.data(), name=NAMES)
    def duplicate(self, data: st.DataObject, name: str) -> None:
        STEPS["duplicate"] += 1
        self.put(name, self.files[data.draw(st.sampled_from(sorted(self.files)))])

    @precondition(lambda self: len(self.files) > 1)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        STEPS["delete"] += 1
        self.take(data.draw(st.sampled_from(sorted(self.files))))

    @rule()
    def rebuild(self) -> None:
        STEPS["rebuild"] += 1
        report = build_index(self.settings, embedder=WordHashEmbedder())

        assert report.up_to_date == (self.files == self.indexed)
        self.indexed = dict(self.files)
        self.bot.search("bridge")  # it follows, and leaves the old generation to nobody
        left = {path.name.split("-")[0] for path in self.settings.index_dir.iterdir()}
        assert left <= {"CURRENT", "LOCK", "generation", "vectors.sqlite3"}
        assert len(index_folder.generations(self.settings.index_dir)) == 1

    @rule(name=NAMES, text=TEXTS, calls=st.integers(0, 40), is_full_disk=st.booleans())
    def crash(self, name: str, text: str, calls: int, is_full_disk: bool) -> None:
        STEPS["crash"] += 1
        self.put(name, text)
        error = OSError(28, "No space left on device") if is_full_disk else Crash()
        before = index_folder.current_generation(self.settings.index_dir)
        with pytest.MonkeyPatch.context() as patch:
            break_after(patch, calls, error)
            try:
                build_index(self.settings, embedder=WordHashEmbedder())
            except (Crash, IndexWriteError):
                STEPS["crashed"] += 1
        if index_folder.current_generation(self.settings.index_dir) != before:
            self.indexed = dict(self.files)

    @invariant()
    def searches_find_what_a_fresh_index_finds(self) -> None:
        STEPS["all"] += 1
        if self.indexed:
            assert found_by(self.bot) == found_afresh(self.indexed)

    def teardown(self) -> None:
        if self.indexed:
            assert check_index(self.settings).defects == ()
            self.bot.close()
        shutil.rmtree(self.folder)


def test_any_order_of_changes_rebuilds_and_crashes_keeps_the_index_right():
    run_state_machine_as_test(
        Rebuilding,
        settings=hypothesis_settings(
            max_examples=24,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert STEPS["all"] >= 500
    assert STEPS["crashed"] >= 10
    assert min(STEPS[kind] for kind in ("add", "edit", "rename", "duplicate", "delete")) >= 10
