"""Questions written for this model: in other words than the paragraph, and natural near-misses.

`written/*.tsv` holds a line for each question: the key of a paragraph of the training sets, the
question, and the words of the paragraph that answer it; none, where it does not. The paragraphs
come from the data sets, and from `written/passages.txt` (title, text): invented commentary on
invented states, for the ways of speech of policy papers, and other kinds of documents. Files named
`pairs-*.tsv` hold pairs: an answered and an unanswered question of one form on one paragraph.
"""

from __future__ import annotations

import hashlib
import math
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from data import Example, Paragraph, Question, cover, split_sentences
from near_misses import Donors, make_near_miss
from pairs import squad_negatives, squad_positive, unanswered

WRITTEN = Path(__file__).parent / "written"
DEV_SHARE = 10  # the questions on one paragraph in ten are kept out of training

Neighbours = Mapping[str, tuple[Paragraph, tuple[Paragraph, ...]]]
"""Key of a paragraph → it, and others that share its article or a question."""


def key_of(paragraph: Paragraph) -> str:
    """Name a paragraph by its text."""
    return hashlib.sha256(paragraph.text.encode()).hexdigest()[:12]


def is_dev(key: str) -> bool:
    """Whether questions on this paragraph are for measuring."""
    return int(key, 16) % DEV_SHARE == 0


def neighbours_of(questions: Iterable[Question]) -> Neighbours:
    """Collect the paragraphs of questions, each with those that stand beside it."""
    found: dict[str, tuple[Paragraph, tuple[Paragraph, ...]]] = {}
    for question in questions:
        together = (*(paragraph for paragraph, _ in question.supports), *question.distractors)
        for paragraph in together:
            key = key_of(paragraph)
            if key not in found:
                found[key] = paragraph, tuple(p for p in together if p is not paragraph)
    return found


def own_passages(folder: Path) -> Neighbours:
    """Read the passages written for this model; each stands beside all others."""
    lines = (folder / "passages.txt").read_text("utf-8").splitlines()
    passages = [
        Paragraph(title, tuple(split_sentences(text)))
        for title, text in (line.split("\t") for line in lines)
    ]
    return {key_of(p): (p, tuple(o for o in passages if o is not p)) for p in passages}


def load_written(
    folder: Path, neighbours: Neighbours, files: str = "*.tsv"
) -> list[tuple[str, Question]]:
    """Read the questions as (key of the paragraph, question).

    Args:
        folder: Where the files are.
        neighbours: The paragraphs of the data sets.
        files: Which files to read, as a pattern.

    Raises:
        ValueError: If a line names an unknown paragraph, or an answer that is not in its text.
    """
    known = {**neighbours, **own_passages(folder)}
    found = []
    for path in sorted(folder.glob(files)):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            key, text, answer = line.split("\t")
            if key not in known:
                raise ValueError(f"{path.name}:{number}: no paragraph has the key {key}")
            paragraph, others = known[key]
            question = _question(text, answer, paragraph, others)
            if question is None:
                raise ValueError(f"{path.name}:{number}: no sentence holds “{answer}”")
            found.append((key, question))
    return found


def _question(
    text: str, answer: str, paragraph: Paragraph, others: tuple[Paragraph, ...]
) -> Question | None:
    """Find the sentence that answers: the one most like the question that holds the answer."""
    if not answer:
        return Question(text, "", ((paragraph, frozenset()),), others)
    holding = [i for i, sentence in enumerate(paragraph.sentences) if answer in sentence]
    if not holding:
        return None
    number = max(holding, key=lambda i: cover(text, paragraph.sentences[i]))
    offset = paragraph.sentences[number].index(answer)
    return Question(text, answer, ((paragraph, frozenset({number})),), others, number, offset)


FORMS = re.compile(
    r"how (?:many|much|long|old|often|far)|how|(?:in|on) (?:which|what) (?:year|day|date|month)"
    r"|when|who|whom|whose|where|why|which|what",
    re.I,
)
MOST_REPEATS = 2


def form_of(question: str) -> tuple[str, bool]:
    """Tell the form of a question: its question word, and whether it is typed in lower case."""
    match = FORMS.search(question)
    return (match.group().lower() if match else "", question[:1].islower())


def balanced(questions: Sequence[Question], rng: random.Random) -> list[Question]:
    """Draw as many answered as unanswered questions of each form, so that no form tells which.

    The rarer side is repeated at most `MOST_REPEATS` times.
    """
    forms: dict[tuple[str, bool], tuple[list[Question], list[Question]]] = {}
    for question in questions:
        forms.setdefault(form_of(question.text), ([], []))[bool(question.answer)].append(question)
    drawn: list[Question] = []
    for sides in forms.values():
        sizes = [len(side) for side in sides]
        wanted = min(round(math.sqrt(sizes[0] * sizes[1])), MOST_REPEATS * min(sizes))
        for side in sides:
            more = max(0, wanted - len(side))
            drawn += rng.sample(side, wanted - more) + rng.sample(side, more)
    return drawn


def written_examples(
    questions: Sequence[Question], donors: Donors, rng: random.Random
) -> Iterator[Example]:
    """Make the pairs of written questions; no rule rewords them further."""
    for question in balanced(questions, rng):
        for example in _pairs(question, donors, rng):
            if example is not None and example.sentences:
                yield example


def _pairs(question: Question, donors: Donors, rng: random.Random) -> Iterator[Example | None]:
    if not question.answer:
        paragraph = question.supports[0][0]
        for _ in range(2):
            yield unanswered(question.text, paragraph, rng, kind="written near-miss", relevant=None)
        return
    positives = [squad_positive(question, rng) for _ in range(2)]
    yield from (replace(example, kind="written") for example in positives)
    yield from squad_negatives(question, rng)
    if rng.random() < RULE_SHARE:
        yield make_near_miss(positives[0], donors, rng)


RULE_SHARE = 0.3
"""Share of answered questions that get a near-miss by rule too."""
