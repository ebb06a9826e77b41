"""A LangChain retriever over a BriefBot index, for people who build their own chain on it."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever

from briefbot.types import Passage


class BriefBotRetriever(BaseRetriever):
    """Returns passages as LangChain documents, best first.

    Each document's metadata holds `document`, `title`, `heading`, `start`, `end`, `url`, `date`,
    `kind` and `score`.
    """

    bot: Any
    """The open `BriefBot`."""
    top_k: int = 8
    """Passages per query."""

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        return [as_langchain(passage) for passage in self.bot.search(query, top_k=self.top_k)]


def as_langchain(passage: Passage) -> LangChainDocument:
    """Convert a passage at LangChain's border."""
    chunk = passage.chunk
    return LangChainDocument(
        page_content=chunk.text,
        metadata={
            "document": chunk.document,
            "title": chunk.title,
            "heading": " › ".join(chunk.heading),
            "start": chunk.start,
            "end": chunk.end,
            "url": chunk.url,
            "date": chunk.date,
            "kind": chunk.kind,
            "score": passage.score,
        },
    )
