"""Question + evidence → the sentences that answer, by kind of question, in blocks (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from briefbot.arrange import in_reading_order, with_antecedents
from briefbot.choose.announced import with_content
from briefbot.choose.best import choose
from briefbot.choose.block import Block
from briefbot.choose.compared import compared
from briefbot.choose.defined import defined
from briefbot.choose.listed import listed
from briefbot.choose.speakers import by_speaker
from briefbot.cite import Quoted
from briefbot.evidence import Evidence
from briefbot.questions import Kind, kind_of
from briefbot.weigh import weighed

__all__ = ["Block", "blocks", "choose"]


def blocks(
    question: str,
    evidence: Sequence[Evidence],
    *,
    most: int,
    sides: Mapping[str, Sequence[Evidence]] | None = None,
) -> list[Block]:
    """Choose at most `most` sentences and put them into blocks, as the kind of question wants.

    Args:
        question: As it stands alone.
        evidence: Sentences, best first.
        most: Sentences at most.
        sides: For a comparison, what was read for each side alone, by its name.
    """
    if not evidence:
        return []
    kind = kind_of(question)
    evidence = weighed(question, evidence)
    if kind is Kind.COMPARISON:
        own = {name: weighed(question, found) for name, found in (sides or {}).items()}
        by_side = compared(question, evidence, most=most, own=own)
        if by_side:
            return by_side
    if kind is Kind.DEFINITION:
        definition = defined(question, evidence, most=most)
        if definition:
            return [Block(tuple(definition))]
    chosen = with_content(choose(question, evidence, most=most), most=most)
    ordered = _ordered(chosen, most=most, best_first=kind in {Kind.FACT, Kind.DEFINITION})
    if kind is Kind.POSITION:
        return by_speaker(ordered)
    if kind is Kind.LIST:
        return [listed(chosen, most=most)]
    return [Block(tuple(ordered))]


def _ordered(chosen: Sequence[Quoted], *, most: int, best_first: bool) -> list[Quoted]:
    """Add what sentences lean on and order them; a short answer is looked for in the first."""
    if not best_first:
        return in_reading_order(with_antecedents(chosen, most=most))
    first = with_antecedents(chosen[:1], most=most)
    rest = with_antecedents([*first, *chosen[1:]], most=most)[len(first) :]
    return [*first, *in_reading_order(rest)]
