"""Question → passages: dense and lexical scores, fused; near-duplicates dropped."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from briefbot.embed import Embedder
from briefbot.lexical import LexicalIndex
from briefbot.questions import sub_queries
from briefbot.register import prose
from briefbot.store import ChunkStore
from briefbot.terms import terms
from briefbot.types import Chunk, Passage

_CANDIDATES = 50
"""How many chunks each of the two searches brings before fusion."""
_DUPLICATE_OVERLAP = 0.8
"""Share of the shorter text that makes two passages duplicates of each other."""


class Retriever(Protocol):
    """Finds passages for a question."""

    def retrieve(self, question: str, *, top_k: int) -> list[Passage]:
        """Return at most `top_k` passages, best first."""
        ...


class HybridRetriever:
    """Convex fusion of dense and BM25 scores, each min-max scaled over its candidates."""

    def __init__(
        self, store: ChunkStore, lexical: LexicalIndex, embedder: Embedder, *, dense_weight: float
    ) -> None:
        """Combine the two indexes; `dense_weight` in [0, 1] is the share of the dense score."""
        self._store = store
        self._lexical = lexical
        self._embedder = embedder
        self._dense_weight = dense_weight

    def retrieve(self, question: str, *, top_k: int) -> list[Passage]:
        """Search both indexes and fuse; a comparison is searched for each of its sides too."""
        whole = self._search(question, top_k=top_k)
        sides = sub_queries(question)
        if sides:
            kept = self._with_sides(whole, sides, top_k=top_k)
        else:
            kept = without_duplicates(whole, top_k=top_k)
        kept = _with_checked(kept, whole)
        return sorted(kept, key=lambda passage: -passage.score)

    def _with_sides(
        self, whole: Sequence[Passage], sides: Mapping[str, str], *, top_k: int
    ) -> list[Passage]:
        """Keep half of the places for passages that name one of the sides, the same for each."""
        each = max(1, top_k // (2 * len(sides)))
        kept = without_duplicates(whole, top_k=max(1, top_k - each * len(sides)))
        for name, part in sides.items():
            wanted = set(terms(name))
            about = (
                passage
                for passage in self._search(part, top_k=top_k)
                if wanted <= set(terms(f"{passage.chunk.context}\n{prose(passage.chunk)}"))
            )
            kept = without_duplicates(itertools.chain(kept, about), top_k=len(kept) + each)
        return without_duplicates([*kept, *whole], top_k=top_k)

    def _search(self, question: str, *, top_k: int) -> list[Passage]:
        candidates = max(_CANDIDATES, 2 * top_k)
        dense = self._store.query(self._embedder.embed_query(question), top_k=candidates)
        lexical = dict(self._lexical.query(question, top_k=candidates))
        chunks = {chunk.id: chunk for chunk, _ in dense}
        chunks |= self._store.get([chunk_id for chunk_id in lexical if chunk_id not in chunks])
        cosines = {chunk.id: score for chunk, score in dense}
        scores = fuse(cosines, lexical, dense_weight=self._dense_weight)
        ranked = sorted(scores, key=lambda chunk_id: -scores[chunk_id])
        farthest = min(cosines.values(), default=0.0)  # what BM25 alone found is no nearer
        return [
            Passage(chunks[key], round(scores[key], 4), cosines.get(key, farthest))
            for key in ranked
        ]


def _with_checked(kept: Sequence[Passage], found: Sequence[Passage]) -> list[Passage]:
    """Put the best passages of what a fact-check checks in the place of the last ones."""
    checked_ids = {passage.chunk.checks for passage in kept[:_CHECK_DEPTH]} - {""}
    held = sum(passage.chunk.document in checked_ids for passage in kept)
    if not checked_ids or held >= _CHECKED_KEPT or len(kept) <= _CHECK_DEPTH:
        return list(kept)
    checked = [p for p in found if p.chunk.document in checked_ids and p not in kept]
    added = checked[: _CHECKED_KEPT - held]
    return [*kept[: len(kept) - len(added)], *added]


_CHECK_DEPTH = 5
_CHECKED_KEPT = 2


def fuse(
    dense: Mapping[str, float], lexical: Mapping[str, float], *, dense_weight: float
) -> dict[str, float]:
    """Add up two scores, each min-max scaled to [0, 1]; a missing one counts as the lowest."""
    dense_scaled, lexical_scaled = _min_max(dense), _min_max(lexical)
    return {
        key: dense_weight * dense_scaled.get(key, 0.0)
        + (1 - dense_weight) * lexical_scaled.get(key, 0.0)
        for key in {**dense, **lexical}  # not a set: equal scores keep one order in every run
    }


def _min_max(scores: Mapping[str, float]) -> dict[str, float]:
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if high == low:
        return dict.fromkeys(scores, 1.0)
    return {key: (score - low) / (high - low) for key, score in scores.items()}


def without_duplicates(passages: Iterable[Passage], *, top_k: int) -> list[Passage]:
    """Drop passages that repeat a better one: the same span, or nearly the same words."""
    kept: list[Passage] = []
    kept_terms: list[frozenset[str]] = []
    for passage in passages:
        if len(kept) == top_k:
            break
        words = frozenset(terms(prose(passage.chunk)))
        repeats = (
            _overlaps(passage.chunk, other.chunk) or _same_words(words, other_words)
            for other, other_words in zip(kept, kept_terms, strict=True)
        )
        if not any(repeats):
            kept.append(passage)
            kept_terms.append(words)
    return kept


def _overlaps(one: Chunk, other: Chunk) -> bool:
    if one.document != other.document:
        return False
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared >= _DUPLICATE_OVERLAP * min(len(one.text), len(other.text))


def _same_words(one: frozenset[str], other: frozenset[str]) -> bool:
    union = len(one | other)
    return union > 0 and len(one & other) / union >= _DUPLICATE_OVERLAP
