"""Chosen sentences → a list, and which sentences are items of one in the text (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from briefbot.arrange import in_reading_order, with_antecedents
from briefbot.choose.block import Block
from briefbot.cite import Quoted
from briefbot.read import quotes_of
from briefbot.weigh import enumerates


def listed(chosen: Sequence[Quoted], *, most: int) -> Block:
    """Make a list of sentences; what one sentence or list of the text enumerates stays whole."""
    best = chosen[0]
    lead = next((quote for quote in (best, *_leads(best)) if _items_after(quote)), None)
    if lead is not None:
        return Block((lead, *_items_after(lead)), is_list=True)
    kept = [quote for quote in chosen if not enumerates(best.text) or enumerates(quote.text)]
    ordered = in_reading_order(with_antecedents(kept, most=most))
    return Block(tuple(ordered), is_list=len(ordered) > 1)


def _leads(item: Quoted) -> list[Quoted]:
    """Find the sentence that announces the list in which an item stands."""
    if not is_item(item):
        return []
    before = [quote for quote in quotes_of(item.chunk) if quote.end <= item.start]
    return [quote for quote in reversed(before) if not is_item(quote)][:1]


def _items_after(lead: Quoted) -> list[Quoted]:
    """Find the items of the list that a sentence announces with a colon."""
    if not lead.text.rstrip().endswith(":"):
        return []
    after = (quote for quote in quotes_of(lead.chunk) if quote.start >= lead.end)
    return list(takewhile(is_item, after))[:_ITEMS_AT_MOST]


_ITEMS_AT_MOST = 12
_ITEM_MARK = re.compile(r"(?:^|\n)\s*(?:[-*+•]|\d{1,3}[.)])\s+$")


def is_item(quote: Quoted) -> bool:
    """Whether a sentence opens an item of a list."""
    before = quote.chunk.text[: quote.start - quote.chunk.start]
    return bool(_ITEM_MARK.search(before))
