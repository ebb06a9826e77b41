"""Document → the few sentences that say most of it, one a section, in its order (no LLM)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from briefbot.answer import Cited
from briefbot.cite import Quoted, cite, fold
from briefbot.embed import Embedder, Vectors
from briefbot.evidence import leans_back, quotes_of
from briefbot.read import Reading
from briefbot.split import split
from briefbot.types import Document, Passage, Statement

SENTENCES = 5
_WORDS = range(8, 56)
"""Shorter sentences say little, longer ones are hard to read in a summary."""
_LEAD_BONUS = 0.05
"""What the first sentence of a section counts more: it often says what the section is about."""


class SummaryAnswerer:
    """Answers a request for a summary with the most central sentences of a document."""

    def __init__(self, document: Document, embedder: Embedder, *, most: int = SENTENCES) -> None:
        """Summarise one document in at most `most` sentences, compared by the embedder."""
        self._most = most
        self._document = document
        self._embedder = embedder

    @property
    def name(self) -> str:
        """Always `extractive`."""
        return "extractive"

    def answer(
        self, question: str, passages: Sequence[Passage], reading: Reading
    ) -> Iterator[Cited]:
        """Yield the sentences in the document's order; only the document decides."""
        for n, quote in enumerate(
            summary(self._document, self._embedder, most=self._most), start=1
        ):
            yield Cited(Statement(fold(quote.text), (n,)), (cite(quote, n),))


def summary(document: Document, embedder: Embedder, *, most: int = SENTENCES) -> list[Quoted]:
    """Choose at most `most` sentences: the most central of each section, sections by centrality."""
    chunks = split(
        document,
        count_tokens=embedder.count_tokens,
        max_tokens=embedder.max_tokens,
        overlap_sentences=0,
    )
    quotes = [quote for chunk in chunks for quote in quotes_of(chunk)]
    vectors = embedder.embed_documents([quote.text for quote in quotes])
    scores = dict(zip(quotes, _centrality(vectors).tolist(), strict=True))
    able = [quote for quote in quotes if _stands_alone(quote)] or quotes
    best: dict[tuple[str, ...], tuple[float, Quoted]] = {}
    others: list[tuple[float, Quoted]] = []
    for quote in able:
        heading = quote.chunk.heading
        score = scores[quote] + (_LEAD_BONUS if heading not in best else 0.0)
        previous = best.get(heading)
        if previous is None or score > previous[0]:
            best[heading] = (score, quote)
            others += [previous] if previous else []
        else:
            others.append((score, quote))
    ranked = sorted(best.values(), key=lambda pair: -pair[0])
    ranked += sorted(others, key=lambda pair: -pair[0])
    return sorted((quote for _, quote in ranked[:most]), key=lambda quote: quote.start)


def _stands_alone(quote: Quoted) -> bool:
    return len(quote.text.split()) in _WORDS and not leans_back(quote.text)


def _centrality(vectors: Vectors) -> Vectors:
    """Cosine of each sentence to the mean of all; shape `(sentences,)`."""
    middle = vectors.mean(axis=0)
    return np.asarray(vectors @ (middle / (np.linalg.norm(middle) + 1e-9)), dtype=np.float32)
