"""Evidence → the sentence that says what a term is, and the next (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from briefbot.arrange import with_antecedents
from briefbot.cite import Quoted
from briefbot.evidence import Evidence, sentence_after
from briefbot.questions import wanted_definition
from briefbot.weigh import saying_what


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
