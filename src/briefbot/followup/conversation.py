"""The turns before a question, and the names that they and the documents hold."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from briefbot.mentions import known_names, names_in
from briefbot.types import Turn


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a follow-up question can lean on.

    Attributes:
        history: Earlier turns, oldest first, at least one.
        known: Names that count in small letters too.
    """

    history: tuple[Turn, ...]
    known: tuple[str, ...]

    @property
    def last(self) -> Turn:
        """The turn just before."""
        return self.history[-1]

    @property
    def asked(self) -> str:
        """The question just before."""
        return self.last.question

    def names(self, text: str) -> list[str]:
        """Find proper names and known ones, in order."""
        return names_in(text, self.known)


def conversation_of(history: Sequence[Turn], names: Collection[str]) -> Conversation:
    """Collect the names of earlier turns and, if they are not too short, of the documents."""
    known = (*known_names(history), *(n for n in names if len(n) >= _SURE_LENGTH))
    return Conversation(tuple(history), known)


_SURE_LENGTH = 3
