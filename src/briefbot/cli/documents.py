"""The commands list and remove."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from briefbot.cli.index import print_report
from briefbot.cli.shared import (
    AsJson,
    Corpus,
    Index,
    count,
    print_json,
    progress_bar,
    read_settings,
)

if TYPE_CHECKING:
    from briefbot.settings import Settings


def list_command(index: Index = None, as_json: AsJson = False) -> None:
    """List the documents of the index: paths, title, kind, date, passages."""
    from dataclasses import asdict  # noqa: PLC0415 - keeps --help fast

    from briefbot.generation import read_catalog  # noqa: PLC0415
    from briefbot.index_folder import current_generation  # noqa: PLC0415

    settings = read_settings(index_dir=index)
    records = read_catalog(current_generation(settings.index_dir))
    if as_json:
        shown = ("paths", "title", "kind", "date", "passages", "digest")
        print_json(
            {
                "documents": [
                    {"document": record.path, **{key: asdict(record)[key] for key in shown}}
                    for record in records
                ]
            }
        )
        return
    for record in records:
        facts = [record.title, record.kind, record.date, count(record.passages, "passage")]
        typer.echo(f"{record.path}: {', '.join(fact for fact in facts if fact)}")
        for path in record.paths[1:]:
            typer.echo(f"  the same file: {path}")


def remove(
    document: Annotated[
        str, typer.Argument(help="Path of the document, as `briefbot list` shows.")
    ],
    corpus: Corpus = None,
    index: Index = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a document's file from the corpus folder, every copy of it, and index again."""
    settings = read_settings(corpus_dir=corpus, index_dir=index)
    paths = _files_of(settings, document)
    for path in paths:
        typer.echo(f"  {path}", err=True)
    if not yes and not typer.confirm(f"Delete {count(len(paths), 'file')} for good?", err=True):
        raise typer.Exit(1)
    _delete(settings, paths, as_json=as_json)


def _delete(settings: Settings, paths: list[Path], *, as_json: bool) -> None:
    from briefbot.build import build_index, remove_index  # noqa: PLC0415
    from briefbot.errors import CorpusError  # noqa: PLC0415

    for path in paths:
        path.unlink(missing_ok=True)
    try:
        with progress_bar() as progress:
            report = build_index(settings, progress=progress)
    except CorpusError as error:
        remove_index(settings)  # else it would go on answering from what was deleted
        typer.echo(f"The index was removed too, since there is nothing to index: {error}", err=True)
        return
    print_report(report, as_json=as_json)


def _files_of(settings: Settings, document: str) -> list[Path]:
    """Find the files of a document: those of the index's catalog, and the one that is named.

    Raises:
        CorpusError: If there is no such file, or it lies outside the corpus folder.
    """
    from briefbot.errors import (  # noqa: PLC0415
        CorpusError,
        IndexDamagedError,
        IndexMismatchError,
        IndexMissingError,
    )
    from briefbot.generation import read_catalog  # noqa: PLC0415
    from briefbot.index_folder import current_generation  # noqa: PLC0415

    try:
        records = read_catalog(current_generation(settings.index_dir))
    except (IndexMissingError, IndexDamagedError, IndexMismatchError):
        records = ()
    root = settings.corpus_dir
    copies = next((record.paths for record in records if document in record.paths), ())
    files = [_inside(root, name) for name in dict.fromkeys((document, *copies))]
    found = [path for path in files if path.is_file() or path.is_symlink()]
    if not found and not copies:
        raise CorpusError(
            f"There is no document {document} in {root}.",
            hint="`briefbot list` shows the documents of the index.",
        )
    return found


def _inside(root: Path, name: str) -> Path:
    from briefbot.errors import CorpusError  # noqa: PLC0415

    path = root / name
    if "\0" in name or not path.parent.resolve().is_relative_to(root.resolve()):
        raise CorpusError(
            f"{name} lies outside the corpus folder {root}.",
            hint="Only files of the corpus are deleted; `briefbot list` shows them.",
        )
    return path
