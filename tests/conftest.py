"""Fixtures, and a network that ends at this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import pytest_socket

from briefbot.build import build_index
from briefbot.pipeline import BriefBot
from briefbot.settings import Settings
from fakes import WordHashEmbedder

# before any test imports a library that reads them
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["ANONYMIZED_TELEMETRY"] = "False"

ARTICLE = Path(__file__).parent.parent / "corpus" / "beyond-hub-and-spoke.md"

BRIDGE = """\
---
title: The Old Bridge
date: 2024-05-01
url: https://example.org/bridge
kind: article
---

# The Old Bridge

The stone bridge was built in 1742. Engineer Maria Lindqvist designed its three arches.

## Repairs

A flood damaged the northern arch in 1910. The council repaired it with granite.
"""


def pytest_runtest_setup() -> None:
    """Let sockets reach this machine only; any other connection fails the test."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch):
    for name in [name for name in os.environ if name.startswith("BRIEFBOT_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def write(tmp_path) -> Callable[[str, str | bytes], Path]:
    """Write a file below `tmp_path`; text goes out as UTF-8, its line ends as they are."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    return write_file


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Settings:
    """Settings of a small index in `tmp_path` that always answers."""
    monkeypatch.chdir(tmp_path)
    return Settings(
        corpus_dir=tmp_path / "corpus",
        index_dir=tmp_path / "index",
        chunk_tokens=48,
        overlap_sentences=0,
        strictness=0.0,
    )


@pytest.fixture
def corpus(write) -> Path:
    """Three short documents about different things."""
    write(
        "corpus/garden.md",
        "# The Town Garden\n\nThe garden grows forty kinds of roses. "
        "Volunteers water the roses every evening.\n",
    )
    write("corpus/notes/harbour.txt", "The harbour opened in 1871. Ships carry timber and coal.\n")
    return write("corpus/bridge.md", BRIDGE).parent


@pytest.fixture
def embedder() -> WordHashEmbedder:
    """The embedder that needs no weights."""
    return WordHashEmbedder()


@pytest.fixture
def bot(settings, corpus, embedder) -> BriefBot:
    """A bot over a real index of `corpus`."""
    build_index(settings, embedder=embedder)
    return BriefBot(settings, embedder=embedder)


@pytest.fixture(scope="session")
def article_corpus(tmp_path_factory) -> Path:
    """A corpus of the given article alone."""
    folder = tmp_path_factory.mktemp("article") / "corpus"
    folder.mkdir()
    shutil.copy(ARTICLE, folder)
    return folder


@pytest.fixture(scope="session")
def article_index(article_corpus) -> Path:
    """The real index of the article, with the built-in models; shared, so only read it."""
    index_dir = article_corpus.parent / "index"
    build_index(Settings(corpus_dir=article_corpus, index_dir=index_dir))
    return index_dir
