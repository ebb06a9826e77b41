"""Question + span of a sentence → the few words that answer, if they can be that (pure)."""

from __future__ import annotations

import re

from briefbot.acronyms import find_acronyms
from briefbot.cite import Quoted, fold
from briefbot.questions import wanted_definition
from briefbot.register import prose
from briefbot.terms import NAME, STOP_WORDS, names, terms
from briefbot.types import Chunk

_MAX_WORDS = 8
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|spring|summer|autumn|winter"
)
_TIME = re.compile(rf"\b(?:1[0-9]|20)\d\d\b|\b(?:{_MONTHS})\b|\d+ (?:years?|days?|months?)", re.I)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|hundred|thousand"
    r"|million|billion|half|a third|a quarter|none|once|twice|never)\b",
    re.I,
)
_WANTED = (
    (re.compile(r"\bhow (?:many|much|old|long|far|large|big|often)\b", re.I), _NUMBER),
    (re.compile(r"\bwhat (?:\w+ )?(?:percentage|share|number)\b", re.I), _NUMBER),
    (re.compile(r"\bwhen\b|\b(?:what|which) (?:year|month|date|day)\b", re.I), _TIME),
    (re.compile(r"\b(?:who|whom|whose)\b", re.I), NAME),
    (re.compile(r"\bwhere\b", re.I), NAME),
)
"""What a question asks for and what its answer must then hold; the first that fits decides."""
_EDGES = re.compile(r"^[\s,;:.()\[\]“”\"'‘’—–-]+|[\s,;:()\[\]“”\"'‘’—–-]+$")


def short_answer(question: str, span: Quoted | None, first: Quoted) -> str:
    """Take the reader's words, if they stand in the first sentence and are what is asked for.

    Args:
        question: A question for a fact.
        span: Where the reader found the answer.
        first: The sentence that the answer opens with.

    Returns:
        Words of that sentence, its first letter raised; empty where there are none to show.
    """
    if span is None:
        return ""
    words = _EDGES.sub("", fold(span.text))
    if not words or len(words.split()) > _MAX_WORDS or words not in fold(first.text):
        return ""
    if _cuts_a_name(words, fold(first.text)) or not _speaks_of_all(first.chunk, question):
        return ""
    return _raised(words) if _is_plausible(question, words) else ""


def _speaks_of_all(chunk: Chunk, question: str) -> bool:
    """Whether a passage holds every name asked about, an acronym in either of its forms.

    A passage on another agreement of the same two states gives the day of that one.
    """
    held = set(terms(f"{chunk.context}\n{prose(chunk)}"))
    known = {short.casefold(): long for short, long in find_acronyms(question).items()}
    longs = {long.casefold() for long in known.values()}
    for name in names(question):
        if name.casefold() in longs:
            continue  # it stands in brackets behind its acronym
        forms = (name, known.get(name.casefold().removesuffix("s"), name))
        if not any(set(terms(form)) <= held for form in forms):
            return False
    return True


def _cuts_a_name(words: str, sentence: str) -> bool:
    """Whether a name goes on beyond the words: "Liberal" of "Liberal Democratic Party"."""
    before, _, after = sentence.partition(words)
    goes_on = words.rsplit(maxsplit=1)[-1][:1].isupper() and re.match(r"[ -][A-Z]", after)
    began = words[:1].isupper() and re.search(r"[a-z,] [A-Z][\w’'-]*[ -]$", before)
    return bool(goes_on or began)


def _is_plausible(question: str, words: str) -> bool:
    """Whether words can answer: of the kind asked for, whole, and not the question's own."""
    if not set(terms(words)) - set(terms(question)) or not _is_whole(words):
        return False
    for asked, wanted in _WANTED:
        if asked.search(question):
            found = any(each.casefold() not in STOP_WORDS for each in wanted.findall(words))
            return found and (wanted is not _NUMBER or _counts_what_is_asked(question, words))
    return True


def _counts_what_is_asked(question: str, words: str) -> bool:
    """Whether a number counts the thing asked about: "32 members" are no exercises."""
    counted = set(terms(_NUMBER.sub(" ", words))) - set(terms(question)) - _MEASURES
    return not any(term.isalpha() for term in counted)


_MEASURES = frozenset(
    terms(
        "percent per cent hundred thousand million billion trillion dollars euros yen years months"
        " weeks days hours kilometres miles tonnes nearly roughly around almost year month week day"
        " third quarter half times"
    )
)


def _is_whole(words: str) -> bool:
    """Whether no bracket or quotation is cut, and no word is left over at an end."""
    if words.count("(") != words.count(")") or words.count("“") != words.count("”"):
        return False
    last = words.rsplit(maxsplit=1)[-1].casefold()
    return words.count('"') % 2 == 0 and not (
        last in STOP_WORDS and last.isalpha() and last in _CUT
    )


_CUT = frozenset("a an the of in on at to for by with from and or but as that which".split())


def spelled_out(question: str, first: Quoted) -> str:
    """What an acronym that is asked about stands for, if the first sentence says so."""
    term = wanted_definition(question)
    known = {short.casefold(): long for short, long in find_acronyms(fold(first.text)).items()}
    long = known.get(term.casefold().removesuffix("s"), "") if term else ""
    return _raised(long) if long else ""


def _raised(words: str) -> str:
    return words[:1].upper() + words[1:]
