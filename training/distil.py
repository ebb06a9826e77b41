"""Let the teacher read pairs, then train the small reader on what the teacher says of them.

Both see the same tokens, so the teacher's logits are targets position by position.
"""

from __future__ import annotations

import argparse
import logging
import pickle
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, kl_div

from batches import UNKNOWN, Batch, Encoded, bucketed, collate, encode
from model import ReaderOutput, span_mask
from report import torch_forward
from retrieved import retrieved_examples
from run import add_shared, base_weights, finish, prepare
from teacher import PLAN as TEACHER_PLAN
from train import Plan, Trainer, reader_loss

SHARD = 2000
TEMPERATURE = 2.0
HARD_SHARE = 0.3
"""Weight of the known labels beside the teacher's readings."""
PLAN = Plan(max_epochs=50, seed=31, encoder_rate=1e-4, head_rate=3e-4, written=True)
logger = logging.getLogger("train")


class Lot(NamedTuple):
    """Pairs to be read by the teacher.

    Attributes:
        pairs: How many.
        retrieved: Share of those that only the teacher has judged.
        seed: Draws them.
    """

    pairs: int
    retrieved: float
    seed: int


LOTS = (Lot(36_000, retrieved=0.3, seed=29), Lot(36_000, retrieved=0.65, seed=30))


class Labeller(Trainer):
    """Makes an epoch of pairs and lets the teacher read them, shard by shard."""

    def label(self, folder: Path, lot: Lot) -> None:
        """Write shards of `Encoded` with the teacher's logits; those already there are kept."""
        folder.mkdir(parents=True, exist_ok=True)
        forward = torch_forward(self.model)
        rng = random.Random(lot.seed)
        self.plan = replace(self.plan, seed=lot.seed)
        found = list(retrieved_examples(self.corpus, round(lot.retrieved * lot.pairs), rng))
        items = self._epoch()[: lot.pairs - len(found)] + encode(found, self.tokenizer)
        rng.shuffle(items)
        for begin in range(0, len(items), SHARD):
            path = folder / f"{lot.seed}-{begin:06d}.pickle"
            if path.exists():
                continue
            started = time.monotonic()
            part = items[begin : begin + SHARD]
            batches = list(bucketed(part, tokens=4800, rng=random.Random(0), pool=SHARD))
            taught = [item for batch in batches for item in _taught(forward(collate(batch)), batch)]
            partial = path.with_suffix(".partial")
            partial.write_bytes(pickle.dumps(taught))
            partial.replace(path)
            rate = len(part) / (time.monotonic() - started)
            logger.info("%s: %d pairs, %.1f pairs/s", path.name, len(part), rate)


def _taught(outputs: list[np.ndarray], items: list[Encoded]) -> Iterator[Encoded]:
    start, end, evidence, pooled = outputs
    for row, item in enumerate(items):
        size = len(item.ids)
        parts = (start[row, :size], end[row, :size], evidence[row, :size], pooled[row])
        yield replace(item, taught=np.concatenate(parts).astype(np.float16))


class Distiller(Trainer):
    """Trains on the shards of a labeller."""

    shards: Path

    def _epoch(self) -> list[Encoded]:
        items: list[Encoded] = []
        for path in sorted(self.shards.glob("*.pickle")):
            items += pickle.loads(path.read_bytes())  # noqa: S301 - a file of our own
        random.Random(self.plan.seed + self.progress.epoch).shuffle(items)
        logger.info("epoch %d: %d pairs", self.progress.epoch, len(items))
        return items

    def _losses(
        self, output: ReaderOutput, batch: Batch, items: list[Encoded]
    ) -> dict[str, Tensor]:
        hard = reader_loss(output, _without_unjudged(batch))
        soft = teacher_loss(output, taught_batch(items, batch), batch)
        return {name: soft[name] + HARD_SHARE * value for name, value in hard.items()}


def _without_unjudged(batch: Batch) -> Batch:
    """Leave out the evidence of pairs of which nothing is known."""
    judged = (batch.labels != UNKNOWN).any(1, keepdim=True)
    return replace(batch, evidence=batch.evidence.where(judged, UNKNOWN))


def taught_batch(items: list[Encoded], batch: Batch) -> ReaderOutput:
    """Pad the teacher's logits to the length of the batch, on its device."""
    tokens = torch.zeros(len(items), 3, batch.ids.shape[1])
    pooled = torch.zeros(len(items), 2)
    for row, item in enumerate(items):
        values = torch.from_numpy(item.taught.astype(np.float32))
        size = len(item.ids)
        tokens[row, :, :size] = values[: 3 * size].reshape(3, size)
        pooled[row] = values[3 * size :]
    device = batch.ids.device
    return ReaderOutput(*tokens.to(device).unbind(1), pooled.to(device))


def teacher_loss(output: ReaderOutput, taught: ReaderOutput, batch: Batch) -> dict[str, Tensor]:
    """Return how far the reader is from the teacher, in the parts of `train.reader_loss`."""
    allowed = span_mask(batch.mask, batch.types)
    in_text = batch.evidence >= 0
    span = _softened(output.start, taught.start, allowed)
    span = (span + _softened(output.end, taught.end, allowed)) / 2
    return {
        "span": span,
        "relevance": 0.5 * _as_sure(output.pooled[:, 0], taught.pooled[:, 0]),
        "answerable": _as_sure(output.pooled[:, 1], taught.pooled[:, 1]),
        "evidence": _as_sure(output.evidence[in_text], taught.evidence[in_text]),
    }


def _softened(ours: Tensor, theirs: Tensor, allowed: Tensor) -> Tensor:
    ours, theirs = (
        (logits.float() / TEMPERATURE).masked_fill(~allowed, -1e4).log_softmax(-1)
        for logits in (ours, theirs)
    )
    return TEMPERATURE**2 * kl_div(ours, theirs, log_target=True, reduction="batchmean")


def _as_sure(ours: Tensor, theirs: Tensor) -> Tensor:
    return binary_cross_entropy_with_logits(ours.float(), theirs.sigmoid())


def main() -> None:
    """Label what is not labelled yet, train, export and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_shared(parser)
    parser.add_argument("--weights", type=Path, required=True, help="folder of all-mpnet-base-v2")
    parser.add_argument("--teacher", type=Path, required=True, help="the teacher's checkpoint")
    parser.add_argument("--start", type=Path, required=True, help="reader to start from")
    parser.add_argument("--out", type=Path, required=True, help="folder for the model")
    parser.add_argument("--work", type=Path, default=Path("training/work/distil"))
    parser.add_argument("--log", type=Path, default=Path("training/logs/distil.log"))
    parser.add_argument("--minutes", type=float, default=105.0)
    options = parser.parse_args()
    prepare(options)
    places = {"data": options.data, "weights": base_weights(), "wordnet": options.wordnet}
    shards = options.work / "shards"
    if len(list(shards.glob("*.pickle"))) * SHARD < sum(lot.pairs for lot in LOTS):
        labeller = Labeller(
            replace(TEACHER_PLAN, device=options.device),
            folder=options.work / "labels",
            start=options.teacher,
            encoder=options.weights,
            **places,
        )
        for lot in LOTS:
            labeller.label(shards, lot)
        del labeller
    plan = replace(
        PLAN, minutes=options.minutes, pause_file=options.pause_file, device=options.device
    )
    distiller = Distiller(plan, folder=options.work, start=options.start, **places)
    distiller.shards = shards
    finish(distiller.run(), options, {})


if __name__ == "__main__":
    main()
