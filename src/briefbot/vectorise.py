"""Passages → vectors: out of the cache, or by the model where it holds none."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Callable, Sequence

import numpy as np

from briefbot.embed import Embedder, Vectors
from briefbot.register import prose
from briefbot.types import Chunk
from briefbot.vector_cache import VectorCache, vector_key

_EMBED_AT_ONCE = 256
"""Texts between two notes in the cache: what a killed build has to embed again at most."""
_PROBE = "What did the council decide about the bridge?"
_PROBE_SAME = 0.999


class PassageVectors:
    """The vectors of passages by one model; each that is computed is kept at once."""

    def __init__(self, cache: VectorCache, model: str, embedder: Callable[[], Embedder]) -> None:
        """Start with nothing embedded.

        Args:
            cache: Holds what was embedded before.
            model: Names the weights in the cache.
            embedder: Gives the model when the first text needs it: most changes need none.
        """
        self._cache = cache
        self._model = model
        self._embedder = embedder
        self.embedded = 0

    def of(self, chunks: Sequence[Chunk]) -> Vectors:
        """Look vectors up, and embed what no build embedded before."""
        texts = [_embedded_text(chunk) for chunk in chunks]
        keys = self.keys(chunks)
        known = self._cache.get(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        by_length = sorted(missing, key=lambda key: len(missing[key]))  # less padding
        for start in range(0, len(by_length), _EMBED_AT_ONCE):
            some = by_length[start : start + _EMBED_AT_ONCE]
            fresh = self._embedder().embed_documents([missing[key] for key in some])
            self._cache.put(some, fresh)
            _give_memory_back()
            known |= dict(zip(some, fresh, strict=True))
            self.embedded += len(some)
        return np.stack([known[key] for key in keys])

    def keys(self, chunks: Sequence[Chunk]) -> list[bytes]:
        """Give the keys of passages in the cache."""
        return [vector_key(self._model, _embedded_text(chunk)) for chunk in chunks]

    @property
    def probe_key(self) -> bytes:
        """The key of the vector by which a model is known again."""
        return vector_key(self._model, "")

    def forget_if_changed(self) -> bool:
        """Forget all vectors if the model of this name now gives others.

        Returns:
            Whether it does.
        """
        now = self._embedder().embed_query(_PROBE)
        before = self._cache.get([self.probe_key]).get(self.probe_key)
        is_other = before is not None and (
            now.shape != before.shape or float(now @ before) < _PROBE_SAME
        )
        if is_other:
            self._cache.clear()
        self._cache.put([self.probe_key], now.reshape(1, -1))
        return is_other


def _give_memory_back() -> None:
    """Let the system have what the model freed: glibc keeps it, and some more with each batch.

    Without this a build of 2,000 passages held twice the memory that the model needs.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):  # other systems have no such call
        ctypes.CDLL(None).malloc_trim(0)


def _embedded_text(chunk: Chunk) -> str:
    return f"{chunk.context}\n{prose(chunk)}"
