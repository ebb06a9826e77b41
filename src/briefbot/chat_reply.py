"""One reply of a chat model, by LangChain: its statements, each as soon as it is complete."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGeneration, LLMResult
from langchain_core.runnables import Runnable, RunnableConfig
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from briefbot import prompts
from briefbot.cite import marks, without_marks
from briefbot.errors import ChatModelError, first_line
from briefbot.sentences import sentence_spans


class Proposal(BaseModel):
    """One sentence of the answer."""

    model_config = ConfigDict(extra="ignore")

    text: str = Field(description="One complete sentence, without marks.")
    citations: list[int] = Field(description="Numbers of the passages that the sentence rests on.")


class Reply(BaseModel):
    """The answer, sentence by sentence; no statements if the passages do not hold it."""

    statements: list[Proposal]


class Tokens(BaseCallbackHandler):
    """Adds up what the model says that it consumed."""

    def __init__(self) -> None:
        self.requests = 0
        self.read = 0
        self.written = 0

    def on_llm_end(self, response: LLMResult, **kwargs: Any) -> None:
        """Count one request."""
        for generation in (item for batch in response.generations for item in batch):
            message = generation.message if isinstance(generation, ChatGeneration) else None
            counted = _counted(message) if isinstance(message, AIMessage) else None
            if counted is not None:
                self.requests += 1
                self.read += counted[0]
                self.written += counted[1]


def _counted(message: AIMessage) -> tuple[int, int] | None:
    """Tokens read and written; OpenAI's streamed data carries them only in the metadata."""
    if usage := message.usage_metadata:
        return usage["input_tokens"], usage["output_tokens"]
    usage_as_sent = message.response_metadata.get("token_usage")
    if not isinstance(usage_as_sent, Mapping):
        return None
    read, written = (usage_as_sent.get(f"{side}_tokens") for side in ("prompt", "completion"))
    return (read, written) if isinstance(read, int) and isinstance(written, int) else None


_Mode = Callable[[], Iterator[Proposal]]


class Attempt:
    """Asks once; a second time after a transient failure, or as text if data is not understood."""

    def __init__(self, model: BaseChatModel, name: str, timeout_s: float, asked: str) -> None:
        self._model = model
        self._name = name
        self._timeout_s = timeout_s
        self._asked = asked
        self._config: RunnableConfig = {"callbacks": [tokens := Tokens()]}
        self.tokens = tokens

    def proposals(self) -> Iterator[Proposal]:
        """Yield statements as they are completed.

        Raises:
            ChatModelError: If the model cannot be reached, is too slow or fails.
        """
        structured = _structured(self._model)
        modes: list[_Mode] = [self._as_text]
        if structured is not None:
            modes.insert(0, lambda: self._as_data(structured))
        retries = 1
        while True:
            said = False
            try:
                for proposal in modes[0]():
                    said = True
                    yield proposal
            except Exception as error:  # each provider raises its own client's errors
                if not said and retries and _is_transient(error):
                    retries -= 1
                elif not said and len(modes) > 1 and not _is_transient(error):
                    modes.pop(0)
                else:
                    raise self._failure(error) from error
            else:
                return

    def _messages(self, *, structured: bool) -> list[BaseMessage]:
        return [
            SystemMessage(prompts.system_prompt(structured=structured)),
            HumanMessage(self._asked),
        ]

    def _as_text(self) -> Iterator[Proposal]:
        stream = self._model.stream(self._messages(structured=False), self._config)
        pieces = (str(piece.text) for piece in self._in_time(stream))
        for sentence in _complete_sentences(pieces):
            if prompts.REFUSAL in sentence.upper():
                return
            yield Proposal(text=without_marks(sentence), citations=list(marks(sentence)))

    def _as_data(self, structured: Runnable[Any, Any]) -> Iterator[Proposal]:
        """Yield each statement of a growing reply once the next one begins, the last at its end."""
        found: list[Any] = []
        done = 0
        understood = False
        stream = structured.stream(self._messages(structured=True), self._config)
        for partial in self._in_time(stream):
            if not isinstance(partial, Mapping) or not isinstance(partial.get("statements"), list):
                continue
            understood = True
            found = partial["statements"]
            while done < len(found) - 1:
                yield from _validated(found[done])
                done += 1
        if not understood:
            raise ValueError("the reply is not of the form asked for")
        for item in found[done:]:
            yield from _validated(item)

    def _in_time(self, stream: Iterator[Any]) -> Iterator[Any]:
        deadline = time.monotonic() + self._timeout_s
        for piece in stream:
            if time.monotonic() > deadline:
                raise _TooSlowError(f"it took longer than {self._timeout_s:g} seconds")
            yield piece

    def _failure(self, error: Exception) -> ChatModelError:
        return ChatModelError(
            f"The chat model {self._name!r} gave no answer ({first_line(error)}).",
            hint="Check that its server runs and can be reached, and that the key is right.",
        )


class _TooSlowError(Exception):
    """The whole reply takes longer than allowed; asking again would only double the wait."""


def _structured(model: BaseChatModel) -> Runnable[Any, Any] | None:
    """The model with a reply of the form of `Reply`; None where it offers no such thing."""
    schema = {**Reply.model_json_schema(), "title": "Reply"}
    try:
        return model.with_structured_output(schema)
    except (NotImplementedError, ValueError):
        return None


def _validated(item: Any) -> Iterator[Proposal]:
    """Yield a statement, its marks taken out; one that is none counts as without a source."""
    try:
        proposal = Proposal.model_validate(item)
    except ValidationError:
        text = item.get("text") if isinstance(item, Mapping) else item
        proposal = Proposal(text=str(text or ""), citations=[_NO_PASSAGE])
    numbers = [*proposal.citations, *marks(proposal.text)]
    if proposal.text.strip():
        yield Proposal(text=without_marks(proposal.text), citations=list(dict.fromkeys(numbers)))


_NO_PASSAGE = 0

_TRANSIENT_STATUS = frozenset((408, 409, 425, 429, 500, 502, 503, 504, 529))
_TRANSIENT_NAME = re.compile(r"Timeout|Connect|TransportError|RemoteProtocol|ServiceUnavailable")


def _is_transient(error: Exception) -> bool:
    """Whether asking again may help: a connection, a timeout, an overloaded server."""
    status = getattr(error, "status_code", None) or getattr(error, "code", None)
    if isinstance(status, int):
        return status in _TRANSIENT_STATUS
    kinds = [kind.__name__ for kind in type(error).__mro__]
    return any(_TRANSIENT_NAME.search(kind) for kind in kinds)


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
