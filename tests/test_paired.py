from __future__ import annotations

import json

import pytest

from briefbot.errors import EvaluationCaseError
from briefbot.evaluate.cases import Case
from briefbot.evaluate.paired import pair
from briefbot.evaluate.runner import judge, summarise_topics

BUILT = "The stone bridge was built in 1742."


def case(name: str, **changes) -> Case:
    return Case.model_validate(
        {
            "id": name,
            "kind": "fact",
            "split": "dev",
            "question": "When was the stone bridge built?",
            "answerable": True,
            "evidence": [[BUILT]],
            "answers": ["1742"],
        }
        | changes
    )


def report(write, **right: bool):
    lines = [json.dumps({"id": name, "is_right": value}) for name, value in right.items()]
    return write("before.jsonl", "\n".join(lines) + "\n")


def test_lost_and_gained_cases_are_named(bot, write):
    answer = bot.ask("When was the stone bridge built?")
    elsewhere = {"evidence": [["The mill is old."]]}
    results = [
        judge(bot, item, answer)
        for item in (
            case("kept-1"),
            case("gained-1"),
            case("lost-1", **elsewhere),
            case("also-1", **elsewhere, also=[[BUILT]]),
            case("new-1"),
        )
    ]
    before = report(
        write, **{"kept-1": True, "gained-1": False, "lost-1": True, "also-1": True, "gone-1": True}
    )

    pairs = pair(before, results)

    assert pairs.cases == ("kept-1", "gained-1", "lost-1", "also-1")
    assert pairs.lost == ("lost-1",)
    assert pairs.gained == ("gained-1",)
    assert pairs.elsewhere == ("also-1",)
    assert "right now: 2, and 1 from another document" in pairs.as_text()
    assert "lost: 1, 0 of them refused (lost-1)" in pairs.as_text()


def test_cases_beyond_their_own_document_are_told_apart_by_what_others_hold(bot, write):
    answer = bot.ask("When was the stone bridge built?")
    beyond = {"kind": "near_miss", "answerable": False, "evidence": [], "answers": []}
    results = [
        judge(bot, item, answer)
        for item in (
            case("held-1", **beyond, also=[[BUILT]]),
            case("held-2", **beyond, also=[["The mill is old."]]),
            case("open-1", **beyond),
        )
    ]

    text = pair(write("before.jsonl", ""), results).as_text()
    assert "not in any document: 0" in text  # cases that were not asked before are left out

    names = {"held-1": False, "held-2": False, "open-1": False}
    text = pair(report(write, **names), results).as_text()
    assert "not in any document: 1, refused now: 0" in text
    assert "answered by another document alone: 2, so now: 1, refused: 0" in text


@pytest.mark.parametrize("content", ["{", "[]", '{"id": "x"}'])
def test_a_report_that_is_none_is_an_error(write, content):
    with pytest.raises(EvaluationCaseError, match="cannot be read"):
        pair(write("before.jsonl", content), [])


def test_topics_are_what_ids_open_with(bot):
    answer = bot.ask("When was the stone bridge built?")
    results = [judge(bot, case(name), answer) for name in ("b01-1", "b01-2", "b02-1")]

    summary = summarise_topics(results)

    assert {name: metric.n for name, metric in summary.items()} == {
        "answered_right/b01": 2,
        "answered_right/b02": 1,
    }
