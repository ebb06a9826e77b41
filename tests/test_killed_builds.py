"""Builds that are killed, a disk that is full, and a folder that cannot be written."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from briefbot import index_folder
from briefbot.build import build_index, check_index
from briefbot.errors import IndexWriteError
from briefbot.pipeline import BriefBot
from fakes import WordHashEmbedder
from test_rebuild_stateful import make_folder, make_settings

TESTS = Path(__file__).parent
QUESTION = "When was the stone bridge built?"


@pytest.fixture
def folder() -> Iterator[Path]:
    made = make_folder()
    yield made
    shutil.rmtree(made, ignore_errors=True)


def test_builders_killed_at_any_moment_never_disturb_who_asks(folder):
    outcome = subprocess.run(
        [sys.executable, str(TESTS / "killing.py"), str(folder)],
        stdout=subprocess.PIPE,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([*sys.path, str(TESTS)])},
    )

    told = json.loads(outcome.stdout)
    assert told["killed"] >= 40
    assert set(told["failed"]) == {0}  # builds that were left alone
    assert told["ended"] == [0] * 4
    assert all(asker["asked"] > 20 for asker in told["askers"])
    assert [asker["errors"] for asker in told["askers"]] == [[]] * 4
    assert [asker["last"] for asker in told["askers"]] == [[1000]] * 4  # noticed in time
    assert told["generations"] == 1
    assert told["defects"] == 0
    assert {name.split("-")[0] for name in told["left"]} == {
        "CURRENT", "LOCK", "generation", "vectors.sqlite3",
    }  # fmt: skip


_KILLED_WHILE_EMBEDDING = """
import os
import signal
import sys
from pathlib import Path
from briefbot import vectorise
from briefbot.build import build_index
from fakes import WordHashEmbedder
from test_rebuild_stateful import make_settings

class Killed(WordHashEmbedder):
    batches = 0

    def embed_documents(self, texts):
        if self.batches == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        self.batches += 1
        return super().embed_documents(texts)

vectorise._EMBED_AT_ONCE = 5
build_index(make_settings(Path(sys.argv[1])), embedder=Killed())
"""


def test_a_killed_build_goes_on_with_what_it_had_embedded(folder):
    settings = make_settings(folder)
    settings.corpus_dir.mkdir()
    for number in range(40):
        (settings.corpus_dir / f"note{number}.txt").write_text(f"Note {number} is of oak.\n")
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED_WHILE_EMBEDDING, str(folder)],
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([*sys.path, str(TESTS)])},
    )

    report = build_index(settings, embedder=WordHashEmbedder())

    assert killed.returncode == -signal.SIGKILL
    assert (report.passages, report.embedded) == (40, 40 - 3 * 5)
    assert check_index(settings).defects == ()


@contextlib.contextmanager
def file_limit(limit_bytes: int) -> Iterator[None]:
    """Let no file grow beyond a size: writes fail as they do on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def write_small(settings) -> None:
    settings.corpus_dir.mkdir(parents=True, exist_ok=True)
    (settings.corpus_dir / "bridge.txt").write_text("The stone bridge was built in 1742.\n")


def write_big(settings) -> None:
    for number in range(150):
        paragraphs = (f"Beam {number} {part} of the pier carries oak.\n" for part in range(12))
        (settings.corpus_dir / f"beams{number}.txt").write_text("\n".join(paragraphs), "utf-8")


def require_old_index_answers_and_next_build_recovers(settings, bot) -> None:
    assert "1742" in bot.ask(QUESTION).text
    assert "1742" in BriefBot(settings, embedder=WordHashEmbedder()).ask(QUESTION).text
    assert check_index(settings).defects == ()
    for path in settings.corpus_dir.glob("beams*"):
        path.unlink()
    (settings.corpus_dir / "roof.txt").write_text("The roof is copper.\n", "utf-8")

    report = build_index(settings, embedder=WordHashEmbedder())

    assert report.added == ("roof.txt",)
    assert check_index(settings).defects == ()
    assert "roof.txt" in {p.chunk.document for p in bot.search("copper roof")}
    assert len(index_folder.generations(settings.index_dir)) == 1


@pytest.mark.parametrize("limit_bytes", [0, 2_000, 40_000, 200_000, 400_000])
def test_a_build_whose_files_cannot_grow_leaves_the_old_index_answering(folder, limit_bytes):
    settings = make_settings(folder)
    write_small(settings)
    build_index(settings, embedder=WordHashEmbedder())
    bot = BriefBot(settings, embedder=WordHashEmbedder())
    write_big(settings)

    with file_limit(limit_bytes), pytest.raises(IndexWriteError) as caught:
        build_index(settings, embedder=WordHashEmbedder())

    assert "free space" in caught.value.hint
    require_old_index_answers_and_next_build_recovers(settings, bot)


@pytest.fixture
def small_disk(folder) -> Iterator[Path]:
    """A disk of 3 MB where mounting is allowed; else a folder in which files stay below 300 kB."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        with file_limit(300_000):
            yield folder
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_leaves_the_old_index_answering(small_disk, tmp_path):
    settings = make_settings(small_disk).model_copy(update={"corpus_dir": tmp_path / "corpus"})
    write_small(settings)
    build_index(settings, embedder=WordHashEmbedder())
    bot = BriefBot(settings, embedder=WordHashEmbedder())
    write_big(settings)

    with pytest.raises(IndexWriteError) as caught:
        build_index(settings, embedder=WordHashEmbedder())

    assert "free space" in caught.value.hint
    require_old_index_answers_and_next_build_recovers(settings, bot)


_READ_ONLY = """
import ctypes
import sys
from pathlib import Path
from briefbot.build import build_index, check_index
from briefbot.errors import IndexWriteError
from briefbot import pipeline
from briefbot.pipeline import BriefBot
from fakes import WordHashEmbedder
from test_rebuild_stateful import make_settings

header = (ctypes.c_uint32 * 2)(0x20080522, 0)
ctypes.CDLL(None).capset(header, (ctypes.c_uint32 * 6)())  # permissions bind root too, then

settings = make_settings(Path(sys.argv[1]))
bot = BriefBot(settings, embedder=WordHashEmbedder())
print(bot.ask(sys.argv[2]).text)
print(check_index(settings).defects)
pipeline.build_embedder = lambda _: WordHashEmbedder()
print(BriefBot.open_or_build(settings).ask(sys.argv[2]).text)
try:
    build_index(settings, embedder=WordHashEmbedder())
except IndexWriteError as error:
    print(error.message)
"""


def test_an_index_that_cannot_be_written_answers_and_builds_say_so(folder):
    settings = make_settings(folder)
    write_small(settings)
    build_index(settings, embedder=WordHashEmbedder())
    (settings.corpus_dir / "roof.txt").write_text("The roof is copper.\n", "utf-8")
    for path in [settings.index_dir, *settings.index_dir.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = sorted(settings.index_dir.rglob("*"))

    told = subprocess.run(
        [sys.executable, "-c", _READ_ONLY, str(folder), QUESTION],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([*sys.path, str(TESTS)])},
    ).stdout.splitlines()

    assert "1742" in told[0]
    assert told[1] == "()"
    assert "1742" in told[2]  # though it is stale
    assert "cannot be written (Permission denied)" in told[3]
    assert sorted(settings.index_dir.rglob("*")) == before
    for path in [settings.index_dir, *settings.index_dir.rglob("*")]:
        path.chmod(0o755)
