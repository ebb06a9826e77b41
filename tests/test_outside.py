import json

import pytest

from briefbot.errors import EvaluationCaseError
from briefbot.evaluate import answer_scores, outside, thresholds
from briefbot.evaluate.outside import SetEvidence, SetQuestion, SetResult
from briefbot.types import (
    Answer,
    AnswerStatus,
    Chunk,
    Citation,
    Passage,
    ShortAnswer,
    Statement,
)

TEXT = "The stone bridge was built in 1742. A ferry ran there before."
QUESTION = SetQuestion(
    id="q1",
    question="When was the bridge built?",
    answers=("in 1742", "1742"),
    evidence=(SetEvidence(doc="bridge.txt", text=TEXT, start=0, end=len(TEXT)),),
    answerable=True,
    answer_sentence="The stone bridge was built in 1742.",
)
LOST = SetQuestion(id="q2", question="Who built the bridge?", answerable=False)


def passage(start=0, end=61, document="bridge.txt"):
    chunk = Chunk(document=document, title="Bridge", text=TEXT[start:end], start=start, end=end)
    return Passage(chunk, 0.5)


def result(question=QUESTION, *, confidence=0.8, passages=(), quote="", short=""):
    start = TEXT.find(quote)
    citation = Citation(1, "bridge.txt", "Bridge", quote, start, start + len(quote))
    return SetResult(
        question,
        Answer(
            question=question.question,
            standalone_question=question.question,
            status=AnswerStatus.ANSWERED if quote else AnswerStatus.NOT_IN_DOCUMENTS,
            statements=(Statement(quote, (1,)),) if quote else (),
            citations=(citation,) if quote else (),
            passages=tuple(passages),
            answerer="extractive",
            confidence=confidence,
            seconds=0.25,
            short_answer=ShortAnswer(short, "bridge.txt", 30, 34) if short else None,
        ),
        found=tuple(passages),
    )


def as_lines(*values):
    return "\n".join(json.dumps(value) for value in values) + "\n"


def test_a_set_is_read(write):
    path = write("set/questions.jsonl", as_lines(QUESTION.model_dump(), LOST.model_dump()))

    assert outside.load_set(path.parent) == [QUESTION, LOST]


def test_a_folder_without_questions_is_named(tmp_path):
    with pytest.raises(EvaluationCaseError, match=r"questions\.jsonl cannot be read"):
        outside.load_set(tmp_path)


@pytest.mark.parametrize("line", ["{", '{"id": "x"}'])
def test_a_malformed_line_is_named_by_its_number(write, line):
    path = write("set/questions.jsonl", as_lines(QUESTION.model_dump()) + line + "\n")

    with pytest.raises(EvaluationCaseError, match="line 2 is not a question"):
        outside.load_set(path.parent)


def test_the_gold_is_the_narrowest_that_a_set_names():
    sentences = QUESTION.model_copy(update={"answer_sentence": "", "gold_sentences": ("A.", "B.")})
    paragraphs = QUESTION.model_copy(update={"answer_sentence": ""})

    assert QUESTION.gold == ("The stone bridge was built in 1742.",)
    assert sentences.gold == ("A.", "B.")
    assert paragraphs.gold == (TEXT,)


def test_rankings_are_judged_by_where_the_gold_sentence_stands():
    second = result(passages=[passage(36), passage(0, 36)])
    never = result(passages=[passage(36)])

    summary = outside.retrieval([second, never])

    assert summary["hits@1"].value == 0.0
    assert summary["hits@4"].value == 0.5
    assert summary["mrr@10"].value == 0.25


def test_token_scores_count_characters_of_evidence_that_were_retrieved():
    evidence = [SetEvidence(doc="bridge.txt", text="x" * 10, start=0, end=10)]

    recall, precision, iou = outside.token_scores(evidence, [passage(5, 25)])

    assert recall == pytest.approx(5 / 10)
    assert precision == pytest.approx(5 / 20)
    assert iou == pytest.approx(5 / (20 + 5))


def test_passages_of_other_documents_hold_no_evidence():
    evidence = [SetEvidence(doc="other.txt", text="x" * 10, start=0, end=10)]

    assert outside.token_scores(evidence, [passage(0, 20)])[0] == 0.0


def test_answers_are_judged_short_and_whole():
    right = result(quote="The stone bridge was built in 1742.", short="1742")
    wrong = result(quote="A ferry ran there before.", short="ferry")

    summary = outside.answers([right, wrong])

    assert summary["short_exact"].value == 0.5
    assert summary["short_f1"].value == 0.5
    assert summary["answer_inside"].value == 0.5
    assert summary["word_recall"].value == pytest.approx(0.5)
    assert summary["citations_on_evidence"].value == 1.0


def test_a_citation_outside_the_evidence_counts_against_it():
    elsewhere = QUESTION.model_copy(
        update={"evidence": (SetEvidence(doc="x", text="Else."),), "answer_sentence": ""}
    )

    summary = outside.answers([result(elsewhere, quote="A ferry ran there before.")])

    assert summary["citations_on_evidence"].value == 0.0


def test_refusal_is_judged_at_the_strictness_and_at_a_fitted_threshold():
    kept = [result(quote="A ferry ran there before.", confidence=c) for c in (0.9, 0.8, 0.3, 0.7)]
    lost = [result(LOST, confidence=c) for c in (0.1, 0.2, 0.4, 0.1)]

    summary = outside.refusal([*kept, *lost], strictness=0.5)

    assert summary["refusal"].value == 1.0
    assert summary["false_refusal"].value == 0.25
    assert summary["auroc"].value == pytest.approx(15 / 16)
    assert 0.5 < summary["balanced_accuracy"].value <= 1.0


def test_a_set_without_unanswerable_questions_has_no_refusal():
    assert outside.refusal([result()], strictness=0.5) == {}


def test_a_threshold_comes_from_the_other_half():
    assert thresholds.best_threshold([0.9, 0.8], [0.2, 0.1]) == 0.8


def test_an_auroc_counts_ties_half():
    assert thresholds.auroc([0.5], [0.5, 0.1]) == 0.75


@pytest.mark.parametrize(
    ("answer", "gold", "f1"),
    [("the 1742", "1742", 1.0), ("in 1742", "1742", 2 / 3), ("", "1742", 0.0), ("", "", 1.0)],
)
def test_word_f1_is_squads(answer, gold, f1):
    assert answer_scores.word_f1(answer, gold) == pytest.approx(f1)


def test_rouge_l_keeps_the_order_of_words():
    assert answer_scores.rouge_l("b a", "a b") == pytest.approx(0.5)
    assert answer_scores.rouge_l("a x b", "a b") == pytest.approx(4 / 5)
    assert answer_scores.rouge_l("", "a") == 0.0


def test_a_summary_holds_latencies():
    summary = outside.summarise_set([result(quote="A ferry ran there before.")], strictness=0.5)

    assert summary["latency_p50_s"].value == 0.25


def test_a_bot_is_asked_every_question_of_a_set(bot):
    told = []

    results = outside.ask_all(
        bot, [QUESTION, LOST], progress=lambda stage, done, of: told.append((stage, done, of))
    )

    assert [r.question.id for r in results] == ["q1", "q2"]
    assert told == [("asking", 0, 2), ("asking", 1, 2)]
    assert results[0].found == bot.search(QUESTION.question, top_k=outside.RETRIEVED)


def test_a_prediction_is_what_the_sets_scorer_reads():
    answered = result(quote="The stone bridge was built in 1742.", short="1742", confidence=0.4)

    line = answered.as_prediction(strictness=0.5)

    assert line["refused"] is True
    assert line["short_answer"] == "1742"
    assert line["citations"] == [
        {"doc": "bridge.txt", "text": "The stone bridge was built in 1742."}
    ]
