"""“He”, “she” and “they” → the persons that the turns before named."""

from __future__ import annotations

import re

from briefbot.followup.conversation import Conversation
from briefbot.followup.phrasing import in_brackets, replace
from briefbot.followup.pointers import PERSON, PERSON_THERE
from briefbot.mentions import gist, last_person, matter, may_be_person, people, without_carried
from briefbot.questions import compares

_SOMEBODY = re.compile(
    r"\b(?:minister|president|secretary|leader|chief|diplomat|premier|politician|spokes\w+|professor"
    r"|officer|man|woman|king|queen|ambassador|consul|candidate|author|critic|scholar|general|senator"
    r"|somebody|someone|anyone|anybody|who)\b(?=.*\w)",
    re.I,
)
_RELATIONAL = re.compile(r"^\W*what\s+(?:is|are|was|were)\s+(?:his|her|their|its)\s+\w+\W*$", re.I)
_ASKS_WHO = re.compile(r"^\W*(?:who|whose|which)\b", re.I)
_JOINED = re.compile(r"\b([A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*) and ([A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*)")


def with_person(question: str, talk: Conversation) -> str:
    """Put a name in the place of "he" or "she", unless the question itself names who it is."""
    match = PERSON.search(question)
    if match is None or _has_person(question[: match.start()], talk):
        return question
    asked_who = bool(_ASKS_WHO.match(talk.asked)) and not people(without_carried(talk.asked))
    name = last_person(talk.history, asked_who=asked_who)
    if not name or name in question:
        return question
    replaced = replace(question, PERSON, name)
    if _RELATIONAL.match(question):
        return in_brackets(replaced, gist(talk.asked))
    return replaced


def _has_person(text: str, talk: Conversation) -> bool:
    """Whether a text names somebody; of a single word that is no country's it may be so."""
    if _SOMEBODY.search(re.sub(r"^\W*who\w*", "", text, flags=re.I)):
        return True
    return any(may_be_person(name) for name in talk.names(text))


def with_pair(question: str, talk: Conversation) -> str:
    """Put both names in the place of "they", if the last turns named two of a kind."""
    match = PERSON_THERE.search(question)
    pair = _pair(question, talk) if match else ""
    if match is None or not pair or talk.names(question[: match.start()]):
        return ""
    about = matter(talk.asked) if compares(question) else ""
    about = re.sub(r"^\w+\s+", "", about)
    return in_brackets(replace(question, PERSON_THERE, pair), about)


def _pair(question: str, talk: Conversation) -> str:
    joined = _JOINED.search(without_carried(talk.asked))
    if joined and talk.names(joined[1]) and talk.names(joined[2]):
        return joined.group()
    if not compares(question):
        return ""
    found: dict[str, None] = {}
    for turn in talk.history[-2:]:
        text = without_carried(turn.question)
        found |= dict.fromkeys((people(text) or talk.names(text))[:1])
    return " and ".join(found) if len(found) == 2 else ""
