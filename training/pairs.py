"""Questions → question-passage pairs that answer, and pairs that lack the answer as they are."""

from __future__ import annotations

import random
from dataclasses import replace

from data import HEADINGS, Example, Paragraph, Question, cover, occurrences, plain_title


def random_window(count: int, keep: set[int], lengths: list[int], rng: random.Random) -> list[int]:
    """Choose consecutive sentences around those to keep, up to a random size.

    Args:
        count: Number of sentences.
        keep: Sentences that must stay; empty to start anywhere.
        lengths: Characters of each sentence.
        rng: Source of chance.

    Returns:
        Sentence numbers in order.
    """
    budget = rng.choice((250, 350, 450, 550, 650, 750, 850))
    anchor = keep or {rng.randrange(count)}
    low, high = min(anchor), max(anchor)
    size = sum(lengths[low : high + 1])
    while low > 0 or high < count - 1:
        go_left = low > 0 and (high == count - 1 or rng.random() < 0.5)
        extra = lengths[low - 1] if go_left else lengths[high + 1]
        if size + extra > budget:
            break
        size += extra
        low, high = (low - 1, high) if go_left else (low, high + 1)
    return list(range(low, high + 1))


def random_title(title: str, rng: random.Random) -> str:
    """Give half of the passages a title, some with a heading, as an index does."""
    draw = rng.random()
    if draw < 0.5:
        return ""
    name = title.replace("_", " ")
    return name if draw < 0.8 else f"{name} > {rng.choice(HEADINGS)}"


def cut(
    paragraph: Paragraph, keep: set[int], rng: random.Random, *, drop: frozenset[int] = frozenset()
) -> tuple[tuple[str, ...], list[int]]:
    """Cut a window from a paragraph.

    Returns:
        The sentences of the window, and their numbers in the paragraph.
    """
    numbers = [i for i in range(len(paragraph.sentences)) if i not in drop]
    if not numbers:
        return (), []
    places = {numbers.index(i) for i in keep}
    lengths = [len(paragraph.sentences[i]) for i in numbers]
    chosen = [numbers[i] for i in random_window(len(numbers), places, lengths, rng)]
    return tuple(paragraph.sentences[i] for i in chosen), chosen


def unanswered(
    question: str,
    paragraph: Paragraph,
    rng: random.Random,
    *,
    kind: str,
    relevant: bool | None = False,
    keep: frozenset[int] = frozenset(),
    drop: frozenset[int] = frozenset(),
) -> Example | None:
    """Make an example whose passage does not answer; `keep` names supporting sentences."""
    sentences, chosen = cut(paragraph, set(keep), rng, drop=drop)
    if sum(map(len, sentences)) < 60:
        return None
    evidence = frozenset(chosen.index(i) for i in keep)
    title = random_title(paragraph.title, rng)
    return Example(question, title, sentences, (), evidence, False, relevant, kind)


def hardest(question: str, paragraphs: tuple[Paragraph, ...], answer: str) -> list[Paragraph]:
    """Order paragraphs without the answer by their overlap with the question."""
    free = [p for p in paragraphs if not answer or not occurrences(answer, p.text)]
    return sorted(free, key=lambda p: -cover(question, p.text))


def squad_positive(question: Question, rng: random.Random) -> Example:
    """Cut a window around the answer sentence."""
    paragraph, gold = question.supports[0]
    sentences, chosen = cut(paragraph, set(gold), rng)
    number = chosen.index(question.answer_sentence)
    answer = (number, question.answer_offset, question.answer_offset + len(question.answer))
    title = random_title(paragraph.title, rng)
    return Example(
        question.text, title, sentences, (answer,), frozenset({number}), True, True, "squad"
    )


def squad_negatives(question: Question, rng: random.Random) -> list[Example | None]:
    """Near-misses that need no rewriting: adversarial, sentence removed, same article."""
    paragraph, gold = question.supports[0]
    if not question.answer:
        return [
            unanswered(question.text, paragraph, rng, kind="adversarial", relevant=None)
            for _ in range(3)
        ]
    made = []
    rest = " ".join(s for i, s in enumerate(paragraph.sentences) if i not in gold)
    if rest and not occurrences(question.answer, rest):
        made.append(unanswered(question.text, paragraph, rng, kind="removed", drop=gold))
    near = hardest(question.text, question.distractors, question.answer)[:6]
    if near:
        made.append(unanswered(question.text, rng.choice(near), rng, kind="same article"))
    return made


def is_comparison(question: Question) -> bool:
    """Say whether a HotpotQA question sets its two paragraphs side by side."""
    named = [bool(occurrences(plain_title(p.title), question.text)) for p, _ in question.supports]
    return question.answer in ("yes", "no") or (len(named) > 1 and all(named))


def join_paragraphs(
    parts: list[tuple[Paragraph, frozenset[int]]], rng: random.Random
) -> tuple[tuple[str, ...], frozenset[int]]:
    """Join windows of paragraphs in random order; the second value numbers the supporting ones."""
    rng.shuffle(parts)
    sentences: list[str] = []
    evidence: set[int] = set()
    for paragraph, gold in parts:
        kept = {i for i in gold if i < len(paragraph.sentences)}
        window, chosen = cut(paragraph, kept, rng)
        evidence |= {len(sentences) + chosen.index(i) for i in kept}
        sentences += window
    return tuple(sentences), frozenset(evidence)


def find_answers(
    answer: str, sentences: tuple[str, ...], evidence: frozenset[int]
) -> tuple[tuple[int, int, int], ...]:
    """Find the answer in the supporting sentences, or else anywhere."""
    everywhere = [
        (i, *span) for i, sentence in enumerate(sentences) for span in occurrences(answer, sentence)
    ]
    return tuple([hit for hit in everywhere if hit[0] in evidence] or everywhere)


def hotpot_positives(question: Question, rng: random.Random) -> list[Example | None]:
    """Make the examples of a HotpotQA question that hold its answer."""
    sentences, evidence = join_paragraphs(list(question.supports), rng)
    answers = find_answers(question.answer, sentences, evidence)
    if not answers and question.answer not in ("yes", "no"):
        return []
    both = Example(question.text, "", sentences, answers, evidence, True, True, "hotpot both")
    return [both, *_answer_halves(question, rng)]


def _answer_halves(question: Question, rng: random.Random) -> list[Example]:
    if is_comparison(question):
        return []
    made = []
    for paragraph, gold in question.supports:
        sentences, chosen = cut(paragraph, set(gold), rng)
        evidence = frozenset(chosen.index(i) for i in gold)
        answers = find_answers(question.answer, sentences, evidence)
        if answers:
            enough = cover(question.text, paragraph.title + " " + paragraph.text) >= 0.55
            title = random_title(paragraph.title, rng)
            known = True if enough else None
            made.append(
                Example(
                    question.text, title, sentences, answers, evidence, known, True, "hotpot half"
                )
            )
    return made


def hotpot_negatives(question: Question, rng: random.Random) -> list[Example | None]:
    """Make the examples of a HotpotQA question that lack its answer."""
    near = hardest(question.text, question.distractors, question.answer)
    comparison = is_comparison(question)
    made = [
        unanswered(question.text, paragraph, rng, kind="distractor")
        for paragraph in near[:1] + rng.sample(near[1:], min(1, len(near[1:])))
    ]
    for paragraph, gold in question.supports:
        held = occurrences(question.answer, paragraph.text)
        if comparison or not held:
            made.append(
                unanswered(
                    question.text, paragraph, rng, kind="half without", relevant=True, keep=gold
                )
            )
            if near and not comparison:
                made.append(_bridge_to_nowhere(question, (paragraph, gold), near[0], rng))
        elif not occurrences(question.answer, _without(paragraph, gold).text):
            made.append(unanswered(question.text, paragraph, rng, kind="removed", drop=gold))
    return made


def _without(paragraph: Paragraph, numbers: frozenset[int]) -> Paragraph:
    kept = tuple(s for i, s in enumerate(paragraph.sentences) if i not in numbers)
    return replace(paragraph, sentences=kept)


def _bridge_to_nowhere(
    question: Question,
    support: tuple[Paragraph, frozenset[int]],
    distractor: Paragraph,
    rng: random.Random,
) -> Example:
    sentences, evidence = join_paragraphs([support, (distractor, frozenset())], rng)
    return Example(question.text, "", sentences, (), evidence, False, None, "support + distractor")
