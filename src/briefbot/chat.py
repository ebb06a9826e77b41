"""A chat model as answerer, by LangChain: numbered passages in, checked statements out."""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from typing import Any

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage

from briefbot import prompts
from briefbot.answer import Cited
from briefbot.cite import Quoted, cite, is_supported, marks, without_marks
from briefbot.errors import ChatModelError, MissingExtraError, SettingsError
from briefbot.read import Reading, quotes_of
from briefbot.sentences import sentence_spans
from briefbot.terms import terms
from briefbot.types import Citation, Passage, Statement

_PROVIDERS = {
    "ollama": ("langchain_ollama", ""),
    "openai": ("langchain_openai", "OPENAI_API_KEY"),
    "anthropic": ("langchain_anthropic", "ANTHROPIC_API_KEY"),
}
"""Provider → the package it needs and the environment variable of its key."""


def load_chat_model(model: str, *, timeout_s: float) -> BaseChatModel:
    """Make a chat model from `provider:name`.

    Raises:
        SettingsError: If the setting is not of that form or the provider is not known.
        MissingExtraError: If the provider's package is not installed.
        ChatModelError: If its key is not in the environment.
    """
    provider, _, name = model.partition(":")
    if provider not in _PROVIDERS or not name:
        raise SettingsError(
            f"The chat model {model!r} is not of the form provider:name.",
            hint=f"Use one of {', '.join(f'{known}:NAME' for known in _PROVIDERS)}.",
        )
    package, key = _PROVIDERS[provider]
    if importlib.util.find_spec(package) is None:
        raise MissingExtraError(
            f"The chat model {model!r} needs a package that is not installed.",
            hint=f"Run `pip install 'briefbot[{provider}]'`.",
        )
    if key and not os.environ.get(key):
        raise ChatModelError(
            f"The chat model {model!r} needs a key.", hint=f"Set {key} in the environment."
        )
    options: dict[str, Any] = {"timeout": timeout_s, "max_retries": 1}
    if provider == "ollama":
        options = {"client_kwargs": {"timeout": timeout_s}}
    chat_model: BaseChatModel = init_chat_model(
        name, model_provider=provider, temperature=0, **options
    )
    return chat_model


class ChatAnswerer:
    """Answers by a chat model; a sentence that its passages do not support is withheld."""

    def __init__(self, model: BaseChatModel, *, name: str) -> None:
        """Answer with a LangChain chat model; `name` is shown with the answer."""
        self._model = model
        self._name = name

    @property
    def name(self) -> str:
        """The chat model's name."""
        return self._name

    def answer(
        self, question: str, passages: Sequence[Passage], reading: Reading
    ) -> Iterator[Cited]:
        """Yield each sentence of the reply once it is complete.

        A sentence without support comes as a statement without citations: the pipeline's check
        withholds and counts it.

        Raises:
            ChatModelError: If the model cannot be reached or fails.
        """
        sources = _Sources(passages)
        for sentence in _complete_sentences(self._reply(question, passages)):
            if prompts.REFUSAL in sentence.upper():
                return
            yield sources.check(sentence)

    def _reply(self, question: str, passages: Sequence[Passage]) -> Iterator[str]:
        fence = f"<<{secrets.token_hex(8)}>>"
        messages = [
            SystemMessage(prompts.system_prompt(fence)),
            HumanMessage(prompts.question_prompt(question, passages, fence)),
        ]
        try:
            for piece in self._model.stream(messages):
                yield str(piece.text)
        except Exception as error:  # each provider raises its own client's errors
            raise ChatModelError(
                f"The chat model {self._name!r} gave no answer ({_reason(error)}).",
                hint="Check that its server runs and can be reached, and that the key is right.",
            ) from error


class _Sources:
    """The passages of one reply; numbers each distinct quote once."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self._numbers: dict[tuple[str, int, int], int] = {}

    def check(self, sentence: str) -> Cited:
        """Find the quotes that support a sentence among the passages it names."""
        bare = without_marks(sentence)
        quotes = [
            quote
            for n in marks(sentence)
            if 1 <= n <= len(self._passages)
            for quote in _nearest_quotes(bare, self._passages[n - 1])
        ]
        if not is_supported(bare, [quote.text for quote in quotes]):
            return Cited(Statement(bare, ()), ())
        citations = tuple(self._number(quote) for quote in quotes)
        return Cited(Statement(bare, tuple(c.n for c in citations)), citations)

    def _number(self, quote: Quoted) -> Citation:
        key = (quote.chunk.document, quote.start, quote.end)
        return cite(quote, self._numbers.setdefault(key, len(self._numbers) + 1))


def _nearest_quotes(sentence: str, passage: Passage) -> list[Quoted]:
    """Find the sentence of a passage nearest to a statement, and a second where it adds to it."""
    wanted = set(terms(sentence))
    quotes = quotes_of(passage.chunk)
    held = {quote: wanted & set(terms(quote.text)) for quote in quotes}
    ranked = sorted(quotes, key=lambda quote: -len(held[quote]))
    if not ranked or not held[ranked[0]]:
        return []
    adds = [quote for quote in ranked[1:] if len(held[quote] - held[ranked[0]]) >= _ADDS_TERMS]
    return ranked[:1] + adds[:1]


_ADDS_TERMS = 2


def _complete_sentences(pieces: Iterator[str]) -> Iterator[str]:
    """Cut a stream of text into sentences, each with the marks that follow it."""
    pending = ""
    for piece in pieces:
        pending += piece
        *done, pending = _sentences(pending)
        if done and not any(character.isalpha() for character in pending):
            pending = done.pop() + pending  # a mark may be on its way
        yield from done
    yield from (sentence for sentence in _sentences(pending) if sentence.strip())


def _sentences(text: str) -> list[str]:
    """Cut into sentences; marks that follow a full stop belong to the sentence before.

    Returns:
        At least one piece; the last may be incomplete.
    """
    moved = _MARKS_AFTER_STOP.sub(r"\2\1", text)
    spans = sentence_spans(moved)
    starts = [start for start, _ in spans] or [0]
    ends = [*starts[1:], len(moved)]
    return [moved[start:end] for start, end in zip(starts, ends, strict=True)]


_MARKS_AFTER_STOP = re.compile(r"([.!?])((?:\s*\[\d{1,3}(?:\s*[,;]\s*\d{1,3})*\])+)")


def _reason(error: Exception) -> str:
    lines = str(error).splitlines()
    return (lines[0] if lines else type(error).__name__)[:200]
