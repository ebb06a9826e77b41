"""The commands ask, search and chat."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from briefbot.cli.shared import (
    AsJson,
    Batch,
    Index,
    Model,
    Output,
    Strictness,
    TopK,
    json_line,
    open_bot,
    print_error,
    print_json,
    progress_bar,
    read_settings,
    require_one,
)
from briefbot.errors import BriefBotError, EvaluationCaseError

if TYPE_CHECKING:
    from briefbot.types import Answer, Turn


def ask(
    question: Annotated[str | None, typer.Argument(help="The question.")] = None,
    index: Index = None,
    as_json: AsJson = False,
    batch: Batch = None,
    output: Output = None,
    top_k: TopK = None,
    model: Model = None,
    strictness: Strictness = None,
) -> None:
    """Answer a question, or every question of a batch file."""
    from briefbot.report import answer_json  # noqa: PLC0415

    require_one(question, batch)
    settings = read_settings(index_dir=index, top_k=top_k, model=model, strictness=strictness)
    bot = open_bot(settings)
    if batch is not None:
        _run_batch(batch, output, lambda line: answer_json(bot.ask(line.question, line.history)))
    elif as_json:
        print_json(answer_json(bot.ask(question or "")))
    else:
        _print_answer(bot.ask(question or ""))


def search(
    query: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    index: Index = None,
    as_json: AsJson = False,
    batch: Batch = None,
    output: Output = None,
    top_k: TopK = None,
) -> None:
    """Find passages without answering."""
    from briefbot.register import prose  # noqa: PLC0415
    from briefbot.report import passages_json  # noqa: PLC0415

    require_one(query, batch)
    bot = open_bot(read_settings(index_dir=index, top_k=top_k))

    def found(text: str) -> dict[str, Any]:
        return {"query": text, "passages": passages_json(bot.search(text))}

    if batch is not None:
        _run_batch(batch, output, lambda line: found(line.question))
    elif as_json:
        print_json(found(query or ""))
    else:
        for n, passage in enumerate(bot.search(query or ""), start=1):
            typer.echo(f"{n}. {passage.chunk.context}  ({passage.score:.2f})")
            typer.echo(f"   {' '.join(prose(passage.chunk).split())}\n")


def chat(index: Index = None, model: Model = None, strictness: Strictness = None) -> None:
    """Ask in the terminal, with follow-up questions; an empty line or Ctrl-D ends it."""
    from briefbot.numbering import renumbered  # noqa: PLC0415
    from briefbot.types import Turn  # noqa: PLC0415

    settings = read_settings(index_dir=index, model=model, strictness=strictness)
    bot = open_bot(settings)
    history: list[Turn] = []
    answers: list[Answer] = []
    while question := _prompt():
        try:
            recent = history[-settings.history_turns :] if settings.history_turns else ()
            answer = renumbered(bot.ask(question, recent), answers)
        except BriefBotError as error:
            print_error(error)
            continue
        answers.append(answer)
        if answer.standalone_question != question:
            typer.echo(f"(understood as: {answer.standalone_question})")
        _print_answer(answer)
        history.append(Turn(question, answer.text))


def _run_batch(batch: Path, output: Path | None, answer: Any) -> None:
    """Answer each line of a batch; bad ones are named on stderr and make the exit code 1."""
    from briefbot.batch import BadLine, read_batch  # noqa: PLC0415

    lines = list(read_batch(batch))
    bad = 0
    with _writer(output) as write, progress_bar() as progress:
        for done, line in enumerate(lines):
            progress("answering", done, len(lines))
            reason = line.reason if isinstance(line, BadLine) else ""
            if not isinstance(line, BadLine):
                try:
                    write(json_line({"id": line.id, **answer(line)}) + "\n")
                except BriefBotError as error:
                    reason = str(error)
            if reason:
                bad += 1
                typer.echo(f"{batch}, line {line.number}: {reason}", err=True)
        progress("answering", len(lines), len(lines))
    if bad:
        raise typer.Exit(1)


@contextmanager
def _writer(output: Path | None) -> Iterator[Any]:
    if output is None:
        yield sys.stdout.write
        return
    try:
        file = output.open("w", encoding="utf-8")
    except OSError as error:
        raise EvaluationCaseError(
            f"The output file {output} cannot be written ({error.strerror}).",
            hint="Name another with --output.",
        ) from error
    with file:
        yield file.write


def _print_answer(answer: Answer) -> None:
    from briefbot.register import prose  # noqa: PLC0415
    from briefbot.report import source_line  # noqa: PLC0415

    typer.echo(answer.text)
    for citation in answer.citations:
        where = " › ".join(part for part in (citation.title, citation.heading) if part)
        place = f"{citation.document}:{citation.start}"
        if citation.location:
            place = f"{place}, {citation.location}"
        typer.echo(f"\n[{citation.n}] {where} ({place})")
        typer.echo(f"    “{' '.join(citation.quote.split())}”")
        for source in citation.sources:
            typer.echo(f"    after {source_line(source)}")
    if not answer.citations and not answer.reply:
        typer.echo("\nNearest passages:")
        for passage in answer.passages[:3]:
            typer.echo(
                f"  - {passage.chunk.context}: {' '.join(prose(passage.chunk).split())[:160]}…"
            )
    for note in answer.notes:
        typer.echo(f"\n{note}")


def _prompt() -> str:
    try:
        return input("\n? ").strip()
    except (EOFError, KeyboardInterrupt):
        return ""
