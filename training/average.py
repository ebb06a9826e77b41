"""Average the weights of readers that were trained one from the other; export and report."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import torch
from torch import Tensor

from model import Reader
from run import base_weights, finish
from train import weights_of


def mean_of(states: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Average states of the same network, weight by weight."""
    return {
        name: torch.stack([state[name].float() for state in states]).mean(0) for name in states[0]
    }


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readers", type=Path, nargs="+", help="checkpoints or exported readers")
    parser.add_argument("--data", type=Path, required=True, help="folder of the training sets")
    parser.add_argument("--out", type=Path, required=True, help="folder for the model")
    parser.add_argument("--log", type=Path, default=Path("training/logs/average.log"))
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(options.threads)
    model = Reader(base_weights())
    model.load_state_dict(mean_of([weights_of(path, "cpu") for path in options.readers]))
    finish(model, options, {})


if __name__ == "__main__":
    main()
