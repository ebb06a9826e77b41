"""Evidence on the sides of a comparison → a block for each side (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from briefbot.arrange import in_reading_order, with_antecedents
from briefbot.choose.best import says_the_same
from briefbot.choose.block import OPENING_WORDS, Block
from briefbot.choose.listed import is_item
from briefbot.cite import Quoted
from briefbot.evidence import Evidence, at_best
from briefbot.sides import Side, asks_which_first, shared_terms, sides_of
from briefbot.terms import terms


def compared(
    question: str,
    evidence: Sequence[Evidence],
    *,
    most: int,
    own: Mapping[str, Sequence[Evidence]] | None = None,
) -> list[Block]:
    """Give each side of a comparison a block of its own sentences.

    A sentence that speaks of both sides comes first where none answers better. A side without any
    sentence gets no block; where no side has one, nothing is returned.

    Args:
        question: As it stands alone.
        evidence: Sentences read for the whole question, best first.
        most: Sentences at most.
        own: Sentences read for one side alone, by its name.
    """
    sides = sides_of(question)
    if not sides:
        return []
    points = _point_by_point(sides, evidence)
    if len(points) > 1:
        return [Block(tuple(in_reading_order(points[:most])), is_list=True)]
    ranked = {
        side: _on_side(question, side, sides, _read_for(question, side, evidence, own or {}))
        for side in sides
    }
    if not any(ranked.values()):
        return []
    joint = _joint(sides, evidence)
    kept = _in_turn(ranked, [joint] if joint else [], most=most)
    intro = [Block((joint,))] if joint else []
    return intro + [
        Block(tuple(in_reading_order(with_antecedents(quotes, most=most))), side.name)
        for side, quotes in kept.items()
        if quotes
    ]


def _read_for(
    question: str,
    side: Side,
    evidence: Sequence[Evidence],
    own: Mapping[str, Sequence[Evidence]],
) -> Sequence[Evidence]:
    """Give what was read for a side; to the question which came first, "first" misleads."""
    alone = own.get(side.name, ())
    return alone if alone and asks_which_first(question) else at_best((*evidence, *alone))


def _in_turn(
    ranked: Mapping[Side, Sequence[Evidence]], chosen: Sequence[Quoted], *, most: int
) -> dict[Side, list[Quoted]]:
    """Let the sides take their best sentences in turn, so that none crowds out another."""
    taken = list(chosen)
    kept: dict[Side, list[Quoted]] = {side: [] for side in ranked}
    for _ in range(_MOST_ON_SIDE):
        for side, own in kept.items():
            found = _next(ranked[side], taken, is_first=not own)
            if found is not None and len(taken) < most:
                own.append(found)
                taken.append(found)
    return kept


def _point_by_point(sides: Sequence[Side], evidence: Sequence[Evidence]) -> list[Quoted]:
    """Find the items of a list that a heading about both sides stands over, if it is the best."""
    shared = shared_terms(sides)

    def compares_them(quote: Quoted) -> bool:
        held = set(terms(" ".join(quote.chunk.heading[-1:])))
        return all(side.is_named_in(held, but=shared) for side in sides) and is_item(quote)

    if not any(compares_them(item.quote) for item in evidence[:_BEST]):
        return []
    return [item.quote for item in evidence if compares_them(item.quote)]


_BEST = 3


def _on_side(
    question: str, side: Side, sides: Sequence[Side], evidence: Sequence[Evidence]
) -> list[Evidence]:
    """Score evidence for one side: what speaks of it alone, and of what the question is about."""
    others = [other for other in sides if other != side]
    asked = _ORDER.sub(" ", question) if asks_which_first(question) else question
    topic = set(terms(asked)) - {key for each in sides for key in each.keys}
    shared = shared_terms((side, *others))
    dated = bool(_ASKS_WHEN.search(question))
    found = []
    for item in evidence:
        held = set(terms(item.quote.text))
        factor = _side_factor(side, others, item.quote, shared)
        about = len(topic & held) / len(topic) if topic else 0.0
        if dated and not _DATE.search(item.quote.text):
            factor *= _UNDATED
        if factor:
            found.append(replace(item, score=item.score * factor * (1 + _TOPIC_BONUS * about)))
    return sorted(found, key=lambda item: -item.score)


def _side_factor(
    side: Side, others: Sequence[Side], quote: Quoted, shared: frozenset[str]
) -> float:
    """How far a sentence, in the place where it stands, speaks of one side, and of it alone."""

    def names_side(text: str) -> bool:
        return side.is_named_in(set(terms(text)), but=shared)

    def names_other(text: str) -> bool:
        held = set(terms(text))
        return any(other.is_named_in(held, but=shared) for other in others)

    opening = " ".join(quote.text.split()[:OPENING_WORDS])
    if names_side(quote.text):
        opens = names_side(opening) and not names_other(opening)
        if names_other(quote.text):
            return _MIXED if opens else _MENTIONED
        return 1.0 if opens else _NOT_SUBJECT
    context = quote.chunk.context
    is_by_place = names_side(context) and not names_other(f"{context} {quote.text}")
    return _BY_PLACE if is_by_place else 0.0


_MIXED, _MENTIONED, _NOT_SUBJECT, _BY_PLACE = 0.5, 0.2, 0.75, 0.6
"""What a sentence counts that opens with a side but names another, that only mentions a side, that
speaks of it alone but not at its opening, and that stands under its name."""
_DATE = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_UNDATED = 0.4
_ASKS_WHEN = re.compile(r"\bwhen\b|\b(?:first|earlier|older|sooner|later|before|after)\b", re.I)
_ORDER = re.compile(r"\b(?:com(?:es?|ing)|came|first|earlier|older|later|last)\b", re.I)
"""Words of "Which came first?" that a sentence about "the first exercises" shares by chance."""
_TOPIC_BONUS = 1.0
_MOST_ON_SIDE = 2
_SECOND_ON_SIDE = 0.75
"""Share of its side's best score that a side's second sentence needs."""


def _next(ranked: Sequence[Evidence], chosen: Sequence[Quoted], *, is_first: bool) -> Quoted | None:
    floor = 0.0 if is_first or not ranked else _SECOND_ON_SIDE * ranked[0].score
    for item in ranked:
        if item.score < floor:
            return None
        if not any(says_the_same(item.quote, other) for other in chosen):
            return item.quote
    return None


_CONTRAST = re.compile(
    r"\b(?:whereas|while|unlike|by contrast|in contrast|differ\w*|both|neither|instead of|than)\b",
    re.I,
)


def _joint(sides: Sequence[Side], evidence: Sequence[Evidence]) -> Quoted | None:
    """Find a sentence that sets the sides against each other, if it is among the best."""
    shared = shared_terms(sides)
    for item in evidence:
        if item.score < _JOINT_MARGIN * evidence[0].score:
            return None
        held = set(terms(item.quote.text))
        speaks_of_all = all(side.is_named_in(held, but=shared) for side in sides)
        if speaks_of_all and _CONTRAST.search(item.quote.text):
            return item.quote
    return None


_JOINT_MARGIN = 0.45
