"""The topic of an earlier turn, carried along in brackets."""

from __future__ import annotations

import re

from briefbot.followup.conversation import Conversation
from briefbot.followup.phrasing import as_clause, in_brackets
from briefbot.followup.pointers import POINTER
from briefbot.mentions import NOUN_GIST, gist, is_person, names_in, sentences_of, topic
from briefbot.terms import terms
from briefbot.types import Turn

DEFINITE = re.compile(r"\bthe\s+([\w-]+)", re.I)


def with_topic(question: str, talk: Conversation) -> str:
    """Add what the turn before was about, in brackets."""
    asked = _turn_of(question, talk).question
    meant = topic(asked, talk.known)
    if meant == gist(asked) and not is_noun(asked, meant, talk):
        meant = as_clause(asked)
    extra = new_name(talk) if POINTER.search(question) else ""
    if extra and extra.casefold() not in f"{meant} {question}".casefold():
        meant = f"{meant}, {extra}"
    return in_brackets(question, meant)


def is_noun(asked: str, meant: str, talk: Conversation) -> bool:
    """Whether what a question is about is a noun phrase that brackets can hold."""
    return bool(NOUN_GIST.match(asked)) or meant in talk.names(meant)


def _turn_of(question: str, talk: Conversation) -> Turn:
    """The newest turn that asked about the thing named with "the", else the last."""
    things = {term for found in DEFINITE.findall(question) for term in terms(found)}
    for turn in reversed(talk.history):
        if things & set(terms(turn.question)):
            return turn
    return talk.last


def new_name(talk: Conversation) -> str:
    """The name that the last answer brought first, where the question asked for one."""
    first = next(iter(sentences_of(talk.last.answer)), "")
    if re.match(r"^\W*(?:what|who)\s+(?:is|was|are|were)\b", talk.asked, re.I):
        return ""
    asked = set(terms(talk.asked))
    new = [name for name in names_in(first) if not set(terms(name)) & asked]
    return next((name for name in new if " " in name and not is_person(name, first)), "")
