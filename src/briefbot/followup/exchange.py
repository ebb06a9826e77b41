"""A new topic alone, “And Turkey's?” → the earlier question with the topic exchanged."""

from __future__ import annotations

import re

from briefbot.followup.conversation import Conversation
from briefbot.followup.pointers import AND, IT, PERSON, POINTER
from briefbot.mentions import is_country, is_person, people, without_carried

_WHAT_ABOUT = re.compile(rf"^\W*{AND}(?:what|how)\s+(?:about|of)\s+(?P<topic>.+?)\W*$", re.I)
_AND_TOPIC = re.compile(r"^\W*(?:and|but|or)\s+(?P<topic>.+?)(?:\s+(?:too|either|then))?\W*$", re.I)
_LONE_TOPIC = re.compile(
    r"^\W*(?P<topic>(?:in|on|under|for|by|the)?\s*[^\s?]+(?:\s[^\s?]+)?)\W*$", re.I
)
_VERB = re.compile(
    r"\b(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|can|could|will"
    r"|would|should|has|have|had|isn['’]t|aren['’]t|wasn['’]t|don['’]t|doesn['’]t|didn['’]t"
    r"|tell|explain|describe|compare|name|list|give|show)\b",
    re.I,
)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_PREPOSITIONS = frozenset("in on at for by from with under since until after before during".split())
_PLAIN_SUBJECT = re.compile(
    r"^\W*(?:what|where|how|why|when|who)\s+(?:is|are|was|were|does|do|did)\s+(?:the\s+|an?\s+)?"
    r"(?P<subject>[a-z][\w-]+)\b",
    re.I,
)


def bare_topic(question: str, talk: Conversation) -> str:
    """What an elliptic question is about, if it holds nothing but a new topic."""
    match = _WHAT_ABOUT.match(question) or _AND_TOPIC.match(question)
    if match is None and _is_sure_name(question.strip(" .?!"), talk):
        match = _LONE_TOPIC.match(question)
    if match is None:
        return ""
    topic_typed = match["topic"].strip("’'\"“” ")
    if _VERB.search(topic_typed) or PERSON.fullmatch(topic_typed) or not topic_typed:
        return ""
    if POINTER.fullmatch(topic_typed) or IT.fullmatch(topic_typed):
        return ""
    return match["topic"].strip(' "“”')


def _is_sure_name(text: str, talk: Conversation) -> bool:
    """Whether a word or two are a name; the capital at the front alone does not tell."""
    found = talk.names(text)
    seen = {name.casefold() for name in talk.known}
    return any(name.isupper() or is_country(name) or name.casefold() in seen for name in found)


def exchanged(new: str, talk: Conversation) -> str:
    """Ask the previous question of another topic."""
    owns = re.search(r"['’]s?$", new)
    bare = new[: owns.start()] if owns else new
    asked = without_carried(talk.asked)
    year = _YEAR.search(bare)
    if year and _YEAR.search(asked) and len(bare.split()) <= 2:
        return _YEAR.sub(year.group(), talk.asked, count=1)
    old = _counterpart(asked, bare, talk, owns=bool(owns))
    if not old:
        return f"{talk.asked.rstrip('?! .')}, {bare}?"
    return re.sub(
        rf"(?:\bthe\s+)?(?<![\w-]){re.escape(old)}(?![\w-])",
        lambda _: bare,
        talk.asked,
        count=1,
    )


def _counterpart(asked: str, new: str, talk: Conversation, *, owns: bool) -> str:
    """Find the name whose place another takes: one of its kind, else the first."""
    if new.endswith("ly") or (
        new.split(maxsplit=1)[0].lower() in _PREPOSITIONS and not talk.names(new)
    ):
        return ""
    found = talk.names(asked)
    if same := next((name for name in found if name.casefold() in new.casefold()), ""):
        return same
    if owns:
        owners = [name for name in found if re.search(rf"{re.escape(name)}['’]", asked)]
        return (owners or found or [""])[0]
    if not found:
        match = _PLAIN_SUBJECT.match(asked)
        return match["subject"] if match and " " not in new.strip() else ""
    return next(
        (name for name in found if _kind(name, asked, talk) == _kind(new, new, talk)), found[0]
    )


def _kind(name: str, text: str, talk: Conversation) -> str:
    first = (talk.names(name) or [name])[0]
    if is_country(first):
        return "country"
    whole = [n for n in people(f"{text} {talk.last.answer} {talk.last.question}") if first in n]
    return "person" if whole or is_person(first, text) else "thing"
