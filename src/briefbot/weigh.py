"""Evidence → the same, weighed anew by what the kind of question wants of a sentence (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from briefbot.attribution import speaker_of
from briefbot.cite import Quoted
from briefbot.evidence import Evidence
from briefbot.questions import Kind, asks_about_now, kind_of, wanted_definition
from briefbot.terms import names, terms

_Weight = Callable[[Quoted], float]


def weighed(question: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Weigh sentences by their heading, by what the kind of question wants, and by their age."""
    kind = kind_of(question)
    weights: list[_Weight] = [_under_heading(question), _not_about_itself]
    if kind is Kind.LIST:
        weights.append(lambda quote: _ENUMERATING if enumerates(quote.text) else 1.0)
    else:
        weights.append(lambda quote: _LEFT_OPEN if quote.text.rstrip().endswith(":") else 1.0)
    if kind is Kind.DEFINITION:
        says_what = saying_what(wanted_definition(question))
        weights.append(lambda quote: _DEFINING if says_what.search(quote.text) else 1.0)
    if kind is Kind.POSITION:
        weights.append(_of_actor(question))
    match = _WHAT_DID.match(question)
    if match and match["verb"] not in _IRREGULAR:
        weights.append(_done_by(match["name"], match["verb"]))
    if asks_about_now(question):
        weights += [_recent(evidence), _still_so]
    found = [replace(item, score=item.score * _product(weights, item.quote)) for item in evidence]
    return sorted(found, key=lambda item: -item.score)


def _product(weights: Sequence[_Weight], quote: Quoted) -> float:
    product = 1.0
    for weight in weights:
        product *= weight(quote)
    return product


# --- where it stands ----------------------------------------------------------------------------

_WORD = re.compile(r"[^\W_]+")
_HEADING = 0.3
"""What a heading that is the question itself adds; words such as "for" and "against" count."""


def _under_heading(question: str) -> _Weight:
    asked = _words(question)

    def weight(quote: Quoted) -> float:
        headings = quote.chunk.heading
        likest = max((heading_likeness(question, each) for each in headings), default=0.0)
        opposite = any(_turns_round(asked, _words(each)) for each in quote.chunk.heading)
        return _OPPOSITE if opposite else 1.0 + _HEADING * likest

    return weight


def heading_likeness(question: str, heading: str) -> float:
    """How much of their words a question and a heading share, in [0, 1]."""
    return _overlap(_words(question), _words(heading))


def _turns_round(asked: set[str], heading: set[str]) -> bool:
    """Whether a heading like the question stands for what the question is against, or reversed."""
    if _overlap(asked, heading) < _ALIKE:
        return False
    return any(
        one in asked and one not in heading and other in heading and other not in asked
        for pair in (("for", "against"), ("before", "after"))
        for one, other in (pair, pair[::-1])
    )


_OPPOSITE, _ALIKE = 0.3, 0.4


def _words(text: str) -> set[str]:
    """Terms, and the little words by which headings differ."""
    little = {word.casefold() for word in _WORD.findall(text)} & _TELLING
    return {*terms(text), *little}


_TELLING = frozenset("for against why how who when where before after not between".split())


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


_ABOUT_ITSELF = re.compile(
    r"^\W*(?:(?:this|the following) (?:page|article|document|section|brief|text|list|table|chapter)"
    r"|readers)\b|\breaders\b[^.;]*\bshould\b"
    r"|\b(?:on|in|of) this (?:page|document|brief|glossary|timeline|list|table)\b"
    r"|^\W*the [\w ]+ (?:is|are) as of\b",
    re.I,
)


def _not_about_itself(quote: Quoted) -> float:
    return _SAYS_NOTHING if _ABOUT_ITSELF.search(quote.text) else 1.0


_SAYS_NOTHING = 0.2


# --- what the kind wants ------------------------------------------------------------------------

_ENUMERATING, _DEFINING, _LEFT_OPEN = 1.3, 1.6, 0.4


def enumerates(sentence: str) -> bool:
    """Whether a sentence names three things or more: after a colon, or in few words each."""
    return bool(_ENUMERATION.search(sentence))


_FEW_WORDS = r"\s*(?:[^\s,;:.]+\s+){0,5}[^\s,;:.]+"
_ENUMERATION = re.compile(
    r":[^,;]+[,;][^,;]+[,;]? (?:and|or) \w"
    rf"|\w[,;]{_FEW_WORDS}[,;]? (?:and|or){_FEW_WORDS}(?=[,;:.]|\W*$)"
)


def saying_what(term: str) -> re.Pattern[str]:
    """What says what a term is: a sentence that it opens, or that spells it out in brackets."""
    name = r"\s+".join(re.escape(word) for word in term.split())
    return re.compile(
        rf"^\W*(?:an?\s+|the\s+)?(?:[\w’'-]+\s+){{0,2}}{name}s?\W*(?:\([^)]*\)\s*)?,?\s+"
        r"(?:is|are|was|were|means?|meant|stands? for|refers? to|describes?|gives?|lets?)\b"
        rf"|\w \({name}s?\)|\b{name}s? \([A-Za-z]",
        re.I,
    )


_WHAT_DID = re.compile(
    r"^\W*[Ww]hat (?:did|does|do|has|have) (?:[A-Z][\w.’'-]*\s+)*?(?P<name>[A-Z][\w.’'-]*)"
    r"\s+(?P<verb>[a-z]{3,})\b"
)
_IRREGULAR = frozenset("say think see tell make give take get have mean hold find know put".split())


def _done_by(name: str, verb: str) -> _Weight:
    """Prefer "Ishiba proposed …" to those who say something of "Ishiba's proposal"."""
    root, ends = (verb[:-1], "e|es|ed|ing") if verb.endswith("e") else (verb, "|s|es|ed|ing")
    named = re.compile(rf"\b{re.escape(name)}\b")
    acting = re.compile(rf"\b{re.escape(name)}\b(?!['’])")
    doing = re.compile(rf"{acting.pattern}[^;:]*\b{re.escape(root)}(?:{ends})\b")

    def weight(quote: Quoted) -> float:
        if doing.search(quote.text):
            return _DOING
        opening = " ".join(quote.text.split()[:_OPENING_WORDS])
        is_owner_alone = named.search(quote.text) and not acting.search(quote.text)
        return _DONE_WITH if is_owner_alone and not named.search(opening) else 1.0

    return weight


_DOING, _DONE_WITH = 1.5, 0.4


def _of_actor(question: str) -> _Weight:
    """Prefer what is said by somebody, and what stands under the name of who is asked about."""
    asked = terms(names(question)[0]) if names(question) else terms(question)[:1]
    actor = set(asked)

    def weight(quote: Quoted) -> float:
        chunk = quote.chunk
        speaker = speaker_of(quote.text, chunk.text[: quote.start - chunk.start]) or ""
        opens = _names(actor, terms(" ".join(quote.text.split()[:_OPENING_WORDS])))
        if not _names(actor, {*terms(quote.text), *terms(speaker), *terms(chunk.context)}):
            return _OTHERS
        return (_SPEAKING if speaker else 1.0) * (_OPENS if opens else 1.0)

    return weight


def _names(actor: Iterable[str], held: Collection[str]) -> bool:
    """Whether terms name an actor, also by an adjective: "Chinese" for China."""
    return all(any(_same_root(term, other) for other in held) for term in actor)


def _same_root(one: str, other: str) -> bool:
    root = max(_LEAST_ROOT, min(len(one), len(other)) - 1)
    return one[:root] == other[:root]


_LEAST_ROOT = 4
_OPENING_WORDS = 8
_SPEAKING, _OPENS, _OTHERS = 1.4, 1.2, 0.3


# --- age ----------------------------------------------------------------------------------------

_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")
_YEARLY = 0.8
"""What a sentence keeps of its score for each year that it lies behind the newest."""
_UNDATED_YEARS = 2


def _recent(evidence: Sequence[Evidence]) -> _Weight:
    newest = max((year for item in evidence for year in _years(item.quote)), default=0)

    def weight(quote: Quoted) -> float:
        years = _years(quote)
        age = newest - max(years) if years else _UNDATED_YEARS
        return float(_YEARLY ** min(age, 10))

    return weight


def _still_so(quote: Quoted) -> float:
    return 1.0 if _PRESENT.search(quote.text) else _PAST


_PRESENT = re.compile(r"\b(?:is|are|has|have|holds?|remains?|stays?|since|now|currently)\b", re.I)
_PAST = 0.7
"""What a sentence counts that only tells what was, for a question about what is."""


def _years(quote: Quoted) -> list[int]:
    """The years that a sentence names, up to the date of its document."""
    latest = int(quote.chunk.date[:4]) if quote.chunk.date[:4].isdigit() else 9999
    return [year for found in _YEAR.findall(quote.text) if (year := int(found)) <= latest]
