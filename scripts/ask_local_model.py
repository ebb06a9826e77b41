"""Ask evaluation cases through a local chat model; report verified, withheld, refused, seconds.

The settings in force apply (BRIEFBOT_TOP_K, BRIEFBOT_MODEL_THREADS, …). With --output each
statement is written with the quotes that it rests on, to be read by hand and then put into
evaluation/statements.jsonl.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from briefbot.answer import Answerer, Cited
from briefbot.evaluate.cases import load_cases
from briefbot.pipeline import BriefBot
from briefbot.read import Reading
from briefbot.settings import load_settings
from briefbot.types import Metered, Passage, Usage
from briefbot.wiring import build_answerer, build_embedder

CASES = Path(__file__).parent.parent / "evaluation" / "corpus.jsonl"


class Recorder:
    """An `Answerer` that keeps what another one proposes, before it is checked."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer
        self.proposed: list[Cited] = []

    @property
    def name(self) -> str:
        """The name of the other one."""
        return self._answerer.name

    def answer(
        self, question: str, passages: Sequence[Passage], reading: Reading
    ) -> Iterator[Cited]:
        """Let the other one answer, and keep what it says."""
        self.proposed = []
        return _Recorded(self._answerer.answer(question, passages, reading), self.proposed)


class _Recorded(Iterator[Cited]):
    def __init__(self, proposals: Iterator[Cited], kept: list[Cited]) -> None:
        self._proposals = proposals
        self._kept = kept

    def __next__(self) -> Cited:
        self._kept.append(next(self._proposals))
        return self._kept[-1]

    @property
    def usage(self) -> Usage | None:
        return self._proposals.usage if isinstance(self._proposals, Metered) else None


def main() -> None:
    """Ask, and print what became of each statement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="local:qwen2.5-coder-1.5b")
    parser.add_argument("--cases", type=int, default=30)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--timeout", type=float, default=900)
    parser.add_argument("--output", type=Path, help="statements, JSON Lines, are added")
    options = parser.parse_args()
    settings = load_settings(
        model=options.model, index_dir=options.index, model_timeout_s=options.timeout
    )
    cases = [case for case in load_cases(CASES) if case.answerable]
    step = max(1, len(cases) // options.cases)
    recorder = Recorder(build_answerer(settings))
    bot = BriefBot(settings, embedder=build_embedder(settings), answerer=recorder)
    verdicts: Counter[str] = Counter()
    seconds = []
    for case in cases[::step][: options.cases]:
        answer = bot.ask(case.question, case.turns)
        if answer.answerer != settings.model:
            sys.exit(" ".join(answer.notes))
        verdicts.update(check.verdict.value for check in answer.verification)
        verdicts["answered" if answer.statements else "refused"] += 1
        if answer.usage:
            seconds.append(answer.seconds)
        print(f"{case.id}  {answer.seconds:.0f} s  {answer.text}")
        for check in answer.verification:
            print(f"    {check.verdict.value} {check.reason}: {check.statement}")
        print(f"    {answer.usage} {' '.join(answer.notes)}", flush=True)
        if options.output and answer.verification:
            with options.output.open("a", encoding="utf-8") as file:
                file.writelines(as_lines(case.id, case.question, recorder))
    print(", ".join(f"{name} {number}" for name, number in sorted(verdicts.items())))
    if seconds:
        print(
            f"median seconds of the answers that the model wrote: {statistics.median(seconds):.0f}"
        )


def as_lines(case: str, question: str, recorder: Recorder) -> Iterator[str]:
    """Write the statements of the last answer; whoever reads them adds the verdict."""
    for number, cited in enumerate(recorder.proposed, start=1):
        named = {c.n: c for c in cited.citations}
        quotes = [named[n] for n in cited.statement.citations if n in named]
        entry = {
            "id": f"{case}-{number}",
            "writer": recorder.name,
            "question": question,
            "statement": cited.statement.text,
            "quotes": [{"document": c.document, "quote": c.quote} for c in quotes],
        }
        yield f"{json.dumps(entry, ensure_ascii=False)}\n"


if __name__ == "__main__":
    main()
