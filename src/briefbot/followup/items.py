"""“The second one” and “[2]” → the item or the sentence of an answer that is meant."""

from __future__ import annotations

import re

from briefbot.followup.conversation import Conversation
from briefbot.mentions import cited_by, enumerated, sentences_of

_ORDINALS = {
    "first": 0, "1st": 0, "former": 0, "second": 1, "2nd": 1, "latter": 1, "third": 2, "3rd": 2,
    "fourth": 3, "4th": 3, "fifth": 4, "5th": 4, "sixth": 5, "6th": 5, "last": -1, "final": -1,
}  # fmt: skip
_ORDINAL = re.compile(
    r"(?:\b(?:the|your|that)\s+)?\b(?P<which>first|second|third|fourth|fifth|sixth|last|final|1st|2nd"
    r"|3rd|4th|5th|6th)\s+(?:one|points?|reason|argument|sentence|item|statement|answer|source"
    r"|citation|quote|example|benefit)\b(?!\s+(?:of|that|which|to|for)\b)"
    r"|\b(?:number|no\.?|point|sentence|source|citation|quote)\s+(?P<digit>[1-9])\b"
    r"|\[(?P<mark>\d{1,3})\]",
    re.I,
)
_ITEM_MAX_WORDS = 8


def with_item(question: str, talk: Conversation) -> str:
    """Put what "the second one" means in its place."""
    match = _ORDINAL.search(question)
    if match is None:
        return question
    if match["mark"]:
        return _with_marked(question, match, talk)
    which = match["which"]
    position = _ORDINALS[which.lower()] if which else int(match["digit"]) - 1
    item = _item(position, talk)
    if not item:
        return question
    return f"{question[: match.start()]}{item}{question[match.end() :]}"


def _with_marked(question: str, match: re.Match[str], talk: Conversation) -> str:
    """Put the sentence that cites `[n]` in the mark's place, the newest such one."""
    for turn in reversed(talk.history):
        sentence = cited_by(turn.answer, int(match["mark"]))
        if sentence:
            item = f"“{sentence.strip(' .')}”"
            return f"{question[: match.start()]}{item}{question[match.end() :]}"
    return question


def _item(position: int, talk: Conversation) -> str:
    """Look an item up: a topic taken in turn, else of an enumeration, else a sentence."""
    answer = talk.last.answer
    items = _topics_in_turn(talk) or enumerated(answer) or sentences_of(answer)
    if len(items) < 2 or not -len(items) <= position < len(items):
        return ""
    item = items[position].strip(" .")
    return item if len(item.split()) <= _ITEM_MAX_WORDS else f"“{item}”"


def _topics_in_turn(talk: Conversation) -> list[str]:
    """The names that took each other's place in the last questions."""
    if len(talk.history) < 2:
        return []
    before, after = (talk.names(turn.question) for turn in talk.history[-2:])
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    return [*gone[:1], *come[:1]] if len(gone) == len(come) == 1 else []
