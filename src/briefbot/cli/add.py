"""The command add."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from briefbot.cli.index import index_command
from briefbot.cli.shared import Corpus, Index, print_error, read_settings
from briefbot.errors import BriefBotError, UploadError

if TYPE_CHECKING:
    from briefbot.uploads import Upload


def add(
    sources: Annotated[
        list[str], typer.Argument(metavar="PATH_OR_URL", help="Files and web addresses.")
    ],
    corpus: Corpus = None,
    index: Index = None,
    rebuild: Annotated[
        bool, typer.Option("--index-now/--no-index", help="Rebuild the index afterwards.")
    ] = True,
    allow_private: Annotated[
        bool,
        typer.Option("--allow-private", help="Fetch from this machine and private networks too."),
    ] = False,
) -> None:
    """Copy files or fetch web pages into the corpus, and index them."""
    from briefbot.uploads import find_upload, save_upload  # noqa: PLC0415

    settings = read_settings(corpus_dir=corpus, index_dir=index)
    failed = added = 0
    for source in sources:
        try:
            upload = _read(source, allow_private=allow_private)
            known = find_upload(upload.data, settings.corpus_dir)
            path = known or save_upload(upload.name, upload.data, settings.corpus_dir)
        except BriefBotError as error:
            print_error(error)
            failed += 1
            continue
        added += known is None
        typer.echo(f"{source} {'is there already as' if known else '→'} {path}")
    if rebuild and added:
        index_command(corpus=corpus, index=index)
    if failed:
        raise typer.Exit(1)


def _read(source: str, *, allow_private: bool) -> Upload:
    from briefbot.uploads import Upload  # noqa: PLC0415
    from briefbot.web import fetch_url, is_url  # noqa: PLC0415

    if is_url(source):
        return fetch_url(source, allow_private=allow_private)
    path = Path(source)
    try:
        return Upload(path.name, path.read_bytes(), "")
    except OSError as error:
        raise UploadError(
            f"{source} cannot be read ({error.strerror}).",
            hint="Name files, or web addresses that begin with https:// or http://.",
        ) from error
