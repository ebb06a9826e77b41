"""The commands model fetch and model list."""

from __future__ import annotations

from typing import Annotated

import typer

from briefbot.cli.shared import AsJson, print_json, progress_bar

model_app = typer.Typer(
    help="Fetch and list chat models that run on this machine, without a server.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@model_app.command()
def fetch(
    name: Annotated[
        str | None, typer.Argument(help="The model, as `briefbot model list` names it [first].")
    ] = None,
) -> None:
    """Download a model into the cache folder and check its bytes."""
    from briefbot import model_files  # noqa: PLC0415 - it imports an HTTP client

    model = model_files.known_model(name) if name else model_files.MODELS[0]
    with progress_bar() as progress:
        path = model_files.fetch(model, model_files.models_folder(), progress=progress)
    typer.echo(f"{model.name} → {path}")
    typer.echo(f"Use it with --model {model_files.LOCAL_PREFIX}{model.name}")


@model_app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List the models that can be fetched, and which are there."""
    from briefbot.model_files import LOCAL_PREFIX, MODELS, models_folder  # noqa: PLC0415

    found = [
        {
            "model": f"{LOCAL_PREFIX}{model.name}",
            "file": str(models_folder() / model.file),
            "fetched": (models_folder() / model.file).is_file(),
            "size_bytes": model.size_bytes,
            "licence": model.licence,
        }
        for model in MODELS
    ]
    if as_json:
        print_json(found)
        return
    for item in found:
        state = "fetched" if item["fetched"] else "not fetched"
        size_gb = int(str(item["size_bytes"])) / 1e9
        typer.echo(f"{item['model']}  {size_gb:.1f} GB  {item['licence']}  {state}")
        typer.echo(f"  {item['file']}")
