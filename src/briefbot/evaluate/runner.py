"""Ask every case and sum up: retrieval, citations, answers, refusal and latency, apart."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from briefbot.cite import is_verbatim
from briefbot.evaluate.cases import Case
from briefbot.evaluate.metrics import (
    Metric,
    mean,
    overlaps,
    proportion,
    quantile,
    reciprocal_rank,
)
from briefbot.pipeline import BriefBot
from briefbot.types import Answer, AnswerStatus


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case with its answer and what was found out about it.

    Attributes:
        hits: For each passage, best first, whether it holds a quote of the evidence.
        verified: For each citation, whether its quote stands at its offsets.
        on_evidence: For each citation, whether it overlaps the evidence.
        has_evidence: Whether every group of the evidence is cited.
        is_right: `has_evidence`, and one of the case's short answers is in the text.
        is_right_elsewhere: The same, the quotes of the case's `also` counting as evidence.
    """

    case: Case
    answer: Answer
    hits: tuple[bool, ...]
    verified: tuple[bool, ...]
    on_evidence: tuple[bool, ...]
    has_evidence: bool
    is_right: bool
    is_right_elsewhere: bool

    @property
    def refused(self) -> bool:
        """Whether the answer is "not in the documents"."""
        return self.answer.status is AnswerStatus.NOT_IN_DOCUMENTS

    def as_json(self) -> dict[str, Any]:
        """One line of the per-case report."""
        return {
            "id": self.case.id,
            "kind": self.case.kind,
            "split": self.case.split,
            "question": self.case.question,
            "standalone_question": self.answer.standalone_question,
            "answerable": self.case.answerable,
            "refused": self.refused,
            "confidence": self.answer.confidence,
            "has_evidence": self.has_evidence,
            "is_right": self.is_right,
            "is_right_elsewhere": self.is_right_elsewhere,
            "first_hit": next((n for n, hit in enumerate(self.hits, start=1) if hit), None),
            "answer": self.answer.text,
            "seconds": self.answer.seconds,
        }


def run(
    bot: BriefBot,
    cases: Sequence[Case],
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[CaseResult]:
    """Ask each case; one question is asked before, so that latencies are warm."""
    results = []
    if cases:
        bot.ask(cases[0].question)
    for done, case in enumerate(cases):
        if progress:
            progress("asking", done, len(cases))
        results.append(judge(bot, case, bot.ask(case.question, case.turns)))
    return results


def judge(bot: BriefBot, case: Case, answer: Answer) -> CaseResult:
    """Compare an answer with its case."""
    quotes = [quote for group in case.evidence for quote in group]
    cited = [citation.quote for citation in answer.citations]
    has_evidence = _cites_all(cited, case.evidence)
    groups = itertools.zip_longest(case.evidence, case.also, fillvalue=())
    elsewhere = _cites_all(cited, [(*group, *same) for group, same in groups])
    text = answer.text.casefold()
    says_it = not case.answers or any(short.casefold() in text for short in case.answers)
    return CaseResult(
        case=case,
        answer=answer,
        hits=tuple(
            any(" ".join(quote.split()) in " ".join(p.chunk.text.split()) for quote in quotes)
            for p in answer.passages
        ),
        verified=tuple(is_verbatim(c, bot.document(c.document).text) for c in answer.citations),
        on_evidence=tuple(any(overlaps(c, quote) for quote in quotes) for c in cited),
        has_evidence=has_evidence,
        is_right=has_evidence and says_it,
        is_right_elsewhere=elsewhere and says_it,
    )


def _cites_all(cited: Sequence[str], groups: Sequence[Sequence[str]]) -> bool:
    """Whether a quote of each group is cited; false if there are none."""
    return bool(groups) and all(
        any(overlaps(quote, evidence) for quote in cited for evidence in group) for group in groups
    )


def summarise(results: Sequence[CaseResult]) -> dict[str, Metric]:
    """Sum up; every rate counts all its cases, a refusal of an answerable one as wrong."""
    answerable = [r for r in results if r.case.answerable]
    refusable = [r for r in results if not r.case.answerable]
    summary = {
        "hits@1": proportion([any(r.hits[:1]) for r in answerable]),
        "hits@4": proportion([any(r.hits[:4]) for r in answerable]),
        "mrr": mean([reciprocal_rank(r.hits) for r in answerable]),
        "citations_verified": proportion([ok for r in results for ok in r.verified]),
        "citations_on_evidence": proportion([ok for r in answerable for ok in r.on_evidence]),
        "answered_with_evidence": proportion([r.has_evidence for r in answerable]),
        "answered_right": proportion([r.is_right for r in answerable]),
        "false_refusal": proportion([r.refused for r in answerable]),
        "refusal": proportion([r.refused for r in refusable]),
    }
    for kind in dict.fromkeys(r.case.kind for r in results):
        summary |= _rates([r for r in results if r.case.kind == kind], kind)
    seconds = [r.answer.seconds for r in results]
    for name, share in (("latency_p50_s", 0.5), ("latency_p95_s", 0.95)):
        value = quantile(seconds, share)
        summary[name] = Metric(value, value, value, len(seconds))
    return summary


def summarise_topics(results: Sequence[CaseResult]) -> dict[str, Metric]:
    """Sum up by the topic that opens the cases' ids: `b05` for `b05-3`, the fifth brief."""
    summary: dict[str, Metric] = {}
    for topic in dict.fromkeys(r.case.topic for r in results):
        summary |= _rates([r for r in results if r.case.topic == topic], topic)
    return summary


def _rates(results: Sequence[CaseResult], name: str) -> dict[str, Metric]:
    answered = [r.is_right for r in results if r.case.answerable]
    refused = [r.refused for r in results if not r.case.answerable]
    rates = {"answered_right": answered, "refusal": refused}
    return {f"{rate}/{name}": proportion(values) for rate, values in rates.items() if values}


def as_table(summary: dict[str, Metric]) -> str:
    """Lay the numbers out for a terminal: rates in percent, latency in seconds."""
    lines = [f"{'metric':<28}{'value':>8}   {'95% interval':<16}{'n':>5}"]
    for name, metric in summary.items():
        if name.endswith("_s"):
            lines.append(f"{name:<28}{metric.value:>8.3f}   {'':<16}{metric.n:>5}")
            continue
        interval = f"{100 * metric.low:.1f} – {100 * metric.high:.1f}"
        lines.append(f"{name:<28}{100 * metric.value:>8.1f}   {interval:<16}{metric.n:>5}")
    return "\n".join(lines)
