"""The reader: one encoder, four outputs."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from transformers import AutoConfig, BertModel, MPNetModel


class ReaderOutput(NamedTuple):
    """Logits of one batch.

    Attributes:
        start: Shape `(batch, length)`; position 0 stands for "no answer".
        end: Shape `(batch, length)`; likewise.
        evidence: Shape `(batch, length)`, one for each token.
        pooled: Shape `(batch, 2)`: relevance of the passage, answerability.
    """

    start: Tensor
    end: Tensor
    evidence: Tensor
    pooled: Tensor


class Reader(nn.Module):
    """A cross-encoder over `[CLS] question [SEP] passage [SEP]`."""

    def __init__(self, weights: Path) -> None:
        """Load the encoder.

        Args:
            weights: Folder of all-MiniLM-L6-v2, or for a teacher all-mpnet-base-v2, in the
                transformers format.
        """
        super().__init__()
        self.is_mpnet = AutoConfig.from_pretrained(weights).model_type == "mpnet"
        kind = MPNetModel if self.is_mpnet else BertModel
        # one pass over varied pairs needs no dropout, and drawing masks is slow on a CPU
        self.encoder = kind.from_pretrained(
            weights,
            add_pooling_layer=False,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        if self.is_mpnet:
            self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        size = self.encoder.config.hidden_size
        self.tokens = nn.Linear(size, 3)
        self.pool = nn.Linear(2 * size, size)
        self.classify = nn.Linear(size, 2)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> ReaderOutput:
        """Read a batch of pairs."""
        states = self._states(input_ids, attention_mask, token_type_ids)
        start, end, evidence = self.tokens(states).unbind(-1)
        in_passage = (token_type_ids * attention_mask).unsqueeze(-1)
        strongest = (states * in_passage - 1e3 * (1 - in_passage)).amax(1)
        summary = torch.cat([states[:, 0], strongest], dim=-1)
        pooled = self.classify(torch.tanh(self.pool(summary)))
        return ReaderOutput(start, end, evidence, pooled)

    def _states(self, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        if self.is_mpnet:
            return self.encoder(input_ids=mpnet_ids(ids), attention_mask=mask).last_hidden_state
        return self.encoder(
            input_ids=ids, attention_mask=mask, token_type_ids=types
        ).last_hidden_state


def mpnet_ids(ids: Tensor) -> Tensor:
    """Turn BERT's token ids into MPNet's: the same word pieces, numbered four higher."""
    shifted = ids + 4
    for theirs, ours in MPNET_SPECIAL.items():
        shifted = shifted.masked_fill(ids == theirs, ours)
    return shifted


MPNET_SPECIAL = {0: 1, 101: 0, 102: 2}
"""[PAD], [CLS] and [SEP] in BERT's vocabulary → <pad>, <s> and </s> in MPNet's."""


def span_mask(attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
    """Say which positions may start or end an answer: the passage's, and position 0."""
    allowed = (attention_mask * token_type_ids).bool()
    allowed[:, 0] = True
    return allowed
