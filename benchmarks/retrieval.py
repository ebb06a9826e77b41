r"""Compare rankings on question sets, question by question: BriefBot, its parts, and others.

python benchmarks/retrieval.py ../shared/bench/squad2_dev … [--reranker FOLDER]

The tutorial is LangChain's: passages of 1,000 characters with 200 of overlap, MiniLM, the nearest.
`--reranker` names a folder with a `model.onnx` and `tokenizer.json` that score
"Query: …\nSentence: …" (two logits), to reorder the fusion's best 15. Differences to BriefBot are
paired, with 95% intervals by bootstrap over questions.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from langchain_text_splitters import RecursiveCharacterTextSplitter
from tokenizers import Tokenizer

from briefbot.build import build_index
from briefbot.embed import Embedder
from briefbot.evaluate.metrics import reciprocal_rank
from briefbot.evaluate.outside import RETRIEVED, SetQuestion, gold_hits, load_set, token_scores
from briefbot.index_folder import current_generation
from briefbot.load import load_corpus
from briefbot.settings import Settings
from briefbot.types import Chunk, Passage
from briefbot.wiring import OpenIndex, build_embedder, open_index

DEPTH = 15
RESAMPLES = 2000

Rank = Callable[[str], list[Passage]]


@dataclass(frozen=True)
class Scores:
    """Of one question."""

    hit: float
    reciprocal: float
    recall: float | None


def main() -> None:
    """Measure every set named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--reranker", type=Path, help="folder of another reranker")
    parser.add_argument("--questions", type=int, default=0, help="only so many, drawn at random")
    options = parser.parse_args()
    embedder = build_embedder(Settings())
    for folder in options.sets:
        questions = [q for q in load_set(folder) if q.answerable and q.evidence]
        if options.questions:
            questions = random.Random(0).sample(questions, min(options.questions, len(questions)))
        with tempfile.TemporaryDirectory() as spare:
            settings = Settings(corpus_dir=folder / "docs", index_dir=Path(spare))
            build_index(settings, embedder=embedder)
            index = open_index(current_generation(settings.index_dir), settings, embedder)
            report(folder.name, questions, systems(folder, index, embedder, options.reranker))


def systems(
    folder: Path, index: OpenIndex, embedder: Embedder, reranker: Path | None
) -> dict[str, Rank]:
    """Name → how it ranks; BriefBot last."""

    def words(question: str) -> list[Passage]:
        found = index.lexical.query(question, top_k=RETRIEVED)
        chunks = index.store.get([chunk_id for chunk_id, _ in found])
        return [Passage(chunks[chunk_id], score) for chunk_id, score in found]

    def fusion(question: str) -> list[Passage]:
        return index.retriever.retrieve(question, top_k=DEPTH)

    def whole(question: str) -> list[Passage]:
        return list(index.reader.read(question, fusion(question)).passages)

    ranks: dict[str, Rank] = {"tutorial": tutorial(folder, embedder), "BM25": words}
    ranks["fusion"] = fusion
    if reranker:
        ranks["fusion + 11 MB reranker"] = reranked(reranker, fusion)
    return {**ranks, "BriefBot": whole}


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


def reranked(folder: Path, first: Rank) -> Rank:
    """Reorder a ranking by another network."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(512)
    tokenizer.no_padding()
    session = onnxruntime.InferenceSession(
        str(folder / "model.onnx"), providers=["CPUExecutionProvider"]
    )
    wanted = {item.name for item in session.get_inputs()}

    def score(question: str, passage: Passage) -> float:
        encoding = tokenizer.encode(f"Query: {question}\nSentence: {passage.chunk.text}")
        feed = {
            "input_ids": np.array([encoding.ids], dtype=np.int64),
            "attention_mask": np.array([encoding.attention_mask], dtype=np.int64),
            "token_type_ids": np.array([encoding.type_ids], dtype=np.int64),
        }
        logits = session.run(None, {k: v for k, v in feed.items() if k in wanted})[0][0]
        return float(logits[1] - logits[0])

    def rank(question: str) -> list[Passage]:
        found = first(question)[:DEPTH]
        return sorted(found, key=lambda passage: -score(question, passage))

    return rank


def scores_of(question: SetQuestion, passages: Sequence[Passage]) -> Scores:
    """Judge one ranking."""
    hits = gold_hits(question, passages)
    has_offsets = all(item.start is not None for item in question.evidence)
    recall = token_scores(question.evidence, passages[:5])[0] if has_offsets else None
    return Scores(float(any(hits[:1])), reciprocal_rank(hits), recall)


def report(name: str, questions: Sequence[SetQuestion], ranks: dict[str, Rank]) -> None:
    """Print one table."""
    rows: dict[str, list[Scores]] = {}
    seconds: dict[str, float] = {}
    for system, rank in ranks.items():
        taken, rows[system] = [], []
        for question in questions:
            begin = time.perf_counter()
            passages = rank(question.question)
            taken.append(time.perf_counter() - begin)
            rows[system].append(scores_of(question, passages))
        seconds[system] = statistics.median(taken)
    print(f"\n{name}, {len(questions)} questions: percent, and BriefBot less the other")
    for measure in ("hit", "reciprocal", "recall"):
        ours = [getattr(row, measure) for row in rows["BriefBot"]]
        if None in ours:
            continue
        for system, found in rows.items():
            theirs = [getattr(row, measure) for row in found]
            low, high = interval([a - b for a, b in zip(ours, theirs, strict=True)])
            more = 100 * (statistics.fmean(ours) - statistics.fmean(theirs))
            print(
                f"{measure:<11}{system:<26}{100 * statistics.fmean(theirs):6.1f}"
                f"{more:+7.1f} [{100 * low:+.1f}, {100 * high:+.1f}]"
                f"   {1000 * seconds[system]:5.0f} ms"
            )


def interval(differences: Sequence[float]) -> tuple[float, float]:
    """95% of the means of resampled differences."""
    draw = np.random.default_rng(0)
    values = np.array(differences)
    picks = draw.integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.quantile(values[picks].mean(axis=1), (0.025, 0.975))
    return float(low), float(high)


if __name__ == "__main__":
    main()
