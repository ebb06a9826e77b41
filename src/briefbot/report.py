"""Answers and reports as plain JSON values: the contract of `--json` in docs/cli.md (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from briefbot.types import Answer, Citation, IndexReport, Passage, SourceRef

Json = dict[str, Any]


def answer_json(answer: Answer) -> Json:
    """Describe an answer; the keys are a contract that outside tools rely on."""
    return {
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "status": answer.status.value,
        "answer": answer.text,
        "statements": [
            {
                "text": statement.text,
                "citations": list(statement.citations),
                "heading": statement.layout.heading,
                "lead": statement.layout.lead,
                "is_item": statement.layout.is_item,
            }
            for statement in answer.statements
        ],
        "citations": [_citation_json(citation) for citation in answer.citations],
        "short_answer": asdict(answer.short_answer) if answer.short_answer else None,
        "passages": passages_json(answer.passages),
        "confidence": answer.confidence,
        "notes": list(answer.notes),
        "answerer": answer.answerer,
        "kind": answer.kind,
        "seconds": answer.seconds,
        "verification": [
            {
                "statement": check.statement,
                "verdict": check.verdict.value,
                "reason": check.reason,
                "citations": list(check.citations),
            }
            for check in answer.verification
        ],
        "usage": asdict(answer.usage) if answer.usage else None,
        "request": answer.request.value,
    }


def _citation_json(citation: Citation) -> Json:
    return {
        "n": citation.n,
        "document": citation.document,
        "title": citation.title,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "heading": citation.heading,
        "url": citation.url,
        "date": citation.date,
        "sources": [asdict(source) for source in citation.sources],
        "location": citation.location,
    }


def source_line(source: SourceRef) -> str:
    """Write a source in one line: key, title, publisher, date, address."""
    parts = (source.publisher, source.date, source.url)
    return ", ".join([f"[{source.key}] {source.title}", *(part for part in parts if part)])


def passages_json(passages: Sequence[Passage]) -> list[Json]:
    """Describe passages, best first."""
    return [
        {
            "document": passage.chunk.document,
            "title": passage.chunk.title,
            "heading": " › ".join(passage.chunk.heading),
            "text": passage.chunk.text,
            "start": passage.chunk.start,
            "end": passage.chunk.end,
            "url": passage.chunk.url,
            "date": passage.chunk.date,
            "score": passage.score,
        }
        for passage in passages
    ]


def index_json(report: IndexReport) -> Json:
    """Describe a build."""
    return asdict(report)
