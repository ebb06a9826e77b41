"""Fit the gate: the logistic model that says whether passages answer, from the reader's scores.

Questions of HotpotQA and SQuAD 2.0 that the reader was not trained on are asked through the real
pipeline, over an index from which half of the answering paragraphs were taken out: where the
paragraph is gone, the right answer is "not in the documents". Question sets in the form of
`briefbot eval --set`, and the development cases of `briefbot eval`, may be added; every source
weighs the same, and the numbers for each are cross-fitted.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from briefbot.acronyms import spell_out
from briefbot.build import build_index
from briefbot.evaluate.cases import load_cases
from briefbot.evaluate.outside import load_set
from briefbot.followup import standalone
from briefbot.gate import FEATURES
from briefbot.index_folder import current_generation
from briefbot.read import CrossReader
from briefbot.reader_model import ReaderModel
from briefbot.settings import Settings
from briefbot.terms import terms
from briefbot.types import Passage
from briefbot.wiring import build_embedder, open_index
from data import DEV_ARTICLES, DEV_HOTPOT_QUESTIONS, Paragraph, Question, load_hotpot, load_squad
from examples import restyle

HOTPOT_QUESTIONS = 120
PENALTY = 1.0
DEPTH = 10
ASKED = 400  # of the questions, drawn at random: reading is what takes the time


@dataclass(frozen=True)
class Asked:
    """A question with whether the index holds its answer, and the passages retrieved for it."""

    text: str
    answerable: bool
    source: str
    passages: tuple[Passage, ...] = ()
    weights: tuple[tuple[str, float], ...] = ()


def main() -> None:
    """Retrieve, read, fit on all, and report cross-fitted numbers.

    What was retrieved is kept in the work folder; empty it when retrieval has changed.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training sets")
    parser.add_argument("--models", type=Path, default=Path("src/briefbot/models"))
    parser.add_argument("--work", type=Path, default=Path("training/work"))
    parser.add_argument("--sets", type=Path, nargs="*", default=[], help="question sets to add")
    parser.add_argument(
        "--cases",
        type=Path,
        nargs=2,
        action="append",
        default=[],
        metavar=("FILE", "CORPUS"),
        help="cases whose dev split to add, and their documents; may be repeated",
    )
    parser.add_argument("--probabilities", type=Path, help="write cross-fitted ones, JSON Lines")
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    groups = list(retrieved_groups(options))
    asked = [question for group in groups for question in group]
    share = np.concatenate([np.full(len(group), ASKED / len(group)) for group in groups])
    models = ReaderModel(options.models), ReaderModel(options.models, "close-reader")
    inputs = read_all(asked, *models)
    targets = np.array([float(question.answerable) for question in asked])
    balance = np.concatenate([_balanced(group) for group in groups])
    scores = report(inputs, targets, asked, share * balance)
    if options.probabilities:
        lines = (
            json.dumps({"probability": float(p), "answerable": q.answerable, "source": source})
            for p, q, source in zip(scores, asked, _names(groups), strict=True)
        )
        options.probabilities.write_text("\n".join(lines) + "\n", encoding="utf-8")
    weights = fit_logistic(inputs, targets, share * balance)
    values = dict(zip((*FEATURES, "intercept"), (round(float(w), 4) for w in weights), strict=True))
    text = json.dumps({"weights": values}, indent=2)
    (options.models / "gate.json").write_text(text + "\n", encoding="utf-8")
    print(text)


def retrieved_groups(options: argparse.Namespace) -> Iterator[list[Asked]]:
    """Yield the questions of each source with their passages."""

    def held_out() -> list[Asked]:
        return retrieve_all(*hold_out_half(options.data, random.Random(options.seed)))

    found = kept(options.work / "gate-held-out.pickle", held_out)
    drawn = np.random.default_rng(0).permutation(len(found))[:ASKED]
    yield [found[i] for i in drawn]
    for folder in options.sets:
        asked = [Asked(q.question, q.answerable, folder.name) for q in load_set(folder)]
        yield kept(
            options.work / f"gate-{folder.name}.pickle",
            partial(retrieve_from, folder / "docs", asked),
        )
    for file, corpus in options.cases:
        cases = load_cases(file, split="dev")
        asked = [Asked(standalone(c.question, c.turns), c.answerable, file.stem) for c in cases]
        yield kept(options.work / f"gate-{file.stem}.pickle", partial(retrieve_from, corpus, asked))


def kept(path: Path, find: Callable[[], list[Asked]]) -> list[Asked]:
    """Take questions and passages from an earlier run, or find and keep them."""
    if path.exists():
        questions: list[Asked] = pickle.loads(path.read_bytes())  # noqa: S301 - written below
        return questions
    questions = find()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(questions))
    return questions


def hold_out_half(folder: Path, rng: random.Random) -> tuple[list[Paragraph], list[Asked]]:
    """Choose questions, and take half of the paragraphs that answer them out of the corpus."""
    squad = load_squad(folder / "squad2_train_part.json.gz")
    hotpot = load_hotpot(folder / "hotpotqa.jsonl.gz")
    random.Random(0).shuffle(hotpot)  # the same split as in training
    from_squad = [q for title in sorted(DEV_ARTICLES) for q in squad[title]]
    from_hotpot = hotpot[:DEV_HOTPOT_QUESTIONS][:HOTPOT_QUESTIONS]
    questions = [*from_squad, *from_hotpot]
    supports = sorted({p.text for q in questions for p, _ in q.supports})
    gone = {text for text in supports if rng.random() < 0.5}
    kept: dict[str, Paragraph] = {}
    for question in questions:
        for paragraph in (*(p for p, _ in question.supports), *question.distractors):
            if paragraph.text not in gone:
                kept[paragraph.text] = paragraph
    asked = [*_labelled(from_squad, gone, rng), *_labelled(from_hotpot, gone, rng, "hotpot")]
    return list(kept.values()), asked


def _labelled(
    questions: list[Question], gone: set[str], rng: random.Random, source: str = "squad"
) -> Iterator[Asked]:
    for question in questions:
        present = [p.text not in gone for p, _ in question.supports]
        if any(present) and not all(present):
            continue  # half of a two-step question: neither answerable nor not
        adversarial = not question.answer
        answerable = all(present) and not adversarial
        named = "adversarial" if adversarial and all(present) else source
        yield Asked(restyle(question.text, rng), answerable, named)


def retrieve_all(paragraphs: list[Paragraph], asked: list[Asked]) -> list[Asked]:
    """Retrieve passages for every question from an index of the paragraphs."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        by_title: dict[str, list[str]] = {}
        for paragraph in paragraphs:
            by_title.setdefault(paragraph.title, []).append(paragraph.text)
        for number, (title, texts) in enumerate(by_title.items()):
            body = "\n\n".join((f"# {title}", *texts))
            (corpus / f"{number}.md").write_text(body + "\n", encoding="utf-8")
        return retrieve_from(corpus, asked)


def retrieve_from(corpus: Path, asked: list[Asked]) -> list[Asked]:
    """Retrieve passages for every question from an index of a corpus, as the pipeline does."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(corpus_dir=corpus, index_dir=Path(folder))
        embedder = build_embedder(settings)
        build_index(settings, embedder=embedder)
        index = open_index(current_generation(settings.index_dir), settings, embedder)
        found = []
        for question in asked:
            text = spell_out(question.text, index.lexical.acronyms)
            passages = tuple(index.retriever.retrieve(text, top_k=DEPTH))
            weights = tuple((t, index.lexical.idf(t)) for t in terms(text))
            found.append(replace(question, text=text, passages=passages, weights=weights))
        index.store.close()
        return found


def _balanced(group: list[Asked]) -> NDArray[np.float64]:
    """Weigh both classes of a source the same."""
    share = sum(question.answerable for question in group) / len(group)
    return np.array([0.5 / (share if q.answerable else 1 - share) for q in group])


def read_all(asked: list[Asked], small: ReaderModel, close: ReaderModel) -> NDArray[np.float64]:
    """Read every question's passages.

    Returns:
        Array of shape `(questions, features + 1)`; the last column is 1.
    """
    known: dict[str, float] = {}
    for question in asked:
        known.update(question.weights)
    embedder = build_embedder(Settings())
    unfitted = dict.fromkeys((*FEATURES, "intercept"), 0.0)  # the features alone are wanted
    reader = CrossReader(small, close, embedder, lambda term: known.get(term, 1.0), gate=unfitted)
    rows = []
    for question in asked:
        values = reader.read(question.text, question.passages).features
        rows.append([*(values[name] for name in FEATURES), 1.0])
    return np.array(rows)


def fit_logistic(
    inputs: NDArray[np.float64], targets: NDArray[np.float64], balance: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fit by Newton's method, each row with its weight, with an L2 penalty."""
    weights = np.zeros(inputs.shape[1])
    ridge = PENALTY * np.diag([1.0] * (inputs.shape[1] - 1) + [0.0])
    for _ in range(50):
        predicted = 1 / (1 + np.exp(-inputs @ weights))
        gradient = inputs.T @ (balance * (predicted - targets)) + ridge @ weights
        curvature = (inputs * (balance * predicted * (1 - predicted))[:, None]).T @ inputs + ridge
        weights -= np.linalg.solve(curvature, gradient)
    return weights


def report(
    inputs: NDArray[np.float64],
    targets: NDArray[np.float64],
    asked: list[Asked],
    balance: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Print cross-fitted numbers: each half judged by the weights of the other.

    Returns:
        The cross-fitted probabilities, in order.
    """
    scores = np.zeros(len(targets))
    for half in (0, 1):
        fit, test = np.arange(len(targets)) % 2 == half, np.arange(len(targets)) % 2 != half
        scores[test] = 1 / (
            1 + np.exp(-inputs[test] @ fit_logistic(inputs[fit], targets[fit], balance[fit]))
        )
    sources = np.array([question.source for question in asked])
    for name in sorted(set(sources)):
        of_name = sources == name
        refused = (scores < 0.5)[of_name & (targets == 0)]
        answered = (scores >= 0.5)[of_name & (targets == 1)]
        print(
            f"{name:<12} answered {answered.mean() if len(answered) else 0:.3f} of {len(answered)}"
            f"  refused {refused.mean() if len(refused) else 0:.3f} of {len(refused)}"
        )
    positive, negative = scores[targets == 1], scores[targets == 0]
    print(f"AUROC {(positive[:, None] > negative[None, :]).mean():.3f}")
    for low in np.arange(0, 1, 0.1):
        inside = (scores >= low) & (scores < low + 0.1)
        if inside.any():
            print(f"  said {low + 0.05:.2f}: true {targets[inside].mean():.2f} of {inside.sum()}")
    return scores


def _names(groups: list[list[Asked]]) -> Iterator[str]:
    """Name each question's group: those that weigh the same in the fit."""
    for group in groups:
        name = group[0].source if len({q.source for q in group}) == 1 else "held out"
        yield from (name for _ in group)


if __name__ == "__main__":
    main()
