"""The command line: index, ask, search, chat, serve, info, eval; a thin shell over BriefBot."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from briefbot.errors import BriefBotError, EvaluationCaseError

if TYPE_CHECKING:
    from briefbot.build import Progress
    from briefbot.pipeline import BriefBot
    from briefbot.settings import Settings
    from briefbot.types import Answer, IndexReport

app = typer.Typer(
    name="briefbot",
    help="Answer questions about a folder of documents, each sentence with a verified quote.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Corpus = Annotated[Path | None, typer.Option("--corpus", help="Folder of documents [corpus].")]
Index = Annotated[Path | None, typer.Option("--index", help="Folder of the index [index].")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
TopK = Annotated[int | None, typer.Option("--top-k", help="Passages per question [8].")]
Model = Annotated[
    str | None, typer.Option("--model", help="Chat model as provider:name [built-in answerer].")
]
Strictness = Annotated[
    float | None,
    typer.Option("--strictness", help="Probability of an answer below which to refuse [0.35]."),
]
Batch = Annotated[
    Path | None, typer.Option("--batch", help="JSON Lines file of {id, question, history?}.")
]
Output = Annotated[
    Path | None, typer.Option("--output", help="File for the batch's answers [stdout].")
]


@app.command("index")
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
    from briefbot.load import load_corpus  # noqa: PLC0415

    settings = _settings(corpus_dir=corpus, index_dir=index)
    loaded = load_corpus(settings.corpus_dir)
    if if_needed and is_current(settings, loaded):
        report = _unchanged(settings, loaded)
    else:
        with _progress() as progress:
            report = build_index(settings, loaded=loaded, progress=progress)
    _print_report(report, as_json=as_json)
    if strict and report.skipped:
        raise typer.Exit(1)


@app.command()
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

    _require_one(question, batch)
    settings = _settings(index_dir=index, top_k=top_k, model=model, strictness=strictness)
    bot = _open(settings)
    if batch is not None:
        _run_batch(batch, output, lambda line: answer_json(bot.ask(line.question, line.history)))
    elif as_json:
        _print_json(answer_json(bot.ask(question or "")))
    else:
        _print_answer(bot.ask(question or ""))


@app.command()
def search(
    query: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    index: Index = None,
    as_json: AsJson = False,
    batch: Batch = None,
    output: Output = None,
    top_k: TopK = None,
) -> None:
    """Find passages without answering."""
    from briefbot.report import passages_json  # noqa: PLC0415

    _require_one(query, batch)
    bot = _open(_settings(index_dir=index, top_k=top_k))

    def found(text: str) -> dict[str, Any]:
        return {"query": text, "passages": passages_json(bot.search(text))}

    if batch is not None:
        _run_batch(batch, output, lambda line: found(line.question))
    elif as_json:
        _print_json(found(query or ""))
    else:
        for n, passage in enumerate(bot.search(query or ""), start=1):
            typer.echo(f"{n}. {passage.chunk.context}  ({passage.score:.2f})")
            typer.echo(f"   {' '.join(passage.chunk.text.split())}\n")


@app.command()
def chat(index: Index = None, model: Model = None, strictness: Strictness = None) -> None:
    """Ask in the terminal, with follow-up questions; an empty line or Ctrl-D ends it."""
    from briefbot.types import Turn  # noqa: PLC0415

    settings = _settings(index_dir=index, model=model, strictness=strictness)
    bot = _open(settings)
    history: list[Turn] = []
    while question := _prompt():
        try:
            recent = history[-settings.history_turns :] if settings.history_turns else ()
            answer = bot.ask(question, recent)
        except BriefBotError as error:
            _print_error(error)
            continue
        if answer.standalone_question != question:
            typer.echo(f"(understood as: {answer.standalone_question})")
        _print_answer(answer)
        history.append(Turn(question, answer.text))


@app.command()
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

    settings = _settings(corpus_dir=corpus, index_dir=index, host=host, port=port, model=model)
    if build:
        with _progress() as progress:
            bot = BriefBot.open_or_build(settings, progress=progress)
    else:
        bot = BriefBot.open(settings=settings)
    launch(bot, settings)


@app.command()
def info(index: Index = None, as_json: AsJson = False) -> None:
    """Describe the index: documents, passages, model, settings, when it was built."""
    from dataclasses import asdict  # noqa: PLC0415

    from briefbot.index_folder import current_generation, read_manifest  # noqa: PLC0415

    settings = _settings(index_dir=index)
    values = asdict(read_manifest(current_generation(settings.index_dir)))
    values |= values.pop("settings")
    if as_json:
        _print_json(values)
        return
    documents = values.pop("documents")
    for key, value in values.items():
        typer.echo(f"{key.replace('_', ' ')}: {value}")
    typer.echo(f"documents: {len(documents)}")
    for document in documents:
        typer.echo(f"  {document}")


@app.command("eval")
def eval_command(
    cases: Annotated[Path, typer.Option("--cases", help="Cases, JSON Lines.")] = Path(
        "evaluation/cases.jsonl"
    ),
    index: Index = None,
    as_json: AsJson = False,
    split: Annotated[str, typer.Option("--split", help="dev, test or all.")] = "all",
    output: Output = None,
    floors: Annotated[
        Path | None, typer.Option("--floors", help="Exit 1 if a number is below this file's.")
    ] = None,
    strictness: Strictness = None,
) -> None:
    """Measure retrieval, citations, answers, refusal and latency on cases, with 95% intervals."""
    from briefbot.evaluate import gate, runner  # noqa: PLC0415
    from briefbot.evaluate.cases import load_cases  # noqa: PLC0415

    chosen = load_cases(cases, split=split)
    bot = _open(_settings(index_dir=index, strictness=strictness))
    with _progress() as progress:
        results = runner.run(bot, chosen, progress=progress)
    if output is not None:
        output.write_text("".join(f"{_json_line(r.as_json())}\n" for r in results), "utf-8")
    summary = runner.summarise(results)
    if as_json:
        _print_json({name: metric.as_json() for name, metric in summary.items()})
    else:
        typer.echo(runner.as_table(summary))
    if floors is not None:
        broken = gate.broken_floors(summary, floors, cases=cases, digest=bot.info().corpus_digest)
        for line in broken:
            typer.echo(line, err=True)
        if broken:
            raise typer.Exit(1)


# --- shared -------------------------------------------------------------------------------------


def _settings(**options: Any) -> Settings:
    from briefbot.settings import load_settings  # noqa: PLC0415

    return load_settings(**options)


def _open(settings: Settings) -> BriefBot:
    from briefbot.pipeline import BriefBot  # noqa: PLC0415

    return BriefBot.open(settings=settings)


def _require_one(question: str | None, batch: Path | None) -> None:
    if (question is None) == (batch is None):
        raise typer.BadParameter("Give either a question or --batch FILE.")


def _run_batch(batch: Path, output: Path | None, answer: Any) -> None:
    """Answer each line of a batch; bad ones are named on stderr and make the exit code 1."""
    from briefbot.batch import BadLine, read_batch  # noqa: PLC0415

    lines = list(read_batch(batch))
    bad = 0
    with _writer(output) as write, _progress() as progress:
        for done, line in enumerate(lines):
            progress("answering", done, len(lines))
            reason = line.reason if isinstance(line, BadLine) else ""
            if not isinstance(line, BadLine):
                try:
                    write(_json_line({"id": line.id, **answer(line)}) + "\n")
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


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show a progress bar on stderr while it is a terminal."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def tell(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total)

        yield tell


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
        _print_json(index_json(report))
        return
    if report.up_to_date:
        typer.echo(f"The index in {report.index_dir} is up to date.")
    typer.echo(
        f"{_count(report.documents, 'document')}, {_count(report.passages, 'passage')}, "
        f"{len(report.skipped)} skipped, {report.seconds:.1f} s → {report.index_dir}"
    )
    for note in report.notes:
        typer.echo(f"  {note}")
    for skipped in report.skipped:
        typer.echo(f"  skipped {skipped.path}: {skipped.reason}", err=True)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _print_answer(answer: Answer) -> None:
    typer.echo(answer.text)
    for citation in answer.citations:
        where = " › ".join(part for part in (citation.title, citation.heading) if part)
        typer.echo(f"\n[{citation.n}] {where} ({citation.document}:{citation.start})")
        typer.echo(f"    “{' '.join(citation.quote.split())}”")
    if not answer.citations:
        typer.echo("\nNearest passages:")
        for passage in answer.passages[:3]:
            typer.echo(
                f"  - {passage.chunk.context}: {' '.join(passage.chunk.text.split())[:160]}…"
            )
    for note in answer.notes:
        typer.echo(f"\n{note}")


def _print_json(value: object) -> None:
    typer.echo(_json_line(value))


def _json_line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _prompt() -> str:
    try:
        return input("\n? ").strip()
    except (EOFError, KeyboardInterrupt):
        return ""


def _print_error(error: BriefBotError) -> None:
    typer.echo(f"Error: {error.message}", err=True)
    typer.echo(error.hint, err=True)


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
        _print_error(error)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)


if __name__ == "__main__":
    main()
