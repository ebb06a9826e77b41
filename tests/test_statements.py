from __future__ import annotations

from pathlib import Path

import pytest

from briefbot.errors import EvaluationCaseError
from briefbot.evaluate.statements import (
    StatementCase,
    check_all,
    load_statements,
    summarise_statements,
)
from briefbot.types import Verdict

FILE = Path(__file__).parent.parent / "evaluation" / "statements.jsonl"
BUILT = "The stone bridge was built in 1742."


def case(statement: str, *, supported: bool, quote: str = BUILT, writer: str = "hand"):
    return StatementCase.model_validate(
        {
            "id": statement,
            "writer": writer,
            "statement": statement,
            "quotes": [{"document": "bridge.md", "quote": quote}],
            "supported": supported,
            "verdict": "verified",
            "shown": "",
            "note": "",
        }
    )


def test_the_verifier_judges_each_statement_anew(bot):
    sound, unsound, lost = check_all(
        bot,
        [
            case("The bridge was built in 1742.", supported=True),
            case("The stone bridge was built in 1724.", supported=False),
            case("Gold.", supported=True),
        ],
    )

    assert (sound.verdict, sound.wrongly_withheld) == (Verdict.VERIFIED, False)
    assert (unsound.verdict, unsound.reason, unsound.shown) == (Verdict.REPLACED, "number", BUILT)
    assert not unsound.wrongly_shown
    assert lost.wrongly_withheld


def test_a_statement_that_the_reader_calls_unsound_and_that_stands_is_wrongly_shown(bot):
    (result,) = check_all(bot, [case("The bridge was built in 1742.", supported=False)])

    assert result.wrongly_shown


def test_a_sound_statement_may_give_way_to_its_sentence(bot):
    (result,) = check_all(bot, [case("1742 saw the stone bridge built.", supported=True)])

    assert result.needlessly_replaced


def test_a_quote_that_the_document_lacks_is_an_error(bot):
    with pytest.raises(EvaluationCaseError, match=r"bridge\.md does not hold a quote"):
        check_all(bot, [case("It was.", supported=True, quote="The bridge is of gold.")])


def test_shares_are_summed_up_together_and_by_writer(bot):
    results = check_all(
        bot,
        [
            case("The bridge was built in 1742.", supported=True, writer="a"),
            case("The stone bridge was built in 1724.", supported=False, writer="b"),
        ],
    )

    summary = summarise_statements(results)

    assert summary["verified"].value == 0.5
    assert summary["verified/a"].value == 1.0
    assert summary["replaced/b"].value == 1.0
    assert summary["wrongly_shown"].n == summary["wrongly_withheld"].n == 1


def test_the_statements_read_by_hand_are_a_hundred_and_more():
    statements = load_statements(FILE)

    assert len(statements) >= 100
    assert {s.supported for s in statements} == {True, False}
    assert not [s.id for s in statements if s.verdict is Verdict.VERIFIED and not s.supported]
