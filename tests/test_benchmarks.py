"""The benchmarks still run: they reach into the package, and nothing else would notice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

RETRIEVAL = Path(__file__).parent.parent / "benchmarks" / "retrieval.py"
BRIDGE = "The stone bridge was built in 1742. A ferry ran there before."
MILL = "The mill grinds rye for the village. Its wheel was renewed in 1901."


@pytest.fixture
def question_set(tmp_path: Path) -> Path:
    docs = tmp_path / "set" / "docs"
    docs.mkdir(parents=True)
    (docs / "bridge.txt").write_text(BRIDGE + "\n", encoding="utf-8")
    (docs / "mill.txt").write_text(MILL + "\n", encoding="utf-8")
    question = {
        "id": "q1",
        "question": "When was the bridge built?",
        "answers": ["1742"],
        "answerable": True,
        "evidence": [{"doc": "bridge.txt", "text": BRIDGE, "start": 0, "end": len(BRIDGE)}],
    }
    (docs.parent / "questions.jsonl").write_text(json.dumps(question) + "\n", encoding="utf-8")
    return docs.parent


def run(*arguments: str | Path, cache: Path) -> list[str]:
    command = [sys.executable, RETRIEVAL, *arguments, "--cache", cache]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if line.startswith("| ")]


def test_rankings_are_compared(question_set, tmp_path):
    rows = run("compare", question_set, cache=tmp_path / "cache.sqlite")

    assert [row.split("|")[1].strip() for row in rows[1:]] == [
        "tutorial",
        "BM25 only",
        "fusion without the reader",
        "BriefBot",
    ]
    assert "100.0" in rows[-1]


def test_each_part_can_be_taken_away(question_set, tmp_path):
    rows = run("ablate", question_set, cache=tmp_path / "cache.sqlite")

    assert len(rows) == 11
    assert "100.0" in rows[1]
