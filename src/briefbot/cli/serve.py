"""The command serve."""

from __future__ import annotations

from typing import Annotated

import typer

from briefbot.cli.shared import Corpus, Index, Model, progress_bar, read_settings


def serve(
    corpus: Corpus = None,
    index: Index = None,
    host: Annotated[str | None, typer.Option("--host", help="Address [127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port [7860].")] = None,
    model: Model = None,
    build: Annotated[
        bool, typer.Option("--build/--no-build", help="Build a missing or stale index first.")
    ] = True,
) -> None:
    """Open the web chat."""
    from briefbot.pipeline import BriefBot  # noqa: PLC0415
    from briefbot.ui import launch  # noqa: PLC0415

    settings = read_settings(corpus_dir=corpus, index_dir=index, host=host, port=port, model=model)
    if build:
        with progress_bar() as progress:
            bot = BriefBot.open_or_build(settings, progress=progress)
    else:
        bot = BriefBot.open(settings=settings)
    launch(bot, settings)
