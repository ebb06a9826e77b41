"""What the commands share: options, opening a bot, progress, JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from briefbot.build import Progress
    from briefbot.errors import BriefBotError
    from briefbot.pipeline import BriefBot
    from briefbot.settings import Settings

Corpus = Annotated[Path | None, typer.Option("--corpus", help="Folder of documents [corpus].")]
Index = Annotated[Path | None, typer.Option("--index", help="Folder of the index [index].")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
TopK = Annotated[int | None, typer.Option("--top-k", help="Passages per question [8].")]
Model = Annotated[
    str | None, typer.Option("--model", help="Chat model as provider:name [built-in answerer].")
]
Strictness = Annotated[
    float | None,
    typer.Option("--strictness", help="Probability of an answer below which to refuse [0.45]."),
]
Batch = Annotated[
    Path | None, typer.Option("--batch", help="JSON Lines file of {id, question, history?}.")
]
Output = Annotated[
    Path | None, typer.Option("--output", help="File for the batch's answers [stdout].")
]


def read_settings(**options: Any) -> Settings:
    """Read the settings in force; options that were given win."""
    from briefbot.settings import load_settings  # noqa: PLC0415

    return load_settings(**options)


def open_bot(settings: Settings) -> BriefBot:
    """Open the index that the settings name."""
    from briefbot.pipeline import BriefBot  # noqa: PLC0415

    return BriefBot.open(settings=settings)


def require_one(question: str | None, batch: Path | None) -> None:
    """Refuse both a question and a batch file, or neither."""
    if (question is None) == (batch is None):
        raise typer.BadParameter("Give either a question or --batch FILE.")


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show a progress bar on stderr while it is a terminal."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def tell(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total)

        yield tell


def print_json(value: object) -> None:
    """Print one object on one line."""
    typer.echo(json_line(value))


def json_line(value: object) -> str:
    """Write a value as JSON on one line, letters as they are."""
    return json.dumps(value, ensure_ascii=False)


def count(number: int, noun: str) -> str:
    """Write "1 document" or "2 documents"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def print_error(error: BriefBotError) -> None:
    """Say on stderr what failed and what to do."""
    typer.echo(f"Error: {error.message}", err=True)
    typer.echo(error.hint, err=True)
