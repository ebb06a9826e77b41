"""Mix the examples of all sources into training and development sets."""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import attributes
import data
import pairs
from data import STOP_WORDS, Example, Paragraph, Question
from lexicon import Lexicon, build_lexicon
from near_misses import Donors, collect_donors, make_near_miss
from written import WRITTEN, is_dev, load_written, neighbours_of


@dataclass(frozen=True)
class Corpus:
    """Questions of one side of the split, with the paragraphs for attribute questions."""

    squad: tuple[Question, ...]
    hotpot: tuple[Question, ...]
    paragraphs: tuple[Paragraph, ...]
    written: tuple[Question, ...] = ()
    pairs: tuple[Question, ...] = ()


def load_corpora(folder: Path) -> tuple[Corpus, Corpus]:
    """Read both sets and split off the development side: two articles and 700 questions."""
    squad = data.load_squad(folder / "squad2_train_part.json.gz")
    hotpot = data.load_hotpot(folder / "hotpotqa.jsonl.gz")
    random.Random(0).shuffle(hotpot)
    dev = _corpus(
        [q for title in sorted(data.DEV_ARTICLES) for q in squad[title]],
        hotpot[: data.DEV_HOTPOT_QUESTIONS],
        held_out=frozenset(),
    )
    train = _corpus(
        [q for title in sorted(squad) if title not in data.DEV_ARTICLES for q in squad[title]],
        hotpot[data.DEV_HOTPOT_QUESTIONS :],
        held_out=frozenset(paragraph.title for paragraph in dev.paragraphs),
    )
    neighbours = neighbours_of((*train.squad, *train.hotpot))
    first = load_written(WRITTEN, neighbours, "[!p]*.tsv")
    paired = load_written(WRITTEN, neighbours, "pairs-*.tsv")
    return tuple(
        replace(
            side,
            written=tuple(q for key, q in first if is_dev(key) == is_held_out),
            pairs=tuple(q for key, q in paired if is_dev(key) == is_held_out),
        )
        for side, is_held_out in ((train, False), (dev, True))
    )


def _corpus(squad: list[Question], hotpot: list[Question], held_out: frozenset[str]) -> Corpus:
    paragraphs = {
        paragraph.title: paragraph
        for question in hotpot
        for paragraph in (*(p for p, _ in question.supports), *question.distractors)
        if paragraph.title not in held_out and len(paragraph.text) > 120
    }
    return Corpus(tuple(squad), tuple(hotpot), tuple(paragraphs.values()))


def restyle(question: str, rng: random.Random) -> str:
    """Word some questions as people type them: no question mark, key words only."""
    draw = rng.random()
    if draw < 0.62:
        return question
    bare = question.rstrip("? ")
    if draw < 0.85:
        return bare
    if draw < 0.90:
        return f"{rng.choice(('do you know', 'can you tell me', 'please tell me'))} {bare}?"
    words = bare.split()
    kept = [
        word
        for i, word in enumerate(words)
        if (i == 0 and rng.random() < 0.6) or word.lower().strip(",") not in STOP_WORDS
    ]
    return " ".join(kept) if len(kept) >= 2 else bare


def build_examples(
    corpus: Corpus, donors: Donors, *, seed: int, attribute_share: float = 1.0
) -> list[Example]:
    """Make one epoch of examples.

    Args:
        corpus: Questions and paragraphs.
        donors: Names for the rules.
        seed: Decides windows, rules and wording; another seed gives a fresh epoch.
        attribute_share: Part of the paragraphs to ask attribute questions about.

    Returns:
        Examples in random order.
    """
    rng = random.Random(seed)
    made = [*_squad(corpus, donors, rng), *_hotpot(corpus, donors, rng)]
    made += _attributes(corpus, donors, rng, attribute_share)
    kept = [example for example in made if example and example.sentences]
    rng.shuffle(kept)
    return [replace(example, question=restyle(example.question, rng)) for example in kept]


def _squad(corpus: Corpus, donors: Donors, rng: random.Random) -> Iterator[Example | None]:
    for question in corpus.squad:
        if question.answer:
            for _ in range(2):
                positive = pairs.squad_positive(question, rng)
                yield positive
                yield make_near_miss(positive, donors, rng)
            yield pairs.squad_positive(question, rng)
        yield from pairs.squad_negatives(question, rng)


def _hotpot(corpus: Corpus, donors: Donors, rng: random.Random) -> Iterator[Example | None]:
    for question in corpus.hotpot:
        positives = pairs.hotpot_positives(question, rng)
        yield from positives
        base = rng.choice(positives) if positives else None
        if base and base.answerable and base.answers and not pairs.is_comparison(question):
            yield make_near_miss(base, donors, rng)
        negatives = pairs.hotpot_negatives(question, rng)
        yield from rng.sample(negatives, min(2, len(negatives)))


def _attributes(
    corpus: Corpus, donors: Donors, rng: random.Random, share: float
) -> Iterator[Example | None]:
    for paragraph in corpus.paragraphs:
        kind = donors.kind(data.plain_title(paragraph.title))
        if kind == "other" or rng.random() > share:
            continue
        draw = rng.random()
        if draw < 0.5:
            yield attributes.given_example(paragraph, kind, rng)
        elif draw < 0.75:
            yield attributes.missing_example(paragraph, kind, rng)
        elif draw < 0.9:
            yield attributes.other_subject_example(paragraph, kind, donors, rng)
        else:
            yield attributes.removed_example(paragraph, kind, rng)


def donors_of(corpus: Corpus) -> Donors:
    """Collect names from the corpus's own paragraphs."""
    return collect_donors(corpus.paragraphs)


def lexicon_of(
    sides: Sequence[Corpus], weights: Path, wordnet: Path, work: Path | None = None
) -> Lexicon:
    """Collect the replacements for the words of both sides' questions and paragraphs.

    Args:
        sides: Training and development side.
        weights: Folder of all-MiniLM-L6-v2.
        wordnet: Folder of WordNet 3.0.
        work: Folder in which the lexicon is kept for the next time.
    """
    cache = work / "lexicon.pickle" if work else None
    if cache and cache.exists():
        return pickle.loads(cache.read_bytes())  # noqa: S301 - a file of our own
    lexicon = _collect_lexicon(sides, weights, wordnet)
    if cache:
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_bytes(pickle.dumps(lexicon))
    return lexicon


def _collect_lexicon(sides: Sequence[Corpus], weights: Path, wordnet: Path) -> Lexicon:
    paragraphs = [p for side in sides for p in side.paragraphs]
    questions = [q for side in sides for q in (*side.squad, *side.hotpot)]
    texts = [q.text for q in questions] + [p.text for p in paragraphs]
    texts += [p.text for side in sides for q in side.squad for p, _ in q.supports]
    return build_lexicon(texts, paragraphs, weights, wordnet)
