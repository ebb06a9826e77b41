"""The commands index and info."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Annotated

import typer

from briefbot.cli.shared import (
    AsJson,
    Corpus,
    Index,
    count,
    print_error,
    print_json,
    progress_bar,
    read_settings,
)

if TYPE_CHECKING:
    from briefbot.settings import Settings
    from briefbot.types import IndexReport

_PATHS_SHOWN = 10


def index_command(
    corpus: Corpus = None,
    index: Index = None,
    as_json: AsJson = False,
    if_needed: Annotated[
        bool, typer.Option("--if-needed", help="Do nothing if the index is up to date [default].")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build afresh even if the index is up to date.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 if any file was skipped.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Check the index and build nothing.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Index again whenever the folder changes.")
    ] = False,
) -> None:
    """Bring the index up to date; the old one answers until the new one is whole."""
    if sum((if_needed, rebuild, check)) > 1 or (check and watch):
        raise typer.BadParameter("Give one of --if-needed, --rebuild and --check.")
    settings = read_settings(corpus_dir=corpus, index_dir=index)
    if check:
        _check(settings, as_json=as_json)
    elif watch:
        _watch(settings, rebuild=rebuild, as_json=as_json)
    else:
        report = _build(settings, rebuild=rebuild)
        print_report(report, as_json=as_json)
        if strict and report.skipped:
            raise typer.Exit(1)


def info(index: Index = None, as_json: AsJson = False) -> None:
    """Describe the index: documents, passages, model, settings, sizes, when it was built."""
    from dataclasses import asdict  # noqa: PLC0415 - keeps --help fast

    from briefbot.generation import read_manifest  # noqa: PLC0415
    from briefbot.index_folder import current_generation, part_sizes  # noqa: PLC0415

    settings = read_settings(index_dir=index)
    generation = current_generation(settings.index_dir)
    values = asdict(read_manifest(generation))
    values |= values.pop("settings")
    values |= {
        "index_dir": str(settings.index_dir),
        "generation": generation.name,
        "bytes": part_sizes(generation),
    }
    if as_json:
        print_json(values)
        return
    documents = values.pop("documents")
    sizes = values.pop("bytes")
    for key, value in values.items():
        typer.echo(f"{key.replace('_', ' ')}: {value}")
    for part, size in sizes.items():
        typer.echo(f"size of {part.replace('_', ' ')}: {size / 1e6:.1f} MB")
    typer.echo(f"documents: {len(documents)}")
    for document in documents:
        typer.echo(f"  {document}")


def _build(settings: Settings, *, rebuild: bool) -> IndexReport:
    from briefbot.build import build_index  # noqa: PLC0415 - keeps --help fast

    with progress_bar() as progress:
        return build_index(settings, progress=progress, force=rebuild)


def _check(settings: Settings, *, as_json: bool) -> None:
    from dataclasses import asdict  # noqa: PLC0415

    from briefbot.build import check_index  # noqa: PLC0415

    with progress_bar() as progress:
        found = check_index(settings, progress=progress)
    if as_json:
        print_json(asdict(found))
    elif not found.defects:
        typer.echo(
            f"The index in {found.index_dir} is whole: {count(found.documents, 'document')}, "
            f"{count(found.passages, 'passage')}, checked in {found.seconds:.1f} s."
        )
    else:
        for defect in found.defects:
            typer.echo(defect, err=True)
        typer.echo("Run `briefbot index --rebuild` to build it afresh.", err=True)
    if found.defects:
        raise typer.Exit(1)


def _watch(settings: Settings, *, rebuild: bool, as_json: bool) -> None:
    """Index now and after every change, until Ctrl-C; a build that fails ends nothing."""
    from briefbot.errors import BriefBotError  # noqa: PLC0415
    from briefbot.load import corpus_files  # noqa: PLC0415
    from briefbot.watch import settled_changes  # noqa: PLC0415

    corpus_files(settings.corpus_dir)  # a folder that is not there cannot be watched
    with contextlib.suppress(KeyboardInterrupt):
        for changes in settled_changes(settings.corpus_dir, ignore=settings.index_dir):
            try:
                report = _build(settings, rebuild=rebuild and not changes)
            except BriefBotError as error:
                print_error(error)
                continue
            print_report(report, as_json=as_json)
            if not changes:
                typer.echo(f"Watching {settings.corpus_dir} (Ctrl-C stops it).", err=True)


def print_report(report: IndexReport, *, as_json: bool) -> None:
    """Say what a build did."""
    from briefbot.report import index_json  # noqa: PLC0415

    if as_json:
        print_json(index_json(report))
        return
    if report.up_to_date:
        typer.echo(f"The index in {report.index_dir} is up to date.")
    typer.echo(
        f"{count(report.documents, 'document')}, {count(report.passages, 'passage')}, "
        f"{len(report.skipped)} skipped, {report.seconds:.1f} s → {report.index_dir}"
    )
    if not report.up_to_date:
        typer.echo(
            f"{len(report.added):,} added, {len(report.changed):,} changed, "
            f"{len(report.removed):,} removed, {len(report.renamed):,} renamed, "
            f"{report.unchanged:,} unchanged; {count(report.embedded, 'passage')} embedded anew"
        )
        _print_paths("added", report.added)
        _print_paths("changed", report.changed)
        _print_paths("removed", report.removed)
        _print_paths("renamed", [f"{move.before} → {move.after}" for move in report.renamed])
    for note in report.notes:
        typer.echo(f"  {note}")
    for skipped in report.skipped:
        typer.echo(f"  skipped {skipped.path}: {skipped.reason}", err=True)


def _print_paths(what: str, paths: tuple[str, ...] | list[str]) -> None:
    for path in paths[:_PATHS_SHOWN]:
        typer.echo(f"  {what} {path}")
    if len(paths) > _PATHS_SHOWN:
        typer.echo(f"  {what} {len(paths) - _PATHS_SHOWN:,} more")
