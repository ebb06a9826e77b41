"""The real web chat, built and served from a corpus folder, used through Debian's chromium."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

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
SECOND_QUESTION = "Who is Sanae Takaichi?"
UNANSWERABLE = "What are the benefits of Lion's Mane?"

HOSTILE_QUESTION = "Where does the Quokka Protocol keep its ledgers?"
HOSTILE_DOCUMENT = """\
# The Quokka Protocol

The Quokka Protocol keeps its ledgers in Tallinn <script>window.hacked = 1</script> \
<img src="https://evil.example/a.png" onerror="window.hacked = 2"> \
[click](javascript:window.hacked=3) ![pixel](https://evil.example/b.png).
"""

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


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    shutil.copy(REPOSITORY / "corpus" / "beyond-hub-and-spoke.md", folder)
    (folder / "quokka.md").write_text(HOSTILE_DOCUMENT, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def chat(documents: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """Start app.py with an empty HOME on a port that is taken; it builds the index itself."""
    folder = tmp_path_factory.mktemp("chat")
    home = tmp_path_factory.mktemp("home")
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


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    """One browser profile: each page of it is a session of its own, with a warm cache."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    executable = next(filter(None, map(shutil.which, names)), None)
    if executable is None:
        pytest.fail("The browser tests need Chromium: `sudo apt-get install chromium`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield browser.new_context(viewport={"width": 1280, "height": 800})
        browser.close()


@pytest.fixture
def requested() -> list[str]:
    """Every address that the page asked for, or was kept from asking for."""
    return []


@pytest.fixture
def page(chat: Chat, context: BrowserContext, requested: list[str]) -> Iterator[Page]:
    page = context.new_page()
    page.set_default_timeout(ANSWER_TIMEOUT_MS)
    page.on("request", lambda request: requested.append(request.url))
    page.on("console", lambda message: _note_refusals(message.text, requested))
    page.goto(chat.url)
    expect(page.locator(".example").first).to_be_visible(timeout=ANSWER_TIMEOUT_MS)
    yield page
    page.close()


def _note_refusals(message: str, requested: list[str]) -> None:
    if "Content Security Policy" in message:  # what the policy stops never becomes a request
        requested.extend(re.findall(r"https?://[^\s'\"]+", message))


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


def test_a_chip_opens_the_source_at_the_highlighted_quote(page: Page, documents: Path):
    page.locator(".example", has_text=QUESTION).click()
    expect(page.locator(".chip").first).to_be_visible()

    quote, marked = open_source(page, turn=1)

    assert marked == quote
    assert marked in (documents / "beyond-hub-and-spoke.md").read_text(encoding="utf-8")
    assert "retrieved:" not in page.locator("#reader").inner_text()
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()


def test_a_chip_and_a_card_work_by_keyboard_and_focus_returns(page: Page):
    ask(page, QUESTION)
    for name in (".chip", "#sources .card button"):
        button = page.locator(name).first
        button.focus()

        page.keyboard.press("Enter")

        expect(page.locator("#quoted")).to_be_in_viewport()
        page.get_by_role("button", name="Close").click()
        expect(button).to_be_focused()


def test_an_earlier_turn_keeps_its_own_sources(page: Page):
    ask(page, QUESTION)
    before = open_source(page, turn=1)
    page.keyboard.press("Escape")
    ask(page, SECOND_QUESTION)

    later = open_source(page, turn=2)
    page.keyboard.press("Escape")
    again = open_source(page, turn=1)

    assert before == again
    assert again[0] == again[1] != later[0] == later[1]


def test_a_refusal_is_calm_and_shows_the_nearest_passages(page: Page):
    ask(page, UNANSWERABLE)

    expect(page.locator(".refusal")).to_contain_text("Not in the documents")
    expect(page.locator(".answer, .failure, .chip")).to_have_count(0)
    expect(page.locator("#sources h2")).to_have_text("Nearest passages")
    page.locator("#sources .card").first.click(position={"x": 20, "y": 100})
    expect(page.locator("#reader mark.quote").first).to_be_visible()


def test_a_failed_question_says_why_and_stays_in_its_box(page: Page):
    ask(page, "🙂 … 🙂")

    expect(page.locator(".failure")).to_contain_text("no words")
    expect(page.get_by_label("Your question")).to_have_value("🙂 … 🙂")


def test_a_source_that_cannot_be_fetched_says_so(page: Page):
    ask(page, QUESTION)
    page.route("**/component_server/**", lambda route: route.abort())

    page.locator(".chip").first.click()

    expect(page.locator("#reader .failure")).to_contain_text("could not be opened")


def test_a_new_conversation_is_empty_and_sessions_share_nothing(page: Page, chat: Chat):
    ask(page, QUESTION)
    with page.context.new_page() as other:
        other.goto(chat.url)
        expect(other.locator(".example").first).to_be_visible()
        expect(other.locator(".turn")).to_have_count(0)

    page.get_by_role("button", name="New conversation").click()

    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator(".example").first).to_be_visible()


def test_hostile_documents_and_questions_stay_text(page: Page):
    ask(page, HOSTILE_QUESTION)
    quote, marked = open_source(page, turn=1)
    page.keyboard.press("Escape")
    ask(page, "<img src=x onerror='window.hacked = 4'> <b>Who</b> is Ishiba?")

    assert quote == marked
    assert "<script>window.hacked = 1</script>" in marked
    expect(page.locator(".question").last).to_contain_text("<b>Who</b>")
    expect(
        page.locator("#workspace img, #reader img, #workspace a[href^='javascript']")
    ).to_have_count(0)
    assert page.evaluate("window.hacked") is None


def test_nothing_leaves_the_machine(page: Page, chat: Chat, requested: list[str]):
    ask(page, QUESTION)
    ask(page, HOSTILE_QUESTION)
    open_source(page, turn=2)

    schemes = {"http", "https", "ws", "wss"}
    browser_hosts = {urlsplit(u).hostname for u in requested if urlsplit(u).scheme in schemes}
    server_hosts = set(chat.connections.read_text().split())
    assert browser_hosts == {"127.0.0.1"}
    assert server_hosts == {"watching"}


def test_the_page_has_a_title_an_icon_and_headers_and_no_address_of_another_site(page: Page):
    reply = page.request.get(page.url)

    assert page.title() == "BriefBot"
    assert '<link rel="icon" href="data:image/svg+xml' in reply.text()
    assert "default-src 'self'" in reply.headers["content-security-policy"]
    assert set(re.findall(r"https?://[\w.-]+", reply.text())) <= {
        "http://127.0.0.1",
        "http://www.w3.org",  # the name of SVG, which nothing fetches
    }


def test_other_host_names_uploads_and_api_pages_are_refused(page: Page, chat: Chat):
    upload = {"files": {"name": "a.txt", "mimeType": "text/plain", "buffer": b"text"}}

    other_name = page.request.get(chat.url, headers={"Host": "rebound.example"})
    docs = page.request.get(f"{chat.url}/docs")
    uploaded = page.request.post(f"{chat.url}/gradio_api/upload", multipart=upload)
    api = page.request.get(f"{chat.url}/gradio_api/info")

    assert [other_name.status, docs.status, uploaded.status] == [400, 404, 413]
    assert api.json() == {"named_endpoints": {}, "unnamed_endpoints": {}}


def test_the_chosen_theme_outlives_a_reload(page: Page):
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)

    page.get_by_role("button", name="Switch between light and dark").click()
    dark = page.evaluate(paper)
    page.reload()
    expect(page.locator(".example").first).to_be_visible()

    assert light != dark == page.evaluate(paper)
    page.evaluate("localStorage.clear()")


def test_no_width_needs_sideways_scrolling(page: Page):
    ask(page, QUESTION)
    ask(page, UNANSWERABLE)
    for width in (360, 800, 1440):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width

        open_source(page, turn=1)

        assert page.evaluate("document.querySelector('#reader .reader-body').scrollWidth") <= width
        page.get_by_role("button", name="Close").click()


def test_a_busy_port_gives_way_and_it_is_said(chat: Chat):
    port = urlsplit(chat.url).port or 0

    assert chat.busy_port < port <= chat.busy_port + 20
    assert f"Port {chat.busy_port} is in use; using {port} instead." in chat.log.read_text("utf-8")


def test_ctrl_c_ends_the_chat_without_a_traceback(chat: Chat):
    chat.server.send_signal(signal.SIGINT)

    assert chat.server.wait(timeout=20) == 0
    assert "Traceback" not in chat.log.read_text("utf-8")
