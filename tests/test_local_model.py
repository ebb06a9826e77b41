from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from langchain_core.messages import (  # noqa: TID251 - what the model is asked with
    AIMessage,
    HumanMessage,
    SystemMessage,
)

from briefbot.chat import ChatAnswerer
from briefbot.errors import ChatModelError
from briefbot.local_model import LocalChatModel
from briefbot.pipeline import BriefBot

MESSAGES = [SystemMessage("Be short."), HumanMessage("Who?"), AIMessage("I."), HumanMessage("Why?")]
TIMINGS = {"prompt_n": 30, "cache_n": 12, "predicted_n": 3}


class FakeLlama:
    """Stands for xllamacpp: it loads no weights and streams the pieces it is given."""

    def __init__(self, *pieces: str, error: str = "", as_text: bool = False) -> None:
        self.pieces = pieces
        self.error = error
        self.as_text = as_text
        self.parameters: list[SimpleNamespace] = []
        self.requests: list[dict[str, object]] = []
        self.stopped = threading.Event()

    def module(self) -> SimpleNamespace:
        return SimpleNamespace(CommonParams=self.common, Server=self.server)

    def common(self) -> SimpleNamespace:
        return SimpleNamespace(
            model=SimpleNamespace(), cpuparams=SimpleNamespace(), cpuparams_batch=SimpleNamespace()
        )

    def server(self, parameters: SimpleNamespace) -> FakeLlama:
        self.parameters.append(parameters)
        return self

    def handle_chat_completions(self, request, callback):
        self.requests.append(request)
        if self.error == "raise":
            raise RuntimeError("out of memory")
        if self.error:
            return {"error": {"code": 400, "message": self.error}}
        for piece in self.pieces:
            event = {"choices": [{"delta": {"content": piece}}]}
            if callback(json.dumps(event) if self.as_text else event):
                self.stopped.set()
                return None
        callback({"choices": [{"delta": {}}], "timings": TIMINGS})
        return None


@pytest.fixture
def llama(monkeypatch):
    def install(*pieces, **options):
        fake = FakeLlama(*pieces, **options)
        monkeypatch.setitem(sys.modules, "xllamacpp", fake.module())
        return fake

    return install


@pytest.mark.parametrize("as_text", [False, True])
def test_a_reply_comes_in_pieces_with_what_it_consumed(llama, as_text):
    llama("The ", "bridge", as_text=as_text)

    reply = LocalChatModel(path=Path("m.gguf")).invoke(MESSAGES)
    pieces = [piece.text for piece in LocalChatModel(path=Path("m.gguf")).stream(MESSAGES)]

    assert reply.text == "The bridge"
    assert reply.usage_metadata["input_tokens"] == 42
    assert reply.usage_metadata["output_tokens"] == 3
    assert [piece for piece in pieces if piece] == ["The ", "bridge"]


def test_the_model_is_loaded_once_with_the_threads_set(llama):
    fake = llama("One.")
    model = LocalChatModel(path=Path("m.gguf"), threads=3)

    model.invoke(MESSAGES)
    model.invoke(MESSAGES, stop=["END"])

    (parameters,) = fake.parameters
    assert parameters.model.path == "m.gguf"
    assert parameters.cpuparams.n_threads == parameters.cpuparams_batch.n_threads == 3
    assert fake.requests[0]["temperature"] == 0
    assert fake.requests[1]["stop"] == ["END"]
    assert [m["role"] for m in fake.requests[0]["messages"]] == [
        "system",
        "user",
        "assistant",
        "user",
    ]


def test_leaving_early_stops_the_model(llama):
    fake = llama(*["word "] * 10_000)
    stream = LocalChatModel(path=Path("m.gguf")).stream(MESSAGES)

    next(stream)
    stream.close()

    assert fake.stopped.wait(10) or len(fake.requests) == 1


@pytest.mark.parametrize(
    ("error", "message"), [("too many tokens", "too many tokens"), ("raise", "out of memory")]
)
def test_a_failure_of_the_model_is_raised_where_it_was_asked(llama, error, message):
    llama(error=error)

    with pytest.raises((ChatModelError, RuntimeError), match=message):
        LocalChatModel(path=Path("m.gguf")).invoke(MESSAGES)


def test_a_local_model_answers_questions_with_verified_sentences(llama, bot):
    llama("The stone bridge was ", "built in 1742. ", "It was sold to Mars.")
    answerer = ChatAnswerer(LocalChatModel(path=Path("m.gguf")), name="local:m")

    answer = BriefBot(bot.settings, embedder=bot.embedder, answerer=answerer).ask(
        "When was the stone bridge built?"
    )

    assert [s.text for s in answer.statements] == ["The stone bridge was built in 1742."]
    assert [check.verdict for check in answer.verification] == ["verified", "withheld"]
    assert answer.usage is not None
    assert answer.usage.output_tokens == 3
