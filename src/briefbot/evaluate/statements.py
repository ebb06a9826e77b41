"""Statements that somebody read by hand: does the verifier judge them as the reader did?"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from briefbot.embed import word_similarity
from briefbot.errors import EvaluationCaseError
from briefbot.evaluate.json_lines import Identified, read_lines
from briefbot.evaluate.metrics import Metric, proportion
from briefbot.pipeline import BriefBot
from briefbot.types import Citation, Verdict
from briefbot.verdict import check_statement


class QuoteOf(BaseModel):
    """A sentence of a document."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: str
    quote: str


class StatementCase(Identified):
    """A statement as a chat model or a careless writer put it.

    Attributes:
        writer: Who wrote it.
        question: What it answers; empty where it was written to its quotes alone.
        quotes: What it rests on.
        supported: The reader's verdict: the quotes say all that the statement says.
        verdict, shown: The verifier's verdict and what it let through when the line was read.
        note: Why the reader judged so, or what the writer did to the quotes.
    """

    writer: str
    question: str = ""
    statement: str
    quotes: tuple[QuoteOf, ...] = Field(min_length=1)
    supported: bool
    verdict: Verdict
    shown: str
    note: str


@dataclass(frozen=True, slots=True)
class StatementResult:
    """A statement with what the verifier makes of it now."""

    case: StatementCase
    verdict: Verdict
    shown: str
    reason: str

    @property
    def wrongly_shown(self) -> bool:
        """Whether a statement stands as written that its quotes do not bear out."""
        return self.verdict is Verdict.VERIFIED and not self.case.supported

    @property
    def wrongly_withheld(self) -> bool:
        """Whether a sound statement is lost, its place not taken by the sentence it cites."""
        return self.verdict is Verdict.WITHHELD and self.case.supported

    @property
    def needlessly_replaced(self) -> bool:
        """Whether a sound statement gave way to the sentence it cites."""
        return self.verdict is Verdict.REPLACED and self.case.supported


def load_statements(path: Path) -> list[StatementCase]:
    """Read a JSON Lines file of statements.

    Raises:
        EvaluationCaseError: If the file is missing or a line is malformed.
    """
    return read_lines(path, StatementCase)


def check_all(
    bot: BriefBot,
    cases: Sequence[StatementCase],
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[StatementResult]:
    """Run each statement through the verifier, alone.

    Raises:
        EvaluationCaseError: If a quote does not stand in its document.
    """
    similar = word_similarity(bot.embedder)
    words = sorted({word for case in cases for word in _words(case)})
    if words:
        similar(words[0], words)  # in one go: one by one takes many times as long

    def text_of(document: str) -> str:
        return bot.document(document).text

    results = []
    for done, case in enumerate(cases):
        if progress:
            progress("checking", done, len(cases))
        citations = [
            _located(case, quote, n, text_of(quote.document))
            for n, quote in enumerate(case.quotes, start=1)
        ]
        checked = check_statement(case.statement, citations, text_of, (), similar)
        results.append(
            StatementResult(case, checked.check.verdict, checked.text, checked.check.reason)
        )
    return results


def _words(case: StatementCase) -> list[str]:
    texts = (case.statement, *(quote.quote for quote in case.quotes))
    return [word for text in texts for word in re.findall(r"[^\W\d_]+", text.casefold())]


def _located(case: StatementCase, quote: QuoteOf, n: int, text: str) -> Citation:
    start = text.find(quote.quote)
    if start < 0:
        raise EvaluationCaseError(
            f"{quote.document} does not hold a quote of the statement {case.id!r}.",
            hint="Copy the sentence as it stands in the document.",
        )
    end = start + len(quote.quote)
    return Citation(n, quote.document, quote.document, quote.quote, start, end)


def summarise_statements(results: Sequence[StatementResult]) -> dict[str, Metric]:
    """Sum up, together and by writer: verdicts as shares, and where the reader disagrees."""
    summary: dict[str, Metric] = {}
    writers = dict.fromkeys(result.case.writer for result in results)
    for writer in ("", *(writers if len(writers) > 1 else ())):
        chosen = [r for r in results if writer in {"", r.case.writer}]
        sound = [r for r in chosen if r.case.supported]
        unsound = [r for r in chosen if not r.case.supported]
        shares = {verdict.value: [r.verdict is verdict for r in chosen] for verdict in Verdict}
        shares["wrongly_shown"] = [r.wrongly_shown for r in unsound]
        shares["wrongly_withheld"] = [r.wrongly_withheld for r in sound]
        shares["needlessly_replaced"] = [r.needlessly_replaced for r in sound]
        summary |= {
            f"{name}/{writer}" if writer else name: proportion(values)
            for name, values in shares.items()
        }
    return summary
