"""HotpotQA and SQuAD 2.0 → questions with their paragraphs; what an example is made of."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
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
