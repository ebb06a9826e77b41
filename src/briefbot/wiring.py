"""Settings → objects: the only place that decides which implementation a setting names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from briefbot.answer import Answerer, ExtractiveAnswerer
from briefbot.disputes import Disputes
from briefbot.document_store import stored_documents
from briefbot.embed import Embedder, SentenceTransformerEmbedder
from briefbot.errors import IndexMismatchError
from briefbot.generation import BuildSettings, Manifest, read_manifest, require_same_settings
from briefbot.lexical import LexicalIndex
from briefbot.load import Limits
from briefbot.read import CrossReader, Reader
from briefbot.reader_model import built_in_close_reader, built_in_reader
from briefbot.rerank import CrossEncoderReranker, RerankedReader
from briefbot.retrieve import HybridRetriever, Retriever
from briefbot.settings import Settings
from briefbot.store import ChunkStore, damaged


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """One generation of an index, opened for questions."""

    folder: Path
    manifest: Manifest
    store: ChunkStore
    lexical: LexicalIndex
    retriever: Retriever
    reader: Reader
    disputes: Disputes


def build_embedder(settings: Settings) -> Embedder:
    """Load the embedding model that the settings name."""
    return SentenceTransformerEmbedder(settings.embedding_model)


def limits_of(settings: Settings) -> Limits:
    """Pick what one file of the corpus may cost."""
    return Limits(
        max_file_mb=settings.max_file_mb,
        max_pages=settings.max_pages,
        parse_timeout_s=settings.parse_timeout_s,
        parse_memory_mb=settings.parse_memory_mb,
    )


def build_settings(settings: Settings) -> BuildSettings:
    """Pick what an index depends on."""
    return BuildSettings(
        embedding_model=settings.embedding_model,
        chunk_tokens=settings.chunk_tokens,
        overlap_sentences=settings.overlap_sentences,
    )


def open_index(generation: Path, settings: Settings, embedder: Embedder) -> OpenIndex:
    """Open a generation and check that it is whole and fits the settings.

    Raises:
        IndexDamagedError: If a part is missing or the parts disagree.
        IndexMismatchError: If it was built with other settings or another model.
    """
    manifest = read_manifest(generation)
    require_same_settings(manifest, build_settings(settings), generation.parent)
    store, lexical = open_parts(generation, manifest)
    dimension = len(embedder.embed_query(manifest.settings.embedding_model))
    if dimension != manifest.dimension:
        store.close()
        raise IndexMismatchError(
            f"The index in {generation.parent} holds vectors of {manifest.dimension} numbers; "
            f"{embedder.name} gives {dimension}.",
            hint="Run `briefbot index` to rebuild it.",
        )
    return OpenIndex(
        generation,
        manifest,
        store,
        lexical,
        HybridRetriever(store, lexical, embedder, dense_weight=settings.dense_weight),
        build_reader(settings, embedder, lexical),
        Disputes(generation),
    )


def build_reader(settings: Settings, embedder: Embedder, lexical: LexicalIndex) -> Reader:
    """Make the reader; a reranker that the settings name orders the passages in its place.

    Raises:
        ModelLoadError: If the reranker cannot be loaded.
    """
    reader = CrossReader(built_in_reader(), built_in_close_reader(), embedder, lexical.idf)
    if not settings.reranker:
        return reader
    return RerankedReader(reader, CrossEncoderReranker(settings.reranker))


def open_parts(generation: Path, manifest: Manifest) -> tuple[ChunkStore, LexicalIndex]:
    """Open what a generation is searched by, and compare how much each part holds.

    Raises:
        IndexDamagedError: If a part is missing or the parts disagree.
    """
    lexical = LexicalIndex.load(generation / "bm25")
    store = ChunkStore(generation / "chroma")
    counts = (len(store), len(lexical), stored_documents(generation))
    expected = (manifest.passages, manifest.passages, len(manifest.documents))
    reason = ""
    if counts != expected:
        reason = (
            f"it holds {counts[0]} vectors, {counts[1]} BM25 rows and {counts[2]} documents, not "
            f"{expected[0]}, {expected[1]} and {expected[2]}"
        )
    elif not store.has(lexical.sample_ids()):
        reason = "its BM25 index belongs to another build"
    if reason:
        store.close()
        raise damaged(generation.parent, reason)
    return store, lexical


def build_answerer(settings: Settings) -> Answerer:
    """Make the answerer that the settings name: built in, or a chat model.

    Raises:
        SettingsError: If the chat model's name is malformed.
        MissingExtraError: If its package is not installed.
        ChatModelError: If its key is missing.
    """
    if not settings.model:
        return ExtractiveAnswerer(max_statements=settings.max_statements)
    from briefbot.chat import ChatAnswerer, Prices  # noqa: PLC0415 - only if asked for
    from briefbot.chat_models import load_chat_model  # noqa: PLC0415
    from briefbot.model_files import LOCAL_PREFIX  # noqa: PLC0415

    model = load_chat_model(
        settings.model,
        timeout_s=settings.model_timeout_s,
        url=settings.model_url,
        threads=settings.model_threads,
    )
    return ChatAnswerer(
        model,
        name=settings.model,
        timeout_s=settings.model_timeout_s,
        prices=Prices(settings.model_price_input, settings.model_price_output),
        most_chars=settings.model_chars
        or (_LOCAL_CHARS if settings.model.startswith(LOCAL_PREFIX) else 0),
    )


_LOCAL_CHARS = 1600
"""Two cores read about 60 tokens a second: this much takes a local model six seconds."""
