"""Test the exported reader on outside question sets that no training or tuning has seen."""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
import Stemmer
from tokenizers import Tokenizer

from briefbot.reader_model import PassageReading, ReaderModel
from data import split_sentences
from report import auroc, token_f1

PASSAGE_CHARS = 800
TOP = 15


def load_set(folder: Path) -> tuple[dict[str, str], list[dict]]:
    """Read a set's documents and questions."""
    documents = {
        path.name: path.read_text(encoding="utf-8") for path in sorted((folder / "docs").iterdir())
    }
    with (folder / "questions.jsonl").open(encoding="utf-8") as lines:
        return documents, [json.loads(line) for line in lines]


def cut_passages(documents: dict[str, str]) -> list[str]:
    """Cut documents into passages of whole sentences, each with its document's title."""
    passages = []
    for name, text in documents.items():
        title = name.removesuffix(".txt").replace("_", " ")
        for paragraph in re.split(r"\n\s*\n", text):
            passages += [f"{title}\n{part}" for part in _pack(split_sentences(paragraph))]
    return passages


def _pack(sentences: list[str]) -> list[str]:
    packed: list[str] = []
    for sentence in sentences:
        if packed and len(packed[-1]) + len(sentence) < PASSAGE_CHARS:
            packed[-1] += " " + sentence
        else:
            packed.append(sentence)
    return packed


def squeezed(text: str) -> str:
    """Drop all white space."""
    return re.sub(r"\s", "", text)


def interval(values: Sequence[float], seed: int = 0) -> str:
    """Return mean and 95% bootstrap interval, as percent."""
    array = np.asarray(values, dtype=float) * 100
    draws = np.random.default_rng(seed).choice(array, (2000, len(array))).mean(1)
    low, high = np.percentile(draws, (2.5, 97.5))
    return f"{array.mean():.1f} [{low:.1f}, {high:.1f}]"


def gold_reading(reader: ReaderModel, question: dict) -> tuple[str, PassageReading]:
    """Read the passage that the set names: the evidence, or the near-miss."""
    named = question["evidence"] or question["near_miss"]
    passage = (named[0] if isinstance(named, list) else named)["text"]
    return passage, reader.read(question["question"], [passage])[0]


def probability(reading: PassageReading, weights: Sequence[float]) -> float:
    """Say how probable an answer is, by the calibration in `reader.json`."""
    score = np.dot([reading.margin, reading.answerable, reading.relevance, 1.0], weights)
    return float(0.5 * (1 + np.tanh(0.5 * score)))


def refusal(
    reader: ReaderModel, questions: list[dict], weights: Sequence[float]
) -> dict[str, object]:
    """Measure spans and refusal with the named passage in hand."""
    spans: list[float] = []
    kept: list[float] = []
    scores: dict[bool, dict[str, list[float]]] = {
        side: {"answerable": [], "span margin": [], "relevance": [], "evidence": []}
        for side in (True, False)
    }
    for question in questions:
        passage, reading = gold_reading(reader, question)
        said = scores[question["answerable"]]
        answerable = probability(reading, weights)
        said["answerable"].append(answerable)
        said["span margin"].append(reading.margin)
        said["relevance"].append(reading.relevance)
        said["evidence"].append(float(reading.token_evidence.max()))
        if question["answerable"]:
            text = passage[slice(*reading.span)]
            f1 = max(token_f1(text, gold) for gold in question["answers"])
            spans.append(f1)
            kept.append(f1 * (answerable >= 0.5))
    found: dict[str, object] = {
        f"AUROC {name}": round(auroc(scores[True][name], scores[False][name]), 3)
        for name in scores[True]
    }
    answered = np.array(scores[True]["answerable"]) >= 0.5
    refused = np.array(scores[False]["answerable"]) < 0.5
    found["balanced accuracy at 0.5"] = round(50 * (answered.mean() + refused.mean()), 1)
    found["span F1"], found["span F1, refusing at 0.5"] = interval(spans), interval(kept)
    return found


def ranking(
    reader: ReaderModel, documents: dict[str, str], questions: list[dict]
) -> dict[str, object]:
    """Measure the order of BM25's best passages before and after reading."""
    passages = cut_passages(documents)
    stemmer = Stemmer.Stemmer("english")
    index = bm25s.BM25()
    index.index(bm25s.tokenize(passages, stemmer=stemmer, stopwords="en", show_progress=False),
                show_progress=False)  # fmt: skip
    asked = [question for question in questions if question["answerable"]]
    ranks: dict[str, list[int]] = {"BM25": [], "relevance": [], "answerable": [], "joined": []}
    for question in asked:
        tokens = bm25s.tokenize(question["question"], stemmer=stemmer, stopwords="en",
                                show_progress=False)  # fmt: skip
        ids = index.retrieve(tokens, k=TOP, show_progress=False)[0][0]
        gold = squeezed(question["answer_sentence"])
        hits = np.array([gold in squeezed(passages[i]) for i in ids])
        readings = reader.read(question["question"], [passages[i] for i in ids])
        relevance = np.array([reading.relevance for reading in readings])
        answerable = np.array([reading.answerable for reading in readings])
        orders = {
            "BM25": np.arange(len(ids)),
            "relevance": np.argsort(-relevance, kind="stable"),
            "answerable": np.argsort(-answerable, kind="stable"),
            "joined": np.argsort(-(answerable + relevance), kind="stable"),
        }
        for name, order in orders.items():
            places = np.flatnonzero(hits[order])
            ranks[name].append(int(places[0]) + 1 if len(places) else 0)
    return {
        f"{name}: {measure}": interval(values)
        for name, found in ranks.items()
        for measure, values in (
            ("Hits@1", [rank == 1 for rank in found]),
            ("MRR", [1 / rank if rank else 0.0 for rank in found]),
        )
    }


def speed(
    reader: ReaderModel, tokenizer: Tokenizer, documents: dict[str, str], questions: list[dict]
) -> dict[str, float]:
    """Time the reading of 15 passages of about 200 tokens, after a warm-up."""
    long = [p for p in cut_passages(documents) if len(tokenizer.encode(p).ids) > 150][:60]
    times = []
    for turn, question in enumerate(questions[:40]):
        chosen = [long[(turn * 7 + i) % len(long)] for i in range(TOP)]
        begin = time.perf_counter()
        reader.read(question["question"], chosen)
        times.append(1000 * (time.perf_counter() - begin))
    tokens = np.mean([len(tokenizer.encode("x " * 12, p).ids) for p in long])
    low, middle, high = np.percentile(times[3:], (0, 50, 95))
    return {"tokens": round(float(tokens)), "best_ms": round(low), "p50_ms": round(middle),
            "p95_ms": round(high)}  # fmt: skip


def main(arguments: list[str]) -> None:
    """Print all measures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", type=Path, required=True, help="folder of the question sets")
    parser.add_argument("--model", type=Path, default=Path("src/briefbot/models"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=("speed",), help="measure this alone")
    options = parser.parse_args(arguments)
    reader = ReaderModel(options.model, threads=options.threads)
    tokenizer = Tokenizer.from_file(str(options.model / "reader-tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    facts = json.loads((options.model / "reader.json").read_text("utf-8"))
    weights = facts["calibration"]["answerable"]
    documents, questions = load_set(options.bench / "squad2_dev")
    print(json.dumps({"speed": speed(reader, tokenizer, documents, questions)}, indent=1))
    if options.only:
        return
    for name in ("squad2_dev", "clapnq_dev"):
        asked = load_set(options.bench / name)[1]
        print(json.dumps({name: refusal(reader, asked, weights)}, indent=1))
    print(json.dumps({"squad2_dev order": ranking(reader, documents, questions)}, indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
