"""Words that turn or weaken what is said: "not", "after", "may", "nearly" (pure)."""

from __future__ import annotations

import re

from briefbot.support.wording import words
from briefbot.terms import terms

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nor|neither|nobody|nothing|nowhere|without|cannot|\w+n['’]t|unlike"
    r"|hardly|barely|scarcely|rarely|seldom|den(?:y|ies|ied|ying)|refus(?:e[sd]?|ing|al)"
    r"|reject(?:s|ed|ing|ion)?|fail(?:s|ed|ing|ure)?|lack(?:s|ed|ing)?|instead of|rather than"
    r"|avoid(?:s|ed|ing)?|prevent(?:s|ed|ing)?|except|far from|stop(?:s|ped)? short|unable"
    r"|false(?:ly)?|untrue|myth|wrongly|mistaken(?:ly)?|dismiss(?:es|ed)?)\b",
    re.I,
)


def negations(text: str) -> int:
    """Count the words that deny or leave out: "did not", "never", "without", "denied"."""
    return len(_NEGATION.findall(text))


_OPPOSITES = (
    ("increase rise grow gain climb expand more up above higher raise boost",
     "decrease fall decline shrink lose drop reduce less fewer down below lower cut"),
    ("before earlier until", "after later since"),
    ("support back favor endorse favorable approve", "oppose against resist unfavorable criticize"),
    ("accept agree allow permit", "reject refuse disagree forbid ban"),
    ("win victory success succeed", "lose defeat failure fail"),
    ("open start begin launch", "close end stop cease"),
    ("attack", "defend"), ("import", "export"), ("north northern", "south southern"),
    ("east eastern", "west western"), ("strong strengthen", "weak weaken"), ("most", "least"),
    ("buy", "sell"), ("join enter", "leave exit withdraw"), ("ally friend", "enemy rival"),
    ("maximum", "minimum"), ("inside within", "outside beyond"), ("war", "peace"),
    ("cause", "prevent"), ("guilty", "innocent"), ("safe", "dangerous"), ("over", "under"),
)  # fmt: skip
_DIRECTION_WORDS = frozenset(
    """before after above below more less fewer least most against despite because unless until
    since outside inside within beyond under over up down during through between""".split()
)


def directions_hold(clause: str, source: str) -> bool:
    """Whether no word of direction is added, and none is turned into its opposite."""
    said, held = words(clause), words(source)
    if not (said & _DIRECTION_WORDS) <= held:
        return False
    said_terms, held_terms = _stems(said), _stems(held)
    return not any(
        said_terms & ours - held_terms and held_terms & theirs
        for one, other in _OPPOSITE_STEMS
        for ours, theirs in ((one, other), (other, one))
    )


def _stems(of_words: set[str]) -> set[str]:
    return {term for word in of_words for term in (terms(word) or [word])}


_OPPOSITE_STEMS = [
    (_stems(set(one.split())), _stems(set(other.split()))) for one, other in _OPPOSITES
]

_POSSIBLE = frozenset("might could possibly perhaps maybe reportedly allegedly apparently".split())
_LIKELY = frozenset("likely probably expected plans planned aims seeks hopes potential".split())
_OBLIGED = frozenset("should must ought".split())
_CONDITIONAL = frozenset("if unless would whether provided".split())
_ABOUT = frozenset("nearly almost roughly around approximately".split())
_SHARE = frozenset("some few only most several many mostly mainly partly".split())
_WANTED = frozenset("need needs needed require requires await awaits pending".split())
_KEPT_CLASSES = (_POSSIBLE, _LIKELY, _OBLIGED, _CONDITIONAL, _ABOUT, _SHARE, _WANTED)
_HEDGES = _POSSIBLE | frozenset("likely probably".split())
"""Words that no other word of doubt stands in for: "expected to" does not say "probably"."""
_ALL = frozenset("all every always each any entirely completely fully none".split())
_MAY = re.compile(r"\bmay\b")


def certainty_holds(clause: str, source: str) -> bool:
    """Whether "may", "should", "if", "nearly" and "some" are neither dropped nor added."""
    said, held = words(clause), words(source)
    kept = all(bool(said & kind) == bool(held & kind) for kind in _KEPT_CLASSES)
    kept = kept and held & _HEDGES <= said
    return kept and bool(_MAY.search(clause)) == bool(_MAY.search(source)) and (said & _ALL <= held)
