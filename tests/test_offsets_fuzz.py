"""Random files, from disk to citation: no offset may be off by one."""

import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from briefbot.build import build_index
from briefbot.cite import Quoted, cite, is_verbatim
from briefbot.errors import UnreadableDocumentError
from briefbot.load import load_document
from briefbot.pipeline import BriefBot
from briefbot.sentences import sentence_spans
from briefbot.settings import Settings
from briefbot.split import split
from briefbot.types import Document
from fakes import WordHashEmbedder
from strategies import markdown, wild_text

names = st.sampled_from(["a.md", "a.txt"])
texts = st.one_of(wild_text, markdown())
QUESTIONS = ("What did Dr. Smith say about the alliance budget?", "שלום עולם", "協力 word 2024")


def load_bytes(raw: bytes, name: str) -> Document | None:
    """Write a real file and load it; None where it holds no words."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(raw)
        try:
            return load_document(path, root=Path(folder))
        except UnreadableDocumentError:
            return None


@hypothesis_settings(deadline=None, max_examples=120)
@given(texts, names, st.booleans())
def test_a_documents_text_is_its_file_in_nfc_up_to_where_it_was_cut(text, name, has_mark):
    raw = (b"\xef\xbb\xbf" if has_mark else b"") + text.encode("utf-8")

    document = load_bytes(raw, name)

    if document is not None:
        decoded = raw.decode("utf-8")
        expected = unicodedata.normalize("NFC", decoded[1:] if decoded[0] == "\ufeff" else decoded)
        assert document.text == (expected[: len(document.text)] if document.notes else expected)


@hypothesis_settings(deadline=None, max_examples=120)
@given(texts, names)
def test_a_heading_is_a_line_of_its_document(text, name):
    document = load_bytes(text.encode("utf-8"), name)

    for heading in document.headings if document else ():
        assert 0 <= heading.start < heading.end <= len(document.text)
        before, after = document.text[: heading.start], document.text[heading.end :]
        assert before == "" or before[-1].isspace()
        assert after == "" or after[0].isspace()
        assert "\n" not in heading.text


@hypothesis_settings(deadline=None, max_examples=150)
@given(texts, names, st.integers(8, 80), st.integers(0, 4))
def test_every_quote_is_what_stands_at_its_offsets(text, name, max_tokens, overlap):
    document = load_bytes(text.encode("utf-8"), name)
    if document is None:
        return

    chunks = split(
        document,
        count_tokens=WordHashEmbedder().count_tokens,
        max_tokens=max_tokens,
        overlap_sentences=overlap,
    )

    assert chunks
    for chunk in chunks:
        assert document.text[chunk.start : chunk.end] == chunk.text
        for start, end in sentence_spans(chunk.text):
            quote = Quoted(chunk, chunk.start + start, chunk.start + end)
            assert quote.text == document.text[quote.start : quote.end] != ""
            assert is_verbatim(cite(quote, 1), document.text)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@hypothesis_settings(deadline=None, max_examples=4)
@given(files=st.lists(texts, min_size=2, max_size=4))
def test_what_an_index_cites_stands_in_its_documents(newline, files):
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        (corpus / "known.md").write_bytes("Dr. Smith’s “budget” 😀 grew by 3.5%.".encode())
        for number, text in enumerate(files):
            raw = text.replace("\n", newline).encode("utf-8")
            (corpus / f"{number}.{'md' if number % 2 else 'txt'}").write_bytes(raw)
        settings = Settings(
            corpus_dir=corpus, index_dir=Path(folder) / "index", chunk_tokens=64, strictness=0.0
        )

        build_index(settings, embedder=WordHashEmbedder())

        bot = BriefBot(settings, embedder=WordHashEmbedder())
        stored = {name: bot.document(name).text for name in bot.info().documents}
        for question in QUESTIONS:
            answer = bot.ask(question)
            assert all(is_verbatim(c, stored[c.document]) for c in answer.citations)
            for passage in (*answer.passages, *bot.search(question, top_k=50)):
                chunk = passage.chunk
                assert stored[chunk.document][chunk.start : chunk.end] == chunk.text
