from pathlib import Path

import pytest
import torch
from sentence_transformers import CrossEncoder  # noqa: TID251 - it makes the model
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

from briefbot.errors import ModelLoadError
from briefbot.pipeline import BriefBot
from briefbot.rerank import CrossEncoderReranker, RerankedReader
from briefbot.types import Chunk, Passage

WORDS = "the a rose grow in garden bridge was built of stone harbour where do when ship".split()


def make_cross_encoder(folder: Path, *, labels: int = 1) -> Path:
    """Save a CrossEncoder of random weights, small enough to make in a test."""
    torch.manual_seed(1)
    folder.mkdir(parents=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        initializer_range=1.0,
        num_labels=labels,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(
        vocab=str(folder / "vocab.txt"), model_max_length=64, do_lower_case=True
    ).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return make_cross_encoder(tmp_path_factory.mktemp("one") / "model")


def passage(text, score=0.5):
    return Passage(Chunk("a.md", "Garden", text, 0, len(text)), score)


ROSES = passage("Roses grow in the garden", 0.9)
BRIDGE = passage("The bridge was built of stone", 0.8)
SHIPS = passage("A ship in the harbour", 0.7)
QUESTION = "Where do roses grow?"


def test_passages_stand_in_the_order_of_the_cross_encoders_own_scores(model):
    found = CrossEncoderReranker(str(model)).rerank(QUESTION, [ROSES, BRIDGE, SHIPS])

    own = CrossEncoder(str(model), device="cpu").predict(
        [(QUESTION, f"Garden\n{p.chunk.text}") for p in (ROSES, BRIDGE, SHIPS)]
    )
    expected = sorted(zip(own, (ROSES, BRIDGE, SHIPS), strict=True), key=lambda pair: -pair[0])
    assert [p.chunk.text for p in found] == [p.chunk.text for _, p in expected]
    assert [p.score for p in found] == pytest.approx([s for s, _ in expected], abs=1e-3)
    assert len({p.score for p in found}) == 3


def test_a_cross_encoder_that_says_no_or_yes_scores_by_the_difference(tmp_path):
    folder = make_cross_encoder(tmp_path / "two", labels=2)

    found = CrossEncoderReranker(str(folder)).rerank(QUESTION, [ROSES, BRIDGE])

    assert all(0 <= p.score <= 1 for p in found)
    assert {p.chunk.text for p in found} == {ROSES.chunk.text, BRIDGE.chunk.text}


def test_no_passages_are_no_passages(model):
    assert CrossEncoderReranker(str(model)).rerank(QUESTION, []) == []


def test_a_cross_encoder_with_many_labels_is_refused(tmp_path):
    folder = make_cross_encoder(tmp_path / "three", labels=3)

    with pytest.raises(ModelLoadError, match="gives 3 numbers"):
        CrossEncoderReranker(str(folder))


def test_a_folder_that_holds_no_model_is_named(tmp_path):
    with pytest.raises(ModelLoadError, match="reranker"):
        CrossEncoderReranker(str(tmp_path))


def test_a_name_that_no_hub_can_be_asked_for_fails_with_a_hint():
    with pytest.raises(ModelLoadError) as caught:
        CrossEncoderReranker("nobody/no-such-cross-encoder")

    assert "reranker" in caught.value.hint


class Reversed:
    def rerank(self, question, passages):
        return list(reversed(passages))


def test_only_the_order_is_the_rerankers(bot):
    with bot._index.borrow() as index:
        passages = index.retriever.retrieve("Who designed the bridge?", top_k=3)
        plain = index.reader.read("Who designed the bridge?", passages)
        read = RerankedReader(index.reader, Reversed()).read("Who designed the bridge?", passages)

    assert list(read.passages) == list(reversed(passages))
    assert (read.evidence, read.probability, read.span) == (
        plain.evidence,
        plain.probability,
        plain.span,
    )


def test_a_bot_orders_its_passages_by_the_reranker_that_its_settings_name(bot, embedder, model):
    named = bot.settings.model_copy(update={"reranker": str(model), "search_chars": 0})

    found = BriefBot(named, embedder=embedder).search("Where do roses grow?", top_k=3)
    answer = BriefBot(named, embedder=embedder).ask("Who designed the bridge?")

    expected = CrossEncoderReranker(str(model)).rerank("Where do roses grow?", list(found))
    assert [p.score for p in found] == [p.score for p in expected]
    assert answer.text == bot.ask("Who designed the bridge?").text
