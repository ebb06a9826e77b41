"""What the Library page renders, and whom its routes let change the library."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.requests import Request
from starlette.testclient import TestClient

from briefbot.build_log import LogLine
from briefbot.corpus_folder import MAX_UPLOAD_BYTES
from briefbot.entries import Entry, State
from briefbot.errors import BriefBotError, SettingsError
from briefbot.library import Library
from briefbot.settings import Settings
from briefbot.shelf import Activity
from briefbot.ui import launch
from briefbot.ui.library_page import (
    SHOWN_ROWS,
    describe_activity,
    describe_entries,
    describe_size,
    render_log,
    render_rows,
)
from briefbot.ui.library_routes import library_routes
from briefbot.ui.sign_in import COOKIE, SignIn
from briefbot.uploads import Upload

HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"
OURS = {"X-BriefBot": "library"}
ENTRY = Entry("uploads/a.md", "A", State.READY, "report", "2026-02-03", 12, 1500)


# --- What it renders


def test_hostile_names_stay_text():
    entry = Entry(HOSTILE, HOSTILE, State.FAILED, HOSTILE, HOSTILE, reason=HOSTILE)

    for html in (
        render_rows([entry], may_change=True),
        render_log([LogLine(HOSTILE, HOSTILE)]),
    ):
        assert "<script" not in html
        assert "<img" not in html
        assert "&lt;script&gt;" in html


def test_a_row_says_what_a_document_is_and_opens_it():
    html = render_rows([ENTRY], may_change=True)

    for words in ('data-document="uploads/a.md"', "report", "3 February 2026", ">12<", "2 kB"):
        assert words in html
    assert "data-opens" in html
    assert 'data-state="ready">Ready' in html


def test_only_a_ready_document_opens_and_none_is_removed_twice():
    failed = Entry("uploads/b.md", "B", State.FAILED, reason="Not UTF-8.")
    going = Entry("uploads/c.md", "C", State.REMOVING)

    assert "data-opens" not in render_rows([failed, going], may_change=True)
    assert "Not UTF-8." in render_rows([failed], may_change=True)
    assert "<button" not in render_rows([going], may_change=True)


def test_what_was_not_added_here_is_removed_after_a_question_only():
    other = Entry("b.md", "B", State.READY)

    assert "data-confirm" not in render_rows([ENTRY], may_change=True)
    assert "data-confirm" in render_rows([other], may_change=True)
    assert "Remove" not in render_rows([ENTRY, other], may_change=False)


def test_a_long_table_is_cut_and_says_so():
    many = [Entry(f"{n}.md", str(n), State.READY, passages=1) for n in range(SHOWN_ROWS + 1)]

    assert render_rows(many, may_change=True).count("<tr") == SHOWN_ROWS
    assert (
        describe_entries(many, 900) == "501 of 900 documents, 501 passages; the first 500 are shown"
    )
    assert describe_entries(many[:1], 1) == "1 document, 1 passage"


def test_sizes_and_progress_are_written_for_people():
    assert [describe_size(size) for size in (9, 12_345, 3_456_789)] == ["9 B", "12 kB", "3.5 MB"]
    assert describe_activity(Activity("embedding", 256, 1200)) == "Embedding, 256 of 1,200"
    assert describe_activity(Activity("reading", 0, 1)) == "Reading"


def test_the_log_shows_the_newest_line_first():
    html = render_log([LogLine("1", "First"), LogLine("2", "Second")])

    assert html.index("Second") < html.index("First")


# --- Who signs in


def request_with(cookie: str) -> Request:
    return Request({"type": "http", "headers": [(b"cookie", f"{COOKIE}={cookie}".encode())]})


def test_a_session_lasts_from_signing_in_to_signing_out(monkeypatch):
    sign_in = SignIn({"anna": SecretStr("word")}, pause_s=0)
    token = sign_in.enter(" anna ", "word") or ""

    assert sign_in.name_of(request_with(token)) == "anna"
    assert sign_in.name_of(request_with("forged")) == ""
    monkeypatch.setattr("briefbot.ui.sign_in.SESSION_S", -1)
    assert sign_in.name_of(request_with(sign_in.enter("anna", "word") or "")) == ""
    sign_in.leave(request_with(token))
    assert sign_in.name_of(request_with(token)) == ""


@pytest.mark.parametrize(
    ("name", "password"),
    [("anna", "wrong"), ("anna", ""), ("eve", "word"), ("", ""), ("ä", "\ud800")],
)
def test_a_wrong_name_or_password_starts_no_session(name, password):
    assert SignIn({"anna": SecretStr("word")}, pause_s=0).enter(name, password) is None


def test_nobody_guesses_while_another_guess_is_checked(client, monkeypatch):
    page = client(library="signed-in", auth_users=("anna:word",))
    right, wrong = ({"name": "anna", "password": word} for word in ("word", "guess"))
    during = []

    def ask_meanwhile(seconds: float) -> None:
        during.append(page.post("/library/sign-in", json=right, headers=OURS))

    monkeypatch.setattr("briefbot.ui.sign_in.time.sleep", ask_meanwhile)
    page.post("/library/sign-in", json=wrong, headers=OURS)
    after = page.post("/library/sign-in", json=right, headers=OURS)

    assert [reply.status_code for reply in (*during, after)] == [429, 200]


# --- The routes


@pytest.fixture
def client(bot) -> Iterator[Callable[..., TestClient]]:
    """Serve the routes of a real library; it fetches nothing."""
    libraries = []

    def open_client(**options: object) -> TestClient:
        library = Library(
            bot, fetch=lambda url: Upload("page.md", b"# Page\n\nIt is short.\n", url)
        )
        libraries.append(library)
        assert library.wait(60)
        app = FastAPI()
        app.include_router(library_routes(library, Settings(**options)))  # type: ignore[arg-type]
        client = TestClient(app)
        client.library = library  # type: ignore[attr-defined]
        return client

    yield open_client
    for library in libraries:
        library.close()


def test_the_page_is_found_by_its_address(client):
    reply = client().get("/library", follow_redirects=False)

    assert reply.headers["location"] == "./#library"


def test_the_state_is_told_once_and_again_when_it_changed(client):
    page = client()
    first = page.get("/library/state", params={"query": "bridge"}).json()

    unchanged = page.get("/library/state", params={"query": "bridge", "have": first["key"]}).json()
    page.post("/library/builds", headers=OURS)
    changed = page.get("/library/state", params={"query": "bridge", "have": first["key"]}).json()

    assert "The Old Bridge" in first["rows"]
    assert first["summary"].startswith("1 of 3 documents")
    assert (first["refusal"], first["signs_in"], first["activity"]) == ("", False, None)
    assert unchanged == {"key": first["key"]}
    assert changed["key"] != first["key"]


def test_a_column_that_is_none_is_refused(client):
    assert client().get("/library/state", params={"sort": "secret"}).status_code == 422


def test_a_file_and_an_address_are_taken_and_a_document_is_removed(client):
    page = client()

    added = page.post(
        "/library/files", params={"name": "a.md"}, content=b"# A\n\nAn owl.\n", headers=OURS
    )
    fetched = page.post("/library/addresses", json={"url": "https://example.org/"}, headers=OURS)
    assert page.library.wait(60)
    ready = {entry.id: entry.state for entry in page.library.entries()}
    removed = page.post("/library/removals", json={"document": "uploads/a.md"}, headers=OURS)
    assert page.library.wait(60)

    assert [added.status_code, fetched.status_code, removed.status_code] == [200, 200, 200]
    assert ready["uploads/a.md"] is ready["uploads/page.md"] is State.READY
    assert "uploads/a.md" not in {entry.id for entry in page.library.entries()}


def test_a_refusal_says_what_is_wrong_and_what_to_do(client):
    page = client()

    empty = page.post("/library/files", params={"name": "a.md"}, content=b"", headers=OURS)
    asked = page.post("/library/removals", json={"document": "garden.md"}, headers=OURS)

    assert (empty.status_code, empty.json()["detail"]["message"]) == (409, "a.md is empty.")
    assert "Confirm" in asked.json()["detail"]["hint"]


def test_a_file_over_the_limit_is_refused(client):
    data = b"x" * (MAX_UPLOAD_BYTES + 1)

    reply = client().post("/library/files", params={"name": "a.md"}, content=data, headers=OURS)

    assert "larger than 25 MB" in reply.json()["detail"]["message"]


CHANGES = (
    ("files?name=a.md", b"text"),
    ("addresses", json.dumps({"url": "https://example.org/"}).encode()),
    ("removals", json.dumps({"document": "garden.md", "confirmed": True}).encode()),
    ("builds", b"{}"),
)


@pytest.mark.parametrize(("path", "body"), CHANGES)
def test_nothing_is_changed_by_another_site_nor_where_it_is_off_nor_by_guests(client, path, body):
    users = {"library": "signed-in", "auth_users": ("anna:word",)}
    json_type = {"Content-Type": "application/json"}

    for page, headers in (
        (client(), json_type),
        (client(library="off"), {**OURS, **json_type}),
        (client(**users), {**OURS, **json_type}),
    ):
        before = page.library.entries()
        reply = page.post(f"/library/{path}", content=body, headers=headers)

        assert reply.status_code == 403
        assert reply.json()["detail"]["message"]
        assert page.library.entries() == before


def test_who_signed_in_changes_the_library_until_signing_out(client):
    page = client(library="signed-in", auth_users=("anna:word",))
    state = page.get("/library/state").json()

    signed_in = page.post(
        "/library/sign-in", json={"name": "anna", "password": "word"}, headers=OURS
    )
    known = page.get("/library/state").json()
    built = page.post("/library/builds", headers=OURS)
    page.post("/library/sign-out", headers=OURS)

    assert (state["signs_in"], state["user"]) == (True, "")
    assert "The Old Bridge" in state["rows"]
    assert "Remove" not in state["rows"]
    assert "SameSite=strict" in signed_in.headers["set-cookie"]
    assert (known["user"], known["signs_in"], built.status_code) == ("anna", False, 200)
    assert page.post("/library/builds", headers=OURS).status_code == 403


def test_a_wrong_password_is_said_after_a_pause(client, monkeypatch):
    pauses = []
    monkeypatch.setattr("briefbot.ui.sign_in.time.sleep", pauses.append)
    page = client(library="signed-in", auth_users=("anna:word",))

    reply = page.post("/library/sign-in", json={"name": "anna", "password": "x"}, headers=OURS)

    assert reply.status_code == 403
    assert pauses == [1.0]
    assert (
        page.post("/library/sign-in", json={"name": "anna", "password": "word"}).status_code == 403
    )


def test_an_index_that_is_gone_is_a_failure_and_no_crash(client, bot, monkeypatch):
    page = client()

    def gone() -> None:
        raise BriefBotError("The index is gone.", hint="Rebuild.")

    monkeypatch.setattr(bot, "info", gone)
    reply = page.post("/library/removals", json={"document": "garden.md"}, headers=OURS)

    assert (reply.status_code, reply.json()["detail"]["message"]) == (500, "The index is gone.")


def test_a_library_that_nobody_can_sign_in_to_is_a_mistake_said_at_the_start(bot):
    with pytest.raises(SettingsError, match="nobody can sign in"):
        launch(bot, Settings(library="signed-in"))
