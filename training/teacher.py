"""Train the close reader, a larger one, whose readings the small one is trained on: `distil.py`."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from run import add_shared, base_weights, finish, prepare
from train import Plan, Trainer

MAX_MEGABYTES = 135
PLAN = Plan(
    max_epochs=3,
    seed=17,
    encoder_rate=5e-5,
    head_rate=5e-4,
    warmup_share=0.05,
    checkpoint_minutes=10.0,
    rewritten=0.4,
    epoch_pairs=20_000,
    written=True,
    first_share=1.0,
    pair_repeats=1,
)


def main() -> None:
    """Train, export and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_shared(parser)
    parser.add_argument("--weights", type=Path, required=True, help="folder of all-mpnet-base-v2")
    parser.add_argument("--out", type=Path, required=True, help="folder for the model")
    parser.add_argument("--work", type=Path, default=Path("training/work/teacher"))
    parser.add_argument("--log", type=Path, default=Path("training/logs/teacher.log"))
    parser.add_argument("--minutes", type=float, default=45.0)
    options = parser.parse_args()
    prepare(options)
    plan = replace(
        PLAN, minutes=options.minutes, pause_file=options.pause_file, device=options.device
    )
    trainer = Trainer(
        plan,
        data=options.data,
        weights=base_weights(),
        folder=options.work,
        wordnet=options.wordnet,
        encoder=options.weights,
    )
    finish(trainer.run(), options, {}, name="close-reader", max_megabytes=MAX_MEGABYTES)


if __name__ == "__main__":
    main()
