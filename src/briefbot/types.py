"""The data that passes between stages: frozen, typed, without behaviour beyond properties."""

from __future__ import annotations

import bisect
import hashlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

Span = tuple[int, int]
"""Half-open `[start, end)` character offsets into `Document.text`."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading line of a document; `[start, end)` covers the whole line, marks included."""

    level: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A source that a document names by `key`; `date` and `url` are empty where unknown."""

    key: str
    title: str
    publisher: str
    date: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place that a citation can name: it reaches from `start` to the next mark.

    Attributes:
        start: Offset of its first character.
        label: As a reader would say it: "p. 3", "slide 4", "row 12", "00:01:05".
        own_passage: Whether no passage may reach across `start`, as for the rows of a table.
    """

    start: int
    label: str
    own_passage: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One source file as text.

    Attributes:
        id: Path relative to the corpus folder, with `/` separators.
        text: NFC. For Markdown and plain text the file as decoded; line ends and front matter are
            kept, so every offset also holds in the file itself, and dropped advertising is cut off
            its end. For other formats the words of the file, a paragraph a line.
        body_start: Offset of the first character after the front matter.
        headings: In document order, none of them inside another.
        marks: Pages, slides, rows or times by rising `start`; empty where a format has none.
        left_out: Spans that go into no passage: what is repeated all over a site.
        notes: What the loader left out, in sentences for the index report.
        sources: Entries of the corpus's register whose keys, as `[NAT49]`, stand in the text.
        checks: Id of the document that this one checks; empty for all but a fact-check.
    """

    id: str
    title: str
    text: str
    body_start: int = 0
    headings: tuple[Heading, ...] = ()
    marks: tuple[Mark, ...] = ()
    left_out: tuple[Span, ...] = ()
    url: str = ""
    date: str = ""
    kind: str = ""
    author: str = ""
    publisher: str = ""
    language: str = "en"
    notes: tuple[str, ...] = ()
    sources: tuple[SourceRef, ...] = ()
    checks: str = ""


def label_at(document: Document, offset: int) -> str:
    """Name the page, slide, row or time that an offset falls on; empty where there is none."""
    position = bisect.bisect_right(document.marks, offset, key=lambda mark: mark.start)
    return document.marks[position - 1].label if position else ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of a document: `text == document.text[start:end]`; `heading` is the path above it.

    `unread` are pieces of the text that are not read as words, such as the source key `[NAT49]`.
    `checks` is the id of the document that its document checks, if it is a fact-check.
    """

    document: str
    title: str
    text: str
    start: int
    end: int
    heading: tuple[str, ...] = ()
    url: str = ""
    date: str = ""
    kind: str = ""
    language: str = "en"
    unread: tuple[str, ...] = ()
    checks: str = ""

    @property
    def id(self) -> str:
        """Stable id: a hash of document id, span and text, so indexing again gives the same id."""
        key = f"{self.document}\0{self.start}\0{self.end}\0{self.text}"
        return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    @property
    def context(self) -> str:
        """Title and heading path on one line, prepended for embedding and shown above quotes."""
        return " › ".join(_shortened(part) for part in (self.title, *self.heading))


def _shortened(part: str) -> str:
    return part if len(part) <= _CONTEXT_MAX_CHARS else f"{part[:_CONTEXT_MAX_CHARS].rstrip()}…"


_CONTEXT_MAX_CHARS = 160
"""A title or heading longer than this would leave the passage no room before the model."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk retrieved for a question.

    Attributes:
        chunk: The chunk.
        score: In [0, 1], comparable within one question only.
        likeness: Its cosine similarity to the question, at most; 0 if unknown.
    """

    chunk: Chunk
    score: float
    likeness: float = 0.0


def best_first(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """Give each passage once, at the best of its scores; the best comes first."""
    best: dict[str, Passage] = {}
    for passage in passages:
        known = best.setdefault(passage.chunk.id, passage)
        best[passage.chunk.id] = max(known, passage, key=lambda each: each.score)
    return tuple(sorted(best.values(), key=lambda passage: -passage.score))


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote behind the mark `[n]`: `quote == document text[start:end]`.

    `sources` are what the document itself names as the origin of the quoted words.
    `location` is the page, slide, row or time where the quote starts, if its format has any.
    """

    n: int
    document: str
    title: str
    quote: str
    start: int
    end: int
    heading: str = ""
    url: str = ""
    date: str = ""
    location: str = ""
    sources: tuple[SourceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """The few words of a document that answer: `text == document text[start:end]`."""

    text: str
    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How a statement stands in its answer.

    Attributes:
        heading: Names the block that it belongs to: a side of a comparison, who holds a position,
            `SOURCES_DIFFER` or `FACT_CHECKED`. Statements of one block follow each other.
        lead: The few words of the statement that answer, shown in front of it.
        is_item: Whether it is an item of a list.
    """

    heading: str = ""
    lead: str = ""
    is_item: bool = False


PLAIN = Layout()
SOURCES_DIFFER = "Sources differ"
FACT_CHECKED = "Fact-checked"
"""Headings of a block that holds what sources say differently, or what a fact-check adds."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer with the numbers of the citations that back it."""

    text: str
    citations: tuple[int, ...]
    layout: Layout = PLAIN

    @property
    def marked(self) -> str:
        """The text followed by its `[n]` marks, behind its lead or list mark."""
        lead = f"**{self.layout.lead}** — " if self.layout.lead else ""
        item = "- " if self.layout.is_item else ""
        return f"{item}{lead}{self.text} {''.join(f'[{n}]' for n in self.citations)}"


class Verdict(StrEnum):
    """What the verifier decided about a statement."""

    VERIFIED = "verified"
    REPLACED = "replaced"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class StatementCheck:
    """The verifier's report on one statement.

    Attributes:
        statement: As the answerer proposed it.
        reason: Empty where it is shown as proposed; else a word such as `"number"`, see
            `support.Reason`. `"speaker"` on a verified statement: its speaker was added.
        citations: The answer's citations that back what is shown; none for a withheld one.
    """

    statement: str
    verdict: Verdict
    reason: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a chat model consumed; `cost` is None where no prices are set."""

    input_tokens: int
    output_tokens: int
    cost: float | None = None


@runtime_checkable
class Metered(Protocol):
    """A reply that counts what it consumes."""

    @property
    def usage(self) -> Usage | None:
        """What was consumed so far; None where the model does not say."""
        ...


class AnswerStatus(StrEnum):
    """Whether the documents hold an answer."""

    ANSWERED = "answered"
    NOT_IN_DOCUMENTS = "not_in_documents"


class AnswerKind(StrEnum):
    """What an answer answers; all but the first are requests, see `requests.py`."""

    ANSWER = "answer"
    SUMMARY = "summary"
    ARGUMENTS = "arguments"
    SHORTER = "shorter"
    MORE = "more"
    PARTICULARS = "particulars"
    SMALL_TALK = "small_talk"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question got: statements with citations, or the nearest passages and no statement.

    Attributes:
        standalone_question: The question with what it refers to in earlier turns spelled out.
        confidence: Calibrated probability in [0, 1] that the passages hold an answer.
        passages: Best first; for a refusal the nearest ones.
        short_answer: The words that answer, where the reader found such and did not refuse.
        answerer: `"extractive"` or the chat model's name.
        notes: Sentences about the answer for the reader (withheld statements, a fall-back).
        seconds: Wall time from question to answer.
        verification: The verifier's report, one entry for each statement proposed.
        usage: What a chat model consumed, where it says so.
        kind: What kind of question it was answered as, see `questions.Kind`; empty for a refusal.
        request: What was asked for: an answer, or something that is no question.
        reply: What is said to small talk, where no document is cited; it claims nothing of them.
    """

    question: str
    standalone_question: str
    status: AnswerStatus
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    answerer: str
    confidence: float = 0.0
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    short_answer: ShortAnswer | None = None
    verification: tuple[StatementCheck, ...] = ()
    usage: Usage | None = None
    kind: str = ""
    request: AnswerKind = AnswerKind.ANSWER
    reply: str = ""

    @property
    def text(self) -> str:
        """The answer with `[n]` marks, a paragraph for each block, or that there is none."""
        if self.reply:
            return self.reply
        if self.status is AnswerStatus.NOT_IN_DOCUMENTS:
            return NOT_IN_DOCUMENTS_TEXT
        return "\n\n".join(_block_text(block) for block in blocks_of(self.statements))


def blocks_of(statements: Sequence[Statement]) -> list[tuple[Statement, ...]]:
    """Group statements that follow each other under one heading."""
    groups = itertools.groupby(statements, key=lambda statement: statement.layout.heading)
    return [tuple(group) for _, group in groups]


def _block_text(block: Sequence[Statement]) -> str:
    text = ""
    for before, statement in zip((None, *block), block, strict=False):
        if before is not None:
            is_line = before.layout.is_item or statement.layout.is_item
            text += "\n" if is_line else " "
        text += statement.marked
    heading = titled(block[0].layout.heading)
    gap = "\n" if block[0].layout.is_item else " "
    return f"**{heading}**{gap}{text}" if heading else text


def titled(heading: str) -> str:
    """Close a block's heading with a colon; one that is a question has its mark already."""
    return f"{heading}:" if heading and not heading.endswith("?") else heading


NOT_IN_DOCUMENTS_TEXT = "Not in the documents."


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier turn of a conversation; `answer` is empty where only the question is known."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file of the corpus folder that was not indexed, with the reason and what to do."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """A file that stands elsewhere in the corpus than before, its content the same."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one build did.

    Attributes:
        documents: How many the index holds; a file that is there twice is one document.
        passages: How many the index holds.
        notes: What loaders left out, by document.
        up_to_date: Whether nothing had to be done.
        added, changed, removed: Paths, compared with the index before; copies count.
        renamed: Files that moved.
        unchanged: How many paths stayed as they were.
        embedded: How many passages were embedded anew; the others' vectors were known.
    """

    documents: int
    passages: int
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]
    seconds: float
    index_dir: str
    up_to_date: bool = False
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    unchanged: int = 0
    embedded: int = 0


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check of the index found; `defects` are sentences, none if it is whole."""

    index_dir: str
    generation: str
    documents: int
    passages: int
    defects: tuple[str, ...]
    seconds: float
