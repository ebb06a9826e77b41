"""Question + passages → passages in another order, by a CrossEncoder of sentence-transformers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from briefbot.embed import first_line, load_from_hub
from briefbot.errors import ModelLoadError
from briefbot.read import Reader, Reading
from briefbot.register import prose
from briefbot.types import Passage

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class Reranker(Protocol):
    """Orders passages."""

    def rerank(self, question: str, passages: Sequence[Passage]) -> list[Passage]:
        """Return the same passages, best first, each with its new score in [0, 1]."""
        ...


class CrossEncoderReranker:
    """A `Reranker` over any CrossEncoder that scores a pair with one number, or no and yes."""

    def __init__(self, name: str) -> None:
        """Load a model.

        Args:
            name: A folder, or a model on a hub.

        Raises:
            ModelLoadError: If it cannot be loaded, or gives more than two numbers for a pair.
        """
        self._model = _load(name)

    def rerank(self, question: str, passages: Sequence[Passage]) -> list[Passage]:
        """Score each passage with its title in front of it."""
        if not passages:
            return []
        pairs = [(question, f"{p.chunk.title}\n{prose(p.chunk)}") for p in passages]
        logits = np.asarray(self._model.predict(pairs, show_progress_bar=False), dtype=np.float64)
        values = logits if logits.ndim == 1 else logits[:, -1] - logits[:, 0]
        scores = [0.5 * (1 + math.tanh(value / 2)) for value in values]
        scored = [replace(p, score=round(s, 4)) for p, s in zip(passages, scores, strict=True)]
        return sorted(scored, key=lambda passage: -passage.score)


class RerankedReader:
    """A `Reader` whose passages a `Reranker` orders; all else is the reader's own."""

    def __init__(self, reader: Reader, reranker: Reranker) -> None:
        """Read with `reader`, order with `reranker`."""
        self._reader = reader
        self._reranker = reranker

    def read(self, question: str, passages: Sequence[Passage]) -> Reading:
        """Read every passage given, and order them."""
        reading = self._reader.read(question, passages)
        return replace(reading, passages=tuple(self._reranker.rerank(question, passages)))


@lru_cache(maxsize=1)
def _load(name: str) -> CrossEncoder:
    import torch  # noqa: PLC0415
    from sentence_transformers import CrossEncoder  # noqa: PLC0415 - imports torch
    from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

    disable_progress_bar()  # type: ignore[no-untyped-call]  # it would write over our own

    def load(local: bool) -> CrossEncoder:
        made: CrossEncoder = CrossEncoder(
            name, device="cpu", local_files_only=local, activation_fn=torch.nn.Identity()
        )
        return made

    try:
        model = load(True) if Path(name).is_dir() else load_from_hub(name, load)
    except (OSError, ValueError) as error:
        raise ModelLoadError(
            f"The reranker {name!r} cannot be loaded ({first_line(error)}).",
            hint="Check the name and the connection, or leave the setting reranker empty.",
        ) from error
    if model.num_labels > _NO_AND_YES:
        raise ModelLoadError(
            f"The reranker {name!r} gives {model.num_labels} numbers for a pair.",
            hint="Name one that gives a single score, or leave the setting reranker empty.",
        )
    return model


_NO_AND_YES = 2
