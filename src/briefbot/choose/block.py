"""Sentences of an answer that stand together, and how much of each is its opening."""

from __future__ import annotations

from dataclasses import dataclass

from briefbot.cite import Quoted


@dataclass(frozen=True, slots=True)
class Block:
    """Sentences of an answer that stand together, under a heading if there is one."""

    quotes: tuple[Quoted, ...]
    heading: str = ""
    is_list: bool = False


OPENING_WORDS = 7
"""How many words at the front of a sentence tell whom or what it is about."""
