r"""Compare rankings question by question: BriefBot, its parts, and others.

python benchmarks/retrieval.py compare ../shared/bench/squad2_dev … [--reranker FOLDER]
python benchmarks/retrieval.py ablate ../shared/bench/squad2_dev … [--questions 150]
python benchmarks/retrieval.py cases

`compare` prints a table for each set: the tutorial is LangChain's (passages of 1,000 characters,
200 of overlap, MiniLM, the nearest); the others rank BriefBot's passages, and all of them get the
sentences around theirs as `briefbot search` adds them. `--reranker` names a folder with a
`model.onnx` and `tokenizer.json` that score "Query: …\nSentence: …" (two logits). Differences to
BriefBot are paired, with 95% intervals by bootstrap over questions. `ablate` takes one part away
at a time. `cases` counts the evaluation cases whose whole evidence is among the 8 passages
retrieved.

What the networks say is kept in `--cache`, so that a second run takes minutes.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from cached import Kept, cached_parts
from langchain_text_splitters import RecursiveCharacterTextSplitter
from tokenizers import Tokenizer

from briefbot import document_store, index_folder, pipeline, read, retrieve, wiring
from briefbot.build import build_index
from briefbot.consult import consult
from briefbot.embed import Embedder
from briefbot.evaluate.cases import Case, load_cases
from briefbot.evaluate.metrics import overlaps, proportion, reciprocal_rank
from briefbot.evaluate.outside import RETRIEVED, SetQuestion, gold_hits, load_set, token_scores
from briefbot.evidence import Evidence, quotes_of
from briefbot.followup import standalone
from briefbot.load import load_corpus
from briefbot.pipeline import BriefBot
from briefbot.read import Reading
from briefbot.settings import Settings
from briefbot.types import Chunk, Passage
from briefbot.widen import widened

DEPTH = 15
RESAMPLES = 2000
MEASURES = ("Hits@1", "MRR@10", "recall@5", "IoU@5")
CASES_DEPTH = 8

Rank = Callable[[str], Sequence[Passage]]


def main() -> None:
    """Run the command named."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("command", choices=("compare", "ablate", "cases"))
    parser.add_argument("sets", nargs="*", type=Path)
    parser.add_argument("--reranker", type=Path, help="folder of another reranker")
    parser.add_argument("--questions", type=int, default=0, help="only so many, drawn at random")
    parser.add_argument("--only", help="this ablation alone, by a part of its name")
    parser.add_argument(
        "--cache", type=Path, default=Path(tempfile.gettempdir()) / "briefbot-benchmark.sqlite"
    )
    options = parser.parse_args()
    embedder, small, close = cached_parts(options.cache)
    with (
        swapped(wiring, "built_in_reader", lambda: small),
        swapped(wiring, "built_in_close_reader", lambda: close),
    ):
        if options.command == "cases":
            measure_cases(embedder)
        for folder in options.sets:
            questions = answerable(folder, options.questions)
            if options.command == "compare":
                compare(folder, questions, embedder, options.reranker, options.cache)
            else:
                ablate(folder, questions, embedder, options.only or "")


def answerable(folder: Path, most: int) -> list[SetQuestion]:
    """Read the questions with an answer, or a sample of them that is the same in every run."""
    questions = [q for q in load_set(folder) if q.answerable and q.evidence]
    return random.Random(0).sample(questions, min(most, len(questions))) if most else questions


@contextmanager
def swapped(owner: Any, name: str, value: object) -> Iterator[None]:
    """Put something else in the place of a part."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextmanager
def opened(corpus: Path, embedder: Embedder, **changes: Any) -> Iterator[BriefBot]:
    """Index a corpus and open it, both thrown away afterwards."""
    with tempfile.TemporaryDirectory() as spare:
        settings = Settings(corpus_dir=corpus, index_dir=Path(spare), top_k=RETRIEVED, **changes)
        build_index(settings, embedder=embedder)
        bot = BriefBot(settings, embedder=embedder)
        yield bot
        bot.close()


# --- comparing ----------------------------------------------------------------------------------


def compare(
    folder: Path,
    questions: Sequence[SetQuestion],
    embedder: Embedder,
    reranker: Path | None,
    cache: Path,
) -> None:
    """Print a table of the systems for one set."""
    with opened(folder / "docs", embedder) as bot:
        ranks = systems(bot, folder, embedder, reranker, cache)
        rows = {
            name: np.array([scores_of(q, rank(q.question)) for q in questions])
            for name, rank in ranks.items()
        }
    print(f"\n{folder.name}, {len(questions)} questions, in percent; in brackets BriefBot less it")
    ours = rows["BriefBot"]
    columns = MEASURES if questions[0].evidence[0].start is not None else MEASURES[:2]
    print("| |", " | ".join(columns), "|\n|---|" + "---|" * len(columns))
    for name, found in rows.items():
        cells = []
        for column in range(len(columns)):
            share = 100 * found[:, column].mean()
            more = ours[:, column] - found[:, column]
            low, high = (100 * value for value in interval(more))
            gain = (
                ""
                if name == "BriefBot"
                else f" ({100 * more.mean():+.1f}: {low:+.1f} – {high:+.1f})"
            )
            cells.append(f"{share:.1f}{gain}")
        print(f"| {name} |", " | ".join(cells), "|", flush=True)


def systems(
    bot: BriefBot, folder: Path, embedder: Embedder, reranker: Path | None, cache: Path
) -> dict[str, Rank]:
    """Name → how it ranks; BriefBot last."""
    generation = index_folder.current_generation(bot.settings.index_dir)
    index = wiring.open_index(generation, bot.settings, embedder)

    def around(rank: Rank) -> Rank:
        def wide(question: str) -> list[Passage]:
            found = rank(question)[:RETRIEVED]
            return widened(
                found,
                lambda document: document_store.read_document(generation, document),
                size_chars=bot.settings.search_chars,
            )

        return wide

    def words(question: str) -> list[Passage]:
        found = index.lexical.query(question, top_k=RETRIEVED)
        chunks = index.store.get([chunk_id for chunk_id, _ in found])
        return [Passage(chunks[chunk_id], score) for chunk_id, score in found]

    def fusion(question: str) -> list[Passage]:
        return index.retriever.retrieve(question, top_k=DEPTH)

    ranks = {
        "tutorial": tutorial(folder, embedder),
        "BM25 only": around(words),
        "fusion without the reader": around(fusion),
    }
    if reranker:
        ranks["fusion + 11 MB reranker"] = around(reranked(reranker, fusion, cache))
    return {**ranks, "BriefBot": lambda question: bot.search(question, top_k=RETRIEVED)}


def tutorial(folder: Path, embedder: Embedder) -> Rank:
    """Rank as LangChain's tutorial does."""
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=1000, chunk_overlap=200, add_start_index=True
    )
    chunks = [
        Chunk(d.id, d.title, part.page_content, start, start + len(part.page_content))
        for d in load_corpus(folder / "docs").documents
        for part in splitter.create_documents([d.text])
        for start in [part.metadata["start_index"]]
    ]
    vectors = embedder.embed_documents([chunk.text for chunk in chunks])

    def rank(question: str) -> list[Passage]:
        scores = vectors @ embedder.embed_query(question)
        best = np.argsort(-scores, kind="stable")[:RETRIEVED]
        return [Passage(chunks[i], float(scores[i])) for i in best]

    return rank


def reranked(folder: Path, first: Rank, cache: Path) -> Rank:
    """Reorder a ranking by another network."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(512)
    tokenizer.no_padding()
    session = onnxruntime.InferenceSession(
        str(folder / "model.onnx"), providers=["CPUExecutionProvider"]
    )
    wanted = {item.name for item in session.get_inputs()}
    kept = Kept(cache, "reranked")

    def score(text: str) -> float:
        encoding = tokenizer.encode(text)
        feed = {
            "input_ids": np.array([encoding.ids], dtype=np.int64),
            "attention_mask": np.array([encoding.attention_mask], dtype=np.int64),
            "token_type_ids": np.array([encoding.type_ids], dtype=np.int64),
        }
        logits = session.run(None, {k: v for k, v in feed.items() if k in wanted})[0][0]
        return float(logits[1] - logits[0])

    def rank(question: str) -> list[Passage]:
        found = first(question)[:DEPTH]
        texts = [f"Query: {question}\nSentence: {passage.chunk.text}" for passage in found]
        scores = kept.values(texts, lambda unknown: [score(text) for text in unknown])
        order = sorted(range(len(found)), key=lambda i: -scores[i])
        return [found[i] for i in order]

    return rank


def scores_of(question: SetQuestion, passages: Sequence[Passage]) -> list[float]:
    """Judge one ranking by `MEASURES`; the last two are 0 where evidence has no offsets."""
    hits = gold_hits(question, passages)
    recall, _, iou = (
        token_scores(question.evidence, passages[:5])
        if all(item.start is not None for item in question.evidence)
        else (0.0, 0.0, 0.0)
    )
    return [float(any(hits[:1])), reciprocal_rank(hits), recall, iou]


def interval(differences: np.ndarray) -> tuple[float, float]:
    """95% of the means of resampled differences."""
    draw = np.random.default_rng(0)
    picks = draw.integers(0, len(differences), (RESAMPLES, len(differences)))
    low, high = np.quantile(differences[picks].mean(axis=1), (0.025, 0.975))
    return float(low), float(high)


# --- taking parts away --------------------------------------------------------------------------


@dataclass(frozen=True)
class CosineReader:
    """Orders nothing; the sentences of the first passages by their cosine alone."""

    embedder: Embedder

    def read(self, question: str, passages: Sequence[Passage]) -> Reading:
        quotes = [quote for p in passages[:4] for quote in quotes_of(p.chunk)]
        vectors = self.embedder.embed_documents([quote.text for quote in quotes])
        scores = vectors @ self.embedder.embed_query(question) if quotes else []
        found = sorted(map(Evidence, quotes, map(float, scores)), key=lambda item: -item.score)
        return Reading(tuple(passages), tuple(found), 1.0, ())


def first_of(passages: Any, *, top_k: int) -> list[Passage]:
    """Stand in for the removal of near-duplicates: only the same passage is dropped."""
    return list({passage.chunk.id: passage for passage in list(passages)}.values())[:top_k]


ABLATIONS: dict[str, tuple[dict[str, Any], tuple[tuple[Any, str, object], ...]]] = {
    "BriefBot": ({}, ()),
    "without the readers": ({}, ((wiring, "build_reader", lambda _, e, __: CosineReader(e)),)),
    "without the sentences around": ({"search_chars": 0}, ()),
    "without dense": ({"dense_weight": 0.0}, ()),
    "without BM25": ({"dense_weight": 1.0}, ()),
    "without sub-queries": ({}, ((retrieve, "sub_queries", lambda _: {}),)),
    "without acronyms": ({}, ((pipeline, "spell_out", lambda question, _: question),)),
    "without title and headings": ({}, ((Chunk, "context", ""),)),
    "without the cosine of sentences": ({}, ((read, "_COSINE_SHARE", 0.0),)),
    "without near-duplicate removal": ({}, ((retrieve, "without_duplicates", first_of),)),
}


def ablate(folder: Path, questions: Sequence[SetQuestion], embedder: Embedder, only: str) -> None:
    """Print what each part is worth on one set."""
    print(f"\n{folder.name}, {len(questions)} questions, in percent")
    columns = (*MEASURES, "best sentence right")
    print("| |", " | ".join(columns), "|\n|---|" + "---|" * len(columns))
    for name, (changes, swaps) in ABLATIONS.items():
        if only not in name:
            continue
        with _all_swapped(swaps), opened(folder / "docs", embedder, **changes) as bot:
            rows = np.array(
                [
                    [
                        *scores_of(q, bot.search(q.question, top_k=RETRIEVED)),
                        float(_best_is_right(bot, q)),
                    ]
                    for q in questions
                ]
            )
        print(
            f"| {name} |", " | ".join(f"{100 * v:.1f}" for v in rows.mean(axis=0)), "|", flush=True
        )


@contextmanager
def _all_swapped(swaps: Sequence[tuple[Any, str, object]]) -> Iterator[None]:
    if not swaps:
        yield
        return
    with swapped(*swaps[0]), _all_swapped(swaps[1:]):
        yield


def _best_is_right(bot: BriefBot, question: SetQuestion) -> bool:
    """Whether the sentence with the best score is, or lies in, gold."""
    with bot._index.borrow() as index:  # noqa: SLF001 - the reading is no part of an answer
        asked = pipeline.spell_out(question.question, index.lexical.acronyms)
        evidence = consult(asked, index, bot.settings.read_depth).evidence
    best = evidence[0].quote.text if evidence else ""
    return any(overlaps(best, text) for text in question.gold)


# --- cases --------------------------------------------------------------------------------------


def measure_cases(embedder: Embedder) -> None:
    """Print how many cases have all their evidence among the passages retrieved."""
    for file, corpus in (
        ("evaluation/article.jsonl", Path("corpus/beyond-hub-and-spoke.md")),
        ("evaluation/corpus.jsonl", Path("corpus")),
    ):
        cases = [case for case in load_cases(Path(file)) if case.answerable]
        kinds = sorted({case.kind for case in cases})
        print(f"\n{file}: all evidence in the top {CASES_DEPTH}, in percent")
        print("| |", " | ".join(kinds), "| all |\n|---|" + "---|" * (len(kinds) + 1))
        for name in ("BriefBot", "without dense", "without BM25", "without sub-queries",
                     "without acronyms", "without title and headings",
                     "without near-duplicate removal"):  # fmt: skip
            changes, swaps = ABLATIONS[name]
            with _all_swapped(swaps), opened(corpus, embedder, **changes) as bot:
                found = [_has_all(bot, case) for case in cases]
            of_kind = [
                [ok for ok, c in zip(found, cases, strict=True) if c.kind == k] for k in kinds
            ]
            cells = (f"{100 * proportion(part).value:.0f}" for part in (*of_kind, found))
            print(f"| {name} |", " | ".join(cells), "|", flush=True)


def _has_all(bot: BriefBot, case: Case) -> bool:
    question = standalone(case.question, case.turns)
    with bot._index.borrow() as index:  # noqa: SLF001 - before reading
        asked = pipeline.spell_out(question, index.lexical.acronyms)
        passages = index.retriever.retrieve(asked, top_k=CASES_DEPTH)
    texts = [" ".join(passage.chunk.text.split()) for passage in passages]
    return all(any(overlaps(q, t) for q in group for t in texts) for group in case.evidence)


if __name__ == "__main__":
    main()
