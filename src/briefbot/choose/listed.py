"""Chosen sentences → a list, and which sentences are items of one in the text (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from briefbot.arrange import holds, in_reading_order, with_antecedents
from briefbot.choose.block import Block
from briefbot.cite import Quoted
from briefbot.evidence import quotes_of
from briefbot.weigh import enumerates


def listed(chosen: Sequence[Quoted], *, most: int) -> Block:
    """Make a list of sentences; what one sentence or list of the text enumerates stays whole."""
    best = chosen[0]
    whole = _whole_list(best, chosen) or _counted(chosen)
    if whole:
        return Block(tuple(whole), is_list=True)
    kept = [quote for quote in chosen if not enumerates(best.text) or enumerates(quote.text)]
    ordered = in_reading_order(with_antecedents(kept, most=most))
    return Block(tuple(ordered), is_list=len(ordered) > 1)


def _whole_list(best: Quoted, chosen: Sequence[Quoted]) -> list[Quoted]:
    """Find the list that a sentence announces, or in which it stands; with its lead, if it has one.

    A list without a lead needs a second chosen sentence among its items.
    """
    quotes = quotes_of(best.chunk)
    above = [quote for quote in reversed(quotes) if quote.start <= best.start]
    own = list(takewhile(is_item, above))
    below = takewhile(is_item, (quote for quote in quotes if quote.start > best.start))
    items = [*reversed(own), *below][:_ITEMS_AT_MOST]
    lead = next(iter(above[len(own) :]), None)
    if items and lead is not None and lead.text.rstrip().endswith(":"):
        return [lead, *items]
    return items if sum(holds(items, quote) for quote in chosen) > 1 else []


def _counted(chosen: Sequence[Quoted]) -> list[Quoted]:
    """Find "The first …", "The second …" in one passage, where two of them are chosen.

    The sentence before them leads them in, if it is chosen too.
    """
    for quote in chosen:
        quotes = quotes_of(quote.chunk)
        run: list[Quoted] = []
        for each in quotes:
            if _ordinal(each) == len(run) + 1:
                run.append(each)
        if sum(holds(run, each) for each in chosen) > 1:
            before = quotes[: quotes.index(run[0])][-1:]
            return [*(each for each in before if holds(chosen, each)), *run]
    return []


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
_COUNTS = re.compile(rf"^\W*(?:(?:the|a) )?({'|'.join(_ORDINALS)})(?:ly)?\b", re.I)


def _ordinal(quote: Quoted) -> int:
    """Which point a sentence opens ("The second …" is 2); 0 for none."""
    match = _COUNTS.match(quote.text)
    return _ORDINALS.index(match[1].casefold()) + 1 if match else 0


_ITEMS_AT_MOST = 12
_ITEM_MARK = re.compile(r"(?:^|\n)\s*(?:[-*+•]|\d{1,3}[.)])\s+$")


def is_item(quote: Quoted) -> bool:
    """Whether a sentence opens an item of a list."""
    before = quote.chunk.text[: quote.start - quote.chunk.start]
    return bool(_ITEM_MARK.search(before))
