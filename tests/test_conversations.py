import json
from dataclasses import replace
from pathlib import Path

import pytest

from briefbot.errors import EvaluationCaseError
from briefbot.evaluate.conversations import (
    Conversation,
    hold,
    load_conversations,
    summarise_talk,
)
from briefbot.types import AnswerStatus

CONVERSATIONS = Path(__file__).parents[1] / "evaluation" / "conversations.jsonl"
BRIDGE = {
    "id": "bridge",
    "split": "dev",
    "turns": [
        {
            "question": "When was the stone bridge built?",
            "written_out": "When was the stone bridge built?",
            "answerable": True,
            "evidence": [["The stone bridge was built in 1742."]],
        },
        {
            "question": "Did a flood damage it?",
            "written_out": "Did a flood damage the stone bridge?",
            "answerable": True,
            "evidence": [["A flood damaged the northern arch in 1910."]],
        },
        {
            "question": "Who owns it?",
            "written_out": "Who owns the stone bridge?",
            "answerable": False,
        },
        {
            "question": "In which year did the harbour of the town open to ships?",
            "written_out": "In which year did the harbour of the town open to ships?",
            "answerable": True,
            "evidence": [["The harbour opened in 1871."]],
        },
    ],
}


def conversation(**changes):
    return Conversation.model_validate(BRIDGE | changes)


def written(write, *items):
    return write("talk.jsonl", "".join(json.dumps(item) + "\n" for item in items))


def test_conversations_are_read_by_split(write):
    path = written(write, BRIDGE, BRIDGE | {"id": "other", "split": "test"})

    assert [each.id for each in load_conversations(path)] == ["bridge", "other"]
    assert [each.id for each in load_conversations(path, split="test")] == ["other"]


@pytest.mark.parametrize(
    "line",
    [
        "{not json",
        json.dumps(BRIDGE | {"turns": BRIDGE["turns"][:1]}),
        json.dumps(BRIDGE | {"turns": BRIDGE["turns"][1:]}),
        json.dumps(BRIDGE | {"turns": [{**BRIDGE["turns"][0], "answerable": False}] * 2}),
    ],
    ids=["json", "one turn", "opens with a follow-up", "evidence"],
)
def test_a_malformed_line_is_named_by_its_number(write, line):
    path = write("talk.jsonl", f"\n{line}\n")

    with pytest.raises(EvaluationCaseError, match="line 2 is no conversation"):
        load_conversations(path)


def test_a_repeated_id_an_unknown_split_and_a_missing_file_are_errors(write, tmp_path):
    path = written(write, BRIDGE, BRIDGE)

    with pytest.raises(EvaluationCaseError, match="line 2 repeats the id 'bridge'"):
        load_conversations(path)
    with pytest.raises(EvaluationCaseError, match="no split"):
        load_conversations(path, split="train")
    with pytest.raises(EvaluationCaseError, match="cannot be read"):
        load_conversations(tmp_path / "none.jsonl")


def test_each_turn_is_asked_within_its_conversation_and_written_out_without_one(bot):
    told = []

    results = hold(bot, [conversation()], progress=lambda *step: told.append(step))

    assert told == [("talking", 0, 1)]
    assert [each.number for each in results] == [1, 2, 3, 4]
    assert [each.is_follow_up for each in results] == [False, True, True, False]
    assert results[1].typed.question == "Did a flood damage it?"
    assert "stone bridge" in results[1].typed.standalone_question
    assert results[1].written_out.question == "Did a flood damage the stone bridge?"
    assert results[3].typed.standalone_question == results[3].turn.question


def test_follow_ups_are_counted_apart_as_typed_and_written_out(bot):
    results = hold(bot, [conversation()])
    refused = replace(
        results[1].typed, status=AnswerStatus.NOT_IN_DOCUMENTS, passages=(), statements=()
    )
    results[1] = replace(results[1], typed=refused)

    summary = summarise_talk(results)

    assert {name: metric.n for name, metric in summary.items()} == {
        "follow_up_hits@4": 1,
        "follow_up_hits@4_written_out": 1,
        "follow_up_hits@4_lost": 1,
        "follow_up_answered": 1,
        "follow_up_answered_written_out": 1,
        "follow_up_refusal": 1,
        "follow_up_refusal_written_out": 1,
        "new_topic_kept": 1,
    }
    values = {name: metric.value for name, metric in summary.items()}
    assert values["follow_up_hits@4"] == 0.0
    assert values["follow_up_hits@4_written_out"] == 1.0
    assert values["follow_up_hits@4_lost"] == 1.0
    assert values["follow_up_answered"] == 0.0
    assert values["new_topic_kept"] == 1.0


def test_a_turn_is_one_json_line(bot):
    line = hold(bot, [conversation()])[1].as_json()

    assert json.loads(json.dumps(line)) == line
    assert line["hit"] == {"typed": True, "written_out": True}
    assert line["conversation"] == "bridge"


def test_the_conversations_of_the_project_are_forty_with_evidence_that_stands_in_the_corpus():
    conversations = load_conversations(CONVERSATIONS)
    folder = CONVERSATIONS.parents[1] / "corpus"
    texts = [" ".join(path.read_text("utf-8").split()) for path in folder.rglob("*.md")]
    turns = [turn for each in conversations for turn in each.turns]
    quotes = {quote for turn in turns for group in turn.evidence for quote in group}

    missing = [q for q in quotes if not any(" ".join(q.split()) in text for text in texts)]

    assert len(conversations) == 40
    assert missing == []
    assert sum(not turn.answerable for turn in turns) >= 10
    assert sum(turn.stands_alone for turn in turns) - len(conversations) >= 10
