"""A bare “Why?”, “When was that?” or “Is that right?” → the earlier question, asked so."""

from __future__ import annotations

import re

from briefbot.followup.phrasing import as_clause, in_brackets
from briefbot.followup.pointers import AND
from briefbot.mentions import WH_PHRASE, gist, names_in, sentences_of
from briefbot.types import Turn

_BARE_WH = re.compile(
    rf"^\W*{AND}(?P<wh>why|when|where|how|who|which ones?|how (?:long|often|many|much|far|so|come)"
    r"|(?:for how long|since when|until when|by whom|to whom|with whom|by when|from when"
    r"|(?:in|on|at)?\s*(?:which|what) (?:year|month|day|date|city|place|country)))"
    r"(?P<not>\s+not)?(?:\s+exactly)?(?:,?\s+(?:for example|for instance|e\.g\.))?\W*$",
    re.I,
)
_THAT_WAS = re.compile(
    rf"^\W*{AND}(?P<wh>when|where|why|how)\s+(?:was|is|did|were)\s+(?:that|this|it)"
    r"(?:\s+(?:happen|so))?\W*$",
    re.I,
)


def asked_again(question: str, last: Turn) -> str:
    """Ask the earlier question by another question word, where that is all there is."""
    match = _BARE_WH.match(question) or _THAT_WAS.match(question)
    if match is None:
        return ""
    wh = match["wh"][0].upper() + match["wh"][1:]
    previous = last.question
    if wh.startswith("Which one") and (counted := _HOW_MANY.match(previous)):
        return f"Which {previous[counted.end() :]}"
    head = WH_PHRASE.match(previous)
    noun = head["noun"].strip() if head else ""
    rest = previous[head.end() :] if head else previous
    verb = _LEADING_VERB.match(rest)
    if verb is None:
        return in_brackets(question, as_clause(previous))
    rest = rest.strip()
    asks_object = re.match(r"^(?:did|do|does|has|have|had|would|will|can)\b", rest, re.I)
    if head and asks_object and head["wh"].lower() in {"what", "which", "who", "whom"}:
        named = in_brackets(rest, noun) if noun else _SAID.sub(r"\g<0> this", rest, count=1)
        return f"{wh} {named}"
    if (
        head
        and head["wh"].lower() in {"who", "which", "what"}
        and not noun
        and _SUBJECTLESS.match(rest)
    ):
        subject = next(iter(names_in(next(iter(sentences_of(last.answer)), ""))), "")
        first, _, others = rest.partition(" ")
        return (
            f"{wh} {first} {subject} {others}" if subject else in_brackets(question, gist(previous))
        )
    return f"{wh} {rest[0].lower()}{rest[1:]}"


_IS_IT_RIGHT = re.compile(
    rf"^\W*{AND}(?:is|was|are|were)\s+(?:that|this|it|they|these)\s+(?:really |actually |all )*"
    r"(?:right|true|correct|so|accurate)\W*$",
    re.I,
)
_SAYS = re.compile(
    r"^\W*what\s+(?P<aux>does|do|did)\s+(?P<who>.+?)\s+(?P<verb>say|claim|argue|report|write)\b"
    r"(?P<rest>.*?)\W*$",
    re.I,
)
_PAST = {
    "say": "said",
    "claim": "claimed",
    "argue": "argued",
    "report": "reported",
    "write": "wrote",
}


def doubted(question: str, last: Turn) -> str:
    """Spell out "Is that right?": what the earlier question asked about."""
    if not _IS_IT_RIGHT.match(question):
        return ""
    match = _SAYS.match(last.question)
    if match is None:
        return in_brackets(question, as_clause(last.question))
    verb = match["verb"].lower()
    said = {"does": f"{verb}s", "do": verb, "did": _PAST[verb]}
    return f"Is what {match['who']} {said[match['aux'].lower()]}{match['rest']} right?"


_HOW_MANY = re.compile(r"^\W*(?:and |so )?how many\s+", re.I)
_LEADING_VERB = re.compile(
    r"^\W*(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|must)"
    r"(?:n['’]t)?\b",
    re.I,
)
_SAID = re.compile(
    r"\b(?:say|claim|argue|propose|write|think|want|do|recommend|suggest|ask for|call for|mean)\b",
    re.I,
)
_SUBJECTLESS = re.compile(
    r"^\W*(?:is|are|was|were|has|have|had|will|would|can)\s+(?:\w+ed|left|been)\b", re.I
)
