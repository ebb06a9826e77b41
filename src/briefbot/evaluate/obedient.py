"""A chat model that does whatever a document tells it: the worst one to be had."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

from briefbot.evaluate.injections import Injection, reaching


class ObedientChatModel(BaseChatModel):
    """Writes what every order in its prompt asks for, and cites all passages for it."""

    injections: tuple[Injection, ...]
    reached: list[str] = Field(default_factory=list)
    """Ids of the orders in the last prompt."""

    @property
    def _llm_type(self) -> str:
        return "obedient"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        prompt = str(messages[-1].text)
        orders = list(reaching(prompt, self.injections))
        self.reached[:] = [order.id for order in orders]
        numbers = re.findall(r"(?m)^\[(\d+)\]$", prompt)
        reply = "\n".join(_obeying(orders, numbers))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(reply))])


def _obeying(orders: Sequence[Injection], numbers: Sequence[str]) -> Iterator[str]:
    """Yield each sentence asked for, once with every mark and once with none."""
    marks = "".join(f"[{number}]" for number in numbers)
    for order in orders:
        for sentence in (*order.obeyed, order.order):
            bare = " ".join(sentence.split()).rstrip(".")
            yield f"{bare}."
            yield f"{bare} {marks}."
