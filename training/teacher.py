"""Train a larger reader whose readings the small one is then trained on; see `distil.py`."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from run import add_shared, base_weights, prepare
from train import Plan, Trainer

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
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_shared(parser)
    parser.add_argument("--weights", type=Path, required=True, help="folder of all-mpnet-base-v2")
    parser.add_argument("--work", type=Path, default=Path("training/work/teacher"))
    parser.add_argument("--log", type=Path, default=Path("training/logs/teacher.log"))
    parser.add_argument("--minutes", type=float, default=45.0)
    options = parser.parse_args()
    prepare(options)
    plan = replace(
        PLAN, minutes=options.minutes, pause_file=options.pause_file, device=options.device
    )
    Trainer(
        plan,
        data=options.data,
        weights=base_weights(),
        folder=options.work,
        wordnet=options.wordnet,
        encoder=options.weights,
    ).run()


if __name__ == "__main__":
    main()
