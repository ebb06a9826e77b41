"""A follow-up question → the same question standing alone, from the earlier turns (no LLM)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from briefbot.terms import terms
from briefbot.types import Turn

_WHAT_ABOUT = re.compile(
    r"^\W*(?:and|but|so|or|ok(?:ay)?)?[\s,]*(?:what|how)\s+(?:about|of)\s+(?P<topic>.+?)\W*$", re.I
)
_AND_TOPIC = re.compile(r"^\W*(?:and|but|or)\s+(?P<topic>.+?)\W*$", re.I)
_QUESTION_WORD = re.compile(
    r"\b(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|can|could|will"
    r"|would|should|has|have|had)\b",
    re.I,
)
_PERSON = re.compile(r"\b(?P<word>he|him|his|she|her|hers)\b", re.I)
_THING = re.compile(
    r"\b(?:ones?|it|its|they|them|their|theirs|this|these|those|that(?=\W*$)"
    r"|that (?:one|idea|proposal)|the (?:first|second|last|same|other) one)\b",
    re.I,
)
_NAME = re.compile(r"\b[A-Z][\w’-]*(?:[ ](?:of[ ])?[A-Z][\w’-]*)*")
_SENTENCE_OPENER = re.compile(
    r"^(?:Who|Whom|Whose|What|When|Where|Which|Why|How|Is|Are|Was|Were|Do|Does|Did|Can|Could|Will"
    r"|Would|Should|Has|Have|Had|In|On|At|By|For|From|Of|And|But|The|A|An|According|Tell|Explain"
    r"|Describe|Compare|Name|List|Give|Under|Since|Please)\b\s*"
)
_ASKS_WHO = re.compile(r"^\W*(?:who|whose|which)\b", re.I)
"""The person meant is the answer to the earlier question, not a name in it."""
_ELLIPSIS_MAX_TERMS = 1


def standalone(question: str, history: Sequence[Turn]) -> str:
    """Spell out what a follow-up question leaves to the turns before it.

    "And Turkey's?" takes the earlier question with the name exchanged, a pronoun takes the person
    or topic named last, and a bare "Why?" is asked of the earlier question. A question that stands
    alone already comes back unchanged.

    Args:
        question: The question as typed.
        history: Earlier turns, oldest first; their questions stand alone already.
    """
    if not history:
        return question
    previous = history[-1].question
    topic = _bare_topic(question)
    if topic:
        return _exchange(previous, topic)
    if _PERSON.search(question):
        name = "" if _ASKS_WHO.match(previous) else _last_person(history)
        return _replace_person(question, name) if name else _join(question, previous)
    if _THING.search(question) and not _names(question):
        return _join(question, previous)
    if len(set(terms(question))) <= _ELLIPSIS_MAX_TERMS and not _names(question):
        return _join(question, previous)
    return question


def _bare_topic(question: str) -> str:
    """What an elliptic question is about, if it holds nothing but a new topic."""
    match = _WHAT_ABOUT.match(question) or _AND_TOPIC.match(question)
    if match is None or _QUESTION_WORD.search(match["topic"]) or _PERSON.fullmatch(match["topic"]):
        return ""
    return match["topic"].strip("’'\"“” ")


def _exchange(previous: str, topic: str) -> str:
    """Ask the previous question of another topic."""
    possessive = re.search(r"['’]s?$", topic)
    bare = topic[: possessive.start()] if possessive else topic
    names = _names(previous)
    if not names or bare.endswith("ly"):
        return f"{previous.rstrip('?! .')}, {bare}?"
    owners = [name for name in names if re.search(rf"{re.escape(name)}['’]", previous)]
    old = (owners or names)[0] if possessive else names[0]
    replaced = previous.replace(old, bare)
    return re.sub(r"\bthe (?=the\b)", "", replaced, flags=re.I)


def _names(text: str) -> list[str]:
    """Proper names of a question, in order; the capital that opens it does not make one."""
    names = []
    for match in _NAME.finditer(text):
        name = match.group()
        if match.start() == 0 or text[: match.start()].rstrip().endswith((".", "?", "!")):
            name = _SENTENCE_OPENER.sub("", name)
        name = re.sub(r"['’]s?$", "", name)
        if terms(name):  # a stop word that opens a sentence is none
            names.append(name)
    return names


def _last_person(history: Sequence[Turn]) -> str:
    """The name asked about last; else the one an answer opens with."""
    for turn in reversed(history):
        names = _names(turn.question)
        if names:
            return names[0]
        names = _names(turn.answer)
        if names:
            return names[0]
    return ""


def _replace_person(question: str, name: str) -> str:
    def put(match: re.Match[str]) -> str:
        word = match["word"].lower()
        after = question[match.end() :]
        owns = word in {"his", "hers"} or (word == "her" and bool(re.match(r"\s+\w", after)))
        return f"{name}’s" if owns else name

    return _PERSON.sub(put, question)


def _join(question: str, previous: str) -> str:
    return f"{previous.rstrip()} {question.strip()}"
