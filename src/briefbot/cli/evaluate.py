"""The command eval."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from briefbot.cli.shared import (
    AsJson,
    Index,
    Output,
    Strictness,
    json_line,
    open_bot,
    print_json,
    progress_bar,
    read_settings,
)

if TYPE_CHECKING:
    from briefbot.evaluate.metrics import Metric
    from briefbot.settings import Settings


def eval_command(
    cases: Annotated[Path, typer.Option("--cases", help="Cases, JSON Lines.")] = Path(
        "evaluation/cases.jsonl"
    ),
    index: Index = None,
    as_json: AsJson = False,
    split: Annotated[str, typer.Option("--split", help="dev, test or all.")] = "all",
    output: Output = None,
    floors: Annotated[
        Path | None, typer.Option("--floors", help="Exit 1 if a number is below this file's.")
    ] = None,
    strictness: Strictness = None,
    question_set: Annotated[
        Path | None,
        typer.Option("--set", help="Folder with docs/ and questions.jsonl, instead of cases."),
    ] = None,
) -> None:
    """Measure retrieval, citations, answers, refusal and latency on cases, with 95% intervals."""
    if question_set is not None:
        _evaluate_set(question_set, read_settings(strictness=strictness), index, output, as_json)
        return
    from briefbot.evaluate import gate, runner  # noqa: PLC0415
    from briefbot.evaluate.cases import load_cases  # noqa: PLC0415

    chosen = load_cases(cases, split=split)
    bot = open_bot(read_settings(index_dir=index, strictness=strictness))
    with progress_bar() as progress:
        results = runner.run(bot, chosen, progress=progress)
    if output is not None:
        output.write_text("".join(f"{json_line(r.as_json())}\n" for r in results), "utf-8")
    summary = runner.summarise(results)
    _print_summary(summary, as_json=as_json)
    if floors is not None:
        broken = gate.broken_floors(summary, floors, cases=cases, digest=bot.info().corpus_digest)
        for line in broken:
            typer.echo(line, err=True)
        if broken:
            raise typer.Exit(1)


def _evaluate_set(
    folder: Path, settings: Settings, index: Path | None, output: Path | None, as_json: bool
) -> None:
    """Index the set's documents, in the folder named or one that is thrown away, and ask."""
    from briefbot.evaluate import outside  # noqa: PLC0415
    from briefbot.pipeline import BriefBot  # noqa: PLC0415

    questions = outside.load_set(folder)
    with tempfile.TemporaryDirectory() as spare, progress_bar() as progress:
        chosen = settings.model_copy(
            update={
                "corpus_dir": folder / "docs",
                "index_dir": index or Path(spare),
                "strictness": 0.0,  # the gate is judged afterwards, on the probabilities
                "top_k": max(settings.top_k, outside.RETRIEVED),
            }
        )
        bot = BriefBot.open_or_build(chosen, progress=progress)
        results = outside.ask_all(bot, questions, progress=progress)
    if output is not None:
        lines = (json_line(r.as_prediction(settings.strictness)) for r in results)
        output.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    summary = outside.summarise_set(results, strictness=settings.strictness)
    _print_summary(summary, as_json=as_json)


def _print_summary(summary: Mapping[str, Metric], *, as_json: bool) -> None:
    from briefbot.evaluate.runner import as_table  # noqa: PLC0415

    if as_json:
        print_json({name: metric.as_json() for name, metric in summary.items()})
    else:
        typer.echo(as_table(dict(summary)))
