"""The Library page in the real web chat, used through Debian's chromium."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from browsing import (
    ANSWER_TIMEOUT_MS,
    QUESTION,
    REPOSITORY,
    Chat,
    ask,
    open_source,
    running_browser,
    running_chat,
)

BUILD_TIMEOUT_MS = 60_000
QUOKKA = """\
---
title: The Quokka Protocol
date: 2026-02-03
kind: report
---
# The Quokka Protocol

The Quokka Protocol keeps its ledgers in Tallinn, in a vault below the harbour.
"""
QUOKKA_QUESTION = "Where does the Quokka Protocol keep its ledgers?"
HOSTILE = "# <img src=x onerror='window.hacked = 1'>\n\nThe <b>owl</b> sleeps in the tower.\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    shutil.copy(REPOSITORY / "corpus" / "beyond-hub-and-spoke.md", folder)
    (folder / "kept.md").write_text(HOSTILE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings of the chat; a test passes its own by indirect parametrization."""
    return getattr(request, "param", {})


@pytest.fixture
def chat(tmp_path: Path, corpus: Path, settings: dict[str, str]) -> Iterator[Chat]:
    with running_chat(tmp_path / "chat", corpus, settings) as chat:
        yield chat


@pytest.fixture
def requested() -> list[str]:
    return []


@pytest.fixture
def page(chat: Chat, browser: Browser, requested: list[str]) -> Iterator[Page]:
    """The Library page, opened by its address."""
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.set_default_timeout(ANSWER_TIMEOUT_MS)
        page.on("request", lambda request: requested.append(request.url))
        page.goto(f"{chat.url}/library")
        expect(row(page, "kept.md")).to_be_visible(timeout=ANSWER_TIMEOUT_MS)
        yield page


def row(page: Page, document: str):
    return page.locator(f'#library tr[data-document="{document}"]')


def expect_state(page: Page, document: str, state: str) -> None:
    expect(row(page, document).locator(".state")).to_have_text(state, timeout=BUILD_TIMEOUT_MS)


def upload(page: Page, *files: tuple[str, str | bytes]) -> None:
    page.locator(".library-files").set_input_files(
        [
            {
                "name": name,
                "mimeType": "text/plain",
                "buffer": content.encode() if isinstance(content, str) else content,
            }
            for name, content in files
        ]
    )


def show(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()


def test_an_uploaded_document_is_cited_and_a_removed_one_is_not(
    page: Page, chat: Chat, corpus: Path, requested: list[str]
):
    # while it builds, the progress is shown and then gone
    page.evaluate("""() => {
      window.stages = [];
      const bar = document.querySelector('.library-progress');
      new MutationObserver(() => bar.hidden || window.stages.push(bar.textContent.trim()))
        .observe(bar, { subtree: true, childList: true, characterData: true, attributes: true });
    }""")
    upload(
        page, ("quokka.md", QUOKKA), ("bad.md", b"\xff caf\xe9"), ("../../evil.md", "# Evil\n\nNo.")
    )
    expect_state(page, "uploads/quokka.md", "Ready")
    expect_state(page, "uploads/bad.md", "Failed")
    expect_state(page, "uploads/evil.md", "Ready")
    expect(page.locator(".library-progress")).to_be_hidden(timeout=BUILD_TIMEOUT_MS)
    assert any(
        page.evaluate("stages")
    )  # a small build may be over before it is asked how far it is

    # its row says what it is; the malformed one says why it is not read
    quokka = row(page, "uploads/quokka.md")
    for words in ("The Quokka Protocol", "report", "3 February 2026"):
        expect(quokka).to_contain_text(words)
    expect(row(page, "uploads/bad.md")).to_contain_text("not UTF-8")
    assert {path.name for path in corpus.iterdir()} == {
        "beyond-hub-and-spoke.md",
        "kept.md",
        "uploads",
    }
    assert not (corpus.parent / "evil.md").exists()

    # the chat answers from it, and its citation opens it
    show(page, "Chat")
    expect(page.locator("#brand p")).to_contain_text("from 4 documents")
    ask(page, QUOKKA_QUESTION)
    quote, marked = open_source(page, turn=1)
    assert (
        quote
        == marked
        == "The Quokka Protocol keeps its ledgers in Tallinn, in a vault below the harbour."
    )
    page.keyboard.press("Escape")

    # removed, it answers nothing, and the old citation says that it is gone
    show(page, "Library")
    quokka.get_by_role("button", name="Remove").click()
    expect(quokka).to_have_count(0, timeout=BUILD_TIMEOUT_MS)
    assert not (corpus / "uploads" / "quokka.md").exists()
    show(page, "Chat")
    ask(page, QUOKKA_QUESTION)
    expect(page.locator('.turn[data-turn="2"] .refusal')).to_contain_text("Not in the documents")
    page.locator(".chip").first.click()
    expect(page.locator("#reader .failure")).to_contain_text("not among the documents any more")
    page.keyboard.press("Escape")
    page.reload()
    expect(page.locator('.turn[data-turn="1"] .note')).to_contain_text("changed or removed since")

    # the log has it all, and nothing has left the machine
    show(page, "Library")
    page.get_by_text("What happened").click()
    log = page.locator(".library-log ol")
    for words in ("Added uploads/quokka.md", "Skipped uploads/bad.md", "Build done", "Removed"):
        expect(log).to_contain_text(words)
    assert {urlsplit(url).hostname for url in requested if url.startswith(("http", "ws"))} == {
        "127.0.0.1"
    }
    assert set(chat.connections.read_text().split()) == {"watching"}


@pytest.mark.parametrize("settings", [{"BRIEFBOT_FETCH_PRIVATE": "true"}], indirect=True)
def test_the_table_is_searched_sorted_and_kept_text_and_a_web_page_is_added(
    page: Page, tmp_path: Path, corpus: Path
):
    # hostile text stays text, and a title opens its document
    assert page.evaluate("window.hacked") is None
    expect(page.locator("#library td img, #library td script")).to_have_count(0)
    row(page, "kept.md").locator(".open").click()
    expect(page.locator("#reader .source-head h2")).to_contain_text("<img")
    page.keyboard.press("Escape")

    # searching and sorting, by keyboard too
    names = page.locator("#library tbody .name")
    page.get_by_label("Search the documents").fill("spoke article")
    expect(names).to_have_text(["beyond-hub-and-spoke.md"])
    page.get_by_label("Search the documents").fill("no such words")
    expect(page.locator(".library-none")).to_have_text("No document has these words.")
    page.get_by_label("Search the documents").fill("")
    expect(names).to_have_text(["kept.md", "beyond-hub-and-spoke.md"])
    heading = page.get_by_role("columnheader", name="Passages")
    heading.get_by_role("button").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(names).to_have_text(["beyond-hub-and-spoke.md", "kept.md"])
    expect(heading).to_have_attribute("aria-sort", "descending")

    # a page of this machine, which the settings allow
    site = tmp_path / "site"
    site.mkdir()
    (site / "quokka.md").write_text(QUOKKA, encoding="utf-8")
    with serving(site) as address:
        page.get_by_label("Add a web page").fill(f"{address}/quokka.md")
        page.keyboard.press("Enter")
        expect_state(page, "uploads/quokka.md", "Ready")
        page.get_by_label("Add a web page").fill(f"{address}/gone.md")
        page.keyboard.press("Enter")
        expect(row(page, f"{address}/gone.md")).to_contain_text("status 404")

    # all that is wrong with what is added at once
    upload(page, ("empty.md", ""), ("hollow.txt", ""))
    for name in ("empty.md", "hollow.txt"):
        expect(page.locator(".library-failure")).to_contain_text(f"{name} is empty.")

    # dropped files
    page.evaluate(
        """text => {
          const files = new DataTransfer();
          files.items.add(new File([text], 'dropped.txt'));
          document.querySelector('.drop').dispatchEvent(
            new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }));
        }""",
        "The lighthouse was painted white in 1903 by the harbour master.",
    )
    expect_state(page, "uploads/dropped.txt", "Ready")

    # a document that was not added here is deleted only after a question
    remove = row(page, "kept.md").get_by_role("button", name="Remove")
    remove.click()
    page.get_by_role("button", name="Keep it").click()
    assert (corpus / "kept.md").exists()
    expect(remove).to_be_focused()
    remove.click()
    page.get_by_role("button", name="Delete the file").click()
    expect(row(page, "kept.md")).to_have_count(0, timeout=BUILD_TIMEOUT_MS)
    assert not (corpus / "kept.md").exists()

    # no width needs sideways scrolling; 195 is a phone at 200%
    for width in (195, 360, 800, 1440):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Rebuild").click()
    expect(page.locator(".library-progress")).to_be_visible()
    expect(page.locator(".library-progress")).to_be_hidden(timeout=BUILD_TIMEOUT_MS)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Keep the test's output clean."""


def serving(folder: Path):
    class Site:
        def __enter__(self) -> str:
            handler = lambda *a, **k: _Quiet(*a, directory=str(folder), **k)  # noqa: E731
            self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
            threading.Thread(target=self.server.serve_forever, daemon=True).start()
            return f"http://127.0.0.1:{self.server.server_port}"

        def __exit__(self, *error: object) -> None:
            self.server.shutdown()
            self.server.server_close()

    return Site()


@pytest.mark.parametrize("settings", [{"BRIEFBOT_LIBRARY": "off"}], indirect=True)
def test_a_library_that_is_off_is_read_only_in_the_page_and_behind_it(page: Page, chat: Chat):
    expect(page.locator(".library-notice")).to_contain_text(
        "can be looked at here, but not changed"
    )
    for control in (page.locator(".library-files"), page.get_by_role("button", name="Rebuild")):
        expect(control).to_be_disabled()
    expect(page.get_by_role("button", name="Remove")).to_have_count(0)

    refused = [
        page.request.post(f"{chat.url}/library/{path}", data=data, headers={"X-BriefBot": "x"})
        for path, data in CHANGES
    ]

    assert [reply.status for reply in refused] == [403] * len(CHANGES)
    assert "not changed" in refused[0].json()["detail"]["message"]
    assert [r.inner_text() for r in page.locator("#library .state").all()] == ["Ready", "Ready"]


CHANGES = (
    ("files?name=a.md", "text"),
    ("addresses", json.dumps({"url": "https://example.org/"})),
    ("removals", json.dumps({"document": "kept.md", "confirmed": True})),
    ("builds", "{}"),
)
SIGNED_IN = {
    "BRIEFBOT_LIBRARY": "signed-in",
    "BRIEFBOT_AUTH_USERS": '["anna:correct horse", "ben:battery"]',
}


@pytest.mark.parametrize("settings", [SIGNED_IN], indirect=True)
def test_only_those_who_signed_in_change_it_and_guests_may_look_and_ask(
    page: Page, chat: Chat, browser: Browser
):
    expect(page.locator(".library-notice")).to_have_text("Sign in to add or remove documents.")
    assert page.locator("#library tbody tr").count() == 2
    refused = page.request.post(f"{chat.url}/library/builds", headers={"X-BriefBot": "x"})
    assert refused.status == 403

    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill("battery")
    page.keyboard.press("Enter")
    expect(page.locator(".library-failure")).to_contain_text("do not match")
    page.get_by_label("Password").fill("correct horse")
    page.keyboard.press("Enter")
    expect(page.locator(".library-user")).to_contain_text("Signed in as anna.")
    upload(page, ("quokka.md", QUOKKA))
    expect_state(page, "uploads/quokka.md", "Ready")

    # from another site, even with the session, nothing is changed
    without_header = page.request.post(f"{chat.url}/library/builds")
    assert without_header.status == 403
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    with browser.new_context() as elsewhere:
        guest = elsewhere.new_page()
        guest.goto(chat.url)
        ask(guest, QUESTION)
        expect(guest.locator(".chip").first).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".library-notice")).to_have_text("Sign in to add or remove documents.")
    again = page.request.post(f"{chat.url}/library/builds", headers={"X-BriefBot": "x"})
    assert again.status == 403
    assert "correct horse" not in chat.log.read_text("utf-8")
