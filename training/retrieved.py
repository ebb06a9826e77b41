"""Questions with passages that a search finds for them, as at run time: what they say is left open.

Nobody has read these pairs. They are for a teacher to read; see `distil.py`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import bm25s
import Stemmer

from data import Example, Paragraph
from examples import Corpus, restyle
from pairs import cut, random_title

DEPTH = 6
_WORD = re.compile(r"\w+")


def retrieved_examples(corpus: Corpus, count: int, rng: random.Random) -> Iterator[Example]:
    """Pair questions with one of the best passages found, whether or not it is their own.

    Args:
        corpus: The side of the split whose questions and paragraphs to use.
        count: How many questions to ask.
        rng: Draws questions, places in the ranking and windows.
    """
    asked = (*corpus.squad, *corpus.written, *corpus.pairs)
    supports = (p for question in (*asked, *corpus.hotpot) for p, _ in question.supports)
    pool = list({p.text: p for p in (*corpus.paragraphs, *supports)}.values())
    stemmer = Stemmer.Stemmer("english")

    def words(text: str) -> list[str]:
        return stemmer.stemWords(_WORD.findall(text.lower()))

    index = bm25s.BM25(method="lucene")
    index.index([words(f"{p.title} {p.text}") for p in pool], show_progress=False)
    for question in rng.sample(asked, min(count, len(asked))):
        found, _ = index.retrieve([words(question.text)], k=DEPTH, show_progress=False)
        example = _window(question.text, pool[int(rng.choice(found[0]))], rng)
        if example:
            yield example


def _window(question: str, paragraph: Paragraph, rng: random.Random) -> Example | None:
    sentences, _ = cut(paragraph, set(), rng)
    if not sentences:
        return None
    return Example(
        restyle(question, rng),
        random_title(paragraph.title, rng),
        sentences,
        answers=(),
        evidence=frozenset(),
        answerable=None,
        relevant=None,
        kind="retrieved",
    )
