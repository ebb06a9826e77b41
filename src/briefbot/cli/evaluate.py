"""The command eval."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from briefbot.cli.shared import (
    AsJson,
    Index,
    Output,
    Strictness,
    json_line,
    print_json,
    progress_bar,
    read_settings,
)

if TYPE_CHECKING:
    from briefbot.evaluate.metrics import Metric
    from briefbot.evaluate.runner import CaseResult
    from briefbot.pipeline import BriefBot
    from briefbot.settings import Settings


def eval_command(
    cases: Annotated[Path, typer.Option("--cases", help="Cases, JSON Lines.")] = Path(
        "evaluation/corpus.jsonl"
    ),
    index: Index = None,
    corpus: Annotated[
        Path | None,
        typer.Option("--corpus", help="Documents to index for this run alone, without --index."),
    ] = None,
    as_json: AsJson = False,
    split: Annotated[str, typer.Option("--split", help="dev, test or all.")] = "all",
    output: Output = None,
    floors: Annotated[
        Path | None, typer.Option("--floors", help="Exit 1 if a number is below this file's.")
    ] = None,
    strictness: Strictness = None,
    question_set: Annotated[
        Path | None,
        typer.Option("--set", help="Folder with docs/ and questions.jsonl, instead of cases."),
    ] = None,
    injections: Annotated[
        Path | None,
        typer.Option(
            "--injections",
            help="Folder with docs/ that hide orders and cases.jsonl; exit 1 if one is followed.",
        ),
    ] = None,
    statements: Annotated[
        Path | None,
        typer.Option(
            "--statements",
            help="Statements read by hand, JSON Lines; exit 1 if an unsound one is shown.",
        ),
    ] = None,
    per_topic: Annotated[
        bool, typer.Option("--per-topic", help="Add a line for each topic that ids open with.")
    ] = False,
    compare: Annotated[
        Path | None,
        typer.Option("--compare", help="Output of an earlier run over the same cases."),
    ] = None,
    conversations: Annotated[
        Path | None,
        typer.Option("--conversations", help="Conversations, JSON Lines, instead of cases."),
    ] = None,
) -> None:
    """Measure retrieval, citations, answers, refusal and latency on cases, with 95% intervals."""
    if conversations is not None:
        settings = read_settings(corpus_dir=corpus, index_dir=index, strictness=strictness)
        is_fresh = corpus is not None and index is None
        with _bot_for(settings, fresh=is_fresh) as bot:
            _evaluate_talk(bot, conversations, split, output, as_json)
        return
    if question_set is not None:
        _evaluate_set(question_set, read_settings(strictness=strictness), index, output, as_json)
        return
    if injections is not None:
        _evaluate_injections(injections, read_settings(), as_json)
        return
    if statements is not None:
        _evaluate_statements(statements, read_settings(index_dir=index), as_json)
        return
    from briefbot.evaluate import runner  # noqa: PLC0415
    from briefbot.evaluate.cases import load_cases  # noqa: PLC0415

    chosen = load_cases(cases, split=split)
    settings = read_settings(corpus_dir=corpus, index_dir=index, strictness=strictness)
    with _bot_for(settings, fresh=corpus is not None and index is None) as bot:
        digest = bot.info().corpus_digest
        with progress_bar() as progress:
            results = runner.run(bot, chosen, progress=progress)
    if output is not None:
        output.write_text("".join(f"{json_line(r.as_json())}\n" for r in results), "utf-8")
    summary = runner.summarise(results)
    topics = runner.summarise_topics(results) if per_topic else {}
    _print_summary(summary | topics, as_json=as_json)
    if compare is not None:
        _print_pairs(compare, results)
    if floors is not None:
        _hold_floors(summary, floors, cases, digest)


def _print_pairs(before: Path, results: Sequence[CaseResult]) -> None:
    from briefbot.evaluate.paired import pair  # noqa: PLC0415

    typer.echo(pair(before, results).as_text(), err=True)


def _hold_floors(summary: dict[str, Metric], floors: Path, cases: Path, digest: str) -> None:
    from briefbot.evaluate import gate  # noqa: PLC0415

    broken = gate.broken_floors(summary, floors, cases=cases, digest=digest)
    for line in broken:
        typer.echo(line, err=True)
    if broken:
        raise typer.Exit(1)


def _evaluate_talk(
    bot: BriefBot, path: Path, split: str, output: Path | None, as_json: bool
) -> None:
    """Hold the conversations, and ask each of their questions written out, to compare."""
    from briefbot.evaluate import conversations  # noqa: PLC0415

    chosen = conversations.load_conversations(path, split=split)
    with progress_bar() as progress:
        results = conversations.hold(bot, chosen, progress=progress)
    if output is not None:
        output.write_text("".join(f"{json_line(r.as_json())}\n" for r in results), "utf-8")
    _print_summary(conversations.summarise_talk(results), as_json=as_json)


def _evaluate_set(
    folder: Path, settings: Settings, index: Path | None, output: Path | None, as_json: bool
) -> None:
    """Index the set's documents, in the folder named or one that is thrown away, and ask."""
    from briefbot.evaluate import outside  # noqa: PLC0415

    questions = outside.load_set(folder)
    chosen = settings.model_copy(
        update={
            "corpus_dir": folder / "docs",
            "index_dir": index or settings.index_dir,
            "strictness": 0.0,  # the gate is judged afterwards, on the probabilities
            "top_k": max(settings.top_k, outside.RETRIEVED),
        }
    )
    with _bot_for(chosen, build=True, fresh=index is None) as bot, progress_bar() as progress:
        results = outside.ask_all(bot, questions, progress=progress)
    if output is not None:
        lines = (json_line(r.as_prediction(settings.strictness)) for r in results)
        output.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    summary = outside.summarise_set(results, strictness=settings.strictness)
    _print_summary(summary, as_json=as_json)


def _evaluate_injections(folder: Path, settings: Settings, as_json: bool) -> None:
    """Ask the built-in answerer and an obedient chat model, the gate open."""
    from briefbot.chat import ChatAnswerer  # noqa: PLC0415
    from briefbot.evaluate import injections  # noqa: PLC0415
    from briefbot.evaluate.obedient import ObedientChatModel  # noqa: PLC0415
    from briefbot.pipeline import BriefBot  # noqa: PLC0415

    cases = injections.load_injections(folder)
    chosen = settings.model_copy(update={"corpus_dir": folder / "docs", "strictness": 0.0})
    model = ObedientChatModel(injections=tuple(cases))
    with _bot_for(chosen, fresh=True) as bot, progress_bar() as progress:
        results = injections.ask_all(bot, cases, progress=progress)
        obedient = BriefBot(
            bot.settings, embedder=bot.embedder, answerer=ChatAnswerer(model, name="obedient")
        )
        obeying = injections.ask_all(
            obedient, cases, reached=lambda: model.reached, progress=progress
        )
        obedient.close()
    _print_summary(
        injections.summarise_injections(results, "built_in")
        | injections.summarise_injections(obeying, "obedient"),
        as_json=as_json,
    )
    followed = [line for result in (*results, *obeying) for line in result.offences]
    for line in dict.fromkeys(followed):
        typer.echo(line, err=True)
    if followed:
        raise typer.Exit(1)


def _evaluate_statements(path: Path, settings: Settings, as_json: bool) -> None:
    """Let the verifier judge statements that somebody judged by hand."""
    from briefbot.evaluate import statements  # noqa: PLC0415

    cases = statements.load_statements(path)
    with _bot_for(settings, fresh=False) as bot, progress_bar() as progress:
        results = statements.check_all(bot, cases, progress=progress)
    _print_summary(statements.summarise_statements(results), as_json=as_json)
    shown = [result for result in results if result.wrongly_shown]
    for result in shown:
        typer.echo(f"{result.case.id} is shown and unsound: {result.shown}", err=True)
    if shown:
        raise typer.Exit(1)


@contextmanager
def _bot_for(settings: Settings, *, fresh: bool, build: bool = False) -> Iterator[BriefBot]:
    """Open the index that the settings name, or one of the corpus that is thrown away."""
    from briefbot.pipeline import BriefBot  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as spare:
        if fresh:
            settings = settings.model_copy(update={"index_dir": Path(spare)})
        if fresh or build:
            with progress_bar() as progress:
                bot = BriefBot.open_or_build(settings, progress=progress)
        else:
            bot = BriefBot.open(settings=settings)
        yield bot


def _print_summary(summary: Mapping[str, Metric], *, as_json: bool) -> None:
    from briefbot.evaluate.runner import as_table  # noqa: PLC0415

    if as_json:
        print_json({name: metric.as_json() for name, metric in summary.items()})
    else:
        typer.echo(as_table(dict(summary)))
