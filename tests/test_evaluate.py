import hashlib
import json
from dataclasses import replace

import pytest

from briefbot.errors import EvaluationCaseError
from briefbot.evaluate.cases import Case, load_cases
from briefbot.evaluate.gate import broken_floors, sha256
from briefbot.evaluate.metrics import (
    Metric,
    mean,
    overlaps,
    proportion,
    quantile,
    reciprocal_rank,
)
from briefbot.evaluate.runner import as_table, judge, run, summarise
from briefbot.types import AnswerStatus, Citation, Statement, Turn

BUILT = {
    "id": "built",
    "kind": "fact",
    "split": "dev",
    "question": "When was the stone bridge built?",
    "answerable": True,
    "evidence": [["The stone bridge was built in 1742."]],
    "answers": ["1742"],
}
HARBOUR_OWNER = {
    "id": "owner",
    "kind": "near_miss",
    "split": "test",
    "question": "Who owns the harbour?",
    "answerable": False,
}


def case(**changes):
    return Case.model_validate(BUILT | changes)


def lines(*cases):
    return "\n".join(json.dumps(item, ensure_ascii=False) for item in cases) + "\n"


# --- cases --------------------------------------------------------------------------------------


def test_cases_are_read_in_order(write):
    cases = load_cases(write("cases.jsonl", lines(BUILT, HARBOUR_OWNER)))

    assert [item.id for item in cases] == ["built", "owner"]


@pytest.mark.parametrize(
    ("split", "ids"), [("dev", ["built"]), ("test", ["owner"]), ("all", ["built", "owner"])]
)
def test_a_split_takes_its_own_cases(write, split, ids):
    cases = load_cases(write("cases.jsonl", lines(BUILT, HARBOUR_OWNER)), split=split)

    assert [item.id for item in cases] == ids


def test_empty_lines_and_a_byte_order_mark_are_passed_over(write):
    cases = load_cases(write("cases.jsonl", f"\ufeff{lines(BUILT)}\n  \n"))

    assert [item.id for item in cases] == ["built"]


def test_a_line_separator_within_a_question_ends_no_line(write):
    (item,) = load_cases(write("cases.jsonl", lines(BUILT | {"question": "One\u2028line?"})))

    assert item.question == "One\u2028line?"


def test_the_history_of_a_case_becomes_turns():
    item = case(history=["What is the bridge?", "Who designed it?"])

    assert item.turns == (Turn("What is the bridge?"), Turn("Who designed it?"))


@pytest.mark.parametrize(
    "line",
    [
        "{not json",
        "[]",
        json.dumps(BUILT | {"kind": "unknown"}),
        json.dumps(BUILT | {"surplus": 1}),
        json.dumps(BUILT | {"evidence": []}),
        json.dumps(BUILT | {"also": [[], []]}),
        json.dumps(BUILT | {"answerable": False}),
    ],
    ids=["json", "list", "kind", "key", "no evidence", "also", "evidence"],
)
def test_a_malformed_line_is_named_by_its_number(write, line):
    path = write("cases.jsonl", f"{lines(HARBOUR_OWNER)}{line}\n")

    with pytest.raises(EvaluationCaseError, match="line 2 is not a case"):
        load_cases(path)


def test_a_repeated_id_is_named_with_its_line(write):
    path = write("cases.jsonl", lines(BUILT, BUILT))

    with pytest.raises(EvaluationCaseError, match="line 2 repeats the id 'built'"):
        load_cases(path)


def test_an_unknown_split_is_an_error(write):
    with pytest.raises(EvaluationCaseError, match="no split 'train'"):
        load_cases(write("cases.jsonl", ""), split="train")


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["missing", "not text"])
def test_cases_that_cannot_be_read_are_an_error(write, tmp_path, content):
    if content is not None:
        write("cases.jsonl", content)

    with pytest.raises(EvaluationCaseError, match="cannot be read"):
        load_cases(tmp_path / "cases.jsonl")


# --- metrics ------------------------------------------------------------------------------------


def test_a_proportion_has_wilsons_interval():
    metric = proportion([True] * 8 + [False] * 2)

    # p = 0.8, n = 10, z = 1.96: (0.8 + 0.1921 ± 1.96 √(0.016 + 0.0096)) / 1.3841
    assert metric.value == pytest.approx(0.8)
    assert metric.low == pytest.approx(0.4902, abs=1e-4)
    assert metric.high == pytest.approx(0.9433, abs=1e-4)
    assert metric.n == 10


def test_the_interval_of_a_certain_proportion_stays_within_0_and_1():
    metric = proportion([True] * 10)

    assert metric.value == 1.0
    assert metric.high == pytest.approx(1.0)
    assert metric.high <= 1.0
    assert metric.low == pytest.approx(10 / (10 + 1.959964**2))


def test_a_proportion_of_nothing_knows_nothing():
    assert proportion([]) == Metric(0.0, 0.0, 1.0, 0)


def test_a_mean_lies_within_its_interval():
    metric = mean([0.0, 0.5, 1.0, 0.5])

    assert metric.value == 0.5
    assert 0.0 <= metric.low < 0.5 < metric.high <= 1.0


def test_a_mean_is_the_same_every_time():
    assert mean([0.1, 0.7, 0.9]) == mean([0.1, 0.7, 0.9])


def test_a_mean_of_equal_values_has_no_width():
    assert mean([0.25, 0.25]) == Metric(0.25, 0.25, 0.25, 2)


def test_a_mean_of_nothing_is_0():
    assert mean([]) == Metric(0.0, 0.0, 0.0, 0)


@pytest.mark.parametrize(
    ("share", "value"), [(0.0, 1.0), (0.25, 1.0), (0.5, 2.0), (0.51, 3.0), (0.95, 4.0), (1.0, 4.0)]
)
def test_a_quantile_is_a_value_of_the_sample(share, value):
    assert quantile([4.0, 1.0, 3.0, 2.0], share) == value


def test_a_quantile_of_nothing_is_0():
    assert quantile([], 0.5) == 0.0


@pytest.mark.parametrize(
    ("hits", "value"), [([True, True], 1.0), ([False, False, True], 1 / 3), ([False], 0.0), ([], 0)]
)
def test_the_reciprocal_rank_is_that_of_the_first_hit(hits, value):
    assert reciprocal_rank(hits) == value


@pytest.mark.parametrize(
    ("quote", "evidence", "expected"),
    [
        ("a b", "a b", True),
        ("x a\n b y", "a b", True),
        ("a b", "x a  b y", True),
        ("a c", "a b", False),
        ("", "a", False),
        ("a", " ", False),
    ],
)
def test_texts_overlap_where_one_holds_the_other(quote, evidence, expected):
    assert overlaps(quote, evidence) is expected


def test_a_metric_is_rounded_for_output():
    metric = Metric(1 / 3, 0.123456, 1.0, 3)

    assert metric.as_json() == {"value": 0.3333, "low": 0.1235, "high": 1.0, "n": 3}


# --- gate ---------------------------------------------------------------------------------------


@pytest.fixture
def floors(write):
    """Write floors that hold for `SUMMARY`, with changes."""
    cases = write("cases.jsonl", "{}\n")

    def write_floors(**changes):
        pinned = {
            "cases_sha256": sha256(cases),
            "corpus_digest": "abc",
            "at_least": {"mrr": 0.8},
            "at_most": {"latency_p50_s": 0.15},
        }
        return write("baseline.json", json.dumps(pinned | changes)), cases

    return write_floors


SUMMARY = {"mrr": Metric(0.8, 0.7, 0.9, 10), "latency_p50_s": Metric(0.15, 0.15, 0.15, 10)}


def broken(summary, floors, digest="abc"):
    path, cases = floors
    return broken_floors(summary, path, cases=cases, digest=digest)


def test_numbers_on_their_floors_hold(floors):
    assert broken(SUMMARY, floors()) == []


def test_a_number_below_its_floor_is_broken(floors):
    found = broken(SUMMARY | {"mrr": Metric(0.79, 0, 1, 10)}, floors())

    assert found == ["mrr is 0.7900, below its floor of 0.8."]


def test_a_number_above_its_ceiling_is_broken(floors):
    found = broken(SUMMARY | {"latency_p50_s": Metric(0.2, 0, 1, 10)}, floors())

    assert found == ["latency_p50_s is 0.2000, above its ceiling of 0.15."]


def test_a_number_that_was_not_measured_breaks_its_floor(floors):
    found = broken({}, floors())

    assert [sentence.split()[0] for sentence in found] == ["mrr", "latency_p50_s"]


def test_cases_that_changed_unseen_are_broken(floors):
    (found,) = broken(SUMMARY, floors(cases_sha256="0" * 64))

    assert found.startswith("cases_sha256 is ")


def test_a_corpus_that_changed_unseen_is_broken(floors):
    (found,) = broken(SUMMARY, floors(), digest="other")

    assert found == (
        "corpus_digest is other, pinned is abc: measure again and pin the floors anew."
    )


@pytest.mark.parametrize("content", [None, "", "{}", "[]", "5"])
def test_floors_that_cannot_be_read_are_an_error(write, tmp_path, content):
    cases = write("cases.jsonl", "")
    if content is not None:
        write("baseline.json", content)

    with pytest.raises(EvaluationCaseError, match="cannot be read"):
        broken_floors({}, tmp_path / "baseline.json", cases=cases, digest="abc")


def test_a_file_is_hashed_by_its_bytes(write):
    assert sha256(write("a", "abc")) == hashlib.sha256(b"abc").hexdigest()


# --- runner -------------------------------------------------------------------------------------


@pytest.fixture
def answered(bot):
    """An answer to `BUILT` that is right, made by hand so that no model decides the test."""
    answer = bot.ask(BUILT["question"])
    text = bot.document("bridge.md").text
    quote = "The stone bridge was built in 1742."
    start = text.index(quote)
    citation = Citation(1, "bridge.md", "The Old Bridge", quote, start, start + len(quote))
    return replace(
        answer,
        status=AnswerStatus.ANSWERED,
        statements=(Statement(quote, (1,)),),
        citations=(citation,),
        passages=bot.search(BUILT["question"]),
        seconds=0.5,
    )


def refusal_of(answer):
    return replace(
        answer, status=AnswerStatus.NOT_IN_DOCUMENTS, statements=(), citations=(), seconds=0.1
    )


def test_an_answer_that_cites_the_evidence_is_right(bot, answered):
    result = judge(bot, case(), answered)

    assert (result.has_evidence, result.is_right, result.refused) == (True, True, False)
    assert (result.verified, result.on_evidence) == ((True,), (True,))
    assert result.hits[0]


def test_an_answer_without_the_short_answer_is_not_right(bot, answered):
    result = judge(bot, case(answers=["1743"]), answered)

    assert (result.has_evidence, result.is_right) == (True, False)


def test_a_case_without_a_short_answer_is_right_by_its_evidence(bot, answered):
    assert judge(bot, case(answers=[]), answered).is_right


def test_an_answer_must_cite_every_group_of_the_evidence(bot, answered):
    both = [*BUILT["evidence"], ["The harbour opened in 1871."]]

    result = judge(bot, case(evidence=both), answered)

    assert (result.has_evidence, result.is_right) == (False, False)


def test_a_quote_that_is_off_by_one_is_not_verified(bot, answered):
    (citation,) = answered.citations
    shifted = replace(citation, start=citation.start + 1, end=citation.end + 1)

    result = judge(bot, case(), replace(answered, citations=(shifted,)))

    assert result.verified == (False,)


def test_each_group_may_be_answered_from_another_document(bot, answered):
    built, harbour = BUILT["evidence"][0], ["The harbour opened in 1871."]
    unseen = ["The mill is old."]

    def right_elsewhere(*also):
        result = judge(bot, case(evidence=[built, harbour], also=also), answered)
        assert not result.is_right
        return result.is_right_elsewhere

    assert right_elsewhere([], built)
    assert not right_elsewhere(built, [])
    assert not right_elsewhere([], unseen)


def test_a_case_that_cannot_be_answered_has_no_evidence(bot, answered):
    result = judge(bot, Case.model_validate(HARBOUR_OWNER), answered)

    assert (result.has_evidence, result.is_right) == (False, False)
    assert result.on_evidence == (False,)


def test_every_case_is_asked_once_with_progress(bot):
    told = []
    cases = [case(), Case.model_validate(HARBOUR_OWNER)]

    results = run(bot, cases, progress=lambda *step: told.append(step))

    assert [result.case.id for result in results] == ["built", "owner"]
    assert told == [("asking", 0, 2), ("asking", 1, 2)]


def test_no_cases_give_no_results(bot):
    assert run(bot, []) == []


def test_a_case_with_a_history_is_asked_as_a_follow_up(bot):
    item = case(question="And the garden's?", history=["What is the Bridge's age?"])

    (result,) = run(bot, [item])

    assert "garden" in result.answer.standalone_question
    assert "age" in result.answer.standalone_question


def test_a_case_result_is_one_json_line(bot, answered):
    line = judge(bot, case(), answered).as_json()

    assert json.loads(json.dumps(line)) == line
    assert (line["id"], line["refused"], line["first_hit"]) == ("built", False, 1)
    assert line["answer"] == "The stone bridge was built in 1742. [1]"


def test_a_summary_counts_what_was_judged(bot, answered):
    owner = Case.model_validate(HARBOUR_OWNER)
    results = [
        judge(bot, case(), answered),
        judge(bot, case(id="2", kind="paraphrase"), refusal_of(answered)),
        judge(bot, owner, refusal_of(answered)),
        judge(bot, owner, answered),
    ]

    summary = summarise(results)

    values = {name: metric.value for name, metric in summary.items()}
    assert values == {
        "hits@1": 1.0,
        "hits@4": 1.0,
        "mrr": 1.0,
        "citations_verified": 1.0,
        "citations_on_evidence": 1.0,
        "answered_with_evidence": 0.5,
        "answered_right": 0.5,
        "false_refusal": 0.5,
        "refusal": 0.5,
        "answered_right/fact": 1.0,
        "answered_right/paraphrase": 0.0,
        "refusal/near_miss": 0.5,
        "latency_p50_s": 0.1,
        "latency_p95_s": 0.5,
    }


def test_a_summary_of_nothing_is_all_zero():
    summary = summarise([])

    assert {metric.value for metric in summary.values()} == {0.0}


def test_a_table_shows_rates_in_percent_and_latency_in_seconds():
    table = as_table({"mrr": Metric(0.8, 0.7, 0.9, 10), "latency_p50_s": Metric(0.1, 0, 0, 10)})

    head, mrr, latency = table.splitlines()
    assert "95% interval" in head
    assert mrr.split() == ["mrr", "80.0", "70.0", "–", "90.0", "10"]
    assert latency.split() == ["latency_p50_s", "0.100", "10"]
