"""Question + passages → which sentences answer, and how likely it is that any does."""

from __future__ import annotations

import json
import math
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Protocol

from briefbot.cite import Quoted
from briefbot.embed import Embedder, Vectors
from briefbot.sentences import sentence_spans
from briefbot.terms import terms
from briefbot.types import Chunk, Passage

Idf = Callable[[str], float]
"""A term → how rare it is in the index, in [0, 1]; 1 for a term that the index does not hold."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a passage; `score` says how well it answers, comparable within a question."""

    quote: Quoted
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found.

    Attributes:
        evidence: Sentences of the passages, best first.
        probability: Calibrated probability in [0, 1] that they answer the question.
        missing: Words of the question that stand in none of the passages, rarest first.
    """

    evidence: tuple[Evidence, ...]
    probability: float
    missing: tuple[str, ...]


class Reader(Protocol):
    """Reads passages for a question."""

    def read(self, question: str, passages: Sequence[Passage]) -> Reading:
        """Score the passages' sentences and judge whether they answer."""
        ...


class SimilarityReader:
    """A `Reader` by sentence similarity and by how well the question's terms are covered."""

    def __init__(self, embedder: Embedder, idf: Idf, *, depth: int = 5) -> None:
        """Read with an embedder.

        Args:
            embedder: The index's own.
            idf: Rarity of a term in the index.
            depth: How many of the best passages are read.
        """
        self._embedder = embedder
        self._idf = idf
        self._depth = depth
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()

    def read(self, question: str, passages: Sequence[Passage]) -> Reading:
        """Score every sentence of the best passages."""
        read = passages[: self._depth]
        quotes = [(passage, quote) for passage in read for quote in quotes_of(passage.chunk)]
        if not quotes:
            return Reading((), 0.0, ())
        similarity = self._similarity(question, [quote.text for _, quote in quotes])
        weights = term_weights(question, self._idf)
        cover = [covered(weights, f"{q.chunk.context}\n{q.text}") for _, q in quotes]
        evidence = sorted(
            (
                Evidence(quote, _sentence_score(similarity[row], cover[row], passage.score))
                for row, (passage, quote) in enumerate(quotes)
            ),
            key=lambda item: -item.score,
        )
        values = features(weights, read, max(similarity), max(cover))
        missing = _missing_words(question, read, self._idf)
        return Reading(tuple(evidence), probability(values), missing)

    def _similarity(self, question: str, sentences: Sequence[str]) -> list[float]:
        unknown = [text for text in dict.fromkeys(sentences) if text not in self._vectors]
        if unknown:
            for text, vector in zip(unknown, self._embedder.embed_documents(unknown), strict=True):
                self._vectors[text] = vector
        query = self._embedder.embed_query(question)
        similarity = [float(query @ self._vectors[text]) for text in sentences]
        while len(self._vectors) > _CACHED_SENTENCES:
            self._vectors.popitem(last=False)
        return similarity


_CACHED_SENTENCES = 5000


def quotes_of(chunk: Chunk) -> list[Quoted]:
    """Cut a chunk into its sentences, at the document's offsets."""
    return [
        Quoted(chunk, chunk.start + start, chunk.start + end)
        for start, end in sentence_spans(chunk.text, language=chunk.language)
    ]


def _sentence_score(similarity: float, cover: float, passage_score: float) -> float:
    return 0.6 * similarity + 0.3 * cover + 0.1 * passage_score


def term_weights(question: str, idf: Idf) -> dict[str, float]:
    """Weigh the question's terms by how rare they are in the index."""
    return {term: idf(term) for term in terms(question)}


def covered(weights: dict[str, float], text: str) -> float:
    """Share of the question's weight that a text holds, in [0, 1]."""
    total = sum(weights.values())
    held = set(terms(text))
    return sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0


# --- does anything answer? ----------------------------------------------------------------------

FEATURES = (
    "best_sentence_cosine",
    "best_sentence_cover",
    "best_passage_cover",
    "all_passages_cover",
    "heaviest_missing_term",
)


def features(
    weights: dict[str, float], passages: Sequence[Passage], cosine: float, sentence_cover: float
) -> dict[str, float]:
    """Describe how well passages cover a question; keys as in `FEATURES`, each about [0, 1]."""
    texts = [_with_context(passage.chunk) for passage in passages]
    held = {term for text in texts for term in terms(text)}
    missing = [weight for term, weight in weights.items() if term not in held]
    return {
        "best_sentence_cosine": cosine,
        "best_sentence_cover": sentence_cover,
        "best_passage_cover": max(covered(weights, text) for text in texts),
        "all_passages_cover": covered(weights, "\n".join(texts)),
        "heaviest_missing_term": max(missing, default=0.0),
    }


def probability(values: dict[str, float]) -> float:
    """Calibrated probability that the passages answer, by a logistic model in the package."""
    model = _model()
    logit = model["intercept"] + sum(model[name] * value for name, value in values.items())
    return 1 / (1 + math.exp(-logit))


@lru_cache(maxsize=1)
def _model() -> dict[str, float]:
    text = (files("briefbot") / "models" / "similarity_reader.json").read_text("utf-8")
    return {str(key): float(value) for key, value in json.loads(text)["weights"].items()}


def _missing_words(question: str, passages: Sequence[Passage], idf: Idf) -> tuple[str, ...]:
    held = {term for passage in passages for term in terms(_with_context(passage.chunk))}
    words = {
        word: term
        for word in re.findall(r"[^\W_]+(?:['’.-][^\W_]+)*", question)
        for term in terms(word)[:1]
        if not set(terms(word)) & held
    }
    return tuple(sorted(words, key=lambda word: -idf(words[word])))


def _with_context(chunk: Chunk) -> str:
    return f"{chunk.context}\n{chunk.text}"
