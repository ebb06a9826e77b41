"""BriefBot's own reader networks: question + passage → relevance, answer span, evidence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from briefbot.embed import check_sha256
from briefbot.errors import ModelLoadError

Floats = NDArray[np.float32]

BUILT_IN_FOLDER = Path(__file__).parent / "models"
_SMALLEST = -20.0
"""Span margin of a passage without a single token to answer with."""


@dataclass(frozen=True, slots=True)
class PassageReading:
    """What the network says of one passage; all scores are log-odds.

    Attributes:
        relevance: Whether the passage bears on the question.
        answerable: Whether it holds the answer.
        margin: Score of the best span less that of "no answer".
        span: `[start, end)` of that span in the passage.
        token_spans: Shape `(tokens, 2)`: character range of each token of the passage.
        token_evidence: Shape `(tokens,)`: whether a token stands in a sentence that answers.
    """

    relevance: float
    answerable: float
    margin: float
    span: tuple[int, int]
    token_spans: NDArray[np.int64]
    token_evidence: Floats

    def evidence(self, start: int, end: int) -> float:
        """Mean evidence of the tokens inside a character range; very low where there is none."""
        inside = (self.token_spans[:, 0] >= start) & (self.token_spans[:, 1] <= end)
        return float(self.token_evidence[inside].mean()) if inside.any() else _SMALLEST


class ReaderModel:
    """An exported network: int8 ONNX, run by onnxruntime on the CPU."""

    def __init__(
        self,
        folder: Path = BUILT_IN_FOLDER,
        name: str = "reader",
        *,
        threads: int = 0,
        batch_size: int = 4,
    ) -> None:
        """Load the network.

        Args:
            folder: Holds `NAME.onnx`, `NAME.json` and `reader-tokenizer.json`.
            name: Of its files.
            threads: Threads of one run; 0 takes all cores.
            batch_size: Passages read at once, of similar length.

        Raises:
            ModelLoadError: If a file is missing or not the one that `NAME.json` names.
        """
        try:
            facts = json.loads((folder / f"{name}.json").read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ModelLoadError(
                f"The reader's settings in {folder.name}/{name}.json cannot be read.",
                hint="Install the package again.",
            ) from error
        for file, sha256 in facts["sha256"].items():
            check_sha256(folder / file, sha256)
        self._max_answer_tokens = int(facts["max_answer_tokens"])
        self._max_question_chars = int(facts["max_question_chars"])
        self._batch_size = batch_size
        self._tokenizer = Tokenizer.from_file(str(folder / "reader-tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(int(facts["max_tokens"]), strategy="only_second")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # waiting threads that spin take the cores from torch: half a second lost on a question
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(folder / f"{name}.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def read(self, question: str, passages: Sequence[str]) -> list[PassageReading]:
        """Read passages.

        Args:
            question: What is over the model's limit is cut off.
            passages: Texts; what is over the model's limit is not read.

        Returns:
            One reading for each passage, in input order.
        """
        asked = question[: self._max_question_chars]
        encodings = self._tokenizer.encode_batch([(asked, passage) for passage in passages])
        order = sorted(range(len(passages)), key=lambda i: len(encodings[i].ids))
        readings: dict[int, PassageReading] = {}
        for begin in range(0, len(order), self._batch_size):
            part = order[begin : begin + self._batch_size]
            outputs = self._run([encodings[i] for i in part])
            for row, i in enumerate(part):
                readings[i] = self._reading(encodings[i], [output[row] for output in outputs])
        return [readings[i] for i in range(len(passages))]

    def _run(self, encodings: Sequence[Encoding]) -> list[Floats]:
        shape = len(encodings), max(len(encoding.ids) for encoding in encodings)
        ids, mask, types = (np.zeros(shape, dtype=np.int64) for _ in range(3))
        for row, encoding in enumerate(encodings):
            size = len(encoding.ids)
            ids[row, :size] = encoding.ids
            types[row, :size] = encoding.type_ids
            mask[row, :size] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        outputs: list[Floats] = self._session.run(["start", "end", "evidence", "pooled"], feed)
        return outputs

    def _reading(self, encoding: Encoding, outputs: list[Floats]) -> PassageReading:
        start, end, evidence, pooled = outputs
        offsets = np.array(encoding.offsets, dtype=np.int64)
        inside = (np.array(encoding.type_ids) == 1) & (offsets[:, 1] > offsets[:, 0])
        tokens = np.flatnonzero(inside)
        span, margin = (0, 0), _SMALLEST
        if len(tokens):
            first, last, score = self._best_span(start[tokens], end[tokens])
            span = (int(offsets[tokens[first], 0]), int(offsets[tokens[last], 1]))
            margin = score - float(start[0] + end[0])
        return PassageReading(
            relevance=float(pooled[0]),
            answerable=float(pooled[1]),
            margin=margin,
            span=span,
            token_spans=offsets[tokens],
            token_evidence=evidence[tokens],
        )

    def _best_span(self, start: Floats, end: Floats) -> tuple[int, int, float]:
        scores = start[:, None] + end[None, :]
        length = np.arange(len(end))[None, :] - np.arange(len(start))[:, None]
        scores[(length < 0) | (length >= self._max_answer_tokens)] = -np.inf
        first, last = np.unravel_index(int(scores.argmax()), scores.shape)
        return int(first), int(last), float(scores[first, last])


@lru_cache(maxsize=1)
def built_in_reader() -> ReaderModel:
    """Load the small reader that comes with the package, once."""
    return ReaderModel()


@lru_cache(maxsize=1)
def built_in_close_reader() -> ReaderModel:
    """Load the larger reader that comes with the package, once."""
    return ReaderModel(name="close-reader")
