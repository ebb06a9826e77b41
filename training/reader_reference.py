"""Read passages with the exported model: onnxruntime and tokenizers, no torch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Encoding, Tokenizer


@dataclass(frozen=True, slots=True)
class Span:
    """The best answer in a passage: character range, and its log-odds against "no answer"."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class TokenEvidence:
    """Character range of a token and the probability that it stands in a supporting sentence."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader says of one passage.

    Attributes:
        relevance: Probability that the passage bears on the question; order passages by it.
        answerable: Calibrated probability that the passage holds the answer.
        no_answer_score: Score of "no answer" less that of the best span; positive means none.
        span: Best span, whether or not it is believed; None for a passage without tokens.
        evidence: Tokens of the passage with their evidence.
        logits: Raw span margin, answerable and relevance: what a calibration of one's own weighs.
    """

    relevance: float
    answerable: float
    no_answer_score: float
    span: Span | None
    evidence: tuple[TokenEvidence, ...]
    logits: tuple[float, float, float]

    def sentence_evidence(self, start: int, end: int) -> float:
        """Return the mean evidence of the tokens inside a character range."""
        scores = [
            token.score for token in self.evidence if start <= token.start and token.end <= end
        ]
        return float(np.mean(scores)) if scores else 0.0


class OnnxReader:
    """The exported reader."""

    def __init__(self, folder: Path, *, threads: int = 2, batch_size: int = 4) -> None:
        """Load model, tokenizer and settings.

        Args:
            folder: Holds `reader.onnx`, `reader-tokenizer.json` and `reader.json`.
            threads: Threads of one run.
            batch_size: Passages read at once, of similar length.
        """
        self.settings = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
        self.batch_size = batch_size
        self.tokenizer = Tokenizer.from_file(str(folder / "reader-tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(self.settings["max_tokens"], strategy="only_second")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            str(folder / "reader.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """Read passages, in input order.

        Args:
            question: Cut to `max_question_chars` of the settings.
            passages: Texts, each with or without its "title > heading" on a first line.
        """
        asked = question[: self.settings["max_question_chars"]]
        encodings = self.tokenizer.encode_batch([(asked, passage) for passage in passages])
        order = sorted(range(len(passages)), key=lambda i: len(encodings[i].ids))
        readings: list[Reading | None] = [None] * len(passages)
        for begin in range(0, len(order), self.batch_size):
            part = order[begin : begin + self.batch_size]
            outputs = self._run([encodings[i] for i in part])
            for row, i in enumerate(part):
                readings[i] = self._reading(encodings[i], [output[row] for output in outputs])
        return [reading for reading in readings if reading is not None]

    def _run(self, encodings: Sequence[Encoding]) -> list[np.ndarray]:
        shape = len(encodings), max(len(encoding.ids) for encoding in encodings)
        ids, mask, types = (np.zeros(shape, dtype=np.int64) for _ in range(3))
        for row, encoding in enumerate(encodings):
            size = len(encoding.ids)
            ids[row, :size] = encoding.ids
            types[row, :size] = encoding.type_ids
            mask[row, :size] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        return self.session.run(["start", "end", "evidence", "pooled"], feed)

    def _reading(self, encoding: Encoding, outputs: list[np.ndarray]) -> Reading:
        start, end, evidence, pooled = outputs
        offsets = np.array(encoding.offsets)
        inside = (np.array(encoding.type_ids) == 1) & (offsets[:, 1] > offsets[:, 0])
        tokens = np.flatnonzero(inside)
        size = len(offsets)
        span, margin = self._best_span(start[:size], end[:size], tokens, offsets)
        calibration = self.settings["calibration"]
        features = np.array([margin, pooled[1], pooled[0], 1.0])
        scores = sigmoid(evidence[tokens] * calibration["evidence_scale"])
        return Reading(
            relevance=float(sigmoid(pooled[0] * calibration["relevance_scale"])),
            answerable=float(sigmoid(features @ np.array(calibration["answerable"]))),
            no_answer_score=-margin,
            span=span,
            evidence=tuple(
                TokenEvidence(int(offsets[t][0]), int(offsets[t][1]), float(score))
                for t, score in zip(tokens, scores, strict=True)
            ),
            logits=(margin, float(pooled[1]), float(pooled[0])),
        )

    def _best_span(
        self, start: np.ndarray, end: np.ndarray, tokens: np.ndarray, offsets: np.ndarray
    ) -> tuple[Span | None, float]:
        if not len(tokens):
            return None, -20.0
        scores = start[tokens][:, None] + end[tokens][None, :]
        length = tokens[None, :] - tokens[:, None]
        scores[(length < 0) | (length >= self.settings["max_answer_tokens"])] = -1e9
        first, last = np.unravel_index(scores.argmax(), scores.shape)
        margin = float(scores[first, last] - start[0] - end[0])
        low, high = offsets[tokens[first]][0], offsets[tokens[last]][1]
        return Span(int(low), int(high), margin), margin


def sigmoid(value: np.ndarray | float) -> np.ndarray | float:
    """Return the logistic function, safe for large values."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(value)))
