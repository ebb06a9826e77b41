"""Question + passages → passages in order, the sentences that answer, and how likely any does."""

from __future__ import annotations

import json
import math
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from typing import Protocol

from briefbot.cite import Quoted
from briefbot.embed import Embedder, Vectors
from briefbot.reader_model import PassageReading, ReaderModel
from briefbot.register import prose
from briefbot.sentences import sentence_spans
from briefbot.terms import names, terms
from briefbot.types import Chunk, Passage, best_first

Idf = Callable[[str], float]
"""A term → how rare it is in the index, in [0, 1]; 1 for a term that the index does not hold."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a passage; `score` in [0, 1] says how well it answers."""

    quote: Quoted
    score: float


@dataclass(frozen=True, slots=True)
class Dispute:
    """What a section of a fact-check is about.

    Attributes:
        claims: The sentences of the checked document that it disputes, likeliest first.
        sentences: Its own, without those that only retell a claim.
        words: The terms of the whole section and its heading.
        is_denied: Whether it finds more than a note to add to the claims.
    """

    claims: tuple[Quoted, ...]
    sentences: tuple[Quoted, ...]
    words: frozenset[str]
    is_denied: bool = True


Section = tuple[str, tuple[str, ...]]
"""A document and a heading path in it."""


def section_of(chunk: Chunk) -> Section:
    """The section that a chunk belongs to."""
    return chunk.document, chunk.heading


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found.

    Attributes:
        passages: The passages read, best first, with the reader's scores in [0, 1].
        evidence: Their sentences, best first.
        probability: Calibrated probability in [0, 1] that they answer the question.
        missing: Words of the question that stand in none of the passages, rarest first.
        features: What the probability rests on, by name.
        span: The words that answer, of the passage whose span is surest; they may be wrong.
        disputes: For the sections of the index's fact-checks, what they dispute.
        retold: Where sentences of the passages retell a checked document, its own sentence.
        sides: Of a comparison, the sentences that answer it for one side alone, by the side's name.
    """

    passages: tuple[Passage, ...]
    evidence: tuple[Evidence, ...]
    probability: float
    missing: tuple[str, ...]
    features: Mapping[str, float] = field(default_factory=dict)
    span: Quoted | None = None
    disputes: Mapping[Section, Dispute] = field(default_factory=dict)
    retold: Mapping[tuple[str, int], Quoted] = field(default_factory=dict)
    sides: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)


class Reader(Protocol):
    """Reads passages for a question."""

    def read(self, question: str, passages: Sequence[Passage]) -> Reading:
        """Order the passages, score their sentences, and judge whether they answer."""
        ...


class CrossReader:
    """A `Reader` by BriefBot's own networks: a small one for all, a larger one for the best."""

    def __init__(
        self,
        small: ReaderModel,
        close: ReaderModel,
        embedder: Embedder,
        idf: Idf,
        *,
        gate: Mapping[str, float] | None = None,
    ) -> None:
        """Read with two networks.

        Args:
            small: Reads every passage.
            close: Reads the best one again: whether it answers, and with which words.
            embedder: The index's own.
            idf: Likewise.
            gate: Weights of `FEATURES`, and `intercept`; by default those of `models/`.
        """
        self._small = small
        self._close = close
        self._embedder = embedder
        self._idf = idf
        self._gate = built_in_gate() if gate is None else gate
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, question: str, passages: Sequence[Passage]) -> Reading:
        """Read every passage given, and the best of them twice."""
        if not passages:
            return Reading((), (), 0.0, ())
        readings = self._small.read(question, [_titled(passage.chunk) for passage in passages])
        ranked = sorted(
            (
                (replace(passage, score=round(_passage_score(passage, reading), 4)), reading)
                for passage, reading in zip(passages, readings, strict=True)
            ),
            key=lambda pair: -pair[0].score,
        )
        best = [passage for passage, _ in ranked]
        (close,) = self._close.read(question, [_titled(best[0].chunk)])
        asked_of = {term: self._idf(term) for name in names(question) for term in terms(name)}
        sentences = [q.text for passage in best[:_COSINE_DEPTH] for q in quotes_of(passage.chunk)]
        cosines = self._cosines(question, sentences)
        evidence = sorted(
            (
                item
                for passage, reading in ranked
                for item in _evidence(passage, reading, cosines, asked_of)
            ),
            key=lambda item: -item.score,
        )
        likeliest = [_headed(item.quote) for item in evidence[:_HEADED]]
        values = features(
            readings,
            evidence,
            close,
            best_cosine=max(self._cosines(question, likeliest).values(), default=0.0),
            background=_background(best),
        )
        return Reading(
            passages=tuple(best),
            evidence=tuple(evidence),
            probability=probability(values, self._gate),
            missing=_missing_words(question, best, self._idf),
            features=values,
            span=_best_span(ranked, close),
        )

    def _cosines(self, question: str, sentences: Sequence[str]) -> dict[str, float]:
        """Compare the question with each sentence, by the embedding model."""
        texts = dict.fromkeys(sentences)
        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
        unknown = [text for text in texts if text not in known]
        fresh = dict(zip(unknown, self._embedder.embed_documents(unknown), strict=True))
        with self._lock:
            self._vectors.update(fresh)
            while len(self._vectors) > _VECTORS_KEPT:
                self._vectors.popitem(last=False)
        query = self._embedder.embed_query(question)
        return {text: float(query @ vector) for text, vector in (known | fresh).items()}


def combined(readings: Sequence[Reading]) -> Reading:
    """Put the readings of a question's parts together; the first part decides whether to answer.

    The best sentence of each part counts as much as the best of all, so that none is left out.
    """
    first = readings[0]
    if len(readings) == 1:
        return first
    evidence: list[Evidence] = []
    for reading in readings:
        top = max((each.evidence[0].score for each in readings if each.evidence), default=0.0)
        evidence += [replace(item, score=top) for item in reading.evidence[:1]]
        evidence += reading.evidence[1:]
    return replace(
        first,
        passages=best_first(passage for reading in readings for passage in reading.passages),
        evidence=tuple(sorted(at_best(evidence), key=lambda item: -item.score)),
    )


def at_best(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Give each sentence once, at the best of its scores."""
    best: dict[tuple[str, int], Evidence] = {}
    for item in evidence:
        place = item.quote.chunk.document, item.quote.start
        best[place] = max(best.get(place, item), item, key=lambda each: each.score)
    return list(best.values())


_COSINE_DEPTH = 4
"""How many of the best passages have their sentences compared with the question by meaning."""
_HEADED = 4
"""How many of the likeliest sentences are compared with the question under their headings."""
_VECTORS_KEPT = 20_000
"""Sentence vectors kept between questions, 1.5 KB each."""


def quotes_of(chunk: Chunk) -> list[Quoted]:
    """Cut a chunk into its sentences, at the document's offsets."""
    return [
        Quoted(chunk, chunk.start + start, chunk.start + end)
        for start, end in sentence_spans(prose(chunk), language=chunk.language)
    ]


def _headed(quote: Quoted) -> str:
    """A sentence under its heading: a section often names once, at its top, what it is about."""
    return ": ".join((*quote.chunk.heading[-1:], quote.text))


def _titled(chunk: Chunk) -> str:
    """What the network reads: long heading paths lower its scores, it was trained on titles."""
    return f"{chunk.title}\n{prose(chunk)}"


def _with_context(chunk: Chunk) -> str:
    return f"{chunk.context}\n{prose(chunk)}"


_RELEVANCE_SHARE = 0.5
"""Share of the reader's relevance in a passage's score; the rest is retrieval's."""
_RELEVANCE_SCALE = 2.0
_SENTENCE_SCALE = 3.0
"""What the network's log-odds are divided by: it is surer than it should be."""


def _passage_score(passage: Passage, reading: PassageReading) -> float:
    return (
        _RELEVANCE_SHARE * _logistic(reading.relevance / _RELEVANCE_SCALE)
        + (1 - _RELEVANCE_SHARE) * passage.score
    )


def _evidence(
    passage: Passage,
    reading: PassageReading,
    cosines: Mapping[str, float],
    asked_of: Mapping[str, float],
) -> list[Evidence]:
    """Score the sentences of a passage: by tokens, answer span, meaning, and names asked about.

    A name may also stand in the sentence before, where "he" or "it" refers to it.
    """
    chunk = passage.chunk
    offset = len(chunk.title) + 1 - chunk.start
    found = []
    before = chunk.context
    for quote in quotes_of(chunk):
        start, end = quote.start + offset, quote.end + offset
        holds_span = start <= reading.span[0] and reading.span[1] <= end
        tokens = _logistic(reading.evidence(start, end) / _SENTENCE_SCALE)
        span = _logistic(reading.margin / _SENTENCE_SCALE) if holds_span else 0.0
        read = passage.score * (_TOKENS_SHARE * tokens + (1 - _TOKENS_SHARE) * span)
        cosine = max(0.0, cosines.get(quote.text, 0.0))
        score = (1 - _COSINE_SHARE) * read + _COSINE_SHARE * cosine
        unnamed = 1 - covered(asked_of, f"{before}\n{quote.text}") if asked_of else 0.0
        found.append(Evidence(quote, score * (1 - _UNNAMED_COST * unnamed)))
        before = quote.text
    return found


def covered(weights: Mapping[str, float], text: str) -> float:
    """Share of the question's weight that a text holds, in [0, 1]."""
    total = sum(weights.values())
    held = set(terms(text))
    return sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0


def _best_span(
    ranked: Sequence[tuple[Passage, PassageReading]], close: PassageReading
) -> Quoted | None:
    """Take the span of the passage in which span and relevance together are surest.

    If that is the best passage, the span is the close reading's.
    """
    found = []
    for number, (passage, reading) in enumerate(ranked):
        chunk = passage.chunk
        origin = chunk.start - len(chunk.title) - 1
        span = reading.span if number else close.span
        start, end = span[0] + origin, span[1] + origin
        if chunk.start <= start < end <= chunk.end:
            sure = reading.margin + reading.relevance + _FOUND_WEIGHT * passage.score
            found.append((sure, Quoted(chunk, start, end)))
    return max(found, key=lambda pair: pair[0], default=(0.0, None))[1]


_FOUND_WEIGHT = 8.0
"""What the passage's score weighs, in log-odds, when spans of several passages are compared."""
_TOKENS_SHARE = 0.6
"""Share of the evidence of a sentence's tokens in what the network says; the rest is the span's."""
_COSINE_SHARE = 0.3
"""Share of the sentence's similarity to the question in its score."""
_UNNAMED_COST = 0.3
"""Share of its score that a sentence loses if it speaks of none of the names asked about."""


def _logistic(value: float) -> float:
    return 0.5 * (1 + math.tanh(value / 2))


# --- does anything answer? ----------------------------------------------------------------------

FEATURES = (
    "best_answerable",
    "best_evidence",
    "best_cosine",
    "background",
    "close_answerable",
    "close_margin",
)


def _background(passages: Sequence[Passage]) -> float:
    """Say how near a question is to passages that hardly answer: the farther half, on average.

    In documents on one subject everything is near every question, and nearness says little.
    """
    nearness = sorted(passage.likeness for passage in passages)
    farther = nearness[: max(1, len(nearness) // 2)]
    return sum(farther) / len(farther)


def features(
    readings: Sequence[PassageReading],
    evidence: Sequence[Evidence],
    close: PassageReading,
    *,
    best_cosine: float,
    background: float,
) -> dict[str, float]:
    """Describe how well passages answer.

    Args:
        readings: Of the passages.
        evidence: Their sentences, best first.
        close: The close reading of the best passage.
        best_cosine: Of the likeliest sentences under their headings, the one nearest to the
            question in meaning.
        background: How near the question is to passages that hardly answer.

    Returns:
        The values named in `FEATURES`; log-odds are scaled to about [-1, 1].
    """
    return {
        "best_answerable": max(reading.answerable for reading in readings) / 5,
        "best_evidence": evidence[0].score if evidence else 0.0,
        "best_cosine": best_cosine,
        "background": background,
        "close_answerable": close.answerable / 5,
        "close_margin": close.margin / 5,
    }


def probability(values: Mapping[str, float], gate: Mapping[str, float]) -> float:
    """Probability that the passages answer, by a logistic model; calibrated if the model is."""
    return _logistic(gate["intercept"] + sum(gate[name] * values[name] for name in FEATURES))


@lru_cache(maxsize=1)
def built_in_gate() -> dict[str, float]:
    """Load the weights of the logistic model that comes with the package, once."""
    text = (files("briefbot") / "models" / "gate.json").read_text("utf-8")
    return {str(key): float(value) for key, value in json.loads(text)["weights"].items()}


def _missing_words(question: str, passages: Sequence[Passage], idf: Idf) -> tuple[str, ...]:
    held = {term for passage in passages for term in terms(_with_context(passage.chunk))}
    words: dict[str, str] = {}
    for word in re.findall(r"[^\W_]+(?:['’.-][^\W_]+)*", question):
        found = terms(word)
        if found and not set(found) & held:
            words[word] = found[0]
    return tuple(sorted(words, key=lambda word: -idf(words[word])))
