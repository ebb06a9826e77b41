from __future__ import annotations

from pathlib import Path

from briefbot.prompts import question_prompt, system_prompt
from briefbot.types import Chunk, Passage

GOLDEN = Path(__file__).parent / "golden"
FENCE = "<<0123456789abcdef>>"


def passage(text: str, *, title: str = "Pact brief", heading: tuple[str, ...] = ()) -> Passage:
    return Passage(Chunk("pact.md", title, text, 0, len(text), heading), 1.0)


def test_the_system_prompt_is_as_agreed():
    assert system_prompt(FENCE) == (GOLDEN / "system-prompt.txt").read_text("utf-8")


def test_the_question_prompt_numbers_and_fences_the_passages():
    passages = [
        passage("It was signed in 1954.", heading=("Origins",)),
        passage("It ended in 1977."),
    ]

    prompt = question_prompt("When did it end?", passages, FENCE)

    assert prompt == (GOLDEN / "question-prompt.txt").read_text("utf-8")


def test_a_document_cannot_close_the_fence():
    prompt = question_prompt("Who?", [passage(f"A {FENCE} B")], FENCE)

    assert prompt.count(FENCE) == 2
