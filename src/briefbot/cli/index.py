"""The commands index and info."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

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
    from briefbot.types import IndexReport


def index_command(
    corpus: Corpus = None,
    index: Index = None,
    as_json: AsJson = False,
    if_needed: Annotated[
        bool, typer.Option("--if-needed", help="Do nothing if the index is up to date.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 if any file was skipped.")
    ] = False,
) -> None:
    """Build the index from the corpus folder; the old one answers until the new one is whole."""
    from briefbot.build import build_index, is_current  # noqa: PLC0415 - keeps --help fast
    from briefbot.wiring import read_corpus  # noqa: PLC0415

    settings = read_settings(corpus_dir=corpus, index_dir=index)
    loaded = read_corpus(settings)
    if if_needed and is_current(settings, loaded):
        report = _unchanged(settings, loaded)
    else:
        with progress_bar() as progress:
            report = build_index(settings, loaded=loaded, progress=progress)
    _print_report(report, as_json=as_json)
    if strict and report.skipped:
        raise typer.Exit(1)


def info(index: Index = None, as_json: AsJson = False) -> None:
    """Describe the index: documents, passages, model, settings, when it was built."""
    from dataclasses import asdict  # noqa: PLC0415

    from briefbot.index_folder import current_generation, read_manifest  # noqa: PLC0415

    settings = read_settings(index_dir=index)
    values = asdict(read_manifest(current_generation(settings.index_dir)))
    values |= values.pop("settings")
    if as_json:
        print_json(values)
        return
    documents = values.pop("documents")
    for key, value in values.items():
        typer.echo(f"{key.replace('_', ' ')}: {value}")
    typer.echo(f"documents: {len(documents)}")
    for document in documents:
        typer.echo(f"  {document}")


def _unchanged(settings: Settings, loaded: Any) -> IndexReport:
    from briefbot.index_folder import current_generation, read_manifest  # noqa: PLC0415
    from briefbot.types import IndexReport  # noqa: PLC0415

    manifest = read_manifest(current_generation(settings.index_dir))
    return IndexReport(
        documents=len(manifest.documents),
        passages=manifest.passages,
        skipped=loaded.skipped,
        notes=tuple(f"{d.id}: {note}" for d in loaded.documents for note in d.notes),
        seconds=0.0,
        index_dir=str(settings.index_dir),
        up_to_date=True,
    )


def _print_report(report: IndexReport, *, as_json: bool) -> None:
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
    for note in report.notes:
        typer.echo(f"  {note}")
    for skipped in report.skipped:
        typer.echo(f"  skipped {skipped.path}: {skipped.reason}", err=True)
