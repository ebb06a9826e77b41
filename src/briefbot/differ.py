"""Sentences that differ on the same thing: a claim and its fact-check, or two numbers (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations

from briefbot.arrange import holds
from briefbot.cite import Quoted
from briefbot.evidence import Section, leans_back, section_of
from briefbot.read import Dispute, Reading
from briefbot.terms import names, terms

Differing = tuple[Quoted, ...]
"""One or two sentences of a source, and last the sentence that they differ from or add to."""


def differing(question: str, reading: Reading, chosen: Sequence[Quoted]) -> Differing | None:
    """Find the sentences that an answer must show because sources differ.

    Returns:
        The newest first, a fact-check before what it checks; None where nothing differs.
    """
    return disputed(question, reading, chosen) or _newest_first(_other_number(reading, chosen))


def disputed(question: str, reading: Reading, chosen: Sequence[Quoted]) -> Differing | None:
    """Pair a fact-check's sentence with the sentence of the checked document that it disputes.

    A fact-check has its say if one of its sentences is among the best evidence, or if it disputes
    what is said; its section must be about what is asked.
    """
    if not reading.evidence:
        return None
    least = _SPEAKS * reading.evidence[0].score
    for quote in [*chosen, *(item.quote for item in reading.evidence if item.score >= least)]:
        section = section_of(quote.chunk)
        dispute = reading.disputes.get(section)
        if dispute is None or not _has_its_say(quote, dispute):
            continue
        claim = _claim(question, dispute)
        if is_about(question, section) and (dispute.is_denied or _is_said(claim, reading, chosen)):
            return _in_full(question, quote, claim, reading)
    pair = _disputing(question, reading, chosen)
    return None if pair is None else _in_full(question, *pair, reading)


def is_about(question: str, section: Section) -> bool:
    """Whether a section's heading is about what is asked: two words of it, and one of its names."""
    heading = section[1][-1] if section[1] else ""
    asked = set(terms(question))
    named = {term for name in names(heading) for term in terms(name)}
    shared = asked & set(terms(heading))
    return len(shared) >= min(_SHARED_TERMS, len(asked)) and (not named or bool(named & asked))


_SHARED_TERMS = 2


def _is_said(claim: Quoted, reading: Reading, chosen: Sequence[Quoted]) -> bool:
    """Whether a claim is among the chosen sentences, in its own words or retold."""
    said = [reading.retold.get((q.chunk.document, q.start), q) for q in chosen]
    return holds(said, claim)


_SPEAKS = 0.3
"""Share of the best sentence's score from which a fact-check has its say on the question."""
_LEAST_WORDS = 5


def _has_its_say(quote: Quoted, dispute: Dispute) -> bool:
    """Whether a sentence says more than what the checked document says, or a bare verdict."""
    own = any(quote.start == sentence.start for sentence in dispute.sentences)
    return own and len(quote.text.split()) >= _LEAST_WORDS


def _claim(question: str, dispute: Dispute) -> Quoted:
    """The claim that speaks of what is asked; the likeliest, where they are equal."""
    wanted = set(terms(question))
    return max(dispute.claims, key=lambda claim: len(wanted & set(terms(claim.text))))


def _in_full(question: str, quote: Quoted, claim: Quoted, reading: Reading) -> Differing:
    """Add the other sentence of a fact-check's section that says most on what is asked."""
    dispute = reading.disputes[section_of(quote.chunk)]
    scores = {item.quote.start: item.score for item in reading.evidence if item.quote.chunk.checks}
    asked = set(terms(question))
    others = [
        sentence
        for sentence in dispute.sentences
        if sentence.start != quote.start
        and asked & set(terms(sentence.text))
        and not leans_back(sentence.text)
    ]
    other = _says_most(asked, others, scores)
    if other is None:
        return quote, claim
    first, second = sorted((quote, other), key=lambda each: each.start)
    return first, second, claim


def _disputing(
    question: str, reading: Reading, chosen: Sequence[Quoted]
) -> tuple[Quoted, Quoted] | None:
    """Find a section that disputes what is said, on the very point that is asked about.

    What is said is a sentence of the checked document, or another text's that retells it.
    """
    near = _NEAR * reading.evidence[0].score
    said = [*chosen, *(item.quote for item in reading.evidence if item.score >= near)]
    scores = {item.quote.start: item.score for item in reading.evidence if item.quote.chunk.checks}
    found: list[tuple[float, tuple[Quoted, Quoted]]] = []
    for quote in said:
        original = reading.retold.get((quote.chunk.document, quote.start), quote)
        if original is not quote and not holds(chosen, quote):
            continue
        asked = terms(question) if original is quote else terms(f"{question} {quote.text}")
        for section, dispute in reading.disputes.items():
            point = _on_the_point(set(asked), dispute, scores)
            if not holds(dispute.claims, original) or not is_about(" ".join(asked), section):
                continue
            if point is not None and (dispute.is_denied or holds(chosen, quote)):
                found.append((len(set(asked) & dispute.words) / len(set(asked)), (point, original)))
    return max(found, key=lambda pair: pair[0])[1] if found else None


_NEAR = 0.5
_ON_THE_POINT = 0.6
"""Share of the question's terms that a section must hold."""


def _on_the_point(asked: set[str], dispute: Dispute, scores: Mapping[int, float]) -> Quoted | None:
    """The sentence of a section that says most on what is asked, if the section is about that."""
    if not asked or len(asked & dispute.words) < _ON_THE_POINT * len(asked):
        return None
    return _says_most(asked, dispute.sentences, scores)


def _says_most(
    asked: set[str], sentences: Sequence[Quoted], scores: Mapping[int, float]
) -> Quoted | None:
    """The sentence with most of the words asked about and the best score as evidence."""
    able = [s for s in sentences if len(s.text.split()) >= _LEAST_WORDS]

    def says(sentence: Quoted) -> float:
        shared = len(asked & set(terms(sentence.text)))
        return scores.get(sentence.start, 0.0) + shared / max(1, len(asked))

    return max(able, key=says, default=None)


def is_confirmed(pair: Differing, reading: Reading) -> bool:
    """Whether a pair is a claim and a fact-check that finds it right, with a note."""
    dispute = reading.disputes.get(section_of(pair[0].chunk))
    return dispute is not None and not dispute.is_denied


# --- numbers ------------------------------------------------------------------------------------

_PERCENT = re.compile(r"\b(\d+(?:\.\d+)?)\s?(?:%|per ?cent\b)")
_COUNT = re.compile(
    r"(?<![\d.,/-])(\d{1,3}(?:,\d{3})+|\d+)(?![\d.,]*\d|%|\s?per ?cent)(?=\s+[a-z])"
)
_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")
_DIGITS = re.compile(r"\d")
_SAME_WORDS = 0.75


def _other_number(reading: Reading, chosen: Sequence[Quoted]) -> Differing | None:
    """Find a chosen sentence and one of another document that gives another number for the same."""
    near = [
        item.quote
        for item in reading.evidence
        if item.score >= _NEARLY_AS_GOOD * reading.evidence[0].score
    ]
    for one, other in combinations([*chosen, *(quote for quote in near if quote not in chosen)], 2):
        if one in chosen and one.chunk.document != other.chunk.document and contradicts(one, other):
            return one, other
    return None


_NEARLY_AS_GOOD = 0.5


def contradicts(one: Quoted, other: Quoted) -> bool:
    """Whether two sentences say the same of the same with another number or year.

    Both must name the same names, share nearly all other words, and each hold one number, of one
    kind: what is only similar is left alone.
    """
    if {*names(one.text)} - {*names(other.text)} or {*names(other.text)} - {*names(one.text)}:
        return False
    first, second = _worded(one.text), _worded(other.text)
    if not first or len(first & second) / len(first | second) < _SAME_WORDS:
        return False
    for kind in (_PERCENT, _YEAR, _COUNT):
        a, b = set(kind.findall(one.text)), set(kind.findall(other.text))
        if a or b:
            return len(a) == 1 and len(b) == 1 and a != b
    return False


def _worded(text: str) -> set[str]:
    return {term for term in terms(text) if not _DIGITS.search(term)}


def _newest_first(pair: Differing | None) -> Differing | None:
    if pair is None:
        return None
    one, other = pair
    return (other, one) if other.chunk.date > one.chunk.date else (one, other)
