"""Build a large index to its end, search it, edit one paragraph, rebuild: seconds and peak memory.

    python benchmarks/large_index.py [--documents 10000] [--sections 10] [--keep vectors.npy]

The documents are put together from the sentences of the corpus folder: each section takes
neighbouring sentences of one source and one of another, so that the vectors lie in clusters, many
of them close together, as those of real documents do. Each section is a passage. Memory is what
the process and its children hold together, looked at ten times a second.

Unless `--embedder built-in` is given, each sentence of the sources is embedded once with the
built-in model, and the vector of a passage is the sum of those of its sentences: the geometry of
the model, at next to no cost. `--keep` names a file that spares the next run even that.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from index import CheapEmbedder

from briefbot.build import build_index, check_index
from briefbot.embed import Embedder, SentenceTransformerEmbedder, Vectors
from briefbot.load import load_corpus
from briefbot.pipeline import BriefBot
from briefbot.sentences import sentence_spans
from briefbot.settings import Settings
from briefbot.types import IndexReport

SEARCHES = 100
_WORDS_SHARE = 0.3
"""How much the words of title and heading, and sentences of no source, count in a summed vector."""
_DIMENSION = 384
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class SummedEmbedder:
    """Adds up the built-in model's vectors of the sentences that a text is put together from."""

    name = "summed sentences of all-MiniLM-L6-v2"
    max_tokens = 256

    def __init__(self, sources: Sequence[Sequence[str]], kept: Path | None) -> None:
        known = [sentence for sentences in sources for sentence in sentences]
        if kept is not None and kept.is_file():
            vectors = np.load(kept)
        else:
            vectors = SentenceTransformerEmbedder().embed_documents(known)
            if kept is not None:
                np.save(kept, vectors)
        self._known = dict(zip(known, vectors, strict=True))
        self._words = CheapEmbedder()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> Vectors:
        *context, body = text.split("\n")
        others = [*context]
        vector = np.zeros(_DIMENSION, dtype=np.float32)
        for start, end in sentence_spans(body):
            sentence = body[start:end].strip()
            if sentence in self._known:
                vector += self._known[sentence]
            else:
                others.append(sentence)
        words = " ".join(others)
        if words.strip():
            vector += np.float32(_WORDS_SHARE) * self._words.embed_query(words)
        return vector / np.float32(np.linalg.norm(vector))


@contextlib.contextmanager
def peak_memory() -> Iterator[list[float]]:
    """Sample the resident memory of this process and all that it started; give the most, in GB."""
    peak = [0.0]
    stop = threading.Event()

    def sample() -> None:
        while not stop.wait(0.1):
            peak[0] = max(peak[0], _resident_bytes(os.getpid()) / 1e9)

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        stop.set()
        thread.join()


def _resident_bytes(process: int) -> int:
    """Add up the resident memory of a process and its descendants; of one that just ended, none."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
        threads = list(Path(f"/proc/{process}/task").iterdir())
        children = " ".join((thread / "children").read_text() for thread in threads).split()
    except OSError:
        return 0
    return pages * _PAGE_BYTES + sum(_resident_bytes(int(child)) for child in children)


def source_sentences(folder: Path) -> list[list[str]]:
    """Read the sentences of each document of a corpus; short ones and long ones left out."""
    sources = []
    for document in load_corpus(folder).documents:
        text = document.text[document.body_start :]
        said = (" ".join(text[start:end].split()) for start, end in sentence_spans(text))
        sources.append([one for one in said if 40 <= len(one) <= 220 and one[0].isalpha()])
    return [sentences for sentences in sources if len(sentences) > 5]


def make_corpus(folder: Path, sources: list[list[str]], documents: int, sections: int) -> None:
    """Write Markdown files, the same in every run; no two sections say the same."""
    choose = random.Random(11)
    folder.mkdir(parents=True)
    for number in range(documents):
        blocks = [f"# Report {number}"]
        for part in range(sections):
            sentences, others = choose.sample(sources, 2)
            first = choose.randrange(len(sentences) - 1)
            said = [*sentences[first : first + choose.randint(1, 2)], choose.choice(others)]
            blocks += [f"## Item {number}.{part}", " ".join(said)]
        (folder / f"report{number:06}.md").write_text("\n\n".join(blocks) + "\n", "utf-8")


def told(step: str, report: IndexReport, memory: list[float]) -> None:
    """Print what a build took."""
    print(
        f"{step}: {report.documents:,} documents, {report.passages:,} passages, "
        f"{report.embedded:,} embedded; {report.seconds:.0f} s; "
        f"peak memory {memory[0]:.2f} GB",
        flush=True,
    )


class Stages:
    """Notes how long each stage of a build took."""

    def __init__(self) -> None:
        self._stage, self._since = "", time.perf_counter()

    def tell(self, stage: str, done: int, total: int) -> None:
        if stage == self._stage:
            return
        now = time.perf_counter()
        if self._stage:
            print(f"  {self._stage} {now - self._since:.0f} s", flush=True)
        self._stage, self._since = stage, now


def build(step: str, settings: Settings, embedder: Embedder) -> None:
    """Build, and print seconds and peak memory."""
    stages = Stages()
    with peak_memory() as memory:
        report = build_index(settings, embedder=embedder, progress=stages.tell)
    stages.tell("", 0, 0)
    told(step, report, memory)


def search(settings: Settings, embedder: Embedder) -> None:
    """Search for the text of passages from all over the corpus; the passage should come first."""
    with peak_memory() as memory:
        started = time.perf_counter()
        bot = BriefBot(settings, embedder=embedder)
        opened = time.perf_counter() - started
        files = sorted(settings.corpus_dir.iterdir())
        wanted = [
            (path.name, path.read_text("utf-8").split("\n\n")[2].strip())
            for path in files[:: max(1, len(files) // SEARCHES)][:SEARCHES]
        ]
        started = time.perf_counter()
        first = sum(
            bot.search(text, top_k=1)[0].chunk.text == text for _, text in wanted
        )  # another section may say the same under another heading
        seconds = time.perf_counter() - started
        bot.close()
    print(
        f"opened in {opened:.1f} s; {first} of {len(wanted)} searches for a passage's text found "
        f"it first; {seconds / len(wanted):.3f} s each; peak memory {memory[0]:.2f} GB",
        flush=True,
    )


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--sections", type=int, default=10)
    parser.add_argument("--embedder", choices=("built-in", "summed"), default="summed")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--sources", type=Path, default=Path("corpus"))
    given = parser.parse_args()
    sources = source_sentences(given.sources)
    embedder: Embedder
    if given.embedder == "built-in":
        embedder = SentenceTransformerEmbedder()
    else:
        embedder = SummedEmbedder(sources, given.keep)
    folder = Path(tempfile.mkdtemp(prefix="briefbot-large-"))
    settings = Settings(corpus_dir=folder / "corpus", index_dir=folder / "index")
    try:
        make_corpus(settings.corpus_dir, sources, given.documents, given.sections)
        print(f"{sum(map(len, sources)):,} sentences; {embedder.name}", flush=True)
        build("full build", settings, embedder)
        search(settings, embedder)
        edited = settings.corpus_dir / "report000050.md"
        edited.write_text(edited.read_text("utf-8").rstrip() + " A sentence was added.\n", "utf-8")
        build("one paragraph edited", settings, embedder)
        search(settings, embedder)
        checked = check_index(settings)
        print(f"check: {len(checked.defects)} defects in {checked.seconds:.0f} s")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
