"""The data that passes between stages: frozen, typed, without behaviour beyond properties."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

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
class Document:
    """One source file as text.

    Attributes:
        id: Path relative to the corpus folder, with `/` separators.
        text: The file decoded as UTF-8 and normalised to NFC; line ends and front matter are kept,
            so every offset also holds in the file itself. Dropped advertising is cut off its end.
        body_start: Offset of the first character after the front matter.
        headings: In document order, none of them inside another.
        page_starts: Offset of each page's first character; empty where a format has no pages.
        notes: What the loader left out, in sentences for the index report.
    """

    id: str
    title: str
    text: str
    body_start: int = 0
    headings: tuple[Heading, ...] = ()
    page_starts: tuple[int, ...] = ()
    url: str = ""
    date: str = ""
    kind: str = ""
    publisher: str = ""
    language: str = "en"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of a document: `text == document.text[start:end]`; `heading` is the path above it."""

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

    @property
    def id(self) -> str:
        """Stable id: a hash of document id, span and text, so indexing again gives the same id."""
        key = f"{self.document}\0{self.start}\0{self.end}\0{self.text}"
        return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    @property
    def context(self) -> str:
        """Title and heading path on one line, prepended for embedding and shown above quotes."""
        return " › ".join((self.title, *self.heading))


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk retrieved for a question; `score` in [0, 1], comparable within one question only."""

    chunk: Chunk
    score: float


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote behind the mark `[n]`: `quote == document text[start:end]`."""

    n: int
    document: str
    title: str
    quote: str
    start: int
    end: int
    heading: str = ""
    url: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer with the numbers of the citations that back it."""

    text: str
    citations: tuple[int, ...]

    @property
    def marked(self) -> str:
        """The text followed by its `[n]` marks."""
        return f"{self.text} {''.join(f'[{n}]' for n in self.citations)}"


class AnswerStatus(StrEnum):
    """Whether the documents hold an answer."""

    ANSWERED = "answered"
    NOT_IN_DOCUMENTS = "not_in_documents"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question got: statements with citations, or the nearest passages and no statement.

    Attributes:
        standalone_question: The question with what it refers to in earlier turns spelled out.
        confidence: Calibrated probability in [0, 1] that the passages hold an answer.
        passages: Best first; for a refusal the nearest ones.
        answerer: `"extractive"` or the chat model's name.
        notes: Sentences about the answer for the reader (withheld statements, a fall-back).
        seconds: Wall time from question to answer.
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

    @property
    def text(self) -> str:
        """The answer as one paragraph with `[n]` marks, or the sentence that there is none."""
        if self.status is AnswerStatus.NOT_IN_DOCUMENTS:
            return NOT_IN_DOCUMENTS_TEXT
        return " ".join(statement.marked for statement in self.statements)


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
