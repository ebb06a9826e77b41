"""A conversation as the text that the browser keeps; the server keeps none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from briefbot.errors import BriefBotError
from briefbot.types import Answer
from briefbot.ui.conversation import Exchange

KEPT_TURNS = 50
MAX_CHARS = 2_000_000  # browsers keep about 5 MB, of two bytes a character


@dataclass(frozen=True, slots=True)
class _Kept:
    """An exchange without the exception in it."""

    question: str
    answer: Answer | None
    failure: tuple[str, str] | None
    is_done: bool
    stands_alone: bool = False


_KEPT = TypeAdapter(tuple[_Kept, ...])


def to_text(exchanges: Sequence[Exchange]) -> str:
    """Write the last exchanges as JSON; fewer where they are long."""
    kept = tuple(
        _Kept(
            each.question,
            each.answer,
            (each.error.message, each.error.hint) if each.error else None,
            each.is_done,
            each.stands_alone,
        )
        for each in exchanges[-KEPT_TURNS:]
    )
    while kept:
        text = _KEPT.dump_json(kept).decode("utf-8")
        if len(text) <= MAX_CHARS:
            return text
        kept = kept[len(kept) // 2 + 1 :]
    return ""


def from_text(text: str) -> tuple[Exchange, ...]:
    """Read exchanges; none where the text is not what `to_text` writes.

    It comes from the browser, where anything may have been put in its place.
    """
    if not text or len(text) > MAX_CHARS:
        return ()
    try:
        kept = _KEPT.validate_json(text)
    except ValidationError:
        return ()
    return tuple(_exchange(each) for each in kept[-KEPT_TURNS:])


def _exchange(kept: _Kept) -> Exchange:
    error = BriefBotError(kept.failure[0], hint=kept.failure[1]) if kept.failure else None
    return Exchange(kept.question, kept.answer, error, kept.is_done, kept.stands_alone)
