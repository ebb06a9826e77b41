"""Chosen sentences → a list, and which sentences are items of one in the text (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from briefbot.arrange import in_reading_order, with_antecedents
from briefbot.choose.block import Block
from briefbot.cite import Quoted
from briefbot.read import Evidence, quotes_of
from briefbot.weigh import enumerates


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
