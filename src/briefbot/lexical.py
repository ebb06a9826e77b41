"""Stemmed BM25 over the chunks: bm25s, built at index time and stored beside Chroma."""

from __future__ import annotations

import itertools
import json
import logging
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import bm25s
import numpy as np

from briefbot.acronyms import find_acronyms
from briefbot.register import prose
from briefbot.store import damaged
from briefbot.terms import terms
from briefbot.types import Chunk

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it tells every build at DEBUG

_EMPTY = "\0"
"""Stands in for the terms of a chunk that has none, so that every chunk keeps its row."""

_SAMPLED = 50
_PLAIN_WORD = re.compile(r"(?<![\w’'])[a-z]{3,}(?![\w’'])")
_SHORTEST_PART = 3
_COMMON_SHARE = 0.25
"""An acronym in more of the chunks than this is the usual word and needs no spelling out."""


class LexicalIndex:
    """BM25 scores by chunk id, how rare terms are, and the acronyms that chunks spell out."""

    def __init__(
        self,
        scorer: bm25s.BM25,
        ids: Sequence[str],
        document_frequency: dict[str, int],
        acronyms: dict[str, str],
    ) -> None:
        """Wrap a built scorer; use `build` or `load`."""
        self.acronyms = acronyms
        self._scorer = scorer
        self._ids = tuple(ids)
        self._document_frequency = document_frequency

    @classmethod
    def build(cls, chunks: Iterable[Chunk]) -> LexicalIndex:
        """Index the texts of chunks, each with its title and heading path.

        The chunks may come one by one: their terms are kept, they are not.
        """
        ids: list[str] = []
        corpus: list[list[str]] = []
        frequency: Counter[str] = Counter()
        spelled: dict[str, str] = {}
        for chunk in chunks:
            text = f"{chunk.context}\n{prose(chunk)}"
            found = terms(text) or [_EMPTY]
            ids.append(chunk.id)
            corpus.append(found)
            frequency.update(set(found))
            spelled = find_acronyms(text) | spelled
        scorer = bm25s.BM25(method="lucene")
        scorer.index(corpus, show_progress=False)
        most = _COMMON_SHARE * len(ids)
        acronyms = {
            short: long
            for short, long in spelled.items()
            if all(frequency[term] <= most for term in terms(short))
        }
        return cls(scorer, ids, dict(frequency), acronyms)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Open a saved index.

        Raises:
            IndexDamagedError: If files are missing or unreadable.
        """
        try:
            scorer = bm25s.BM25.load(str(folder), mmap=False)
            rows = json.loads((folder / "rows.json").read_text("utf-8"))
            return cls(scorer, rows["ids"], rows["document_frequency"], rows["acronyms"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise damaged(folder, f"the BM25 index cannot be read: {error}") from error

    def save(self, folder: Path) -> None:
        """Write the index into a folder, which is made."""
        self._scorer.save(str(folder), show_progress=False)
        rows = {
            "ids": self._ids,
            "document_frequency": self._document_frequency,
            "acronyms": self.acronyms,
        }
        (folder / "rows.json").write_text(json.dumps(rows), "utf-8")

    def __len__(self) -> int:
        """The number of chunks indexed."""
        return len(self._ids)

    @property
    def ids(self) -> tuple[str, ...]:
        """The chunk ids, in the order of their rows."""
        return self._ids

    def sample_ids(self) -> tuple[str, ...]:
        """Some chunk ids from all over the index, to compare with another store."""
        return self._ids[:: max(1, len(self._ids) // _SAMPLED)]

    def query(self, text: str, *, top_k: int) -> list[tuple[str, float]]:
        """Score a question.

        Returns:
            `(chunk id, BM25 score)` of the chunks that share a term with it, best first.
        """
        question_terms = [*terms(text), *self._compounds(text)]
        if not question_terms:
            return []
        scores = self._scorer.get_scores(question_terms)
        best = np.argsort(-scores, kind="stable")[:top_k]
        return [(self._ids[row], float(scores[row])) for row in best if scores[row] > 0]

    def _compounds(self, text: str) -> list[str]:
        """Find what the chunks write as two words or one, and the question the other way.

        A word that no chunk holds is cut where both parts are words of the chunks ("grayzone"); two
        words are joined where that gives one ("mini lateral"). Names are left alone.
        """
        words = _PLAIN_WORD.findall(text)
        found: list[str] = []
        for word in words:
            if not self._known(word):
                found += self._parts(word)
        for one, other in itertools.pairwise(words):
            if f"{one} {other}" in text and self._known(one + other):
                found += terms(one + other)
        return found

    def _known(self, word: str) -> bool:
        found = terms(word)
        return not found or all(term in self._document_frequency for term in found)

    def _parts(self, word: str) -> list[str]:
        """Cut an unknown word into two known ones: the cut whose rarer part is the most common."""
        cuts = (
            terms(f"{word[:at]} {word[at:]}")
            for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
        )
        known = self._document_frequency
        whole = [cut for cut in cuts if len(cut) == 2 and all(term in known for term in cut)]
        return max(whole, key=lambda cut: min(known[term] for term in cut), default=[])

    def idf(self, term: str) -> float:
        """Inverse document frequency of a term in [0, 1]; 1 for a term that no chunk holds."""
        total = len(self._ids)
        frequency = self._document_frequency.get(term, 0)
        highest = math.log(1 + (total + 0.5) / 0.5)
        return math.log(1 + (total - frequency + 0.5) / (frequency + 0.5)) / highest
