"""What a question is about, without its question word, its verb and what was carried in (pure)."""

from __future__ import annotations

import re
from collections.abc import Collection

from briefbot.mentions.answer_items import sentences_of
from briefbot.mentions.names import names_in
from briefbot.mentions.people import is_country, is_person, may_be_person
from briefbot.terms import STOP_WORDS, terms
from briefbot.types import Turn

_WH = (
    r"(?:(?:in|on|at|by|from|to|with|for|of|under|since|until)\s+)?(?:who|whom|whose|what|when|where"
    r"|which|why|how(?:\s+(?:many|much|often|long|old|far|big|large))?)"
)
_AUX = (
    r"(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|must|may|might"
    r"|isn['’]t|aren['’]t|wasn['’]t|weren['’]t|don['’]t|doesn['’]t|didn['’]t|won['’]t)"
)
WH_OPENS = re.compile(rf"^\W*{_WH}\b", re.I)
WH_PHRASE = re.compile(
    rf"^\W*(?P<wh>{_WH})\b(?P<noun>(?:(?!\b{_AUX}\b)[^?])*?)(?=\s+{_AUX}\b)", re.I
)
"""The question word with its noun, up to the verb: "Which six countries" of "… did he name?"."""
_OPENING = re.compile(rf"^\W*(?:{_WH}\b\s*)?(?:{_AUX}\b\s*)?", re.I)
_BRACKET = re.compile(r"\s*\((?P<inside>[^()]*(?:\([^()]*\)[^()]*)*)\)\W*$")
_LINKS = "of|in|on|for|with|between|at|by|from|to|under|against"
_SUBJECT_BEFORE = re.compile(rf"\b{_AUX}\s+$", re.I)
_SUBJECT_WITH_ARTICLE = re.compile(rf"\b{_AUX}\s+(?:the|an?)\s+$", re.I)
_PARTICIPLE = re.compile(r"(?:ed|en|wn|lt|de|ld|nt)$")


def carried(question: str) -> str:
    """What an earlier rewriting put into brackets at a question's end; else empty."""
    match = _BRACKET.search(question)
    return match["inside"] if match else ""


def without_carried(question: str) -> str:
    """Take what an earlier rewriting put at the end off again."""
    return _BRACKET.sub("?", question) if carried(question) else question


def gist(question: str) -> str:
    """Take the question word and the verb forms off: "SEATO have its headquarters"."""
    question = _SAYS.sub("", without_carried(question).strip(" ?.!"))
    match = WH_PHRASE.match(question)
    if match and match["noun"].strip():
        rest = re.sub(rf"^\W*{_AUX}\b\s*", "", question[match.end() :], flags=re.I)
        return f"{match['noun'].strip()} {rest}".strip(" ?.!")
    return _OPENING.sub("", question, count=1).strip(" ?.!")


_SAYS = re.compile(r"(?<=\w)\s+(?:say|mean|do|happen|look like|contain)$", re.I)


def matter(question: str) -> str:
    """What is said to be spoken about, "about pacts in Asia", with its preposition; else empty."""
    match = _ABOUT.search(without_carried(question).strip(" ?.!"))
    return match.group().strip() if match else ""


_ABOUT = re.compile(r"\b(?:about|regarding|concerning)\s+.+$", re.I)


def topic(question: str, known: Collection[str] = ()) -> str:
    """What a question is about: what was carried into it, its only name, else the whole of it."""
    if inside := carried(question):
        return inside
    found = _SUBJECT.match(question)
    if found and not names_in(subject := found["np"] or found["built"], known):
        return subject
    whole = gist(question)
    if NOUN_GIST.match(question):
        return whole
    found_names = names_in(question, known)
    if len(found_names) != 1 or whole == found_names[0]:
        return whole
    name = found_names[0]
    if is_person(name, question):
        return whole
    phrase = _with_noun(question, name)
    return whole if is_country(name) and (phrase == name or _OWNS.search(phrase)) else phrase


NOUN_GIST = re.compile(
    r"^\W*what\s+(?:(?:is|are|was|were)\b|(?:do|does|did)\b.+\b(?:say|mean|contain|do)\W*$)", re.I
)
"""Questions whose gist is a noun phrase: "What did the message on pacts say?"."""


_OWNS = re.compile(r"['’]")


def matter_of(turn: Turn) -> str:
    """What a turn dealt with, as a noun: its topic, else the first thing that its answer names."""
    meant = topic(turn.question)
    if meant != gist(turn.question) or NOUN_GIST.match(turn.question):
        return meant
    return told_thing(turn) or meant


def told_thing(turn: Turn) -> str:
    """The first thing that an answer names where its question asked what somebody did."""
    if not _ASKS_WHAT.match(turn.question):
        return ""
    asked = set(terms(turn.question))
    for name in names_in(next(iter(sentences_of(turn.answer)), "")):
        if not may_be_person(name) and not is_country(name) and not set(terms(name)) <= asked:
            article = re.search(rf"\b(?:an?|the)\s+(?={re.escape(name)})", turn.answer)
            return f"{article.group() if article else ''}{name}"
    return ""


_ASKS_WHAT = re.compile(r"^\W*what\s+(?:did|does|do|has|have|would|will)\b", re.I)


_SUBJECT = re.compile(
    rf"^\W*(?:(?:{_WH})\s+)?(?:(?:does|do|did)\s+(?P<np>the\s+[a-z-]+)"
    rf"\s+(?!(?:{_LINKS}|about)\b)[a-z]"
    rf"|(?:is|was|has|had)\s+(?P<built>the\s+(?:[a-z-]+\s+)*?[a-z-]+)"
    r"(?=\s+\w+(?:ed|en|wn|lt|de|ld|nt)\b))",
    re.I,
)
"""Whatever does something: "the article" of "Does the article end up …?"."""


def _with_noun(question: str, name: str) -> str:
    """Add what belongs to a name: "an economic NATO", "NATO's list", "Pacific pact"."""
    match = re.search(
        rf"(?P<before>\b(?:an?|the)\s+[a-z-]+\s+)?(?P<name>{re.escape(name)})"
        rf"(?P<owned>['’]s?(?:(?:\s+[A-Za-z0-9-]+){{1,2}}(?=\W*$|\s+(?:{_LINKS})\b)|\s+[a-z-]+))?"
        rf"(?P<noun>\s+[a-z][a-z-]{{2,}}(?=\W*$|\s+(?:{_LINKS})\b))?",
        question,
    )
    if match is None:
        return name
    noun = (match["noun"] or "").strip()
    before = question[: match.start()]
    is_done = _SUBJECT_WITH_ARTICLE.search(before) and _PARTICIPLE.search(noun)
    if _SUBJECT_BEFORE.search(before) or is_done or noun in STOP_WORDS:
        noun = ""
    parts = (match["before"] or "", name, match["owned"] or "", f" {noun}" if noun else "")
    return "".join(parts).strip()
