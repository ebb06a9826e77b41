"""The real web chat, built and served from a corpus folder, used through Debian's chromium."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

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

SECOND_QUESTION = "Which party does Sanae Takaichi lead?"
UNANSWERABLE = "What are the benefits of Lion's Mane?"

HOSTILE_QUESTION = "Where does the Quokka Protocol keep its ledgers?"
HOSTILE_DOCUMENT = """\
# The Quokka Protocol

The Quokka Protocol keeps its ledgers in Tallinn <script>window.hacked = 1</script> \
<img src="https://evil.example/a.png" onerror="window.hacked = 2"> \
[click](javascript:window.hacked=3) ![pixel](https://evil.example/b.png).
"""


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    shutil.copy(REPOSITORY / "corpus" / "beyond-hub-and-spoke.md", folder)
    (folder / "quokka.md").write_text(HOSTILE_DOCUMENT, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def chat(documents: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    with running_chat(tmp_path_factory.mktemp("chat"), documents, {}) as chat:
        yield chat


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    """One browser profile: its pages share a warm cache, and what the browser keeps."""
    with running_browser() as browser:
        yield browser.new_context(viewport={"width": 1280, "height": 800})


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
    page.evaluate("localStorage.clear()")
    page.close()


def _note_refusals(message: str, requested: list[str]) -> None:
    if "Content Security Policy" in message:  # what the policy stops never becomes a request
        requested.extend(re.findall(r"https?://[^\s'\"]+", message))


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
    assert page.context.browser is not None
    with page.context.browser.new_context() as elsewhere:
        other = elsewhere.new_page()
        other.goto(chat.url)
        expect(other.locator(".example").first).to_be_visible(timeout=ANSWER_TIMEOUT_MS)
        expect(other.locator(".turn")).to_have_count(0)

    page.get_by_role("button", name="New conversation").click()

    expect(page.locator(".turn")).to_have_count(0)
    expect(page.get_by_label("Your question")).to_be_focused()
    page.reload()
    expect(page.locator(".example").first).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)


def test_a_reload_restores_the_conversation_with_its_citations_and_its_thread(page: Page):
    ask(page, QUESTION)
    ask(page, SECOND_QUESTION)
    before = [page.locator(".turn").all_inner_texts(), *(_source(page, t) for t in (1, 2))]

    page.reload()
    expect(page.locator(".turn")).to_have_count(2)

    after = [page.locator(".turn").all_inner_texts(), *(_source(page, t) for t in (1, 2))]
    assert after == before
    ask(page, "When did she make history?")
    expect(page.locator(".turn").nth(2)).to_contain_text("Sanae Takaichi")
    expect(page.locator(".turn")).to_have_count(3)


def _source(page: Page, turn: int) -> tuple[str, str]:
    opened = open_source(page, turn)
    page.keyboard.press("Escape")
    return opened


def test_a_follow_up_says_how_it_was_understood_and_can_be_corrected(page: Page):
    ask(page, SECOND_QUESTION)
    ask(page, "When did she make history?")
    understood = page.locator('.turn[data-turn="2"] .understood')
    expect(understood.locator("summary")).to_contain_text("Understood as:")
    expect(understood.locator("textarea")).to_be_hidden()

    understood.get_by_text("Correct").click()
    understood.get_by_label("The question in full").fill(HOSTILE_QUESTION)
    understood.get_by_role("button", name="Ask this instead").click()

    corrected = page.locator('.turn[data-turn="3"][aria-busy="false"]')
    expect(corrected.locator(".question")).to_have_text(HOSTILE_QUESTION)
    expect(corrected.locator(".understood")).to_have_count(0)
    expect(corrected.locator(".answer")).to_contain_text("Tallinn")


def test_an_earlier_follow_up_is_corrected_by_keyboard_and_asked_exactly_as_it_is(page: Page):
    ask(page, SECOND_QUESTION)
    ask(page, "When did she make history?")
    ask(page, QUESTION)
    understood = page.locator('.turn[data-turn="2"] .understood')

    understood.locator("summary").focus()
    page.keyboard.press("Enter")
    field = understood.get_by_label("The question in full")
    field.fill("Why did he warn of it?")
    field.press("Enter")

    asked = page.locator('.turn[data-turn="4"][aria-busy="false"]')
    expect(asked.locator(".question")).to_have_text("Why did he warn of it?")
    expect(asked.locator(".understood")).to_have_count(0)


def test_a_quote_keeps_its_number_throughout_a_conversation(page: Page):
    ask(page, QUESTION)
    first = _numbers(page, 1)
    ask(page, HOSTILE_QUESTION)
    second = _numbers(page, 2)
    ask(page, QUESTION)

    assert list(first.values()) == list(range(1, len(first) + 1))
    assert set(second.values()).isdisjoint(first.values())
    assert min(second.values()) == len(first) + 1
    assert _numbers(page, 3) == first
    quote, marked = open_source(page, turn=3)
    assert quote == marked


def _numbers(page: Page, turn: int) -> dict[str, int]:
    """Where a turn's chips lead, with the number that each shows."""
    chips = page.locator(f'.turn[data-turn="{turn}"] .chip')
    expect(chips.first).to_be_visible()
    found = chips.evaluate_all("all => all.map(c => [c.dataset.start, c.innerText])")
    return {start: int(text.strip("[]")) for start, text in found}


def test_the_report_of_the_checks_opens_under_an_answer(page: Page):
    ask(page, QUESTION)
    checks = page.locator('.turn[data-turn="1"] .checks')
    expect(checks.locator("li").first).to_be_hidden()

    checks.locator("summary").click()

    expect(checks.locator("li").first).to_contain_text("Verified")
    statements = page.locator('.turn[data-turn="1"] .answer .chip').count()
    expect(checks.locator("summary")).to_contain_text(f"{checks.locator('li').count()} verified")
    assert checks.locator("li").count() <= statements


def test_thanks_is_no_refusal_and_what_was_talked_about_is_kept(page: Page):
    ask(page, SECOND_QUESTION)
    ask(page, "thanks!")
    expect(page.locator('.turn[data-turn="2"] .talk')).to_contain_text("welcome")
    expect(page.locator('.turn[data-turn="2"] .refusal')).to_have_count(0)

    ask(page, "When did she make history?")

    expect(page.locator('.turn[data-turn="3"] .understood summary')).to_contain_text("Takaichi")


def test_each_tab_goes_on_with_its_own_conversation(page: Page, chat: Chat):
    ask(page, QUESTION)
    with page.context.new_page() as other:
        other.goto(chat.url)
        expect(other.locator(".turn")).to_have_count(1, timeout=ANSWER_TIMEOUT_MS)
        other.get_by_role("button", name="New conversation").click()
        expect(other.locator(".turn")).to_have_count(0)
        ask(other, UNANSWERABLE)

    page.reload()

    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator(".turn .question")).to_have_text(QUESTION)


def test_what_the_browser_keeps_is_read_as_text_and_garbage_as_nothing(page: Page):
    ask(page, QUESTION)
    hostile = "<img src=x onerror='window.hacked = 5'>"
    page.evaluate(
        """hostile => {
          const kept = JSON.parse(sessionStorage.getItem('briefbot-conversation'));
          kept[0].question = kept[0].answer.statements[0].text = hostile;
          sessionStorage.setItem('briefbot-conversation', JSON.stringify(kept));
        }""",
        hostile,
    )
    page.reload()
    expect(page.locator(".turn .question")).to_have_text(hostile)
    assert page.evaluate("window.hacked") is None

    page.evaluate("sessionStorage.setItem('briefbot-conversation', '[{')")
    page.reload()

    expect(page.locator(".example").first).to_be_visible()


def test_a_growing_answer_leaves_earlier_turns_alone(page: Page):
    ask(page, QUESTION)
    ask(page, SECOND_QUESTION)
    page.evaluate("""() => {
      window.added = { past: [], newest: [] };
      for (const [name, added] of Object.entries(window.added)) {
        new MutationObserver((records) => records.forEach((record) => added.push(
          ...[...record.addedNodes].map((node) => node.className ?? ''))))
          .observe(document.querySelector(`#${name} .turns`), { childList: true, subtree: true });
      }
    }""")

    ask(page, QUESTION)

    assert page.evaluate("window.added.past") == ["turn"]
    assert "reply answer" in page.evaluate("window.added.newest")


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
    for width in (195, 360, 800, 1440):  # the first: a phone at 200%
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width

        open_source(page, turn=1)

        assert page.evaluate("document.querySelector('#reader .reader-body').scrollWidth") <= width
        page.get_by_role("button", name="Close").click()


def test_the_keyboard_goes_through_the_page_in_reading_order_and_shows_where_it_is(page: Page):
    page.evaluate("document.body.tabIndex = -1; document.body.focus()")
    examples = page.locator(".example").all_inner_texts()

    stops = []
    for _ in range(6 + len(examples)):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate("""() => {
              const at = document.activeElement;
              const style = getComputedStyle(at);
              const isSeen = style.outlineStyle !== 'none' || at.matches('textarea');
              return [at.ariaLabel || at.innerText || at.placeholder, isSeen];
            }""")
        )

    assert stops == [
        [name, True]
        for name in (
            "Skip to the question",
            "Switch between light and dark",
            "Chat",
            "Library",
            *examples,
            "Ask about the documents",
            "Ask",
        )
    ]
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your question")).to_be_focused()


def test_nothing_moves_where_the_system_asks_for_calm(page: Page):
    running = "document.getAnimations().filter((each) => each.playState === 'running').length"
    ask(page, QUESTION)
    page.locator(".chip").first.click()
    expect(page.locator("#quoted")).to_be_in_viewport()
    assert page.evaluate(running) > 0
    page.keyboard.press("Escape")

    page.emulate_media(reduced_motion="reduce")
    page.locator(".chip").first.click()
    expect(page.locator("#quoted")).to_be_in_viewport()

    assert page.evaluate(running) == 0


def test_a_busy_port_gives_way_and_it_is_said(chat: Chat):
    port = urlsplit(chat.url).port or 0

    assert chat.busy_port < port <= chat.busy_port + 20
    assert f"Port {chat.busy_port} is in use; using {port} instead." in chat.log.read_text("utf-8")


def test_ctrl_c_ends_the_chat_without_a_traceback(chat: Chat):
    chat.server.send_signal(signal.SIGINT)

    assert chat.server.wait(timeout=20) == 0
    assert "Traceback" not in chat.log.read_text("utf-8")
