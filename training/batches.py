"""Turn examples into padded batches of similar length."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from data import Example, Range

UNKNOWN = -1.0
STEP = 16


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids and targets of one example.

    Attributes:
        ids: Token ids.
        types: 0 for the question, 1 for the passage.
        starts: 1 where an answer may start (position 0: no answer); empty if unknown.
        ends: 1 where an answer may end; empty if unknown.
        evidence: 1 or 0 for tokens of the passage's sentences, `UNKNOWN` elsewhere.
        labels: Relevance and answerability, `UNKNOWN` where open.
        taught: A teacher's logits, if one has read the pair: start, end and evidence of each
            token, then the two pooled ones, in one row.
    """

    ids: np.ndarray
    types: np.ndarray
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    evidence: np.ndarray
    labels: tuple[float, float]
    taught: np.ndarray | None = None


def load_tokenizer(path: str, max_tokens: int) -> Tokenizer:
    """Load a tokenizer that cuts passages, never questions."""
    tokenizer = Tokenizer.from_file(path)
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens, strategy="only_second")
    return tokenizer


def encode(examples: Sequence[Example], tokenizer: Tokenizer) -> list[Encoded]:
    """Encode examples; those whose answer was cut off are left out."""
    pairs = [(example.question[:400], example.passage) for example in examples]
    found = []
    for example, encoding in zip(examples, tokenizer.encode_batch(pairs), strict=True):
        encoded = _encode_one(example, encoding)
        if encoded:
            found.append(encoded)
    return found


def _encode_one(example: Example, encoding) -> Encoded | None:
    types = np.array(encoding.type_ids, dtype=np.int64)
    offsets = np.array(encoding.offsets)
    in_text = (types == 1) & (offsets[:, 1] > offsets[:, 0])
    starts, ends = _answer_tokens(example.answer_ranges, offsets, in_text)
    if example.answers and not starts:
        return None
    if example.answerable is False:
        starts, ends = (0,), (0,)
    if example.answerable is None:
        starts, ends = (), ()
    evidence = np.full(len(types), UNKNOWN, dtype=np.float32)
    for number, (low, high) in enumerate(example.sentence_ranges):
        inside = in_text & (offsets[:, 0] >= low) & (offsets[:, 1] <= high)
        evidence[inside] = float(number in example.evidence)
    labels = tuple(
        UNKNOWN if known is None else float(known)
        for known in (example.relevant, example.answerable)
    )
    return Encoded(np.array(encoding.ids), types, starts, ends, evidence, labels)


def _answer_tokens(
    ranges: list[Range], offsets: np.ndarray, in_text: np.ndarray
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    starts, ends = [], []
    for low, high in ranges:
        inside = np.flatnonzero(in_text & (offsets[:, 0] < high) & (offsets[:, 1] > low))
        if len(inside) and offsets[inside[-1], 1] >= high:
            starts.append(int(inside[0]))
            ends.append(int(inside[-1]))
    return tuple(starts), tuple(ends)


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded tensors; see `Encoded`. `has_span` says whose start and end are known."""

    ids: Tensor
    mask: Tensor
    types: Tensor
    starts: Tensor
    ends: Tensor
    has_span: Tensor
    evidence: Tensor
    labels: Tensor

    def to(self, device: str) -> Batch:
        """Move to a device."""
        return Batch(*(getattr(self, name).to(device) for name in self.__slots__))


def collate(items: Sequence[Encoded]) -> Batch:
    """Pad examples to the longest, in steps: each new shape costs a processor's library memory."""
    longest = max(len(item.ids) for item in items)
    shape = len(items), -(-longest // STEP) * STEP
    ids, mask, types = (torch.zeros(shape, dtype=torch.long) for _ in range(3))
    starts, ends = (torch.zeros(shape, dtype=torch.bool) for _ in range(2))
    evidence = torch.full(shape, UNKNOWN)
    for row, item in enumerate(items):
        size = len(item.ids)
        ids[row, :size] = torch.from_numpy(item.ids)
        types[row, :size] = torch.from_numpy(item.types)
        mask[row, :size] = 1
        evidence[row, :size] = torch.from_numpy(item.evidence)
        starts[row, list(item.starts)] = True
        ends[row, list(item.ends)] = True
    has_span = torch.tensor([bool(item.starts) for item in items])
    labels = torch.tensor([item.labels for item in items])
    return Batch(ids, mask, types, starts, ends, has_span, evidence, labels)


def bucketed(
    items: Sequence[Encoded], *, tokens: int, rng: random.Random, pool: int = 1500
) -> Iterator[list[Encoded]]:
    """Group items of similar length, in an order that stays random over time.

    Args:
        items: Examples in training order.
        tokens: Padded tokens in a batch.
        rng: Shuffles the batches of a pool.
        pool: How many neighbouring examples are sorted together.
    """
    for begin in range(0, len(items), pool):
        batches: list[list[Encoded]] = []
        longest_first = sorted(items[begin : begin + pool], key=lambda item: -len(item.ids))
        for item in longest_first:
            if not batches or (len(batches[-1]) + 1) * len(batches[-1][0].ids) > tokens:
                batches.append([])
            batches[-1].append(item)
        rng.shuffle(batches)
        yield from batches
