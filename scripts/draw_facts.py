"""Draw sentences of the briefs at random, to trace them to the research notes by hand.

The draw is the same for the same texts and seed; evaluation/traced-facts.md holds a traced one.
"""

from __future__ import annotations

import argparse
import random
import re
from pathlib import Path

from briefbot.load.markdown import parse
from briefbot.sentences import sentence_spans

BRIEFS = Path(__file__).parent.parent / "corpus" / "briefs"
_KEYS = re.compile(r"(?:\s*\[[A-Z0-9-]*[A-Z][A-Z0-9-]*\])+")
_LEAST_WORDS = 8
_NO_FACT = re.compile(r":$|^This brief\b")


def sentences(text: str) -> list[str]:
    """Give the sentences of a brief that state something, without source keys and list marks."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n|\n(?=- )", text)]
    found = []
    for block in (block for block in blocks if not block.startswith("#")):
        prose = " ".join(_KEYS.sub("", block).removeprefix("- ").split())
        found += [prose[start:end] for start, end in sentence_spans(prose)]
    return [one for one in found if len(one.split()) >= _LEAST_WORDS and not _NO_FACT.search(one)]


def main() -> None:
    """Print the draw: brief, then its sentences."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--per-brief", type=int, default=2)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    for path in sorted(BRIEFS.glob("*.md")):
        document = parse(path.name, path.read_text("utf-8"))
        if document is None:
            continue
        print(path.stem)
        for sentence in draw.sample(
            sentences(document.text[document.body_start :]), options.per_brief
        ):
            print(f"    {sentence}")


if __name__ == "__main__":
    main()
