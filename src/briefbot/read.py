"""Question + passages → passages in order, the sentences that answer, and how likely any does."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from briefbot.cite import Quoted
from briefbot.digest import Digest, digest
from briefbot.embed import Embedder, Vectors
from briefbot.evidence import Evidence, Section, at_best, quotes_of
from briefbot.gate import background_of, built_in_gate, features, logistic, probability
from briefbot.reader_model import PassageReading, ReaderModel
from briefbot.register import prose
from briefbot.terms import names, terms
from briefbot.types import Chunk, Passage, best_first

Idf = Callable[[str], float]
"""A term → how rare it is in the index, in [0, 1]; 1 for a term that the index does not hold."""


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


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found.

    Attributes:
        passages: The passages read, best first, with the reader's scores in [0, 1].
        evidence: Their sentences, best first.
        probability: Calibrated probability in [0, 1] that they answer the question.
        missing: Words of the question that stand in none of the passages, rarest first.
        features: What the probability rests on, by name.
        span: The words that answer by the close reading; they may be wrong.
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
        together = digest(question, evidence)
        (close,) = self._close.read(question, [together.text])
        values = features(
            readings,
            evidence,
            close,
            best_cosine=max(self._cosines(question, likeliest).values(), default=0.0),
            background=background_of(best),
        )
        return Reading(
            passages=tuple(best),
            evidence=tuple(_read_again(evidence, together, close)),
            probability=probability(values, self._gate),
            missing=_missing_words(question, best, self._idf),
            features=values,
            span=together.words(*close.span),
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


_COSINE_DEPTH = 4
"""How many of the best passages have their sentences compared with the question by meaning."""
_HEADED = 4
"""How many of the likeliest sentences are compared with the question under their headings."""
_VECTORS_KEPT = 20_000
"""Sentence vectors kept between questions, 1.5 KB each."""


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
        _RELEVANCE_SHARE * logistic(reading.relevance / _RELEVANCE_SCALE)
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
        read = passage.score * _reading_score(reading, start, end)
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


def _read_again(
    evidence: Sequence[Evidence], together: Digest, close: PassageReading
) -> list[Evidence]:
    """Score sentences by what both readings say; what was not read closely keeps half its score."""
    closely = {
        quote.text: _reading_score(close, begin, begin + quote.end - quote.start)
        for begin, quote in together.places
    }

    def score(item: Evidence) -> float:
        again = closely.get(item.quote.text, 0.0)
        return (1 - _CLOSE_SHARE) * item.score + _CLOSE_SHARE * again

    return sorted((replace(item, score=score(item)) for item in evidence), key=lambda i: -i.score)


def _reading_score(reading: PassageReading, start: int, end: int) -> float:
    """Say how well a sentence answers by a network: by its tokens, and the span that it holds."""
    holds_span = start <= reading.span[0] and reading.span[1] <= end
    tokens = logistic(reading.evidence(start, end) / _SENTENCE_SCALE)
    span = logistic(reading.margin / _SENTENCE_SCALE) if holds_span else 0.0
    return _TOKENS_SHARE * tokens + (1 - _TOKENS_SHARE) * span


_CLOSE_SHARE = 0.5
"""Share of the close reading in a sentence's score."""
_TOKENS_SHARE = 0.6
"""Share of the evidence of a sentence's tokens in what the network says; the rest is the span's."""
_COSINE_SHARE = 0.3
"""Share of the sentence's similarity to the question in its score."""
_UNNAMED_COST = 0.3
"""Share of its score that a sentence loses if it speaks of none of the names asked about."""


def _missing_words(question: str, passages: Sequence[Passage], idf: Idf) -> tuple[str, ...]:
    held = {term for passage in passages for term in terms(_with_context(passage.chunk))}
    words: dict[str, str] = {}
    asked = set(terms(question))  # "United States" is one term: no passage lacks "United" alone
    for word in re.findall(r"[^\W_]+(?:['’.-][^\W_]+)*", question):
        found = terms(word)
        if set(found) & asked and not set(found) & held:
            words[word] = found[0]
    return tuple(sorted(words, key=lambda word: -idf(words[word])))
