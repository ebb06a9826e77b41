"""Question + evidence → the sentences that answer, by kind of question, in blocks (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from briefbot.arrange import holds, in_reading_order, sentence_after, with_antecedents
from briefbot.attribution import speaker_of
from briefbot.cite import Quoted
from briefbot.questions import (
    Kind,
    asks_for_fact,
    compares,
    kind_of,
    wanted_definition,
)
from briefbot.read import Evidence, quotes_of
from briefbot.register import prose
from briefbot.sides import Side, shared_terms, sides_of
from briefbot.terms import names, terms
from briefbot.weigh import enumerates, saying_what, weighed


@dataclass(frozen=True, slots=True)
class Block:
    """Sentences of an answer that stand together, under a heading if there is one."""

    quotes: tuple[Quoted, ...]
    heading: str = ""
    is_list: bool = False


def blocks(question: str, evidence: Sequence[Evidence], *, most: int) -> list[Block]:
    """Choose at most `most` sentences and put them into blocks, as the kind of question wants."""
    if not evidence:
        return []
    kind = kind_of(question)
    evidence = weighed(question, evidence)
    if kind is Kind.COMPARISON:
        sides = compared(question, evidence, most=most)
        if sides:
            return sides
    if kind is Kind.DEFINITION:
        definition = defined(question, evidence, most=most)
        if definition:
            return [Block(tuple(definition))]
    chosen = choose(question, evidence, most=most)
    ordered = _ordered(chosen, most=most, best_first=kind in {Kind.FACT, Kind.DEFINITION})
    if kind is Kind.POSITION:
        return by_speaker(_with_content(ordered, most=most))
    if kind is Kind.LIST:
        return [listed(chosen, evidence, most=most)]
    return [Block(tuple(ordered))]


def _ordered(chosen: Sequence[Quoted], *, most: int, best_first: bool) -> list[Quoted]:
    """Add what sentences lean on and order them; a short answer is looked for in the first."""
    if not best_first:
        return in_reading_order(with_antecedents(chosen, most=most))
    first = with_antecedents(chosen[:1], most=most)
    rest = with_antecedents([*first, *chosen[1:]], most=most)[len(first) :]
    return [*first, *in_reading_order(rest)]


# --- choosing -----------------------------------------------------------------------------------

_FACT_MARGIN = 0.8
_POSITION_MARGIN = 0.6
_EXPLANATION_MARGIN = 0.45
"""Share of the best sentence's score that another one needs to stand beside it."""
_REPEATS = 0.7
"""Share of the shorter sentence's terms from which two sentences say the same."""


def choose(question: str, evidence: Sequence[Evidence], *, most: int) -> list[Quoted]:
    """Choose the sentences that answer: the best one, and those nearly as good that add to it.

    A question about a fact takes fewer; one about two names takes the best on each first.
    """
    if not evidence:
        return []
    first = _on_each_name(question, evidence) if compares(question) else []
    chosen = [item.quote for item in first[:most]] or [evidence[0].quote]
    is_fact = asks_for_fact(question) and kind_of(question) is Kind.FACT
    margin = _FACT_MARGIN if is_fact else _EXPLANATION_MARGIN
    margin = _POSITION_MARGIN if kind_of(question) is Kind.POSITION else margin
    limit = most if first or not is_fact else min(most, 2)
    for item in evidence:
        if len(chosen) >= limit or item.score < margin * evidence[0].score:
            break
        if not any(says_the_same(item.quote, other) for other in chosen):
            chosen.append(item.quote)
    return chosen


def says_the_same(one: Quoted, other: Quoted) -> bool:
    """Whether two sentences overlap, or share most of their words."""
    same_document = one.chunk.document == other.chunk.document
    if same_document and one.start < other.end and other.start < one.end:
        return True
    first, second = set(terms(one.text)), set(terms(other.text))
    smaller = min(len(first), len(second))
    return smaller == 0 or len(first & second) / smaller >= _REPEATS


def _on_each_name(question: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Pick the best sentence, then the best for each name that the question puts beside another.

    A sentence counts for less the more of the names it speaks of, and its passage likewise.
    """
    compared = _names_compared(question, evidence)
    if len(compared) < 2:
        return []

    def named(text: str) -> int:
        held = set(terms(text))
        return sum(name <= held for name in compared)

    def one_sided(item: Evidence) -> float:
        others = max(0, named(item.quote.text) - 1) + max(0, named(prose(item.quote.chunk)) - 1)
        return item.score * (1 - _MIXED_COST) ** others

    best = [evidence[0]] if named(evidence[0].quote.text) else []
    for side in compared:
        about = [item for item in evidence if side <= set(terms(item.quote.text))]
        if any(item in about and named(item.quote.text) == 1 for item in best):
            continue
        found = max((item for item in about if item not in best), key=one_sided, default=None)
        if found is not None:
            best.append(found)
    return best


_MIXED_COST = 0.4


def _names_compared(question: str, evidence: Sequence[Evidence]) -> list[set[str]]:
    """Find the names in a question, as sets of terms; "nato" counts as a name if texts write NATO.

    What most of the evidence speaks of is the subject of both sides and none of them.
    """
    found = [set(terms(name)) for name in names(question)]
    if len(found) < 2:
        written = {
            term for item in evidence for name in names(item.quote.text) for term in terms(name)
        }
        found = [{term} for term in dict.fromkeys(terms(question)) if term in written]
    held = [set(terms(item.quote.text)) for item in evidence]
    return [
        name
        for position, name in enumerate(found)
        if name
        and name not in found[:position]
        and sum(name <= terms_held for terms_held in held) <= _SUBJECT_SHARE * len(held)
    ]


_SUBJECT_SHARE = 0.5


# --- comparisons --------------------------------------------------------------------------------


def compared(question: str, evidence: Sequence[Evidence], *, most: int) -> list[Block]:
    """Give each side of a comparison a block of its own sentences.

    A sentence that speaks of both sides comes first where none answers better. A side without any
    sentence gets no block; where no side has one, nothing is returned.
    """
    sides = sides_of(question)
    if not sides:
        return []
    points = _point_by_point(sides, evidence)
    if len(points) > 1:
        return [Block(tuple(in_reading_order(points[:most])), is_list=True)]
    ranked = {side: _on_side(question, side, sides, evidence) for side in sides}
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
    topic = set(terms(question)) - {key for each in sides for key in each.keys}
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

    opening = " ".join(quote.text.split()[:_OPENING_WORDS])
    if names_side(quote.text):
        opens = names_side(opening) and not names_other(opening)
        if names_other(quote.text):
            return _MIXED if opens else _MENTIONED
        return 1.0 if opens else _NOT_SUBJECT
    context = quote.chunk.context
    is_by_place = names_side(context) and not names_other(f"{context} {quote.text}")
    return _BY_PLACE if is_by_place else 0.0


_OPENING_WORDS = 7
_MIXED, _MENTIONED, _NOT_SUBJECT, _BY_PLACE = 0.5, 0.2, 0.75, 0.6
"""What a sentence counts that opens with a side but names another, that only mentions a side, that
speaks of it alone but not at its opening, and that stands under its name."""
_DATE = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_UNDATED = 0.4
_ASKS_WHEN = re.compile(r"\bwhen\b|\b(?:first|earlier|older|sooner|later|before|after)\b", re.I)
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


# --- other kinds --------------------------------------------------------------------------------


def defined(question: str, evidence: Sequence[Evidence], *, most: int) -> list[Quoted]:
    """Take the sentence that says what a term is, and the one after it; none if none says it."""
    says_what = saying_what(wanted_definition(question))
    best = next((item.quote for item in evidence if says_what.search(item.quote.text)), None)
    if best is None:
        return []
    if _is_weak(best, evidence):
        return []
    after = sentence_after(best)
    return with_antecedents([best, *([after] if after else [])], most=most)


def _is_weak(quote: Quoted, evidence: Sequence[Evidence]) -> bool:
    score = next(item.score for item in evidence if item.quote == quote)
    return score < _DEFINITION_MARGIN * evidence[0].score


_DEFINITION_MARGIN = 0.5


_ANNOUNCES = re.compile(
    r"\b(?:spoke|commented|reacted|replied|responded|answered|gave (?:a|another) reason)\b"
    r"(?!.*(?:\bthat\b|[:“\"]))",
    re.I,
)


def _with_content(quotes: Sequence[Quoted], *, most: int) -> list[Quoted]:
    """Bring the next sentence after one that only announces that somebody spoke."""
    found: list[Quoted] = []
    for quote in quotes:
        after = sentence_after(quote) if _ANNOUNCES.search(quote.text) else None
        new = [each for each in (quote, after) if each is not None and not holds(found, each)]
        if len(found) + len(new) <= most:
            found += new
    return found


def by_speaker(quotes: Sequence[Quoted]) -> list[Block]:
    """Group sentences by whose words they report, where each opens with one of several names."""
    speakers = [_speaker(quote) for quote in quotes]
    if not all(speakers) or len(set(speakers)) < 2:
        return [Block(tuple(quotes))]
    groups: dict[str, list[Quoted]] = {}
    for quote, speaker in zip(quotes, speakers, strict=True):
        groups.setdefault(speaker, []).append(quote)
    return [Block(tuple(group), heading=speaker) for speaker, group in groups.items()]


def _speaker(quote: Quoted) -> str:
    """Who speaks, if the sentence opens with the name; who speaks further on may be another."""
    before = quote.chunk.text[: quote.start - quote.chunk.start]
    speaker = speaker_of(quote.text, before)
    opening = " ".join(quote.text.split()[:_OPENING_WORDS])
    return speaker if speaker[:1].isupper() and speaker in opening else ""


def listed(chosen: Sequence[Quoted], evidence: Sequence[Evidence], *, most: int) -> Block:
    """Make a list of sentences; what one sentence or list of the text enumerates stays whole."""
    best = chosen[0]
    items = _items_after(best, evidence)
    if items:
        return Block((best, *items), is_list=True)
    kept = [quote for quote in chosen if not enumerates(best.text) or enumerates(quote.text)]
    ordered = in_reading_order(with_antecedents(kept, most=most))
    return Block(tuple(ordered), is_list=len(ordered) > 1)


def _items_after(lead: Quoted, evidence: Iterable[Evidence]) -> list[Quoted]:
    """Find the items of the list that a sentence announces with a colon."""
    if not lead.text.rstrip().endswith(":"):
        return []
    after = [quote for quote in quotes_of(lead.chunk) if quote.start >= lead.end]
    return [quote for quote in after if is_item(quote)][:_ITEMS_AT_MOST]


_ITEMS_AT_MOST = 12
_ITEM_MARK = re.compile(r"(?:^|\n)\s*(?:[-*+•]|\d{1,3}[.)])\s+$")


def is_item(quote: Quoted) -> bool:
    """Whether a sentence opens an item of a list."""
    before = quote.chunk.text[: quote.start - quote.chunk.start]
    return bool(_ITEM_MARK.search(before))
