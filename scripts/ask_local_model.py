"""Ask evaluation cases through a local chat model; report verified, withheld, refused, seconds.

The settings in force apply (BRIEFBOT_TOP_K, BRIEFBOT_MODEL_THREADS, …).
"""

from __future__ import annotations

import argparse
import statistics
from collections import Counter
from pathlib import Path

from briefbot.evaluate.cases import load_cases
from briefbot.pipeline import BriefBot
from briefbot.settings import load_settings


def main() -> None:
    """Ask, and print what became of each statement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="local:qwen2.5-coder-1.5b")
    parser.add_argument("--cases", type=int, default=30)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--timeout", type=float, default=900)
    options = parser.parse_args()
    settings = load_settings(
        model=options.model, index_dir=options.index, model_timeout_s=options.timeout
    )
    cases = load_cases(Path(__file__).parent.parent / "evaluation" / "cases.jsonl")
    step = max(1, len(cases) // options.cases)
    bot = BriefBot.open_or_build(settings)
    verdicts: Counter[str] = Counter()
    seconds = []
    for case in cases[::step][: options.cases]:
        answer = bot.ask(case.question, case.turns)
        if answer.answerer != settings.model:
            raise SystemExit(" ".join(answer.notes))
        verdicts.update(check.verdict.value for check in answer.verification)
        verdicts["answered" if answer.statements else "refused"] += 1
        if answer.usage:
            seconds.append(answer.seconds)
        print(f"{case.id}  {answer.seconds:.0f} s  {answer.text}")
        for check in answer.verification:
            print(f"    {check.verdict.value} {check.reason}: {check.statement}")
        print(f"    {answer.usage} {' '.join(answer.notes)}", flush=True)
    print(", ".join(f"{name} {number}" for name, number in sorted(verdicts.items())))
    if seconds:
        print(
            f"median seconds of the answers that the model wrote: {statistics.median(seconds):.0f}"
        )


if __name__ == "__main__":
    main()
