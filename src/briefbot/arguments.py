"""Reading → some sentences that argue one side, of different speakers and documents (no LLM)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from briefbot.answer import Cited
from briefbot.attribution import speaker_of
from briefbot.cite import Quoted, cite, fold
from briefbot.evidence import Evidence, leans_back, quotes_of
from briefbot.read import Reading
from briefbot.terms import terms
from briefbot.types import Chunk, Layout, Passage, Statement
from briefbot.weigh import heading_likeness

USUAL_COUNT = 4
_AGAINST = re.compile(
    r"\b(?:against|oppos\w+|object\w*|reject\w*|refus\w+|declin\w+|critic\w+|scep\w+|skep\w+"
    r"|warn\w*|risk\w*|escalat\w+|impossible|not possible|not necessary|no need|cannot|doubt\w*"
    r"|fear\w*|worr\w+|divid\w+"
    r"|too early|premature|bad idea|conflicts?|unrealistic|failed|obstacles?|worst|overstretch\w*"
    r"|should not|don't|do not|never|would bring|provok\w+|expos\w+)\b",
    re.I,
)
_FOR = re.compile(
    r"\b(?:in favou?r|support\w*|benefit\w*|advantage\w*|essential|necessary|(?<!no )needs?|needed"
    r"|viable|deter\w*"
    r"|stabil\w+|strengthen\w*|more likely|because no|lack\w*|absence|would offer|would help"
    r"|argu\w+ for"
    r"|case for|protect\w*|trust|unified|resilien\w+|endorse\w*|welcome\w*|too informal)\b",
    re.I,
)
_SPEAKS_COST = 0.55
"""Share of its score that a sentence keeps if it comes from who has spoken already."""
_SAME_DOCUMENT_COST = 0.85
_SIDED_SHARE = 0.6
"""Share of its score that a sentence keeps if only its heading speaks for the side."""
_LEAST_SHARE = 0.25
"""Share of the best score below which a sentence has nothing to do with the matter."""


class ArgumentsAnswerer:
    """Answers with sentences that argue one side, each of another speaker where there are some."""

    def __init__(self, *, count: int, side: str, listed: Sequence[Evidence] = ()) -> None:
        """Give `count` sentences `"for"` or `"against"`; `listed` ones come first."""
        self._count = count or USUAL_COUNT
        self._side = side
        self._listed = listed

    @property
    def name(self) -> str:
        """Always `extractive`."""
        return "extractive"

    def answer(
        self, question: str, passages: Sequence[Passage], reading: Reading
    ) -> Iterator[Cited]:
        """Yield the sentences, the strongest first; fewer where there are not so many."""
        chosen = arguments(self._listed, side=self._side, count=self._count)
        others = arguments(reading.evidence, side=self._side, count=self._count)
        chosen += [each for each in others if not any(_repeats(each, one) for one in chosen)]
        chosen = chosen[: self._count]
        for n, quote in enumerate(chosen, start=1):
            layout = Layout(is_item=len(chosen) > 1)
            yield Cited(Statement(fold(quote.text), (n,), layout), (cite(quote, n),))


def arguments(evidence: Sequence[Evidence], *, side: str, count: int) -> list[Quoted]:
    """Choose sentences of one side that say different things, each time the best that is left.

    A sentence counts less if its speaker or its document was heard already, or if nothing in it or
    its heading speaks for the side.
    """
    best = max((item.score for item in evidence), default=0.0)
    pool = [
        (item.quote, item.score * _sidedness(item.quote, side), _speaker(item.quote))
        for item in evidence
        if item.score >= _LEAST_SHARE * best and not leans_back(item.quote.text)
    ]
    chosen: list[Quoted] = []
    heard: set[str] = set()
    while pool and len(chosen) < count:
        documents = {quote.chunk.document for quote in chosen}

        def worth(entry: tuple[Quoted, float, str], documents: set[str] = documents) -> float:
            quote, score, speaker = entry
            score *= _SPEAKS_COST if speaker and speaker in heard else 1.0
            return score * (_SAME_DOCUMENT_COST if quote.chunk.document in documents else 1.0)

        quote, score, speaker = max(pool, key=worth)
        if score <= 0:
            break
        pool.remove((quote, score, speaker))
        if any(_repeats(quote, other) for other in chosen):
            continue
        chosen.append(quote)
        heard.add(speaker)
    return chosen


def listed_under(
    question: str, reading: Reading, chunks_of: Callable[[str], Sequence[Chunk]]
) -> list[Evidence]:
    """Find the section whose heading is the question, and take what opens each of its parts.

    Args:
        question: As it stands alone.
        reading: The section is that of one of its passages.
        chunks_of: Gives all passages of a document, in order.

    Returns:
        Sentences in order, as good as the best of the reading; none without such a section.
    """
    for passage in reading.passages:
        chunk = passage.chunk
        for depth, heading in enumerate(chunk.heading, start=1):
            if heading_likeness(question, heading) < _IS_THE_QUESTION:
                continue
            opening: dict[tuple[str, ...], Quoted] = {}
            for each in chunks_of(chunk.document):
                is_part = each.heading[:depth] == chunk.heading[:depth]
                if is_part and len(each.heading) > depth and each.heading not in opening:
                    opening.update((each.heading, quote) for quote in quotes_of(each)[:1])
            score = max((item.score for item in reading.evidence), default=0.0)
            return [Evidence(quote, score) for quote in opening.values()]
    return []


_IS_THE_QUESTION = 0.7
"""Share of their words that a question and a heading have in common if they ask the same."""


def _sidedness(quote: Quoted, side: str) -> float:
    """How far a sentence takes a side: its own words decide, then its heading; 0 for the other."""
    mine, other = (_AGAINST, _FOR) if side == "against" else (_FOR, _AGAINST)
    hits, others = len(mine.findall(quote.text)), len(other.findall(quote.text))
    heading = " ".join(quote.chunk.heading)
    said = _HEADED.search(heading)
    if said:
        return 1.0 if said["side"].lower() == side else 0.0
    if hits != others:
        return 1.0 if hits > others else 0.0
    return _SIDED_SHARE if mine.search(heading) else 0.0


_HEADED = re.compile(r"\b(?:arguments?|case|reasons?)\b.{0,40}?\b(?P<side>for|against)\b", re.I)


def _repeats(one: Quoted, other: Quoted) -> bool:
    """Whether two sentences share most of the shorter one's terms."""
    first, second = set(terms(one.text)), set(terms(other.text))
    return len(first & second) >= _REPEATS * max(1, min(len(first), len(second)))


_REPEATS = 0.6


def _speaker(quote: Quoted) -> str:
    before = quote.chunk.text[: quote.start - quote.chunk.start]
    return speaker_of(quote.text, before)


def unshown(reading: Reading, shown: str) -> Reading:
    """Leave out the sentences that an answer showed already; a reading of nothing shown stays."""
    if not shown:
        return reading
    return replace(reading, evidence=not_in(shown, reading.evidence), span=None)


def not_in(shown: str, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The sentences that do not stand in an answer."""
    seen = fold(shown)
    return tuple(item for item in evidence if fold(item.quote.text) not in seen)
