"""A GGUF file as a LangChain chat model, in this process, by llama.cpp: no server, no network."""

from __future__ import annotations

import json
import os
import queue
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    SystemMessage,
)
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from briefbot.errors import ChatModelError


class LocalChatModel(BaseChatModel):
    """Runs a GGUF file; it is loaded at the first question, and answers one at a time."""

    path: Path
    threads: int = 0
    """0 for one per core."""
    context_tokens: int = 6144
    reply_tokens: int = 320

    _server: Any = PrivateAttr(default=None)
    _lock: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    @property
    def _llm_type(self) -> str:
        return "local"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        merged = AIMessageChunk(content="")
        for piece in self._stream(messages, stop, run_manager):
            message = piece.message
            assert isinstance(message, AIMessageChunk)
            merged = merged + message
        reply = AIMessage(content=str(merged.text), usage_metadata=merged.usage_metadata)
        return ChatResult(generations=[ChatGeneration(message=reply)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        request = {
            "messages": [_as_request(message) for message in messages],
            "max_tokens": self.reply_tokens,
            "temperature": 0,
            "cache_prompt": True,
            "stream": True,
            **({"stop": stop} if stop else {}),
        }
        for event in self._events(request):
            _raise_if_failed(event, self.path)
            piece = _as_piece(event)
            if run_manager and piece.text:
                run_manager.on_llm_new_token(piece.text, chunk=piece)
            yield piece

    def _events(self, request: dict[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Run the request in a thread of its own; leaving the loop early stops it."""
        events: queue.Queue[Mapping[str, Any] | Exception | None] = queue.Queue()
        stopped = threading.Event()

        def take(event: Any) -> bool:
            events.put(_as_mapping(event))
            return stopped.is_set()

        def work() -> None:
            try:
                with self._lock:
                    if not stopped.is_set():
                        returned = self._loaded().handle_chat_completions(request, take)
                        if returned:
                            events.put(_as_mapping(returned))
            except Exception as error:  # noqa: BLE001 - raised again by the thread that asked
                events.put(error)
            finally:
                events.put(None)

        threading.Thread(target=work, daemon=True).start()
        try:
            while (event := events.get()) is not None:
                if isinstance(event, Exception):
                    raise event
                yield event
        finally:
            stopped.set()

    def _loaded(self) -> Any:
        if self._server is None:
            import xllamacpp  # noqa: PLC0415 - an extra

            threads = self.threads or os.cpu_count() or 1
            parameters = xllamacpp.CommonParams()
            parameters.model.path = str(self.path)
            parameters.n_ctx = self.context_tokens
            parameters.n_parallel = 1
            parameters.cpuparams.n_threads = threads
            parameters.cpuparams_batch.n_threads = threads
            parameters.verbosity = -1
            self._server = xllamacpp.Server(parameters)
        return self._server


def _as_request(message: BaseMessage) -> dict[str, str]:
    match message:
        case SystemMessage():
            role = "system"
        case HumanMessage():
            role = "user"
        case _:
            role = "assistant"
    return {"role": role, "content": str(message.text)}


def _as_mapping(event: Any) -> Mapping[str, Any]:
    value = json.loads(event) if isinstance(event, str | bytes) else event
    return value if isinstance(value, Mapping) else {}


def _raise_if_failed(event: Mapping[str, Any], path: Path) -> None:
    if error := event.get("error"):
        message = error.get("message", error) if isinstance(error, Mapping) else error
        raise ChatModelError(
            f"The local model {path.name} failed ({message}).",
            hint="Lower top_k if the passages are too long for it, or use another model.",
        )


def _as_piece(event: Mapping[str, Any]) -> ChatGenerationChunk:
    choices = event.get("choices") or [{}]
    delta = choices[0].get("delta") or choices[0].get("message") or {}
    message = AIMessageChunk(content=delta.get("content") or "", usage_metadata=_usage(event))
    return ChatGenerationChunk(message=message)


def _usage(event: Mapping[str, Any]) -> UsageMetadata | None:
    """The last event counts what was read, also from the cache, and what was written."""
    timings = event.get("timings")
    if not timings:
        return None
    read = int(timings.get("prompt_n", 0)) + int(timings.get("cache_n", 0))
    written = int(timings.get("predicted_n", 0))
    return UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)
