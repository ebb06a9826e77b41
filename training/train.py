"""Train the reader within a budget of minutes, resumable, on CPU or CUDA."""

from __future__ import annotations

import json
import logging
import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from batches import UNKNOWN, Batch, Encoded, bucketed, collate, encode, load_tokenizer
from data import Example
from examples import Corpus, build_examples, donors_of, lexicon_of, load_corpora
from lexicon import Lexicon
from model import Reader, ReaderOutput, span_mask
from near_misses import Donors
from paraphrase import rewrite_some
from report import measure, read, torch_forward
from restore import restore
from wordnet import WORDNET
from written import written_examples

logger = logging.getLogger("train")


@dataclass(frozen=True)
class Plan:
    """How to train.

    Attributes:
        minutes: Training time after which the learning rate has reached zero, pauses not counted.
        max_epochs: Stop after so many passes even if time is left.
        batch_tokens: Padded tokens in a batch.
        pause_file: While this file exists, training sleeps.
        rewritten: Share of the pairs that are said in other words; see `paraphrase`.
        epoch_pairs: Pairs in an epoch, 0 for all; those of written questions come on top.
        written: Whether to train on the questions written for this model too; see `written`.
        first_share: Part of the first written questions in an epoch.
        pair_repeats: How often an epoch holds the written questions in pairs.
    """

    minutes: float = 70.0
    max_epochs: int = 8
    seed: int = 7
    max_tokens: int = 224
    batch_tokens: int = 3600
    encoder_rate: float = 2e-4
    head_rate: float = 1e-3
    warmup_share: float = 0.04
    attribute_share: float = 0.6
    checkpoint_minutes: float = 5.0
    pause_file: str = ""
    device: str = "cpu"
    rewritten: float = 0.0
    epoch_pairs: int = 0
    written: bool = False
    first_share: float = 0.5
    pair_repeats: int = 2


@dataclass
class Progress:
    """Where a run stands, so that it can be resumed."""

    seconds: float = 0.0
    epoch: int = 0
    batch: int = 0
    pairs: int = 0


def multi_target_loss(logits: Tensor, targets: Tensor, allowed: Tensor) -> Tensor:
    """Negative log of the probability of any of the marked positions, one value a row."""
    logs = logits.float().masked_fill(~allowed, -1e4).log_softmax(-1)
    return -logs.masked_fill(~targets, -1e4).logsumexp(-1)


def masked_bce(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean binary cross-entropy over the targets that are known."""
    known = targets != UNKNOWN
    if not known.any():
        return logits.sum() * 0.0
    return binary_cross_entropy_with_logits(logits.float()[known], targets[known])


def reader_loss(output: ReaderOutput, batch: Batch) -> dict[str, Tensor]:
    """Return the parts of the multi-task loss."""
    allowed = span_mask(batch.mask, batch.types)
    rows = batch.has_span
    start = multi_target_loss(output.start[rows], batch.starts[rows], allowed[rows])
    end = multi_target_loss(output.end[rows], batch.ends[rows], allowed[rows])
    return {
        "span": (start + end).sum() / (2 * max(1, len(start))),
        "relevance": 0.5 * masked_bce(output.pooled[:, 0], batch.labels[:, 0]),
        "answerable": masked_bce(output.pooled[:, 1], batch.labels[:, 1]),
        "evidence": masked_bce(output.evidence, batch.evidence),
    }


def rate_at(share_done: float, warmup_share: float) -> float:
    """Return the factor of the learning rate: linear up, then linear down to zero."""
    if share_done < warmup_share:
        return share_done / warmup_share
    return max(0.0, (1 - share_done) / (1 - warmup_share))


class Trainer:
    """Runs a plan; its state lives in `folder`."""

    def __init__(
        self,
        plan: Plan,
        *,
        data: Path,
        weights: Path,
        folder: Path,
        start: Path | None = None,
        wordnet: Path = WORDNET,
        encoder: Path | None = None,
    ) -> None:
        """Load data and weights, and the last checkpoint where there is one.

        Args:
            plan: How to train.
            data: Folder of the training sets.
            weights: Folder of the base model: its tokenizer and, by default, its weights.
            folder: Where the checkpoint lives.
            start: Checkpoint of an earlier stage, or exported reader, whose weights to start from.
            wordnet: Folder of WordNet 3.0, read if pairs are rewritten.
            encoder: Folder of another model with the same word pieces to start from.
        """
        self.plan, self.folder = plan, folder
        torch.manual_seed(plan.seed)
        self.corpus, self.dev = load_corpora(data)
        self.donors = donors_of(self.corpus)
        self.lexicon: Lexicon | None = None
        if plan.rewritten:
            sides = (self.corpus, self.dev)
            self.lexicon = lexicon_of(sides, weights, wordnet, folder).part(unseen=False)
        self.tokenizer = load_tokenizer(str(weights / "tokenizer.json"), plan.max_tokens)
        self.model = Reader(encoder or weights).to(plan.device)
        if start:
            self.model.load_state_dict(weights_of(start, plan.device))
        heads = [p for n, p in self.model.named_parameters() if not n.startswith("encoder.")]
        groups = [
            {
                "params": [p for p in self.model.encoder.parameters() if p.requires_grad],
                "lr": plan.encoder_rate,
            },
            {"params": heads, "lr": plan.head_rate},
        ]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
        self.peaks = [group["lr"] for group in groups]
        self.progress = Progress()
        self.checkpoint = folder / "checkpoint.pt"
        if self.checkpoint.exists():
            self._load()

    def run(self) -> Reader:
        """Train until the time or the epochs are used up; return the model."""
        sample = dev_sample(self.dev, donors_of(self.dev))
        logger.info("plan %s", json.dumps(asdict(self.plan)))
        budget_s = self.plan.minutes * 60
        last_save = self.progress.seconds
        while self.progress.seconds < budget_s and self.progress.epoch < self.plan.max_epochs:
            items = self._epoch()
            rng = random.Random(self.plan.seed + self.progress.epoch)
            batches = list(bucketed(items, tokens=self.plan.batch_tokens, rng=rng))
            while self.progress.batch < len(batches) and self.progress.seconds < budget_s:
                self._wait_while_paused()
                self._step(batches[self.progress.batch])
                if self.progress.seconds - last_save > self.plan.checkpoint_minutes * 60:
                    last_save = self.progress.seconds
                    self._save()
                    self._log_measures(sample)
            if self.progress.batch >= len(batches):
                self.progress.epoch, self.progress.batch = self.progress.epoch + 1, 0
        self._save()
        logger.info("done %s", json.dumps(asdict(self.progress)))
        return self.model

    def _log_measures(self, sample: list[Example]) -> None:
        rows = read(torch_forward(self.model), self.tokenizer, sample)
        logger.info("dev %s", json.dumps(measure(rows)))

    def _epoch(self) -> list[Encoded]:
        seed = self.plan.seed * 1000 + self.progress.epoch
        made = build_examples(
            self.corpus, self.donors, seed=seed, attribute_share=self.plan.attribute_share
        )
        made = made[: self.plan.epoch_pairs or None]
        if self.lexicon:
            share = self.plan.rewritten
            made = rewrite_some(made, self.lexicon, self.donors, share=share, seed=seed)
        if self.plan.written:
            rng = random.Random(seed)
            first = rng.sample(
                self.corpus.written, round(self.plan.first_share * len(self.corpus.written))
            )
            asked = [*first, *(self.plan.pair_repeats * self.corpus.pairs)]
            made += written_examples(asked, self.donors, rng)
            rng.shuffle(made)
        items = encode(made, self.tokenizer)
        logger.info("epoch %d: %d pairs", self.progress.epoch, len(items))
        return items

    def _step(self, items: list[Encoded]) -> None:
        begin = time.monotonic()
        factor = rate_at(self.progress.seconds / (self.plan.minutes * 60), self.plan.warmup_share)
        for group, peak in zip(self.optimizer.param_groups, self.peaks, strict=True):
            group["lr"] = peak * factor
        self.model.train()
        batch = collate(items).to(self.plan.device)
        with torch.autocast(self.plan.device, torch.bfloat16):
            output = self.model(batch.ids, batch.mask, batch.types)
        losses = self._losses(output, batch, items)
        sum(losses.values()).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self._count(len(items), losses, time.monotonic() - begin)

    def _losses(
        self, output: ReaderOutput, batch: Batch, items: list[Encoded]
    ) -> dict[str, Tensor]:
        del items  # for those that learn from more than the batch holds
        return reader_loss(output, batch)

    def _count(self, pairs: int, losses: dict[str, Tensor], seconds: float) -> None:
        self.progress.seconds += seconds
        self.progress.batch += 1
        self.progress.pairs += pairs
        if self.progress.batch % 100 == 0:
            parts = " ".join(f"{name} {value.item():.3f}" for name, value in losses.items())
            rate = self.progress.pairs / self.progress.seconds
            logger.info(
                "%.1f min, %d pairs, %.1f pairs/s: %s",
                self.progress.seconds / 60,
                self.progress.pairs,
                rate,
                parts,
            )

    def _wait_while_paused(self) -> None:
        while self.plan.pause_file and Path(self.plan.pause_file).exists():
            time.sleep(1)

    def _save(self) -> None:
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "progress": asdict(self.progress),
        }
        partial = self.checkpoint.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self.checkpoint)

    def _load(self) -> None:
        state = torch.load(self.checkpoint, map_location=self.plan.device, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.progress = Progress(**state["progress"])
        logger.info("resumed at %s", self.progress)


def weights_of(path: Path, device: str) -> dict[str, Tensor]:
    """Read the reader's state from a checkpoint or from an exported file."""
    if path.suffix == ".onnx":
        return restore(path)
    return torch.load(path, map_location=device, weights_only=True)["model"]


def dev_sample(dev: Corpus, donors: Donors, size: int = 900) -> list[Example]:
    """Choose the examples that are measured at every checkpoint."""
    made = build_examples(dev, donors, seed=99, attribute_share=0.1)
    adversarial = [example for example in made if example.kind in ("adversarial", "squad")]
    rest = [example for example in made if example.kind not in ("adversarial", "squad")]
    asked = (*dev.written, *dev.pairs)
    written = list(written_examples(asked, donors, random.Random(99)))
    return adversarial[: size // 2] + rest[: size // 2] + written[: size // 3]
