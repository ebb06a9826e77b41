"""The commands corpus check and corpus fetch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from briefbot.cli.shared import AsJson, Corpus, count, print_json, progress_bar, read_settings

if TYPE_CHECKING:
    from briefbot.corpus_check import CorpusReport
    from briefbot.corpus_fetch import FetchReport, PrimaryFolder
    from briefbot.primary_list import PrimaryEntry

corpus_app = typer.Typer(
    help="Check the texts of a corpus against its register of sources; fetch primary documents.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@corpus_app.command("check")
def check(corpus: Corpus = None, as_json: AsJson = False) -> None:
    """Check briefs and registers: one line per defect, exit 1 if there is any."""
    from dataclasses import asdict  # noqa: PLC0415 - keeps --help fast

    from briefbot.corpus_check import check_corpus  # noqa: PLC0415

    folder = read_settings(corpus_dir=corpus).corpus_dir
    report = check_corpus(_texts_of(folder))
    if as_json:
        values = asdict(report)
        print_json(values | {"words": sum(report.words.values()), "briefs": len(report.words)})
    else:
        _print_check(report, folder)
    if report.defects:
        raise typer.Exit(1)


@corpus_app.command("fetch")
def fetch(
    corpus: Corpus = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only documents of this kind.")] = None,
    ids: Annotated[
        list[str] | None, typer.Option("--id", help="Only this document; may be repeated.")
    ] = None,
    as_list: Annotated[
        bool, typer.Option("--list", help="Only list the documents, fetch nothing.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Fetch again what is there already.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Download the documents of primary-sources.yaml into the corpus, to index them too."""
    import datetime  # noqa: PLC0415
    from dataclasses import asdict  # noqa: PLC0415

    from briefbot.corpus_fetch import PrimaryFolder, fetch_documents  # noqa: PLC0415
    from briefbot.download import Downloader  # noqa: PLC0415
    from briefbot.primary_list import PRIMARY_FOLDER, choose, read_primary  # noqa: PLC0415

    corpus_dir = read_settings(corpus_dir=corpus).corpus_dir
    entries = choose(read_primary(corpus_dir), ids=ids or (), kind=kind)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    folder = PrimaryFolder(corpus_dir / PRIMARY_FOLDER, today=today)
    if as_list:
        _print_list(entries, folder, as_json=as_json)
        return
    with Downloader() as downloader, progress_bar() as progress:
        report = fetch_documents(entries, folder, downloader, force=force, progress=progress)
    if as_json:
        print_json(asdict(report))
    else:
        _print_fetch(report, corpus_dir / PRIMARY_FOLDER)
    if report.failed:
        raise typer.Exit(1)


def _texts_of(folder: Path) -> dict[str, str]:
    """Read the Markdown files and registers of a corpus, by path."""
    from briefbot.errors import UnreadableDocumentError  # noqa: PLC0415
    from briefbot.load import corpus_files  # noqa: PLC0415
    from briefbot.register import REGISTER_FILES  # noqa: PLC0415

    paths = [path for path in corpus_files(folder) if path.suffix in {".md", ".markdown"}]
    paths += [folder / name for name in sorted(REGISTER_FILES) if (folder / name).is_file()]
    texts = {}
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            texts[name] = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableDocumentError(
                f"{path} cannot be read ({error}).", hint="Save it as UTF-8."
            ) from error
    return texts


def _print_check(report: CorpusReport, folder: Path) -> None:
    for defect in report.defects:
        typer.echo(f"{folder.as_posix()}/{defect}")
    words = sum(report.words.values())
    typer.echo(
        f"{count(report.documents, 'text')}, {count(len(report.words), 'brief')} of "
        f"{words:,} words, {count(report.sources, 'source')}: "
        f"{count(len(report.defects), 'defect') if report.defects else 'no defects'}"
    )


def _print_list(entries: list[PrimaryEntry], folder: PrimaryFolder, *, as_json: bool) -> None:
    values = [entry.model_dump() | {"fetched": folder.holds(entry)} for entry in entries]
    if as_json:
        print_json(values)
        return
    for value in values:
        mark = "fetched" if value["fetched"] else "-"
        typer.echo(f"{value['id']}\t{value['kind']}\t{value['date']}\t{mark}\t{value['title']}")


def _print_fetch(report: FetchReport, folder: Path) -> None:
    for failure in report.failed:
        typer.echo(f"{failure.id}: {failure.reason} <{failure.url}>", err=True)
    typer.echo(
        f"{len(report.fetched)} fetched, {len(report.kept)} there already, "
        f"{len(report.failed)} failed → {folder}"
    )
    if report.fetched:
        typer.echo("Run `briefbot index` to answer from them too.")
