"""Time changes of an indexed corpus: BriefBot, a plain rebuild, and LangChain's indexing API.

    python benchmarks/index.py [--documents 1000] [--paragraphs 4] [--embedder built-in|cheap]

Each contender goes through the same changes of the same generated corpus: a full build, nothing,
one edited paragraph, one renamed file, one deleted file. All three read and split with BriefBot's
code and embed with the same model; LangChain writes to Chroma in place and keeps no copy of the
documents, no BM25 index, and does not check what it wrote. The table gives seconds of processor
time, which others on the machine disturb least, and for BriefBot those of the clock beside them.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import chromadb  # noqa: TID251 - the adapter below is not part of the package
import numpy as np
from langchain_core.documents import Document as LangChainDocument  # noqa: TID251
from langchain_core.embeddings import Embeddings  # noqa: TID251
from langchain_core.indexing import InMemoryRecordManager, index  # noqa: TID251
from langchain_core.vectorstores import VectorStore  # noqa: TID251

from briefbot.build import build_index
from briefbot.embed import Embedder, SentenceTransformerEmbedder, Vectors
from briefbot.load import load_corpus
from briefbot.settings import Settings
from briefbot.split import split

STEPS = ("full build", "no change", "one paragraph edited", "one file renamed", "one file deleted")
_DIMENSION = 384


class CheapEmbedder:
    """Adds up a random vector for each word: costs next to nothing, and alike texts are near."""

    name = "cheap"
    max_tokens = 256

    def __init__(self) -> None:
        self._words: dict[str, Vectors] = {}

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> Vectors:
        vector = np.sum([self._word(word) for word in text.split()], axis=0, dtype=np.float32)
        return vector / np.float32(np.linalg.norm(vector))

    def _word(self, word: str) -> Vectors:
        if word not in self._words:
            digest = hashlib.blake2b(word.encode("utf-8"), digest_size=8).digest()
            random_vectors = np.random.default_rng(int.from_bytes(digest, "big"))
            self._words[word] = random_vectors.standard_normal(_DIMENSION, dtype=np.float32)
        return self._words[word]


class CountingEmbedder:
    """Counts the passages that another embedder embeds."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self.name = inner.name
        self.max_tokens = inner.max_tokens
        self.passages = 0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._inner.count_tokens(texts)

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.passages += len(texts)
        return self._inner.embed_documents(texts)

    def embed_query(self, text: str) -> Vectors:
        return self._inner.embed_query(text)


class ChromaStore(VectorStore):
    """The least of a LangChain vector store over Chroma that its indexing API needs."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self._embedder = embedder
        client = chromadb.PersistentClient(
            str(folder), chromadb.config.Settings(anonymized_telemetry=False)
        )
        self._collection = client.get_or_create_collection(
            "passages", configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
        )

    def add_documents(self, documents: list[LangChainDocument], **kwargs: Any) -> list[str]:
        ids: list[str] = kwargs["ids"]
        for start in range(0, len(documents), 256):
            some = documents[start : start + 256]
            texts = [f"{doc.metadata['context']}\n{doc.page_content}" for doc in some]
            self._collection.upsert(
                ids=ids[start : start + 256],
                embeddings=self._embedder.embed_documents(texts),
                documents=[doc.page_content for doc in some],
                metadatas=[doc.metadata for doc in some],
            )
        return ids

    def delete(self, ids: list[str] | None = None, **kwargs: Any) -> bool:
        if ids:
            self._collection.delete(ids=ids)
        return True

    def add_texts(self, texts: Iterable[str], *args: Any, **kwargs: Any) -> list[str]:
        raise NotImplementedError

    def similarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[LangChainDocument]:
        raise NotImplementedError

    @classmethod
    def from_texts(
        cls, texts: list[str], embedding: Embeddings, *args: Any, **kwargs: Any
    ) -> ChromaStore:
        raise NotImplementedError


def make_corpus(folder: Path, documents: int, paragraphs: int) -> None:
    """Write Markdown files of invented words, the same in every run."""
    choose = random.Random(7)
    syllables = [
        "".join(choose.sample("bdfglmnprst", 1) + choose.sample("aeiou", 1)) for _ in "x" * 60
    ]
    words = ["".join(choose.choices(syllables, k=choose.randint(1, 4))) for _ in range(4000)]
    folder.mkdir(parents=True)
    for number in range(documents):
        blocks = [f"# Report {number} on {choose.choice(words)}"]
        for part in range(paragraphs):
            said = (" ".join(choose.choices(words, k=14)).capitalize() for _ in range(5))
            blocks += [f"## Section {part}", ". ".join(said) + "."]
        (folder / f"report{number:05}.md").write_text("\n\n".join(blocks) + "\n", "utf-8")


def change(folder: Path, step: str) -> None:
    """Change the corpus as a step says."""
    files = sorted(folder.iterdir())
    if step == "one paragraph edited":
        text = files[500 % len(files)].read_text("utf-8")
        files[500 % len(files)].write_text(
            text.rstrip() + " One more sentence was added.\n", "utf-8"
        )
    elif step == "one file renamed":
        files[100 % len(files)].rename(folder / "report-moved.md")
    elif step == "one file deleted":
        files[200 % len(files)].unlink()


def run_langchain(
    settings: Settings, store: VectorStore, records: InMemoryRecordManager, embedder: Embedder
) -> None:
    """Bring a LangChain index up to date, all documents given, as `cleanup="full"` wants it."""
    documents = [
        LangChainDocument(
            page_content=chunk.text,
            metadata={
                "source": chunk.document, "context": chunk.context,
                "start": chunk.start, "end": chunk.end,
            },
        )
        for document in load_corpus(settings.corpus_dir).documents
        for chunk in split(
            document,
            count_tokens=embedder.count_tokens,
            max_tokens=settings.chunk_tokens,
            overlap_sentences=settings.overlap_sentences,
        )
    ]  # fmt: skip
    index(
        documents,
        records,
        store,
        cleanup="full",
        source_id_key="source",
        key_encoder="sha256",
        batch_size=1000,
    )


def timed(work: Callable[[], object], embedder: CountingEmbedder) -> tuple[float, float, int]:
    """Run something; give its processor and clock seconds and how many passages were embedded."""
    before = embedder.passages
    started, started_cpu = time.perf_counter(), time.process_time()
    work()
    cpu_s, clock_s = time.process_time() - started_cpu, time.perf_counter() - started
    return cpu_s, clock_s, embedder.passages - before


def measure(folder: Path, inner: Embedder) -> None:
    """Take the three contenders through all steps and print a table."""
    settings = Settings(corpus_dir=folder / "corpus", index_dir=folder / "index")
    afresh = settings.model_copy(update={"index_dir": folder / "plain"})
    embedder = CountingEmbedder(inner)
    records = InMemoryRecordManager("bench")
    records.create_schema()
    store = ChromaStore(folder / "langchain", embedder)
    files = len(list(settings.corpus_dir.iterdir()))
    print(f"{files} documents; {inner.name}; processor seconds (passages embedded)")
    print(f"{'':22}{'BriefBot':>16}{'plain rebuild':>16}{'LangChain':>16}   ratios")
    for step in STEPS:
        change(settings.corpus_dir, step)
        ours = timed(lambda: build_index(settings, embedder=embedder), embedder)
        plain = timed(lambda: build_index(afresh, embedder=embedder), embedder)
        shutil.rmtree(afresh.index_dir)
        theirs = timed(lambda: run_langchain(settings, store, records, embedder), embedder)
        shown = "".join(f"{f'{s:.2f} ({n})':>16}" for s, _, n in (ours, plain, theirs))
        print(
            f"{step:22}{shown}   {plain[0] / ours[0]:.1f} × plain, "
            f"{theirs[0] / ours[0]:.1f} × LangChain; BriefBot {ours[1]:.1f} s by the clock",
            flush=True,
        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--paragraphs", type=int, default=4)
    parser.add_argument("--embedder", choices=("built-in", "cheap"), default="cheap")
    given = parser.parse_args()
    inner = SentenceTransformerEmbedder() if given.embedder == "built-in" else CheapEmbedder()
    folder = Path(tempfile.mkdtemp(prefix="briefbot-bench-"))
    try:
        make_corpus(folder / "corpus", given.documents, given.paragraphs)
        measure(folder, inner)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
