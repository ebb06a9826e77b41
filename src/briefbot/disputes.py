"""Fact-checks and what they check → which sentences are disputed, and where they are retold."""

from __future__ import annotations

import math
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from briefbot.cite import Quoted
from briefbot.document_store import read_passages
from briefbot.evidence import Section, quotes_of, section_of
from briefbot.generation import read_catalog
from briefbot.read import Dispute, Reading
from briefbot.terms import terms
from briefbot.types import Chunk, Document

FACT_CHECK = "fact-check"
"""The `kind` of a document whose `checks` names the document that it checks."""


_Compare = Callable[[Sequence[Quoted]], Callable[[Quoted], float]]


@dataclass(frozen=True, slots=True)
class _Checked:
    """A document that a fact-check checks."""

    sentences: tuple[Quoted, ...]
    named: re.Pattern[str]
    compare: _Compare


@dataclass(frozen=True, slots=True)
class _Known:
    disputes: dict[Section, Dispute] = field(default_factory=dict)
    checked: list[_Checked] = field(default_factory=list)


class Disputes:
    """The disputes of one generation of an index, found when the first question is read."""

    def __init__(self, folder: Path) -> None:
        """Look among the documents that a generation stores."""
        self._folder = folder
        self._known: _Known | None = None
        self._lock = threading.Lock()

    def noted(self, reading: Reading) -> Reading:
        """Note in a reading what fact-checks dispute, and where sentences retell it."""
        with self._lock:
            if self._known is None:
                self._known = _read(self._folder)
        known = self._known
        chunks = [passage.chunk for passage in reading.passages]
        retold = {
            (quote.chunk.document, quote.start): original
            for checked in known.checked
            for quote in _sentences(c for c in chunks if checked.named.search(c.text))
            if (original := _original(quote, checked)) is not None
        }
        return replace(reading, disputes=known.disputes, retold=retold)


def _read(folder: Path) -> _Known:
    known = _Known()
    catalog = {record.path: record for record in read_catalog(folder)}
    for record in catalog.values():
        if record.kind != FACT_CHECK:
            continue
        document, chunks = read_passages(folder, record.path)
        if document.checks not in catalog:
            continue
        target, target_chunks = read_passages(folder, document.checks)
        claims = _sentences(target_chunks)
        compare = _likeness(claims)
        known.disputes.update(_find(chunks, claims, compare))
        known.checked.append(_Checked(tuple(claims), _naming(target), compare))
    return known


def _sentences(chunks: Iterable[Chunk]) -> list[Quoted]:
    """The sentences of chunks that may overlap, each once."""
    quotes = (quote for chunk in chunks for quote in quotes_of(chunk))
    return list({(quote.chunk.document, quote.start): quote for quote in quotes}.values())


def _naming(document: Document) -> re.Pattern[str]:
    """What other texts call a document: its title in quotation marks, or "the X article"."""
    title = re.escape(document.title.split(":")[0].strip())
    names = [rf"[“\"‘']{title}[,.:”\"’']"]
    if document.publisher and document.kind:
        names.append(rf"{re.escape(document.publisher)} {re.escape(document.kind)}\b")
    return re.compile("|".join(names), re.I)


def _original(quote: Quoted, checked: _Checked) -> Quoted | None:
    """The sentence of a checked document that another text's sentence retells."""
    own_document = checked.sentences[0].chunk.document if checked.sentences else ""
    if quote.chunk.document == own_document or not checked.named.search(quote.text):
        return None
    likeness = checked.compare([quote])
    best = max(checked.sentences, key=likeness)
    return best if likeness(best) >= _ALIKE else None


# --- what a section disputes --------------------------------------------------------------------


def find_disputes(check: Sequence[Chunk], claims: Sequence[Quoted]) -> dict[Section, Dispute]:
    """Find what each section of a fact-check disputes; sections that fit nothing are left out.

    A section retells what it disputes: a sentence of it shares rare words with the sentence that it
    means, and quotes it.

    Args:
        check: The passages of the fact-check.
        claims: The sentences of the document that it checks.
    """
    return _find(check, claims, _likeness(claims))


def _find(
    check: Sequence[Chunk], claims: Sequence[Quoted], compare: _Compare
) -> dict[Section, Dispute]:
    sections: dict[Section, list[Quoted]] = {}
    for quote in _sentences(check):
        sections.setdefault(section_of(quote.chunk), []).append(quote)
    found = {}
    for section, sentences in sections.items():
        likeness = compare(sentences)
        ranked = sorted(claims, key=likeness, reverse=True)
        if not ranked or likeness(ranked[0]) < _SURE:
            continue
        least = max(_ALIKE, _NEARLY * likeness(ranked[0]))
        fitting = [claim for claim in ranked[:_MOST_CLAIMS] if likeness(claim) >= least]
        retold = {_likest(sentences, claim, compare).start for claim in fitting}
        found[section] = Dispute(
            tuple(fitting),
            tuple(quote for quote in sentences if quote.start not in retold),
            frozenset(terms("\n".join([*section[1], *(quote.text for quote in sentences)]))),
            is_denied=not any(_CONFIRMED.match(quote.text) for quote in sentences),
        )
    return found


_CONFIRMED = re.compile(
    r"\W*(?:verdict|rating|ruling|finding|conclusion)\W+(?:mostly |largely |broadly )?"
    r"(?:true|correct|accurate|confirmed|right)\b",
    re.I,
)
"""How a fact-check says that a claim holds."""


def _likest(sentences: Sequence[Quoted], claim: Quoted, compare: _Compare) -> Quoted:
    return max(sentences, key=lambda sentence: compare([sentence])(claim))


_SURE = 0.45
"""Likeness from which a sentence is what a section disputes, or what a sentence retells."""
_ALIKE, _NEARLY = 0.3, 0.5
"""What another sentence needs to count too: so much, and this share of the best one's."""
_MOST_CLAIMS = 2
_QUOTED = re.compile(r"[“\"‘']([^“”\"‘’]{3,}?)[”\"’'](?!\w)")
_QUOTED_WORD = 0.1
"""What each word that is quoted word for word adds to the likeness."""
_QUOTED_WORDS_COUNTED = 5


def _likeness(claims: Sequence[Quoted]) -> _Compare:
    """Compare sentences with claims by the words they share, rare ones weighing more.

    Returns:
        A function of some sentences that gives a function of a claim: how like it the likest is.
    """
    held = {claim.start: terms(claim.text) for claim in claims}
    titles = {claim.chunk.title.casefold() for claim in claims}
    counts = Counter(term for found in held.values() for term in set(found))
    weights = {term: math.log((len(held) + 1) / (count + 0.5)) for term, count in counts.items()}

    def weigh(found: Iterable[str]) -> float:
        return sum(weights.get(term, 0.0) for term in set(found))

    def compare(sentences: Sequence[Quoted]) -> Callable[[Quoted], float]:
        told = [_Told.of(quote.text, titles) for quote in sentences]

        def likeness(claim: Quoted) -> float:
            words = held[claim.start]
            return max((_like(each, words, weigh) for each in told), default=0.0)

        return likeness

    return compare


@dataclass(frozen=True, slots=True)
class _Told:
    """The terms of a sentence, and those that it quotes."""

    words: frozenset[str]
    quoted: tuple[tuple[str, ...], ...]

    @staticmethod
    def of(text: str, titles: Iterable[str]) -> _Told:
        """Read a sentence; a quoted title says which text is meant, and is left out."""

        def kept(match: re.Match[str]) -> str:
            name = match[1].casefold().rstrip(".,")
            return " " if any(name in title for title in titles) else match[0]

        said = _QUOTED.sub(kept, text)
        quoted = (tuple(terms(match)) for match in _QUOTED.findall(said))
        return _Told(frozenset(terms(said)), tuple(run for run in quoted if run))


def _like(told: _Told, words: Sequence[str], weigh: Callable[[Iterable[str]], float]) -> float:
    both = weigh(told.words) * weigh(words)
    if not both:
        return 0.0
    verbatim = sum(len(run) for run in told.quoted if _holds_run(words, run))
    bonus = _QUOTED_WORD * min(verbatim, _QUOTED_WORDS_COUNTED)
    return weigh(told.words & set(words)) / math.sqrt(both) + bonus


def _holds_run(words: Sequence[str], run: Sequence[str]) -> bool:
    starts = range(len(words) - len(run) + 1)
    return any(tuple(words[n : n + len(run)]) == tuple(run) for n in starts)
