"""The command line: a thin shell over BriefBot, one module a group of commands."""

from __future__ import annotations

import logging
import os
import sys

import typer

from briefbot.cli.add import add
from briefbot.cli.corpus import corpus_app
from briefbot.cli.documents import list_command, remove
from briefbot.cli.evaluate import eval_command
from briefbot.cli.index import index_command, info
from briefbot.cli.model import model_app
from briefbot.cli.questions import ask, chat, search
from briefbot.cli.serve import serve
from briefbot.cli.shared import print_error
from briefbot.errors import BriefBotError

app = typer.Typer(
    name="briefbot",
    help="Answer questions about a folder of documents, each sentence with a verified quote.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("index")(index_command)
app.command()(add)
app.command("list")(list_command)
app.command()(remove)
app.command()(ask)
app.command()(search)
app.command()(chat)
app.command()(serve)
app.command()(info)
app.command("eval")(eval_command)
app.add_typer(corpus_app, name="corpus")
app.add_typer(model_app, name="model")


def quiet_libraries() -> None:
    """Keep libraries from the network, from telemetry, and from writing bars over our output."""
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def main() -> None:
    """Run the command line: exit 0 on success, 1 on an expected failure, 2 on wrong usage."""
    quiet_libraries()
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        app()
    except BriefBotError as error:
        print_error(error)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
