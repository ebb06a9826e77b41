"""“It”, “they”, “that” and “the one with …” → the thing that was spoken of."""

from __future__ import annotations

import re

from briefbot.followup.carry import is_noun, new_name, with_topic
from briefbot.followup.conversation import Conversation
from briefbot.followup.phrasing import replace, with_article
from briefbot.followup.pointers import IT, PERSON_THERE, PLURAL_BEFORE
from briefbot.mentions import (
    carried,
    gist,
    is_country,
    is_person,
    may_be_person,
    told_thing,
    topic,
    without_carried,
)

_EXPLETIVE = re.compile(
    r"\b(?:is|was|does|did|would|will|can|could|has|how|why)\s+it\s+(?:\w+\s+){0,2}?"
    r"(?:that|to|for\s+\w+\s+to|if|whether|when|who|called|mean)\b|\bit\s+(?:is|was|takes?)\b"
    r"|\bcall\s+it\s+when\b|\bgo(?:es|ing)?\s+it\s+alone\b",
    re.I,
)
_SOMETHING = re.compile(r"\b(?:the|an?|each|every|which|what)\s+(?!(?:is|was|does|did)\b)[a-z]")
_BEHIND_PREPOSITION = re.compile(
    r"\b(?:about|of|for|to|with|from|on|in|against|by)\s+$",
)
_THE_ONE = re.compile(
    r"\b(?P<lead>(?:the\s+)?)(?P<one>ones?)(?=\s+(?:with|for|of|between|from|in|by|to|on)\b)", re.I
)
TOPIC_MAX_WORDS = 10
_CLAUSE_STARTS = re.compile(
    r"\w+\s+\w+,?\s+(?:and|or|but|that|if|when|while|before|after|because|although|until|since|as"
    r"|who|which|what|why|how|to)\b",
    re.I,
)
_ITS_OWNER = re.compile(
    r"\b(?:did|does|do|has|have|had|will|can|could|would|is|was)\s+(?!(?:he|she|they|you|we|i)\b)"
    r"(?:the\s+)?[\w-]{3,}\s+(?:\w+\s+)*$",
    re.I,
)
_ITS_OWNER_AFTER = re.compile(r"\bits\s+\w+\s+(?:do|does|did|has|have|will|can|would)\s+[A-Z]")
_WHO_IS_OF = re.compile(
    r"^\W*who\s+(?:is|was|are|were)\s+(?P<owner>[A-Z][\w -]*?)['’]s?\s+\w", re.I
)
_PLURAL = re.compile(r"(?:s|[A-Z]\d)$")
_THAT = re.compile(
    r"\b(?P<word>that|this)(?=\W*$|\s+(?:signed|published|made|said|agreed|founded)\b)", re.I
)


def with_one(question: str, talk: Conversation) -> str:
    """Put the thing meant in the place of "the one with …"."""
    match = _THE_ONE.search(question)
    thing = _kind_of_thing(talk) if match else ""
    if match is None or not thing or PLURAL_BEFORE.search(question[: match.start()]):
        return question
    lead = match["lead"] or "a "
    return f"{question[: match.start()]}{lead}{thing}{question[match.end() :]}"


def _kind_of_thing(talk: Conversation) -> str:
    """Name the treaty, group or the like that the last turns speak of, without its parties."""
    for text in (without_carried(talk.asked), carried(talk.asked), talk.last.answer):
        for name in talk.names(text):
            words = [w for w in re.split(r"\s+", name) if not re.search(r"\w-[A-Z]", w)]
            is_thing = len(words) > 1 and not is_person(name, text) and not is_country(name)
            if is_thing and all(len(w) > 1 for w in words):
                return " ".join(words)
    return ""


def with_thing(question: str, talk: Conversation) -> str:
    """Put the topic in the place of "it", "they" or "that", if it is a short one."""
    match = IT.search(question) or PERSON_THERE.search(question) or _THAT.search(question)
    if match is None or _EXPLETIVE.search(question):
        return ""
    word = match.group().lower()
    if is_meant_inside(question, match, talk):
        return question
    if word in {"that", "this"}:
        meant = f"the {name}" if (name := new_name(talk)) else ""
    else:
        meant = _meant(talk)
    is_plural = bool(PERSON_THERE.match(word))
    if not meant or (is_plural and not _PLURAL.search(meant)):
        return with_topic(question, talk)
    return replace(question, re.compile(rf"\b(?P<word>{word})\b", re.I), meant)


def is_meant_inside(question: str, match: re.Match[str], talk: Conversation) -> bool:
    """Whether what a pronoun stands for comes before it in the question itself."""
    word, before = match.group().lower(), question[: match.start()]
    if word in {"that", "this"}:
        return False
    if word in {"it", "them"} and not _CLAUSE_STARTS.search(before):
        return False  # the object of a clause is not its subject again
    if word == "its" and (_ITS_OWNER_AFTER.search(question) or _ITS_OWNER.search(before)):
        return True
    if any(not may_be_person(name) for name in talk.names(before)):
        return True
    if PERSON_THERE.match(word):
        return bool(PLURAL_BEFORE.search(before) or talk.names(before))
    return bool(_SOMETHING.search(before)) and not _BEHIND_PREPOSITION.search(before)


def _meant(talk: Conversation) -> str:
    """The topic, if it can stand in a pronoun's place: short, and a name or "the" in it."""
    meant = topic(talk.asked, talk.known)
    if owner := _WHO_IS_OF.match(talk.asked):
        meant = owner["owner"]
    if len(meant.split()) > TOPIC_MAX_WORDS:
        return told_thing(talk.last)
    if not talk.names(meant) and not meant.startswith("the "):
        return told_thing(talk.last)
    stripped = gist(talk.asked)
    if meant == stripped and not is_noun(talk.asked, meant, talk):
        return told_thing(talk.last)
    return with_article(meant, talk.asked)
