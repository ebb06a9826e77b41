"""The real web chat as a process of its own, and Debian's chromium to use it with."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

REPOSITORY = Path(__file__).parents[1]
START_TIMEOUT_S = 90
ANSWER_TIMEOUT_MS = 20_000
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUESTION = "What did Ishiba propose, and why?"

# Writes down every host that the server process looks up or connects to.
AUDIT_HOOK = """\
import os, sys

log = open(os.environ["CONNECTIONS_LOG"], "a", buffering=1)
print("watching", file=log)

def note(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    print(host, file=log)

sys.addaudithook(note)
"""


@dataclass(frozen=True, slots=True)
class Chat:
    """The running web chat."""

    url: str
    busy_port: int
    log: Path
    connections: Path
    server: subprocess.Popen[bytes]


@contextmanager
def running_chat(folder: Path, documents: Path, settings: Mapping[str, str]) -> Iterator[Chat]:
    """Start app.py with an empty HOME on a port that is taken; it builds the index itself."""
    home = folder / "home"
    home.mkdir(parents=True)
    (folder / "sitecustomize.py").write_text(AUDIT_HOOK, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken, (folder / "log").open("wb") as log:
        port = taken.getsockname()[1]
        environment = {
            **{name: os.environ[name] for name in os.environ if name.startswith("COVERAGE_")},
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "PYTHONPATH": os.pathsep.join((str(folder), str(REPOSITORY / "src"))),
            "BRIEFBOT_CORPUS_DIR": str(documents),
            "BRIEFBOT_INDEX_DIR": str(folder / "index"),
            "BRIEFBOT_PORT": str(port),
            "CONNECTIONS_LOG": str(folder / "connections"),
            **settings,
        }
        command = [sys.executable, str(REPOSITORY / "app.py")]
        server = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log)
        try:
            url = _address(server, folder / "log")
            yield Chat(url, port, folder / "log", folder / "connections", server)
        finally:
            server.terminate()
            server.wait(timeout=20)


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and server.poll() is None:
        if found := re.search(r"BriefBot is at (http://\S+)", log.read_text("utf-8", "replace")):
            return found[1]
        time.sleep(0.1)
    pytest.fail(f"app.py did not start:\n{log.read_text('utf-8', 'replace')[-4000:]}")


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Start Chromium without a window."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    executable = next(filter(None, map(shutil.which, names)), None)
    if executable is None:
        pytest.fail("The browser tests need Chromium: `sudo apt-get install chromium`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def ask(page: Page, question: str) -> None:
    """Ask and wait for the complete answer."""
    turn = page.locator(".turn").count() + 1
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    finished = page.locator(f'.turn[data-turn="{turn}"][aria-busy="false"]')
    expect(finished).to_be_visible(timeout=ANSWER_TIMEOUT_MS)


def open_source(page: Page, turn: int) -> tuple[str, str]:
    """Open a turn's first chip.

    Returns:
        The quote that its card shows, and the text that the reader marks.
    """
    page.locator(f'.turn[data-turn="{turn}"] .chip').first.click()
    expect(page.locator("#quoted")).to_be_in_viewport()
    card = page.locator(f'#sources [data-turn="{turn}"] .card mark').first
    marked = "".join(page.locator("#reader mark.quote").all_text_contents())
    return card.text_content() or "", marked
