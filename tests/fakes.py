"""The two fakes: an embedder that needs no weights, and a chat model that replays replies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForLLMRun  # noqa: TID251 - a fake of its class
from langchain_core.language_models import BaseChatModel  # noqa: TID251 - a fake of its class
from langchain_core.messages import (  # noqa: TID251 - a fake of its class
    AIMessage,
    AIMessageChunk,
    BaseMessage,
)
from langchain_core.outputs import (  # noqa: TID251 - a fake of its class
    ChatGeneration,
    ChatGenerationChunk,
    ChatResult,
)
from pydantic import Field

from briefbot.embed import Vectors
from briefbot.terms import terms


class WordHashEmbedder:
    """An `Embedder` that hashes stemmed words into a bag: the same words, the same vector."""

    def __init__(self, *, dimension: int = 256) -> None:
        self._dimension = dimension

    @property
    def name(self) -> str:
        return "word-hash"

    @property
    def max_tokens(self) -> int:
        return 256

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        rows = [self.embed_query(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(rows), self._dimension)

    def embed_query(self, text: str) -> Vectors:
        vector = np.zeros(self._dimension, dtype=np.float32)
        for term in terms(text):
            digest = hashlib.blake2b(term.encode("utf-8"), digest_size=4).digest()
            vector[int.from_bytes(digest, "big") % self._dimension] += 1
        if not vector.any():
            vector[0] = 1
        return vector / np.float32(np.linalg.norm(vector))


class ScriptedChatModel(BaseChatModel):
    """A chat model that gives its replies in turn; an exception is raised, the last one again."""

    replies: list[str | Exception]
    piece_chars: int = 7
    """How many characters each streamed piece has."""
    prompts: list[list[BaseMessage]] = Field(default_factory=list)
    """The messages of every call, oldest first."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _next_reply(self, messages: list[BaseMessage]) -> str:
        self.prompts.append(messages)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            self.replies = self.replies or [reply]
            raise reply
        return reply

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        message = AIMessage(self._next_reply(messages))
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        reply = self._next_reply(messages)
        for start in range(0, len(reply), self.piece_chars):
            piece = reply[start : start + self.piece_chars]
            yield ChatGenerationChunk(message=AIMessageChunk(piece))
