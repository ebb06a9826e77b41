"""class BriefBot: build an index, open it, ask it."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from briefbot import index_folder
from briefbot.acronyms import spell_out
from briefbot.answer import Answerer, ExtractiveAnswerer
from briefbot.build import Progress, build_index, is_current
from briefbot.consult import consult, judged_by_meaning, with_sides
from briefbot.document_store import read_document, read_passages
from briefbot.embed import Embedder
from briefbot.errors import (
    ChatModelError,
    IndexBusyError,
    IndexWriteError,
    MissingExtraError,
    SettingsError,
)
from briefbot.follow import FollowedIndex
from briefbot.followup import standalone
from briefbot.generation import newest_date
from briefbot.language import ENGLISH, kind_refusal, language_of
from briefbot.notes import missing_note, time_note
from briefbot.oblige import Desk, oblige
from briefbot.particulars import (
    document_called,
    document_titled_with,
    lacking,
    may_name_author,
    particular_of,
)
from briefbot.questions import (
    BEYOND_NOTE,
    Particular,
    asks_beyond,
    check_question,
    particular_asked,
    several_questions,
    summary_topic,
)
from briefbot.read import Reading
from briefbot.requests import questions_of, read_request, without_courtesy
from briefbot.settings import BUILT_IN_MODEL, Settings, load_settings
from briefbot.several import joined
from briefbot.summarise import SENTENCES, SummaryAnswerer
from briefbot.types import Answer, AnswerKind, AnswerStatus, Document, Passage, Turn
from briefbot.verify import checked_answers
from briefbot.widen import widened
from briefbot.wiring import (
    OpenIndex,
    build_answerer,
    build_embedder,
    open_index,
)

if TYPE_CHECKING:
    from briefbot.langchain_retriever import BriefBotRetriever

logger = logging.getLogger(__name__)


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

        A stale index that cannot be built anew here is opened as it is.

        Raises:
            BriefBotError: If there is nothing to index, or no index and none can be written.
        """
        embedder = build_embedder(settings)
        if not is_current(settings):
            try:
                build_index(settings, embedder=embedder, progress=progress)
            except (IndexBusyError, IndexWriteError) as error:
                index_folder.current_generation(settings.index_dir)  # if any, it still answers
                logger.warning("The index is not up to date: %s", error)
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
        request = read_request(asked)
        with self._index.borrow() as index:
            names = index.lexical.acronyms
            turns = _resolved(questions_of(history), names)
            if request is not None:
                answers = oblige(self._desk(index), question, request, turns)
            else:
                full = standalone(without_courtesy(asked), turns, names)
                answers = self._in_a_row(question, full, index)
            for answer in answers:
                yield _timed(answer, started)

    def _in_a_row(self, question: str, full: str, index: OpenIndex) -> Iterator[Answer]:
        """Answer the questions that are asked in a row, each as if it had been asked alone."""
        parts = several_questions(full)
        if len(parts) == 1:
            yield from self._replies(question, full, index)
            return
        done: list[Answer] = []
        turns: tuple[Turn, ...] = ()
        for part in parts:
            alone = standalone(part, turns, index.lexical.acronyms)
            turns = (*turns, Turn(alone))
            for answer in self._replies(alone, alone, index):
                yield joined(question, [*done, answer])
            done.append(answer)

    def _replies(self, question: str, full: str, index: OpenIndex) -> Iterator[Answer]:
        """Answer a question that stands alone, or sum up the document that it names."""
        if asks_beyond(question):
            found = index.retriever.retrieve(full, top_k=self._settings.top_k)
            refusal = self._nothing(question, full)
            notes = (*refusal.notes, BEYOND_NOTE)
            yield replace(refusal, passages=tuple(found), notes=notes)
            return
        language = language_of(question)
        if language != ENGLISH and self._settings.embedding_model == BUILT_IN_MODEL:
            yield self._unread(question, full, language)
            return
        particular = self._particular(question, full, index)
        if particular is not None:
            yield particular
            return
        summary = self._summarised(question, full, index)
        yield from summary or self._answers(question, full, index, language)

    def _answers(
        self, question: str, full: str, index: OpenIndex, language: str
    ) -> Iterator[Answer]:
        depth = max(self._settings.read_depth, self._settings.top_k)
        asked = spell_out(full, index.lexical.acronyms)
        reading = consult(asked, index, depth)
        reading = with_sides(index.disputes.noted(reading), asked, index, depth)
        if language != ENGLISH:
            reading = judged_by_meaning(reading)
        draft = replace(
            self._nothing(question, full),
            passages=reading.passages[: self._settings.top_k],
            confidence=round(reading.probability, 4),
        )
        if reading.probability < self._settings.strictness:
            yield from self._refused(draft, reading, index.folder)
        else:
            yield from self._written(draft, reading, index.folder)

    def search(self, query: str, *, top_k: int | None = None) -> tuple[Passage, ...]:
        """Find passages without answering, in the reader's order, with the sentences around them.

        Returns:
            At most `top_k` passages (by default the setting), best first; those that touch are
            one.

        Raises:
            QuestionError: If the query is empty, too long or not text.
            SettingsError: If `top_k` is below 1.
        """
        asked = check_question(query, max_chars=self._settings.question_max_chars)
        top_k = self._settings.top_k if top_k is None else top_k
        if top_k < 1:
            raise SettingsError(f"top_k is {top_k}.", hint="Ask for 1 passage or more.")
        with self._index.borrow() as index:
            spelled = spell_out(asked, index.lexical.acronyms)
            found = self._found(spelled, index, top_k)

            @cache
            def document_of(document_id: str) -> Document:
                return read_document(index.folder, document_id)

            return tuple(widened(found, document_of, size_chars=self._settings.search_chars))

    def document(self, document_id: str) -> Document:
        """Read a stored document.

        Raises:
            IndexDamagedError: If the index does not hold it.
        """
        with self._index.borrow() as index:
            return read_document(index.folder, document_id)

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

    def _found(self, query: str, index: OpenIndex, top_k: int) -> list[Passage]:
        """Retrieve passages; the reader, which knows English, orders the first of them."""
        depth = self._settings.read_depth
        if language_of(query) != ENGLISH:
            return index.retriever.retrieve(query, top_k=top_k)
        read = consult(query, index, depth).passages[: max(top_k, 0)]
        if top_k <= depth:
            return list(read)
        seen = {passage.chunk.id for passage in read}
        lowest = read[-1].score if read else 1.0
        rest = (p for p in index.retriever.retrieve(query, top_k=top_k) if p.chunk.id not in seen)
        scored = [replace(passage, score=min(passage.score, lowest)) for passage in rest]
        return [*read, *scored][:top_k]

    def _choose_answerer(self) -> None:
        try:
            self._answerer = build_answerer(self._settings)
        except (MissingExtraError, ChatModelError) as error:
            self._notes = (f"{error} The built-in answerer answers instead.",)

    def _desk(self, index: OpenIndex) -> Desk:
        """Lend what requests that are no questions need; the built-in answerer serves them."""

        def read(full: str) -> Reading:
            depth = max(self._settings.read_depth, self._settings.top_k)
            return consult(spell_out(full, index.lexical.acronyms), index, depth)

        return Desk(
            draft=lambda question, full: replace(
                self._nothing(question, full), answerer=self._fallback.name, notes=()
            ),
            read=read,
            check=lambda answerer, draft, reading: self._checked(
                answerer, draft, reading, index.folder
            ),
            summarise=lambda question, full, most: self._summarised(
                question, full, index, most=most
            ),
            chunks_of=lambda document: read_passages(index.folder, document)[1],
            strictness=self._settings.strictness,
            max_statements=self._settings.max_statements,
            top_k=self._settings.top_k,
        )

    def _particular(self, question: str, full: str, index: OpenIndex) -> Answer | None:
        """Say who wrote or published a document, and when; None for other questions."""
        asked = particular_asked(full)
        if asked is None:
            return None
        document = document_called(asked.document, _documents(index))
        if document is None:
            return None
        draft = replace(self._nothing(question, full), request=AnswerKind.PARTICULARS, notes=())
        said = particular_of(document, asked.wanted)
        if said:
            return replace(draft, status=AnswerStatus.ANSWERED, reply=said, confidence=1.0)
        if asked.wanted is Particular.AUTHOR and not may_name_author(document):
            return replace(draft, notes=(lacking(document, asked.wanted),))
        return None

    def _document_to_summarise(self, question: str, index: OpenIndex) -> Document | None:
        """Find the one document that a request for a summary means, if it means one."""
        topic = summary_topic(question)
        if topic is None:
            return None
        return document_titled_with(topic, _documents(index))

    def _summarised(
        self, question: str, full: str, index: OpenIndex, *, most: int = SENTENCES
    ) -> Iterator[Answer] | None:
        """Sum up the one document that a question asks a summary of; None for other questions."""
        document = self._document_to_summarise(full, index)
        if document is None:
            return None
        found = index.retriever.retrieve(document.title, top_k=self._settings.top_k)
        draft = replace(
            self._nothing(question, full),
            passages=tuple(p for p in found if p.chunk.document == document.id),
            answerer=self._fallback.name,
            confidence=1.0,
            notes=(),
            kind="summary",
            request=AnswerKind.SUMMARY,
        )
        nothing = Reading((), (), 1.0, ())
        answerer = SummaryAnswerer(document, self._embedder, most=most)
        return self._checked(answerer, draft, nothing, index.folder)

    def _checked(
        self, answerer: Answerer, draft: Answer, reading: Reading, folder: Path
    ) -> Iterator[Answer]:
        return checked_answers(answerer, draft, reading, folder=folder, embedder=self._embedder)

    def _nothing(self, question: str, full: str) -> Answer:
        return Answer(
            question=question,
            standalone_question=full,
            status=AnswerStatus.NOT_IN_DOCUMENTS,
            statements=(),
            citations=(),
            passages=(),
            answerer=self._answerer.name,
            notes=self._notes,
        )

    def _unread(self, question: str, full: str, language: str) -> Answer:
        """Refuse a question that the embedding model cannot read, without passages found by it."""
        return replace(self._nothing(question, full), notes=(kind_refusal(language),))

    def _refused(self, draft: Answer, reading: Reading, folder: Path) -> Iterator[Answer]:
        """Refuse; where the settings say so, a chat model is asked all the same."""
        note = missing_note(reading, draft.standalone_question)
        caveat = time_note(draft.standalone_question, (), newest_date(folder))
        added = tuple(each for each in (note, caveat) if each)
        refusal = replace(draft, notes=(*draft.notes, *added))
        if not self._settings.ask_model_when_refused or self._answerer.name == self._fallback.name:
            yield refusal
            return
        try:
            for answer in self._checked(self._answerer, draft, reading, folder):
                refused = answer.status is AnswerStatus.NOT_IN_DOCUMENTS
                yield replace(answer, notes=(*answer.notes, note)) if refused and note else answer
        except ChatModelError as error:
            yield replace(refusal, notes=(*refusal.notes, str(error)))

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


def _resolved(history: Sequence[Turn], names: Collection[str]) -> tuple[Turn, ...]:
    """Spell out earlier questions too, so that a chain of follow-ups keeps its topic.

    Questions that were asked in a row are a turn each; the answer goes with the last.
    """
    resolved: tuple[Turn, ...] = ()
    for turn in history:
        *before, last = several_questions(turn.question)
        for part in before:
            resolved = (*resolved, Turn(standalone(part, resolved, names)))
        full = standalone(last, resolved, names)
        resolved = (*resolved, replace(turn, question=full))
    return resolved


def _documents(index: OpenIndex) -> Iterator[Document]:
    return (read_document(index.folder, each) for each in index.manifest.documents)


def _timed(answer: Answer, started: float) -> Answer:
    return replace(answer, seconds=round(time.perf_counter() - started, 4))
