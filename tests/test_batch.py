import json

import pytest

from briefbot.batch import BadLine, BatchQuestion, read_batch
from briefbot.errors import EvaluationCaseError
from briefbot.types import Turn


@pytest.fixture
def read(write):
    """Write lines into a batch file and read them."""

    def read_lines(*lines):
        content = b"\n".join(
            line if isinstance(line, bytes) else line.encode("utf-8") for line in lines
        )
        return list(read_batch(write("batch.jsonl", content)))

    return read_lines


def history_of(read, history):
    line = json.dumps({"id": 1, "question": "Q?", "history": history})
    (question,) = read(line)
    return question.history


def test_each_line_is_a_question_with_its_number_and_id(read):
    found = read('{"id": "a", "question": "One?"}', '{"id": 7, "question": "Two?"}')

    assert found == [BatchQuestion(1, "a", "One?", ()), BatchQuestion(2, 7, "Two?", ())]


def test_empty_lines_are_passed_over_and_counted(read):
    found = read("", '{"id": 1, "question": "Q?"}', "  ", "")

    assert [question.number for question in found] == [2]


def test_an_empty_file_holds_no_question(read):
    assert read("") == []


def test_windows_line_ends_and_a_byte_order_mark_are_no_part_of_a_line(read):
    found = read('\ufeff{"id": 1, "question": "One?"}\r', '{"id": 2, "question": "Two?"}\r')

    assert [question.question for question in found] == ["One?", "Two?"]


def test_a_line_separator_within_a_string_ends_no_line(read):
    (question,) = read('{"id": 1, "question": "One\u2028line?"}')

    assert question.question == "One\u2028line?"


def test_other_keys_are_ignored(read):
    (question,) = read('{"id": 1, "question": "Q?", "note": "x"}')

    assert question.question == "Q?"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{not json", "it is not JSON (Expecting property name"),
        ('{"id": 1}', "question: Field required"),
        ('{"question": "Q?"}', "id: Field required"),
        ('{"id": 1, "question": 5}', "question: Input should be a valid string"),
        ('{"id": 1, "question": "Q?", "history": 5}', "history: Input should be a valid list"),
        ("[]", "the line: Input should be a valid dictionary"),
        (b'{"id": 1, "question": "caf\xe9"}', "it is not UTF-8 text"),
        ("[" * 100_000, "it cannot be read"),
        ('{"id": %s, "question": "Q?"}' % ("1" * 5000), "it cannot be read"),
    ],
    ids=["json", "question", "id", "type", "history", "list", "utf-8", "deep", "huge number"],
)
def test_a_bad_line_is_reported_with_its_number_and_the_others_are_read(read, line, reason):
    good = '{"id": 1, "question": "Q?"}'

    first, bad, last = read(good, line, good)

    assert isinstance(bad, BadLine)
    assert bad.number == 2
    assert bad.reason.startswith(reason)
    assert (first.number, last.number) == (1, 3)


def test_plain_strings_of_a_history_are_questions(read):
    assert history_of(read, ["One?", "Two?"]) == (Turn("One?"), Turn("Two?"))


@pytest.mark.parametrize("role", ["user", "human", "User", "question"])
def test_messages_of_a_history_become_turns(read, role):
    messages = [
        {"role": role, "content": "One?"},
        {"role": "assistant", "content": "First."},
        {"role": role, "content": "Two?"},
    ]

    assert history_of(read, messages) == (Turn("One?", "First."), Turn("Two?"))


def test_an_answer_before_any_question_is_left_out(read):
    messages = [{"role": "assistant", "content": "Hello."}, "One?"]

    assert history_of(read, messages) == (Turn("One?"),)


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(EvaluationCaseError) as caught:
        list(read_batch(tmp_path / "nowhere.jsonl"))

    expected = f"The batch file {tmp_path / 'nowhere.jsonl'} cannot be read "
    assert caught.value.message == expected + "(No such file or directory)."
