"""Questions that say too little without the turns before → the topic added to them."""

from __future__ import annotations

import re

from briefbot.followup.carry import DEFINITE, with_topic
from briefbot.followup.conversation import Conversation
from briefbot.followup.pointers import AND_FIRST, PERSON_THERE, POINTER
from briefbot.followup.things import TOPIC_MAX_WORDS, is_meant_inside
from briefbot.mentions import gist, matter, topic
from briefbot.terms import terms

_DEFINITION = re.compile(
    r"^\W*(?:what|who)(?:\s+(?:is|are|was|were)|['’]s)\s+(?:an?\s+|the\s+)?(?:[\w-]+\s?){1,3}\W*$"
    r"|\b(?:mean|stand for)\W*$|^\W*what\s+do\s+you\s+call\b",
    re.I,
)
_DEFINITE_OF = re.compile(r"^\W*(?:what|who)\s+(?:is|are|was|were)\s+the\s+\w+\W*$", re.I)
_UNSAID = re.compile(
    r"\b(?:says?|claim|think|want|argue|propose|mean|writes?|objects?|objected|agree|disagree"
    r"|respond|react|answer|decide|comment|warn|believe|suggest|expect|ask|reply)\W*$",
    re.I,
)
"""A verb at the end whose object is left to the turns before."""
_COUNT_OF_NOTHING = re.compile(
    r"^\W*how\s+(?:many|much)\s+(?:is|are|was|were|do|does|did|has|have|had|would|will|met|could)\b",
    re.I,
)
_IS_READ = re.compile(
    r"\b(?:articles?|treaty|treaties|pact|message|declaration|constitution|law|act|statement|report"
    r"|essay|roadmap|strategy|section)\b",
    re.I,
)
_INNER_CLAUSE = re.compile(
    r"\w+\s+\w+\s+(?:who|whom|whose|what|which|that|when|where|why|if|because)\s+\w", re.I
)
_COUNTING = frozenset(terms("many much"))
_DEFINITE_PHRASE = re.compile(r"\bthe\s+[\w-]+\s+(?:of|for|in|that|which|who)\b", re.I)
_SAYS_LAST = re.compile(r"\b(?:say|says|think|claim|argue|write|comment|believe|decide)\W*$", re.I)


def with_rest(question: str, talk: Conversation) -> str:
    """Add the topic where a word points back to it, or where too little is said without it."""
    points = POINTER.search(question)
    if points and _is_named_inside(question, points, talk):
        return ""
    if points is None and not _leaves_out(question, talk):
        return ""
    if _SAYS_LAST.search(question) and (about := matter(talk.asked) or _about(talk)):
        return f"{question.rstrip(' ?.!')} {about}?"
    return with_topic(question, talk)


def _is_named_inside(question: str, points: re.Match[str], talk: Conversation) -> bool:
    before = question[: points.start()]
    if points.group().lower().startswith("the other") and re.search(r"\bone\b", before, re.I):
        return True
    if points.group().lower() in {"each", "both"} and re.search(r"\band\b", before, re.I):
        return True
    is_plural = bool(PERSON_THERE.match(points.group()))
    return is_plural and is_meant_inside(question, points, talk)


def _about(talk: Conversation) -> str:
    meant = topic(talk.asked, talk.known)
    is_name = len(meant.split()) <= TOPIC_MAX_WORDS and meant != gist(talk.asked)
    return f"about {meant}" if is_name and talk.names(meant) else ""


def _leaves_out(question: str, talk: Conversation) -> bool:
    """Whether a question says too little to be asked alone, though no word points back."""
    if _COUNT_OF_NOTHING.match(question) or _UNSAID.search(question):
        return not (_IS_READ.search(question) and talk.names(question))
    bare = AND_FIRST.sub("", question)
    others = talk.names(bare)
    left = len(set(terms(bare)) - _COUNTING)
    if others:
        is_yes_no = re.match(r"^\W*(?:is|are|was|were|did|does|do|has|have|can|will)\b", bare, re.I)
        is_lone = len(others) == 1 and left <= len(set(terms(others[0])))
        return bool(is_yes_no) and is_lone
    if _DEFINITION.search(bare) and not _DEFINITE_OF.match(bare):
        return False
    return not re.search(r"\d", bare) and left < _enough(bare)


def _enough(question: str) -> int:
    """How many terms a question without names needs to stand alone."""
    if _INNER_CLAUSE.search(question):
        return 2
    is_definite = DEFINITE.search(question) and not _DEFINITE_PHRASE.search(question)
    return 6 if is_definite else 3
