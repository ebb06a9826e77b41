"""A chat model as answerer: numbered passages in, statements with citations out."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from langchain_core.language_models import BaseChatModel

from briefbot import prompts
from briefbot.answer import Cited
from briefbot.chat_reply import Attempt, Proposal
from briefbot.cite import Quoted, cite
from briefbot.evidence import Evidence, quotes_of
from briefbot.narrow import narrowed
from briefbot.read import Reading
from briefbot.terms import terms
from briefbot.types import Citation, Passage, Statement, Usage


class Prices(NamedTuple):
    """What a million tokens cost; both 0 where no prices are set."""

    input: float = 0.0
    output: float = 0.0


class ChatAnswerer:
    """Answers by a chat model; the pipeline verifies each statement before it is shown."""

    def __init__(
        self,
        model: BaseChatModel,
        *,
        name: str,
        timeout_s: float = 60.0,
        prices: Prices = Prices(),  # noqa: B008 - a frozen tuple
        most_chars: int = 0,
    ) -> None:
        """Answer with a LangChain chat model.

        Args:
            model: The model.
            name: Shown with the answer.
            timeout_s: Longest wait for a whole reply.
            prices: For the cost of an answer.
            most_chars: Most characters of the passages that the model reads, 0 for all.
        """
        self._model = model
        self._name = name
        self._timeout_s = timeout_s
        self._prices = prices
        self._most_chars = most_chars

    @property
    def name(self) -> str:
        """The chat model's name."""
        return self._name

    def answer(
        self, question: str, passages: Sequence[Passage], reading: Reading
    ) -> Iterator[Cited]:
        """Yield each statement of the reply once it is complete, with the sentences it rests on.

        Raises:
            ChatModelError: If the model cannot be reached or fails.
        """
        if self._most_chars:
            passages = narrowed(passages, reading.evidence, size_chars=self._most_chars)
        fence = f"<<{secrets.token_hex(8)}>>"
        asked = prompts.question_prompt(question, passages, fence)
        attempt = Attempt(self._model, self._name, self._timeout_s, asked)
        sources = _Sources(passages, reading.evidence)
        return _Answering(attempt, sources, self._prices)


class _Answering(Iterator[Cited]):
    """The statements of one reply, and what it has consumed (`types.Metered`)."""

    def __init__(self, attempt: Attempt, sources: _Sources, prices: Prices) -> None:
        self._attempt = attempt
        self._prices = prices
        self._cited = (sources.cited(proposal) for proposal in attempt.proposals())

    def __next__(self) -> Cited:
        return next(self._cited)

    @property
    def usage(self) -> Usage | None:
        """Tokens of all requests for this reply, and their cost where prices are set."""
        counted = self._attempt.tokens
        if not counted.requests:
            return None
        cost = (
            counted.read * self._prices.input + counted.written * self._prices.output
        ) / 1_000_000
        return Usage(counted.read, counted.written, cost if any(self._prices) else None)


class _Sources:
    """The passages of one reply, and what was read in them; numbers each distinct quote once."""

    def __init__(self, passages: Sequence[Passage], evidence: Sequence[Evidence]) -> None:
        self._passages = passages
        self._evidence = evidence
        self._numbers: dict[tuple[str, int, int], int] = {}

    def cited(self, proposal: Proposal) -> Cited:
        """Point a statement to the sentences nearest to it in the passages that it names.

        Small models forget to name any: then all passages are searched. Or they name passages and
        say nothing: then the sentence there that answers best is the statement.
        """
        named = [self._passages[n - 1] for n in proposal.citations if 0 < n <= len(self._passages)]
        says_something = any(letter.isalnum() for letter in proposal.text)
        pointed = None if says_something else self._best_in(named)
        if pointed is not None:
            citation = self._number(pointed)
            return Cited(Statement(pointed.text, (citation.n,)), (citation,))
        quotes = [quote for passage in named for quote in _nearest_quotes(proposal.text, passage)]
        if not proposal.citations:
            quotes = _nearest_of_all(proposal.text, self._passages)
        citations = tuple(self._number(quote) for quote in quotes)
        return Cited(Statement(proposal.text, tuple(c.n for c in citations)), citations)

    def _best_in(self, passages: Sequence[Passage]) -> Quoted | None:
        """Find the sentence with the most evidence in some passages, if any was read there."""
        held = (
            item
            for item in self._evidence
            if any(
                item.quote.chunk.document == passage.chunk.document
                and item.quote.text in passage.chunk.text
                for passage in passages
            )
        )
        best = max(held, key=lambda item: item.score, default=None)
        return best.quote if best else None

    def _number(self, quote: Quoted) -> Citation:
        key = (quote.chunk.document, quote.start, quote.end)
        return cite(quote, self._numbers.setdefault(key, len(self._numbers) + 1))


def _nearest_quotes(sentence: str, passage: Passage) -> list[Quoted]:
    """Find the sentence of a passage nearest to a statement, and a second where it adds to it."""
    wanted = set(terms(sentence))
    quotes = quotes_of(passage.chunk)
    held = {quote: wanted & set(terms(quote.text)) for quote in quotes}
    ranked = sorted(quotes, key=lambda quote: -len(held[quote]))
    adds = [quote for quote in ranked[1:] if len(held[quote] - held[ranked[0]]) >= _ADDS_TERMS]
    return ranked[:1] + adds[:1]


_ADDS_TERMS = 2


def _nearest_of_all(sentence: str, passages: Sequence[Passage]) -> list[Quoted]:
    wanted = set(terms(sentence))
    found = [quote for passage in passages for quote in _nearest_quotes(sentence, passage)[:1]]
    return sorted(found, key=lambda quote: -len(wanted & set(terms(quote.text))))[:1]
