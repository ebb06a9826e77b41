"""The reader: one encoder, four outputs."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from transformers import BertModel


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
            weights: Folder of all-MiniLM-L6-v2 in the transformers format.
        """
        super().__init__()
        # one pass over varied pairs needs no dropout, and drawing masks is slow on a CPU
        self.encoder = BertModel.from_pretrained(
            weights,
            add_pooling_layer=False,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        size = self.encoder.config.hidden_size
        self.tokens = nn.Linear(size, 3)
        self.pool = nn.Linear(2 * size, size)
        self.classify = nn.Linear(size, 2)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> ReaderOutput:
        """Read a batch of pairs."""
        states = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        start, end, evidence = self.tokens(states).unbind(-1)
        in_passage = (token_type_ids * attention_mask).unsqueeze(-1)
        strongest = (states * in_passage - 1e3 * (1 - in_passage)).amax(1)
        summary = torch.cat([states[:, 0], strongest], dim=-1)
        pooled = self.classify(torch.tanh(self.pool(summary)))
        return ReaderOutput(start, end, evidence, pooled)


def span_mask(attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
    """Say which positions may start or end an answer: the passage's, and position 0."""
    allowed = (attention_mask * token_type_ids).bool()
    allowed[:, 0] = True
    return allowed
