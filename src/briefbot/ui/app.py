"""The page: one conversation per browser session over a BriefBot, wired with Gradio."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from typing import Any

import gradio as gr

from briefbot.errors import BriefBotError
from briefbot.pipeline import BriefBot
from briefbot.settings import Settings
from briefbot.types import Turn
from briefbot.ui.conversation import (
    Exchange,
    describe_index,
    render_conversation,
    render_header,
)
from briefbot.ui.markup import render_failure
from briefbot.ui.reader import render_document
from briefbot.ui.sources import render_sources

USERS_AT_ONCE = 4  # questions answered at the same time; the next ones wait in Gradio's queue

Exchanges = tuple[Exchange, ...]
View = tuple[str, str, Exchanges, Any]
"""Conversation HTML, sources HTML, session state, and the update of the question box."""

_UNEXPECTED = BriefBotError(
    "Something went wrong while answering.",
    hint="Ask again; if it happens again, the terminal that runs BriefBot shows why.",
)

_READER = (
    '<dialog id="reader" aria-labelledby="reader-title"><div class="reader-bar">'
    '<span id="reader-title">Source</span>'
    '<button type="button" class="reader-close">Close</button></div>'
    '<div class="reader-body" tabindex="0"></div></dialog>'
)
_EXAMPLE_SCRIPT = """element.addEventListener('click', (event) => {
  const example = event.target.closest('[data-question]');
  if (example) trigger('submit', { question: example.dataset.question });
});"""

_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def build_page(bot: BriefBot, settings: Settings) -> gr.Blocks:
    """Lay out the page and connect it to a bot."""
    script = resources.files("briefbot.ui").joinpath("assets", "page.js").read_text("utf-8")
    chat = Chat(bot, settings)
    page: gr.Blocks
    with gr.Blocks(title="BriefBot", analytics_enabled=False, fill_width=True) as page:
        exchanges = gr.State(())
        with gr.Row(elem_id="masthead"):
            brand = _html(chat.header(), "brand", None)
            restart = gr.Button("New conversation", elem_id="restart", size="sm")
        with gr.Row(elem_id="workspace"):
            conversation = _html(chat.show(())[0], "conversation", _EXAMPLE_SCRIPT)
            sources = _html(chat.show(())[1], "sources", None)
            with gr.Row(elem_id="composer"):
                box = _question_box()
                send = gr.Button("Ask", variant="primary", elem_id="send")
        gr.HTML(
            _READER,
            js_on_load=script,
            server_functions=[source_reader(bot)],
            apply_default_css=False,
            elem_id="reader-host",
        )
        _connect(chat, [conversation, sources, exchanges, box], send, restart)
        page.load(chat.header, None, brand, **_QUIET)
    page.queue(default_concurrency_limit=USERS_AT_ONCE, max_size=64)
    return page


def _html(value: str, elem_id: str, script: str | None) -> gr.HTML:
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
    conversation, _, exchanges, box = view
    asked = gr.on([box.submit, send.click], chat.ask, [box, exchanges], view, **_QUIET)
    picked = conversation.submit(chat.ask_example, [exchanges], view, **_QUIET)
    for event in (asked, picked):
        event.failure(chat.give_up, [exchanges], view, **_QUIET)
    restart.click(chat.start_anew, None, view, cancels=[asked, picked], **_QUIET)


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
        """Render a conversation; `typed` replaces what is in the question box."""
        update = gr.skip() if typed is None else typed
        conversation = render_conversation(exchanges, self._settings.examples)
        return conversation, render_sources(exchanges), exchanges, update

    def ask(self, question: str, exchanges: Exchanges) -> Iterator[View]:
        """Answer a question, sentence by sentence; a failed question returns to its box."""
        earlier = tuple(exchange for exchange in exchanges if exchange.is_done)
        history = history_of(earlier, self._settings.history_turns)
        yield self.show((*earlier, Exchange(question)), typed="")
        try:
            answer = None
            for answer in self._bot.stream(question, history):
                yield self.show((*earlier, Exchange(question, answer)))
            yield self.show((*earlier, Exchange(question, answer, is_done=True)))
        except BriefBotError as error:
            failed = Exchange(question, error=error, is_done=True)
            yield self.show((*earlier, failed), typed=question)

    def ask_example(self, exchanges: Exchanges, event: gr.EventData) -> Iterator[View]:
        """Answer the example question that was clicked."""
        yield from self.ask(str(event.question), exchanges)

    def give_up(self, exchanges: Exchanges) -> View:
        """Show that the last question failed unexpectedly; its traceback is in the log."""
        if not exchanges:
            return self.show(())
        *earlier, last = exchanges
        failed = Exchange(last.question, error=_UNEXPECTED, is_done=True)
        return self.show((*earlier, failed), typed=last.question)

    def start_anew(self) -> View:
        """Show the empty page again."""
        return self.show((), typed="")


def source_reader(bot: BriefBot) -> Callable[[list[Any]], str]:
    """Make the function that the page calls to open a document."""

    def read(request: list[Any]) -> str:  # Gradio marks it, which it cannot do to a method
        try:
            document_id, start, end = request
            return render_document(bot.document(str(document_id)), (int(start), int(end)))
        except BriefBotError as error:
            return render_failure(error)

    return read


def history_of(exchanges: Sequence[Exchange], turns: int) -> tuple[Turn, ...]:
    """Pick the last answered turns of a conversation, oldest first."""
    answered = [
        Turn(exchange.question, exchange.answer.text)
        for exchange in exchanges
        if exchange.answer is not None and exchange.error is None
    ]
    return tuple(answered[-turns:]) if turns else ()
