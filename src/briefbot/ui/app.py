"""The page: one conversation per browser session over a BriefBot, wired with Gradio."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib import resources
from typing import Any

import gradio as gr

from briefbot.cite import is_verbatim
from briefbot.errors import BriefBotError
from briefbot.numbering import renumbered
from briefbot.pipeline import BriefBot
from briefbot.settings import Settings
from briefbot.types import Citation, Document, Turn
from briefbot.ui.conversation import (
    PAGES,
    Exchange,
    describe_index,
    render_header,
    render_turns,
    render_welcome,
)
from briefbot.ui.keeper import KEPT_TURNS, from_text, to_text
from briefbot.ui.library_page import LIBRARY_VIEW
from briefbot.ui.markup import render_failure
from briefbot.ui.reader import render_document
from briefbot.ui.sources import render_sources

USERS_AT_ONCE = 4  # questions answered at the same time; the next ones wait in Gradio's queue

Exchanges = tuple[Exchange, ...]
View = tuple[str, str, str, str, str, Any]
"""The conversation so far and its newest turn, the sources of both, the text that the browser
keeps, and the update of the question box."""
Newest = tuple[str, str, Any, Any]
"""The newest turn and its sources, and updates of the text kept and of the question box."""

_UNEXPECTED = BriefBotError(
    "Something went wrong while answering.",
    hint="Ask again; if it happens again, the terminal that runs BriefBot shows why.",
)

_SOURCE_CHANGED = "A source of this answer was changed or removed since."

_READER = (
    '<dialog id="reader" aria-labelledby="reader-title"><div class="reader-bar">'
    '<span id="reader-title">Source</span>'
    '<button type="button" class="reader-close">Close</button></div>'
    '<div class="reader-body" tabindex="0"></div></dialog>'
)
_SKIP = '<button type="button" class="skip">Skip to the question</button>'
_ASKING_SCRIPT = """element.addEventListener('click', (event) => {
  const example = event.target.closest('[data-question]');
  if (example) trigger('submit', { question: example.dataset.question, exact: false });
});
element.addEventListener('submit', (event) => {
  const form = event.target.closest('form.correction');
  if (!form) return;
  event.preventDefault();
  const question = form.querySelector('textarea').value;
  if (question.trim()) trigger('submit', { question, exact: true });
});
element.addEventListener('keydown', (event) => {
  const form = event.target.closest('form.correction');
  if (!form || event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});"""

# Every tab goes on with its own conversation; a new one, with the last that any tab had.
_KEEPER_SCRIPT = """const KEY = 'briefbot-conversation';
watch('value', () => {
  try {
    sessionStorage.setItem(KEY, props.value);
    localStorage.setItem(KEY, props.value);
  } catch {
    // Storage is blocked or full: the conversation lasts until the page is closed.
  }
});
try {
  const saved = sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY);
  if (saved) trigger('restore', { saved });
} catch {
  // As above.
}"""

_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def build_page(bot: BriefBot, settings: Settings) -> gr.Blocks:
    """Lay out the page and connect it to a bot."""
    chat = Chat(bot, settings)
    page: gr.Blocks
    with gr.Blocks(title="BriefBot", analytics_enabled=False, fill_width=True) as page:
        with gr.Row(elem_id="masthead"):
            _html(_SKIP, "skip")
            brand = _html(chat.header(), "brand")
            _html(PAGES, "pages", "showView();")  # of assets/theme.js
            restart = gr.Button("New conversation", elem_id="restart", size="sm")
        view, send = _chat_view(chat)
        _html(LIBRARY_VIEW, "library", _script("library.js"))
        gr.HTML(
            _READER,
            js_on_load=_script("page.js"),
            server_functions=[source_reader(bot)],
            apply_default_css=False,
            elem_id="reader-host",
        )
        _connect(chat, view, send, restart)
        page.load(chat.header, None, brand, **_QUIET)
    page.queue(default_concurrency_limit=USERS_AT_ONCE, max_size=64)
    return page


def _chat_view(chat: Chat) -> tuple[list[Any], gr.Button]:
    """Lay out the chat: what `View` updates, and the button that asks."""
    past, newest, past_sources, newest_sources, *_ = chat.show(())
    with gr.Row(elem_id="workspace"):
        with gr.Column(elem_id="conversation"):
            turns = (
                _html(past, "past", _ASKING_SCRIPT),
                _html(newest, "newest", _ASKING_SCRIPT),
            )
        with gr.Column(elem_id="sources"):
            cards = (_html(past_sources, "past-sources"), _html(newest_sources, "newest-sources"))
        with gr.Row(elem_id="composer"):
            box = _question_box()
            send = gr.Button("Ask", variant="primary", elem_id="send")
        kept = gr.HTML("", html_template="", js_on_load=_KEEPER_SCRIPT, elem_id="keeper")
    return [*turns, *cards, kept, box], send


def _script(name: str) -> str:
    return resources.files("briefbot.ui").joinpath("assets", name).read_text("utf-8")


def _html(value: str, elem_id: str, script: str | None = None) -> gr.HTML:
    return gr.HTML(value, js_on_load=script, apply_default_css=False, elem_id=elem_id)


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        label="Your question",
        show_label=False,
        placeholder="Ask about the documents",
        lines=1,
        max_lines=6,
        autofocus=True,
        elem_id="question",
        scale=1,
    )


def _connect(chat: Chat, view: list[Any], send: gr.Button, restart: gr.Button) -> None:
    """Wire questions (typed or picked) and the new conversation to the chat."""
    past, newest, _, sources, kept, box = view
    # Gradio renders all that an event may change, so an answer as it grows has only its own turn.
    growing = [newest, sources, kept, box]
    answers = []
    for asked in (
        gr.on([box.submit, send.click], chat.ask, [box, kept], view, **_QUIET),
        newest.submit(chat.ask_picked, [kept], view, **_QUIET),
        past.submit(chat.ask_picked, [kept], view, **_QUIET),
    ):
        answering = asked.then(chat.answer, [kept], growing, **_QUIET)
        answering.failure(chat.give_up, [kept], view, **_QUIET)
        answers += [asked, answering]
    restart.click(chat.start_anew, None, view, cancels=answers, **_QUIET)
    kept.restore(chat.restore, None, view, **_QUIET)


class Chat:
    """What the page's events do; holds no conversation, so that sessions share nothing."""

    def __init__(self, bot: BriefBot, settings: Settings) -> None:
        self._bot = bot
        self._settings = settings

    def header(self) -> str:
        """Render the page's head; anew for each visitor, since the index may be rebuilt."""
        try:
            info = self._bot.info()
        except BriefBotError as error:
            return render_header(error.message)
        return render_header(describe_index(len(info.documents), info.passages))

    def show(self, exchanges: Exchanges, typed: Any = None) -> View:
        """Render a whole conversation; `typed` replaces what is in the question box."""
        earlier = exchanges[:-1]
        past = render_turns(earlier) if earlier else ""
        past_sources = render_sources(earlier, are_past=True)
        update = gr.skip() if typed is None else typed
        turn, sources = self._newest(exchanges)
        return past, turn, past_sources, sources, to_text(exchanges), update

    def _newest(self, exchanges: Exchanges) -> tuple[str, str]:
        if not exchanges:
            return render_welcome(self._settings.examples), render_sources(())
        first, newest = len(exchanges), exchanges[-1:]
        return render_turns(newest, first=first, is_live=True), render_sources(newest, first=first)

    def ask(self, question: str, kept: str, *, stands_alone: bool = False) -> View:
        """Put a question below the conversation, for `answer` to answer."""
        earlier = [exchange for exchange in from_text(kept) if exchange.is_done]
        asked = Exchange(question, stands_alone=stands_alone)
        return self.show((*earlier[-(KEPT_TURNS - 1) :], asked), typed="")

    def ask_picked(self, kept: str, event: gr.EventData) -> View:
        """Ask the example that was clicked, or the question that was corrected, as it is."""
        return self.ask(str(event.question), kept, stands_alone=bool(event.exact))

    def answer(self, kept: str) -> Iterator[Newest]:
        """Answer the last question, sentence by sentence; a failed one returns to its box."""
        *earlier, asked = from_text(kept)
        turns = 0 if asked.stands_alone else self._settings.history_turns
        history = history_of(earlier, turns)
        before = [each.answer for each in earlier if each.answer is not None]
        try:
            for answer in self._bot.stream(asked.question, history):
                asked = replace(asked, answer=renumbered(answer, before))
                yield *self._newest((*earlier, asked)), gr.skip(), gr.skip()
            asked, typed = replace(asked, is_done=True), gr.skip()
        except BriefBotError as error:
            asked = Exchange(asked.question, error=error, is_done=True)
            typed = asked.question
        exchanges = (*earlier, asked)
        yield *self._newest(exchanges), to_text(exchanges), typed

    def give_up(self, kept: str) -> View:
        """Show that the last question failed unexpectedly; its traceback is in the log."""
        exchanges = from_text(kept)
        if not exchanges:
            return self.show(())
        *earlier, last = exchanges
        failed = Exchange(last.question, error=_UNEXPECTED, is_done=True)
        return self.show((*earlier, failed), typed=last.question)

    def start_anew(self) -> View:
        """Show the empty page again."""
        return self.show((), typed="")

    def restore(self, event: gr.EventData) -> View:
        """Show the conversation that the browser kept, with each quote checked anew."""
        exchanges = (each for each in from_text(str(event.saved)) if each.is_done)
        return self.show(tuple(map(self._checked, exchanges)))

    def _checked(self, exchange: Exchange) -> Exchange:
        answer = exchange.answer
        if answer is None or all(map(self._still_stands, answer.citations)):
            return exchange
        notes = dict.fromkeys((*answer.notes, _SOURCE_CHANGED))
        return replace(exchange, answer=replace(answer, notes=tuple(notes)))

    def _still_stands(self, citation: Citation) -> bool:
        try:
            return is_verbatim(citation, self._bot.document(citation.document).text)
        except BriefBotError:
            return False


def source_reader(bot: BriefBot) -> Callable[[list[Any]], str]:
    """Make the function that the page calls to open a document."""

    def read(request: list[Any]) -> str:  # Gradio marks it, which it cannot do to a method
        try:
            document_id, start, end = request
            document = _document(bot, str(document_id))
            return render_document(document, (int(start), int(end)))
        except BriefBotError as error:
            return render_failure(error)

    return read


def _document(bot: BriefBot, document_id: str) -> Document:
    if document_id not in bot.info().documents:
        raise BriefBotError(
            f"{document_id} is not among the documents any more.",
            hint="It was removed or renamed since the answer.",
        )
    return bot.document(document_id)


def history_of(exchanges: Sequence[Exchange], turns: int) -> tuple[Turn, ...]:
    """Pick the last answered turns of a conversation, oldest first."""
    answered = [
        Turn(exchange.question, exchange.answer.text)
        for exchange in exchanges
        if exchange.answer is not None and exchange.error is None
    ]
    return tuple(answered[-turns:]) if turns else ()
