"""class BriefBot: build an index, open it, ask it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from briefbot import index_folder
from briefbot.answer import Answerer, Cited, ExtractiveAnswerer
from briefbot.build import Progress, build_index, is_current
from briefbot.cite import verify
from briefbot.embed import Embedder
from briefbot.errors import (
    ChatModelError,
    MissingExtraError,
    QuestionError,
    SettingsError,
)
from briefbot.follow import FollowedIndex
from briefbot.followup import standalone
from briefbot.load import load_corpus
from briefbot.read import Reading
from briefbot.settings import Settings, load_settings
from briefbot.types import Answer, AnswerStatus, Document, Passage, Turn
from briefbot.wiring import (
    OpenIndex,
    build_answerer,
    build_embedder,
    open_index,
)

if TYPE_CHECKING:
    from briefbot.langchain_retriever import BriefBotRetriever


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What an open index holds."""

    documents: tuple[str, ...]
    passages: int
    embedding_model: str
    dimension: int
    chunk_tokens: int
    overlap_sentences: int
    corpus_digest: str
    created: str
    answerer: str


class BriefBot:
    """Answers questions about an index, each sentence with a verified citation.

    An open bot follows rebuilds: each question goes to the index that is current when it is asked,
    and a bot that nobody asks looks every second. It may be used from several threads.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        embedder: Embedder,
        answerer: Answerer | None = None,
    ) -> None:
        """Open the index that the settings name, with parts made elsewhere.

        Args:
            settings: The settings in force.
            embedder: What the index was embedded with.
            answerer: Replaces the answerer that the settings name.

        Raises:
            IndexMissingError: If there is no index.
            IndexDamagedError: If parts of it are missing.
            IndexMismatchError: If it was built with other settings.
        """
        self._settings = settings
        self._embedder = embedder
        self._index = FollowedIndex(
            settings.index_dir, lambda generation: open_index(generation, settings, embedder)
        )
        self._fallback = ExtractiveAnswerer(max_statements=settings.max_statements)
        self._answerer: Answerer = self._fallback
        self._notes: tuple[str, ...] = ()
        if answerer is not None:
            self._answerer = answerer
        else:
            self._choose_answerer()

    @classmethod
    def open(
        cls, index_dir: str | Path | None = None, settings: Settings | None = None
    ) -> BriefBot:
        """Open an index folder.

        Args:
            index_dir: The folder; by default the one that the settings name.
            settings: By default those of the environment and briefbot.toml.

        Raises:
            BriefBotError: If the index is missing, damaged or built with other settings, or the
                embedding model cannot be loaded.
        """
        settings = settings or load_settings()
        if index_dir is not None:
            settings = settings.model_copy(update={"index_dir": Path(index_dir)})
        index_folder.current_generation(settings.index_dir)  # before the model: it fails at once
        return cls(settings, embedder=build_embedder(settings))

    @classmethod
    def open_or_build(cls, settings: Settings, *, progress: Progress | None = None) -> BriefBot:
        """Open the index that the settings name; build it first if it is missing or stale.

        Raises:
            BriefBotError: If there is nothing to index, or the index cannot be written.
        """
        embedder = build_embedder(settings)
        loaded = load_corpus(settings.corpus_dir)
        if not is_current(settings, loaded):
            build_index(settings, loaded=loaded, embedder=embedder, progress=progress)
        return cls(settings, embedder=embedder)

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question.

        Args:
            question: The question as typed.
            history: Earlier turns, oldest first.

        Raises:
            QuestionError: If the question is empty, too long or not text.
        """
        *_, answer = self.stream(question, history)
        return answer

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Answer]:
        """Answer a question sentence by sentence.

        Yields:
            The answer so far, each sentence of it verified; the last one is complete.

        Raises:
            QuestionError: If the question is empty, too long or not text.
        """
        started = time.perf_counter()
        asked = check_question(question, max_chars=self._settings.question_max_chars)
        full = standalone(asked, self._resolved(history))
        with self._index.borrow() as index:
            for answer in self._answers(question, full, index):
                yield _timed(answer, started)

    def _answers(self, question: str, full: str, index: OpenIndex) -> Iterator[Answer]:
        depth = max(self._settings.read_depth, self._settings.top_k)
        reading = index.reader.read(full, index.retriever.retrieve(full, top_k=depth))
        draft = Answer(
            question=question,
            standalone_question=full,
            status=AnswerStatus.NOT_IN_DOCUMENTS,
            statements=(),
            citations=(),
            passages=reading.passages[: self._settings.top_k],
            answerer=self._answerer.name,
            confidence=round(reading.probability, 4),
            notes=self._notes,
        )
        if reading.probability < self._settings.strictness:
            note = missing_note(reading)
            draft = replace(draft, notes=(*draft.notes, note) if note else draft.notes)
            yield draft
            return
        yield from self._written(draft, reading, index.folder)

    def search(self, query: str, *, top_k: int | None = None) -> tuple[Passage, ...]:
        """Find passages without answering.

        Returns:
            At most `top_k` passages (by default the setting), best first.

        Raises:
            QuestionError: If the query is empty, too long or not text.
            SettingsError: If `top_k` is below 1.
        """
        asked = check_question(query, max_chars=self._settings.question_max_chars)
        top_k = self._settings.top_k if top_k is None else top_k
        if top_k < 1:
            raise SettingsError(f"top_k is {top_k}.", hint="Ask for 1 passage or more.")
        with self._index.borrow() as index:
            return tuple(index.retriever.retrieve(asked, top_k=top_k))

    def document(self, document_id: str) -> Document:
        """Read a stored document.

        Raises:
            IndexDamagedError: If the index does not hold it.
        """
        with self._index.borrow() as index:
            return index_folder.read_document(index.folder, document_id)

    def info(self) -> IndexInfo:
        """Describe the open index."""
        with self._index.borrow() as index:
            manifest = index.manifest
        return IndexInfo(
            documents=manifest.documents,
            passages=manifest.passages,
            embedding_model=manifest.settings.embedding_model,
            dimension=manifest.dimension,
            chunk_tokens=manifest.settings.chunk_tokens,
            overlap_sentences=manifest.settings.overlap_sentences,
            corpus_digest=manifest.corpus_digest,
            created=manifest.created,
            answerer=self._answerer.name,
        )

    def as_retriever(self, *, top_k: int | None = None) -> BriefBotRetriever:
        """Make a LangChain retriever over the index."""
        from briefbot.langchain_retriever import BriefBotRetriever  # noqa: PLC0415 - a cycle

        return BriefBotRetriever(bot=self, top_k=top_k or self._settings.top_k)

    def close(self) -> None:
        """Let go of the index: its files, its memory, and the lock that keeps it on the disk."""
        self._index.close()

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._settings

    @property
    def embedder(self) -> Embedder:
        """What questions are embedded with."""
        return self._embedder

    # --- inside ---------------------------------------------------------------------------------

    def _choose_answerer(self) -> None:
        try:
            self._answerer = build_answerer(self._settings)
        except (MissingExtraError, ChatModelError) as error:
            self._notes = (f"{error} The built-in answerer answers instead.",)

    @staticmethod
    def _resolved(history: Sequence[Turn]) -> tuple[Turn, ...]:
        """Spell out earlier questions too, so that a chain of follow-ups keeps its topic."""
        resolved: tuple[Turn, ...] = ()
        for turn in history:
            full = standalone(turn.question, resolved)
            resolved = (*resolved, replace(turn, question=full))
        return resolved

    def _written(self, draft: Answer, reading: Reading, folder: Path) -> Iterator[Answer]:
        """Write with the answerer; with the built-in one, from the start, if a chat model fails."""
        try:
            yield from self._checked(self._answerer, draft, reading, folder)
        except ChatModelError as error:
            draft = replace(
                draft,
                notes=(*draft.notes, f"{error} The built-in answerer answers instead."),
                answerer=self._fallback.name,
            )
            yield from self._checked(self._fallback, draft, reading, folder)

    @staticmethod
    def _checked(
        answerer: Answerer, draft: Answer, reading: Reading, folder: Path
    ) -> Iterator[Answer]:
        """Verify what an answerer writes after each sentence; withheld ones are counted."""
        written: list[Cited] = []
        answer = replace(draft, status=AnswerStatus.NOT_IN_DOCUMENTS)
        texts: dict[str, str] = {}

        def text_of(document_id: str) -> str:
            if document_id not in texts:
                texts[document_id] = index_folder.read_document(folder, document_id).text
            return texts[document_id]

        for cited in answerer.answer(draft.standalone_question, draft.passages, reading):
            written.append(cited)
            citations = {c.n: c for item in written for c in item.citations}
            statements, kept, withheld = verify(
                [item.statement for item in written], citations.values(), text_of
            )
            answer = replace(
                draft,
                status=AnswerStatus.ANSWERED if statements else AnswerStatus.NOT_IN_DOCUMENTS,
                statements=statements,
                citations=kept,
                notes=(*draft.notes, withheld_note(withheld)) if withheld else draft.notes,
            )
            if statements:
                yield answer
        yield answer


def _timed(answer: Answer, started: float) -> Answer:
    return replace(answer, seconds=round(time.perf_counter() - started, 4))


def check_question(question: str, *, max_chars: int) -> str:
    """Refuse what cannot be a question, and tidy its white space.

    Raises:
        QuestionError: If it is empty, too long, or holds no letter or digit.
    """
    tidy = " ".join(question.replace("\0", " ").split())
    if not tidy:
        raise QuestionError("The question is empty.", hint="Type a question about the documents.")
    if len(tidy) > max_chars:
        raise QuestionError(
            f"The question has {len(tidy):,} characters; {max_chars:,} are the most.",
            hint="Shorten it to the point in question.",
        )
    if not any(character.isalnum() for character in tidy):
        raise QuestionError(
            "The question holds no words.", hint="Type it in words, for example “What is an RAA?”"
        )
    try:
        tidy.encode("utf-8")
    except UnicodeEncodeError as error:
        raise QuestionError(
            "The question is not valid Unicode text.", hint="Type it as plain UTF-8 text."
        ) from error
    unprintable = sum(not character.isprintable() or character == "\ufffd" for character in tidy)
    if unprintable > _UNPRINTABLE_SHARE * len(tidy):
        raise QuestionError(
            "The question is binary data, not text.", hint="Type it as plain UTF-8 text."
        )
    return tidy


_UNPRINTABLE_SHARE = 0.1


def missing_note(reading: Reading) -> str:
    """Say which words of the question the documents do not mention, if that is telling."""
    if not reading.missing:
        return ""
    words = ", ".join(f"“{word}”" for word in reading.missing[:3])
    return f"The nearest passages do not mention {words}."


def withheld_note(withheld: int) -> str:
    """Say how many sentences of a chat model were withheld."""
    sentences = "1 sentence was" if withheld == 1 else f"{withheld} sentences were"
    return f"{sentences} withheld because no passage supports it word for word."
