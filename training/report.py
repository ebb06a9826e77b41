"""Measure the reader: spans, refusal, relevance, evidence; calibrate its probabilities."""

from __future__ import annotations

import re
import string
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer

from batches import Batch, Encoded, collate, encode
from data import Example, Question
from model import Reader

MAX_ANSWER_TOKENS = 40
REWRITTEN = re.compile(r" in (?:question|passage|both)|negated|antonym|added|swapped|another")

Forward = Callable[[Batch], list[np.ndarray]]  # start, end, evidence, pooled


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader says of one example: raw logits, and the text of the best span."""

    text: str
    margin: float
    relevance: float
    answerable: float
    evidence: np.ndarray

    @property
    def answer_score(self) -> float:
        """Join the two signs of an answer: span against "no answer", and the pooled logit."""
        return self.margin / 2 + self.answerable


@dataclass(frozen=True, slots=True)
class Read:
    """An example, its targets, and what the reader says of it."""

    example: Example
    encoded: Encoded
    reading: Reading


def torch_forward(model: Reader) -> Forward:
    """Wrap a model for `read`."""

    def forward(batch: Batch) -> list[np.ndarray]:
        device = next(model.parameters()).device
        model.eval()
        with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16):
            output = model(batch.ids.to(device), batch.mask.to(device), batch.types.to(device))
        return [tensor.float().cpu().numpy() for tensor in output]

    return forward


def best_span(start: np.ndarray, end: np.ndarray, tokens: np.ndarray) -> tuple[int, int, float]:
    """Find the best answer span: first token, last token, and its score above "no answer"."""
    scores = start[tokens][:, None] + end[tokens][None, :]
    length = tokens[None, :] - tokens[:, None]
    scores[(length < 0) | (length >= MAX_ANSWER_TOKENS)] = -1e9
    first, last = np.unravel_index(scores.argmax(), scores.shape)
    margin = float(scores[first, last] - start[0] - end[0])
    return int(tokens[first]), int(tokens[last]), margin


def read(forward: Forward, tokenizer: Tokenizer, examples: Sequence[Example]) -> list[Read]:
    """Read examples, shortest first; those whose answer is cut off are left out."""
    kept = [(e, encoded[0]) for e in examples if (encoded := encode([e], tokenizer))]
    kept.sort(key=lambda pair: len(pair[1].ids))
    found = []
    for begin in range(0, len(kept), 16):
        part = kept[begin : begin + 16]
        arrays = forward(collate([encoded for _, encoded in part]))
        for row, (example, encoded) in enumerate(part):
            outputs = [array[row] for array in arrays]
            found.append(Read(example, encoded, _reading(example, encoded, outputs, tokenizer)))
    return found


def _reading(
    example: Example, encoded: Encoded, outputs: list[np.ndarray], tokenizer: Tokenizer
) -> Reading:
    start, end, evidence, pooled = outputs
    size = len(encoded.ids)
    offsets = tokenizer.encode(example.question[:400], example.passage).offsets
    tokens = np.array([i for i in range(size) if encoded.types[i] and offsets[i][1]])
    first, last, margin = best_span(start[:size], end[:size], tokens)
    text = example.passage[offsets[first][0] : offsets[last][1]]
    return Reading(text, margin, float(pooled[0]), float(pooled[1]), evidence[:size])


def normalise(text: str) -> list[str]:
    """Reduce a text to words as SQuAD's scorer does."""
    kept = "".join(c for c in text.lower() if c not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", kept).split()


def token_f1(predicted: str, gold: str) -> float:
    """Return the F1 of the words of two texts."""
    a, b = normalise(predicted), normalise(gold)
    shared = sum((Counter(a) & Counter(b)).values())
    return 2 * shared / (len(a) + len(b)) if shared else 0.0


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return the chance that a positive scores above a negative; ties count half."""
    if not len(positive) or not len(negative):
        return float("nan")
    a, b = np.asarray(positive)[:, None], np.asarray(negative)[None, :]
    return float(((a > b) + 0.5 * (a == b)).mean())


def percent(values: Sequence[float]) -> float:
    """Return a mean as percent, to one place."""
    return round(100 * float(np.mean(values)), 1) if len(values) else float("nan")


def evidence_f1(rows: Sequence[Read]) -> float:
    """Return the F1 of "this token is evidence" at probability one half, as percent."""
    hits = said = gold = 0
    for row in rows:
        target = row.encoded.evidence
        claimed = (row.reading.evidence > 0) & (target >= 0)
        hits += int((claimed & (target == 1)).sum())
        said += int(claimed.sum())
        gold += int((target == 1).sum())
    return round(200 * hits / max(1, said + gold), 1)


def top_sentence_right(row: Read) -> float | None:
    """Say whether the sentence with the most mean evidence is a supporting one."""
    ranges, offsets = row.example.sentence_ranges, np.flatnonzero(row.encoded.evidence >= 0)
    if len(ranges) < 2 or not len(offsets):
        return None
    edges = np.flatnonzero(np.diff(row.encoded.evidence[offsets])) + 1
    runs = np.split(offsets, edges)  # runs of equal targets stand for sentences
    best = max(runs, key=lambda run: row.reading.evidence[run].mean())
    return float(row.encoded.evidence[best[0]] == 1)


def span_measures(rows: Sequence[Read]) -> dict[str, float]:
    """Return F1 and exact match of the best spans, by kind of example."""
    f1: dict[str, list[float]] = defaultdict(list)
    exact: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        golds = [row.example.passage[a:b] for a, b in row.example.answer_ranges]
        if golds:
            text, kind = row.reading.text, row.example.kind
            f1[kind].append(max(token_f1(text, gold) for gold in golds))
            exact[kind].append(float(any(normalise(text) == normalise(gold) for gold in golds)))
    return {f"F1 {kind}": percent(v) for kind, v in f1.items()} | {
        f"EM {kind}": percent(v) for kind, v in exact.items()
    }


def refusal_measures(rows: Sequence[Read]) -> dict[str, float]:
    """Return the AUROC of answerable examples against each kind of near-miss."""
    kinds: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        if row.example.answerable is False:
            kinds[row.example.kind].append(row.reading.answer_score)
    good = {
        source: [r.reading.answer_score for r in rows if r.example.answerable
                 and r.example.kind.startswith(source)]
        for source in ("squad", "hotpot", "attribute", "written")
    }  # fmt: skip
    return {
        f"AUROC {kind}": round(auroc(good[_source(kind)], scores), 3)
        for kind, scores in sorted(kinds.items())
    }


def _source(kind: str) -> str:
    for source in ("attribute", "written"):
        if kind.startswith(source):
            return source
    return "hotpot" if kind in ("distractor", "half without", "support + distractor") else "squad"


def measure(rows: Sequence[Read]) -> dict[str, float]:
    """Return the development measures, percent but for AUROC."""
    answerable = [row for row in rows if row.example.answerable]
    tops = [right for row in answerable if (right := top_sentence_right(row)) is not None]
    sides = {
        side: [row.reading.relevance for row in rows if row.example.relevant is side]
        for side in (True, False)
    }
    return {
        **span_measures(rows),
        **refusal_measures(rows),
        "evidence F1": evidence_f1(answerable),
        "evidence first": percent(tops),
        "AUROC relevance": round(auroc(sides[True], sides[False]), 3),
    }


def answer_scores(rows: Sequence[Read], *, answerable: bool) -> list[float]:
    """Return the answer scores of one side, of examples whose text no rule has changed."""
    return [
        row.reading.answer_score
        for row in rows
        if row.example.answerable is answerable and not REWRITTEN.search(row.example.kind)
    ]


def reworded_measures(plain: Sequence[Read], reworded: Sequence[Read]) -> dict[str, float]:
    """Compare the same examples as they are and in other words.

    The last value sets reworded answerable questions against near-misses as they are: a reader
    that goes by shared words fails there.
    """
    found = {}
    for name, rows in (("plain", plain), ("reworded", reworded)):
        measured = measure(rows)
        areas = [
            value
            for key, value in measured.items()
            if key.startswith("AUROC ") and key != "AUROC relevance"
        ]
        good, bad = (answer_scores(rows, answerable=side) for side in (True, False))
        found |= {
            f"AUROC answerable, {name}": round(auroc(good, bad), 3),
            f"AUROC mean of kinds, {name}": round(float(np.nanmean(areas)), 3),
            f"AUROC relevance, {name}": measured["AUROC relevance"],
            f"evidence F1, {name}": measured["evidence F1"],
        } | {f"{k}, {name}": measured[k] for k in ("F1 squad", "F1 hotpot half", "F1 hotpot both")}
    good, bad = answer_scores(reworded, answerable=True), answer_scores(plain, answerable=False)
    return {**found, "AUROC reworded answerable, plain near-misses": round(auroc(good, bad), 3)}


def squad2_scores(fit: Sequence[Read], test: Sequence[Read]) -> dict[str, float]:
    """Refuse below the threshold that is best on `fit`; return F1 and accuracy on `test`."""
    scores = sorted(row.reading.answer_score for row in _squad2(fit))
    threshold = max(scores, key=lambda at: _refuse_below(_squad2(fit), at)["balanced accuracy"])
    return _refuse_below(_squad2(test), threshold)


def _squad2(rows: Sequence[Read]) -> list[Read]:
    return [row for row in rows if row.example.kind in ("squad", "adversarial")]


def _refuse_below(rows: Sequence[Read], threshold: float) -> dict[str, float]:
    f1, right = [], defaultdict(list)
    for row in rows:
        answered = row.reading.answer_score >= threshold
        golds = [row.example.passage[a:b] for a, b in row.example.answer_ranges]
        best = max((token_f1(row.reading.text, gold) for gold in golds), default=0.0)
        f1.append(best * answered if golds else float(not answered))
        right[bool(golds)].append(float(answered == bool(golds)))
    return {
        "F1 with no-answer": percent(f1),
        "balanced accuracy": (percent(right[True]) + percent(right[False])) / 2,
    }


def relevance_measures(
    forward: Forward, tokenizer: Tokenizer, questions: Sequence[Question]
) -> dict[str, float]:
    """Rank each HotpotQA question's ten paragraphs by relevance."""
    reciprocal, pairs = [], []
    for question in questions:
        supports = [paragraph for paragraph, _ in question.supports]
        examples = [
            Example(question.text, p.title, p.sentences, (), frozenset(), None, p in supports, "")
            for p in (*supports, *question.distractors)
        ]
        rows = read(forward, tokenizer, examples)
        order = sorted(rows, key=lambda row: -row.reading.relevance)
        hits = [bool(row.example.relevant) for row in order]
        reciprocal.append(1 / (hits.index(True) + 1))
        pairs.append(sum(hits[:2]) / 2)
    return {"MRR of 10 paragraphs": percent(reciprocal), "both in top 2": percent(pairs)}


def features(row: Read) -> list[float]:
    """Return what the calibration weighs: span margin, answerable, relevance, 1."""
    reading = row.reading
    return [reading.margin, reading.answerable, reading.relevance, 1.0]


def fit_logistic(inputs: np.ndarray, targets: np.ndarray, penalty: float = 1.0) -> np.ndarray:
    """Fit logistic weights by Newton's method."""
    weights = np.zeros(inputs.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        gradient = inputs.T @ (targets - chance) - penalty * weights
        curvature = (inputs * (chance * (1 - chance))[:, None]).T @ inputs
        weights += np.linalg.solve(curvature + penalty * np.eye(len(weights)), gradient)
    return weights


def calibrate(rows: Sequence[Read]) -> dict[str, object]:
    """Fit the weights of the answerable probability, and the scales of the other two.

    Only examples with their own question and text count, not the rewritten ones; both sides
    weigh the same.
    """
    known = [
        r for r in rows if r.example.answerable is not None and not REWRITTEN.search(r.example.kind)
    ]
    inputs = np.array([features(row) for row in known])
    targets = np.array([float(row.example.answerable) for row in known])
    balanced = _balance(targets)
    weights = fit_logistic(inputs[balanced], targets[balanced])
    judged = [row for row in rows if row.example.relevant is not None]
    relevance = fit_logistic(
        np.array([[row.reading.relevance] for row in judged]),
        np.array([float(row.example.relevant) for row in judged]),
    )
    scores = np.concatenate([row.reading.evidence for row in known])
    labels = np.concatenate([row.encoded.evidence for row in known])
    evidence = fit_logistic(scores[labels >= 0][:, None], labels[labels >= 0])
    return {
        "answerable": [round(float(weight), 4) for weight in weights],
        "relevance_scale": round(float(relevance[0]), 4),
        "evidence_scale": round(float(evidence[0]), 4),
    }


def _balance(targets: np.ndarray) -> np.ndarray:
    """Draw as many rows of either side, always the same ones."""
    rng = np.random.default_rng(0)
    sides = [np.flatnonzero(targets == side) for side in (0.0, 1.0)]
    size = min(map(len, sides))
    return np.concatenate([rng.choice(side, size, replace=False) for side in sides])


def reliability(rows: Sequence[Read], weights: Sequence[float]) -> list[tuple[float, float, int]]:
    """Return (mean probability, share answerable, count) for five bands of probability."""
    known = [
        r for r in rows if r.example.answerable is not None and not REWRITTEN.search(r.example.kind)
    ]
    targets = np.array([float(row.example.answerable) for row in known])
    chance = 1 / (1 + np.exp(-np.array([features(row) for row in known]) @ np.array(weights)))
    balanced = _balance(targets)
    chance, targets = chance[balanced], targets[balanced]
    bands = np.minimum((chance * 5).astype(int), 4)
    return [
        (round(float(chance[bands == b].mean()), 3), round(float(targets[bands == b].mean()), 3),
         int((bands == b).sum()))
        for b in range(5) if (bands == b).any()
    ]  # fmt: skip
