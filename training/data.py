"""Load HotpotQA and SQuAD 2.0 and cut them into question-passage examples."""

from __future__ import annotations

import gzip
import json
import random
import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

DEV_ARTICLES = frozenset({"Spectre_(2015_film)", "Solar_energy"})
DEV_HOTPOT_QUESTIONS = 700
HEADINGS = ("History", "Overview", "Background", "Career", "Description", "Reception", "Summary")
ABBREVIATIONS = frozenset(
    "mr mrs ms dr st vs no jr sr prof gen col lt sgt capt rev hon inc ltd co corp u.s "
    "u.k d.c a.d b.c "
    "e.g i.e etc approx ca c fl feat vol p pp ft mt".split()
)
STOP_WORDS = frozenset(
    "a an the of in on at to for and or is are was were be been being by with as from "
    "that this it its "
    "his her their which who whom whose what when where how why not no has have had do "
    "does did will "
    "would can could may might also than then there these those they he she we you i s "
    "many much name "
    "called type kind during into about between after before both same one two other".split()
)
SENTENCE_END = re.compile(r"[.!?][\"”')\]]*\s+(?=[A-Z\"“(\[0-9])")

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A titled run of sentences."""

    title: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentences as running text."""
        return " ".join(self.sentences)


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the paragraphs that answer it and those that only look as if they did.

    `supports` holds one entry for each supporting paragraph: the paragraph and the numbers of its
    supporting sentences. `answer` is empty where the paragraph does not answer.
    """

    text: str
    answer: str
    supports: tuple[tuple[Paragraph, frozenset[int]], ...]
    distractors: tuple[Paragraph, ...]
    answer_sentence: int = -1
    answer_offset: int = -1


@dataclass(frozen=True)
class Example:
    """One question-passage pair and what the reader should say about it.

    Attributes:
        answers: Character ranges within sentences: (sentence number, start, end).
        evidence: Numbers of the sentences that support the answer.
        answerable: None where the data cannot tell; such examples train the other heads only.
        relevant: None where the rule that made the example leaves it open.
        kind: Where the example comes from, for the report.
    """

    question: str
    title: str
    sentences: tuple[str, ...]
    answers: tuple[tuple[int, int, int], ...]
    evidence: frozenset[int]
    answerable: bool | None
    relevant: bool | None
    kind: str

    @cached_property
    def prefix(self) -> str:
        """The title's own line, empty without a title."""
        return f"{self.title}\n" if self.title else ""

    @cached_property
    def passage(self) -> str:
        """The text that the reader sees."""
        return self.prefix + " ".join(self.sentences)

    @cached_property
    def sentence_ranges(self) -> list[Range]:
        """Character ranges of the sentences in `passage`."""
        ranges, start = [], len(self.prefix)
        for sentence in self.sentences:
            ranges.append((start, start + len(sentence)))
            start += len(sentence) + 1
        return ranges

    @cached_property
    def answer_ranges(self) -> list[Range]:
        """Character ranges of the answers in `passage`."""
        starts = [start for start, _ in self.sentence_ranges]
        return [(starts[i] + start, starts[i] + end) for i, start, end in self.answers]


def split_sentences(text: str) -> list[str]:
    """Split running text at sentence ends, minding common abbreviations and initials."""
    sentences, start = [], 0
    for match in SENTENCE_END.finditer(text):
        last_word = text[start : match.start()].rsplit(" ", 1)[-1].strip("(\"'“").lower()
        if last_word in ABBREVIATIONS or (len(last_word) == 1 and last_word.isalpha()):
            continue
        sentences.append(text[start : match.end()].strip())
        start = match.end()
    sentences.append(text[start:].strip())
    return [sentence for sentence in sentences if sentence]


def words_of(text: str) -> list[str]:
    """Return the lower-cased words and numbers of a text."""
    return re.findall(r"[a-z0-9]+", text.lower())


def content_words(text: str) -> set[str]:
    """Return the words that carry a question's meaning."""
    return {word for word in words_of(text) if word not in STOP_WORDS}


def cover(question: str, text: str) -> float:
    """Return the share of a question's content words (compared by five letters) in a text."""
    wanted = {word[:5] for word in content_words(question)}
    held = {word[:5] for word in words_of(text)}
    return len(wanted & held) / max(1, len(wanted))


def occurrences(answer: str, text: str) -> list[Range]:
    """Find an answer in a text as whole words, ignoring case."""
    pattern = rf"(?<!\w){re.escape(answer)}(?!\w)"
    return [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)]


def plain_title(title: str) -> str:
    """Drop the bracketed part and underscores of a page title."""
    return re.sub(r"\s*\([^)]*\)$", "", title.replace("_", " ")).strip()


def load_hotpot(path: Path) -> list[Question]:
    """Read the HotpotQA distractor set."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [_hotpot_question(json.loads(line)) for line in lines]


def _hotpot_question(record: dict) -> Question:
    gold: dict[str, set[int]] = {}
    for title, sentence in record["supporting_facts"]:
        gold.setdefault(title, set()).add(sentence)
    supports, distractors = [], []
    for title, raw in record["context"]:
        sentences = tuple(sentence.strip() for sentence in raw)
        kept = [i for i, sentence in enumerate(sentences) if sentence]
        paragraph = Paragraph(title, tuple(sentences[i] for i in kept))
        if title in gold:
            supports.append(
                (paragraph, frozenset(new for new, old in enumerate(kept) if old in gold[title]))
            )
        else:
            distractors.append(paragraph)
    return Question(record["question"], record["answer"], tuple(supports), tuple(distractors))


def load_squad(path: Path) -> dict[str, list[Question]]:
    """Read SQuAD 2.0 articles as title → questions; distractors are the article's paragraphs."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        articles = json.load(file)["data"]
    return {article["title"]: _squad_article(article) for article in articles}


def _squad_article(article: dict) -> list[Question]:
    title = plain_title(article["title"])
    paragraphs = [
        Paragraph(title, tuple(split_sentences(paragraph["context"])))
        for paragraph in article["paragraphs"]
    ]
    questions = []
    for paragraph, record in zip(paragraphs, article["paragraphs"], strict=True):
        others = tuple(other for other in paragraphs if other is not paragraph)
        for entry in record["qas"]:
            question = _squad_question(entry, record["context"], paragraph, others)
            if question:
                questions.append(question)
    return questions


def _squad_question(
    entry: dict, context: str, paragraph: Paragraph, others: tuple[Paragraph, ...]
) -> Question | None:
    text = " ".join(entry["question"].split())
    if entry["is_impossible"]:
        return Question(text, "", ((paragraph, frozenset()),), others)
    answer, at = entry["answers"][0]["text"], entry["answers"][0]["answer_start"]
    position = 0
    for number, sentence in enumerate(paragraph.sentences):
        start = context.index(sentence, position)
        position = start + len(sentence)
        if start <= at and at + len(answer) <= position:
            support = ((paragraph, frozenset({number})),)
            return Question(text, answer, support, others, number, at - start)
    return None  # the answer crosses a sentence end


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
