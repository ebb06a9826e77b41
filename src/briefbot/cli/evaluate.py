"""The command eval."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
) -> None:
    """Measure retrieval, citations, answers, refusal and latency on cases, with 95% intervals."""
    from briefbot.evaluate import gate, runner  # noqa: PLC0415
    from briefbot.evaluate.cases import load_cases  # noqa: PLC0415

    chosen = load_cases(cases, split=split)
    bot = open_bot(read_settings(index_dir=index, strictness=strictness))
    with progress_bar() as progress:
        results = runner.run(bot, chosen, progress=progress)
    if output is not None:
        output.write_text("".join(f"{json_line(r.as_json())}\n" for r in results), "utf-8")
    summary = runner.summarise(results)
    if as_json:
        print_json({name: metric.as_json() for name, metric in summary.items()})
    else:
        typer.echo(runner.as_table(summary))
    if floors is not None:
        broken = gate.broken_floors(summary, floors, cases=cases, digest=bot.info().corpus_digest)
        for line in broken:
            typer.echo(line, err=True)
        if broken:
            raise typer.Exit(1)
