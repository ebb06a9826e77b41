from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner  # noqa: TID251 - it runs the commands

from briefbot.build import build_index
from briefbot.cli import app
from briefbot.errors import BriefBotError
from briefbot.index_folder import current_generation


@pytest.fixture
def cli(bot, settings, embedder, monkeypatch):
    """Run a command on the index of `bot`, with the embedder that needs no weights."""
    monkeypatch.setattr("briefbot.build.build_embedder", lambda _: embedder)
    for name in ("corpus_dir", "index_dir", "chunk_tokens", "overlap_sentences"):
        monkeypatch.setenv(f"BRIEFBOT_{name.upper()}", str(getattr(settings, name)))
    # as the CLI builds it: with the settings' own model name, so that nothing is rebuilt later
    build_index(settings, force=True)
    runner = CliRunner()
    return lambda *arguments, typed="": runner.invoke(app, list(arguments), input=typed)


def test_index_says_what_it_did(cli, corpus, write):
    (corpus / "garden.md").rename(corpus / "roses.md")
    write("corpus/tower.md", "# Tower\n\nIt has a copper roof.\n")

    shown = cli("index")

    assert shown.exit_code == 0
    assert "1 added, 0 changed, 0 removed, 1 renamed, 2 unchanged" in shown.stdout
    assert "1 passage embedded anew" in shown.stdout
    assert "  added tower.md\n  renamed garden.md → roses.md\n" in shown.stdout


def test_index_gives_the_keys_of_the_contract(cli, corpus):
    (corpus / "garden.md").rename(corpus / "roses.md")

    report = json.loads(cli("index", "--json").stdout)

    assert set(report) == {
        "documents", "passages", "skipped", "notes", "seconds", "index_dir", "up_to_date",
        "added", "changed", "removed", "renamed", "unchanged", "embedded",
    }  # fmt: skip
    assert report["renamed"] == [{"before": "garden.md", "after": "roses.md"}]


def test_index_does_nothing_twice_unless_told_to(cli, settings):
    before = current_generation(settings.index_dir)

    assert json.loads(cli("index", "--json").stdout)["up_to_date"]
    assert current_generation(settings.index_dir) == before
    assert not json.loads(cli("index", "--rebuild", "--json").stdout)["up_to_date"]
    assert current_generation(settings.index_dir) != before


def test_many_paths_are_counted_and_not_listed(cli, write):
    for number in range(14):
        write(f"corpus/n{number:02}.txt", f"The note {number} is short.\n")

    shown = cli("index").stdout

    assert "  added n09.txt\n  added 4 more\n" in shown


def test_a_check_of_a_whole_index_says_so(cli):
    shown = cli("index", "--check")

    assert shown.exit_code == 0
    assert "is whole: 3 documents, 4 passages" in shown.stdout


def test_a_check_tells_each_defect_and_exits_1(cli, settings):
    shutil.rmtree(current_generation(settings.index_dir) / "bm25")

    shown = cli("index", "--check")
    told = json.loads(cli("index", "--check", "--json").stdout)

    assert shown.exit_code == 1
    assert "the BM25 index cannot be read" in shown.stderr
    assert len(told["defects"]) == 1


@pytest.mark.parametrize(
    "options", [("--check", "--rebuild"), ("--if-needed", "--rebuild"), ("--check", "--watch")]
)
def test_options_that_contradict_each_other_are_wrong_usage(cli, options):
    assert cli("index", *options).exit_code == 2


def test_list_shows_documents_and_copies(cli, corpus):
    shutil.copy(corpus / "bridge.md", corpus / "copy.md")
    cli("index")

    shown = cli("list")
    told = json.loads(cli("list", "--json").stdout)["documents"]

    assert "bridge.md: The Old Bridge, article, 2024-05-01, 2 passages\n" in shown.stdout
    assert "  the same file: copy.md\n" in shown.stdout
    assert set(told[0]) == {"document", "paths", "title", "kind", "date", "passages", "digest"}
    assert (told[0]["document"], told[0]["paths"]) == ("bridge.md", ["bridge.md", "copy.md"])


def test_info_tells_sizes_and_the_generation(cli, settings):
    info = json.loads(cli("info", "--json").stdout)

    assert info["generation"] == current_generation(settings.index_dir).name
    assert info["bytes"]["chroma"] > 0
    assert info["bytes"]["vector_cache"] > 0
    assert "size of chroma: " in cli("info").stdout


def test_remove_asks_and_no_leaves_everything(cli, corpus):
    shown = cli("remove", "garden.md", typed="n\n")

    assert shown.exit_code == 1
    assert (corpus / "garden.md").exists()


def test_remove_deletes_every_copy_and_indexes(cli, corpus, bot):
    shutil.copy(corpus / "garden.md", corpus / "notes" / "copy.md")
    cli("index")

    shown = cli("remove", "garden.md", typed="y\n")

    assert shown.exit_code == 0
    assert "Delete 2 files for good?" in shown.stderr
    assert not (corpus / "garden.md").exists()
    assert not (corpus / "notes" / "copy.md").exists()
    assert "removed garden.md" in shown.stdout


@pytest.mark.parametrize("name", ["../outside.md", "notes/../../outside.md", "/etc/hostname"])
def test_a_file_outside_the_corpus_is_never_deleted(cli, write, name):
    outside = write("outside.md", "# Outside\n\nIt stays.\n")

    shown = cli("remove", name, "--yes")

    assert isinstance(shown.exception, BriefBotError)
    assert "lies outside the corpus folder" in shown.exception.message
    assert outside.exists()


def test_a_document_that_is_not_there_cannot_be_removed(cli):
    shown = cli("remove", "nothing.md", "--yes")

    assert isinstance(shown.exception, BriefBotError)
    assert "There is no document nothing.md" in shown.exception.message


def test_the_index_goes_with_the_last_document(cli, settings):
    for name in ("bridge.md", "garden.md", "notes/harbour.txt"):
        shown = cli("remove", name, "--yes")

    assert "The index was removed too" in shown.stderr
    assert not (settings.index_dir / "CURRENT").exists()


_WATCH = """
import signal
import sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores it
from fakes import WordHashEmbedder
import briefbot.build
from briefbot.cli import main

briefbot.build.build_embedder = lambda _: WordHashEmbedder()
sys.argv = ["briefbot", "index", "--watch", "--json"]
main()
"""


def test_watching_indexes_each_change_until_ctrl_c(cli, corpus, write):
    paths = os.pathsep.join([*sys.path, str(Path(__file__).parent)])
    watcher = subprocess.Popen(
        [sys.executable, "-c", _WATCH],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": paths},
    )
    try:
        first = json.loads(watcher.stdout.readline())
        write("corpus/tower.md", "# Tower\n\nIt has a copper roof.\n")
        second = json.loads(watcher.stdout.readline())
        (corpus / "tower.md").unlink()
        third = json.loads(watcher.stdout.readline())
        time.sleep(0.5)
        watcher.send_signal(signal.SIGINT)
        code = watcher.wait(60)
    finally:
        watcher.kill()
        watcher.stdout.close()

    assert first["up_to_date"]
    assert (second["added"], third["removed"]) == (["tower.md"], ["tower.md"])
    assert code == 0
