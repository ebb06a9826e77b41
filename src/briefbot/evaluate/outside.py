"""Question sets from outside: a folder of documents and questions with answers and evidence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from briefbot.errors import EvaluationCaseError
from briefbot.evaluate.answer_scores import normalised, rouge_l, word_f1, word_recall
from briefbot.evaluate.metrics import Metric, mean, proportion, quantile, reciprocal_rank
from briefbot.evaluate.thresholds import auroc, auroc_interval, fitted_accuracy
from briefbot.pipeline import BriefBot
from briefbot.types import Answer, AnswerStatus, Passage

RETRIEVED = 10
"""Passages that a ranking is judged by."""
_TOKEN_RECALL_DEPTH = 5


class SetEvidence(BaseModel):
    """A quote of a document that answers; offsets where the set gives them."""

    model_config = ConfigDict(frozen=True)

    doc: str
    text: str
    start: int | None = None
    end: int | None = None


class SetQuestion(BaseModel):
    """A question of a set.

    Attributes:
        answers: Right answers, each as good as the others; none where the set has none.
        evidence: Paragraphs or sentences that answer.
        answer_sentence, gold_sentences: The very sentences, where the set names them.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    question: str
    answers: tuple[str, ...] = ()
    evidence: tuple[SetEvidence, ...] = ()
    answerable: bool
    answer_sentence: str = ""
    gold_sentences: tuple[str, ...] = ()

    @property
    def gold(self) -> tuple[str, ...]:
        """What a passage must hold, white space aside, to count as found."""
        if self.answer_sentence:
            return (self.answer_sentence,)
        return self.gold_sentences or tuple(item.text for item in self.evidence)


@dataclass(frozen=True, slots=True)
class SetResult:
    """A question with its answer; asked with the gate open, so that it is judged afterwards.

    `found` is what a search for it returns.
    """

    question: SetQuestion
    answer: Answer
    found: tuple[Passage, ...] = ()

    def as_prediction(self, strictness: float) -> dict[str, Any]:
        """Describe the answer as the sets' own scorer reads it."""
        answer = self.answer
        return {
            "id": self.question.id,
            "question": self.question.question,
            "answer": " ".join(statement.text for statement in answer.statements),
            "short_answer": answer.short_answer.text if answer.short_answer else "",
            "refused": refuses(answer, strictness),
            "confidence": answer.confidence,
            "citations": [{"doc": c.document, "text": c.quote} for c in answer.citations],
            "retrieved": [
                {
                    "doc": p.chunk.document,
                    "text": p.chunk.text,
                    "start": p.chunk.start,
                    "end": p.chunk.end,
                }
                for p in self.found[:RETRIEVED]
            ],
            "seconds": answer.seconds,
        }


def load_set(folder: Path) -> list[SetQuestion]:
    """Read `questions.jsonl` of a set; its documents lie in `docs/`.

    Raises:
        EvaluationCaseError: If a file is missing or a line is malformed.
    """
    path = folder / "questions.jsonl"
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationCaseError(
            f"The questions {path} cannot be read ({error}).",
            hint="Name a folder that holds questions.jsonl and docs/.",
        ) from error
    questions = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            questions.append(SetQuestion.model_validate(json.loads(line)))
        except (json.JSONDecodeError, ValidationError) as error:
            raise EvaluationCaseError(
                f"{path}, line {number} is not a question ({str(error).splitlines()[0]}).",
                hint="It needs id, question, answers, evidence and answerable.",
            ) from error
    return questions


def ask_all(
    bot: BriefBot,
    questions: Sequence[SetQuestion],
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[SetResult]:
    """Ask each question; one is asked before, so that latencies are warm."""
    results = []
    if questions:
        bot.ask(questions[0].question)
    for done, question in enumerate(questions):
        if progress:
            progress("asking", done, len(questions))
        found = bot.search(question.question, top_k=RETRIEVED)
        results.append(SetResult(question, bot.ask(question.question), found))
    return results


def refuses(answer: Answer, strictness: float) -> bool:
    """Whether the answer would have been "not in the documents" under a strictness."""
    return answer.status is AnswerStatus.NOT_IN_DOCUMENTS or answer.confidence < strictness


# --- summing up ---------------------------------------------------------------------------------


def summarise_set(results: Sequence[SetResult], *, strictness: float) -> dict[str, Metric]:
    """Sum up: retrieval, answers as if never refusing, refusal, and latency.

    Returns:
        Metrics in [0, 1] by name, latencies in seconds. `balanced_accuracy` is that of a threshold
        fitted on one half and tested on the other; `refusal` is that of `strictness`.
    """
    answerable = [r for r in results if r.question.answerable and r.question.evidence]
    summary = retrieval(answerable)
    summary |= answers(answerable)
    summary |= refusal(results, strictness)
    seconds = [r.answer.seconds for r in results]
    for name, share in (("latency_p50_s", 0.5), ("latency_p95_s", 0.95)):
        value = quantile(seconds, share)
        summary[name] = Metric(value, value, value, len(seconds))
    return summary


def retrieval(answerable: Sequence[SetResult]) -> dict[str, Metric]:
    """Judge the rankings: by gold sentences, and by characters where evidence has offsets."""
    hits = [gold_hits(r.question, r.found) for r in answerable]
    summary = {
        "hits@1": proportion([any(row[:1]) for row in hits]),
        "hits@4": proportion([any(row[:4]) for row in hits]),
        "mrr@10": mean([reciprocal_rank(row) for row in hits]),
    }
    ranges = [
        token_scores(r.question.evidence, r.found[:_TOKEN_RECALL_DEPTH])
        for r in answerable
        if all(item.start is not None for item in r.question.evidence)
    ]
    if ranges:
        for column, name in enumerate(("token_recall@5", "token_precision@5", "token_iou@5")):
            summary[name] = mean([row[column] for row in ranges])
    return summary


def gold_hits(question: SetQuestion, passages: Sequence[Passage]) -> list[bool]:
    """Whether each of the first passages holds a gold sentence, white space aside."""
    gold = [_squeezed(text) for text in question.gold]
    texts = [_squeezed(passage.chunk.text) for passage in passages[:RETRIEVED]]
    return [any(wanted in text for wanted in gold) for text in texts]


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def token_scores(
    evidence: Sequence[SetEvidence], passages: Sequence[Passage]
) -> tuple[float, float, float]:
    """Recall, precision and intersection over union of the characters retrieved.

    Evidence lies in one document. Overlapping passages count their characters twice, as in Chroma's
    evaluation of chunking.
    """
    wanted = {i for item in evidence for i in range(item.start or 0, item.end or 0)}
    found = {
        i
        for passage in passages
        if passage.chunk.document == evidence[0].doc
        for i in wanted & set(range(passage.chunk.start, passage.chunk.end))
    }
    retrieved = sum(passage.chunk.end - passage.chunk.start for passage in passages)
    missed = len(wanted) - len(found)
    total = sum((item.end or 0) - (item.start or 0) for item in evidence)
    return len(found) / total, len(found) / max(1, retrieved), len(found) / (retrieved + missed)


def answers(answerable: Sequence[SetResult]) -> dict[str, Metric]:
    """Judge answers as if nothing were refused: short ones, whole ones, and what they cite."""
    scored = [r for r in answerable if r.question.answers]
    summary = {
        "citations_on_evidence": proportion(
            [hit for r in answerable for hit in _cited_evidence(r)],
        )
    }
    if not scored:
        return summary
    short = [r.answer.short_answer.text if r.answer.short_answer else "" for r in scored]
    golds = [r.question.answers for r in scored]
    texts = [" ".join(s.text for s in r.answer.statements) for r in scored]
    pairs = list(zip(short, golds, strict=True))
    whole = list(zip(texts, golds, strict=True))
    return summary | {
        "short_exact": proportion(
            [any(normalised(a) == normalised(g) for g in gs) for a, gs in pairs]
        ),
        "short_f1": mean([max(word_f1(a, g) for g in gs) for a, gs in pairs]),
        "answer_inside": proportion(
            [any(normalised(g) and normalised(g) in normalised(a) for g in gs) for a, gs in whole]
        ),
        "rouge_l": mean([max(rouge_l(a, g) for g in gs) for a, gs in whole]),
        "word_recall": mean([max(word_recall(a, g) for g in gs) for a, gs in whole]),
    }


def _cited_evidence(result: SetResult) -> list[bool]:
    gold = [_squeezed(text) for text in result.question.gold]
    paragraphs = [_squeezed(item.text) for item in result.question.evidence]
    cited = [_squeezed(citation.quote) for citation in result.answer.citations]
    return [
        any(g in c or c in g for g in gold) or any(c in text for text in paragraphs) for c in cited
    ]


def refusal(results: Sequence[SetResult], strictness: float) -> dict[str, Metric]:
    """Judge refusal, where the set holds questions without an answer."""
    with_answer = [r for r in results if r.question.answerable]
    without = [r for r in results if not r.question.answerable]
    if not with_answer or not without:
        return {}
    kept = [r.answer.confidence for r in with_answer]
    lost = [r.answer.confidence for r in without]
    return {
        "refusal": proportion([refuses(r.answer, strictness) for r in without]),
        "false_refusal": proportion([refuses(r.answer, strictness) for r in with_answer]),
        "balanced_accuracy": fitted_accuracy(kept, lost),
        "auroc": auroc_interval(auroc(kept, lost), len(kept), len(lost)),
    }
