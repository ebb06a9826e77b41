"""The measured floors, pinned in evaluation/baseline.json with the cases and the corpus."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from briefbot.cite import is_verbatim
from briefbot.evaluate import gate, runner
from briefbot.evaluate.cases import load_cases
from briefbot.pipeline import BriefBot
from briefbot.settings import Settings
from briefbot.types import AnswerStatus

REPO = Path(__file__).parent.parent
CASES = REPO / "evaluation" / "article.jsonl"
FLOORS = REPO / "evaluation" / "baseline.json"


@pytest.fixture(scope="module")
def bot(article_index: Path) -> BriefBot:
    return BriefBot.open(settings=Settings(index_dir=article_index))


@pytest.fixture(scope="module")
def results(bot: BriefBot) -> list[runner.CaseResult]:
    return runner.run(bot, load_cases(CASES))


def test_no_measured_number_is_below_its_floor(bot, results):
    summary = runner.summarise(results)

    broken = gate.broken_floors(summary, FLOORS, cases=CASES, digest=bot.info().corpus_digest)
    assert broken == []


def test_every_citation_of_every_case_is_verbatim_at_its_offsets(bot, results):
    citations = [citation for result in results for citation in result.answer.citations]

    assert len(citations) > 60
    assert all(is_verbatim(c, bot.document(c.document).text) for c in citations)


def test_every_sentence_of_every_answer_is_its_quote(results):
    for result in results:
        quotes = {c.n: " ".join(c.quote.split()) for c in result.answer.citations}
        for statement in result.answer.statements:
            said = re.sub(r"^\[[^\]]+\] ", "", statement.text)  # the speaker, put in front
            assert said in {quotes[n] for n in statement.citations}


def test_off_topic_advertising_and_injected_questions_are_all_refused(results):
    refusable = {"off_topic", "advertising", "injection"}

    answered = [
        result.case.question
        for result in results
        if result.case.kind in refusable and result.answer.status is AnswerStatus.ANSWERED
    ]
    assert answered == []


def test_the_evidence_of_every_case_stands_in_the_corpus():
    text = (REPO / "corpus" / "beyond-hub-and-spoke.md").read_text("utf-8")

    for case in load_cases(CASES):
        for quote in (quote for group in case.evidence for quote in group):
            assert quote in text, case.id


@pytest.mark.parametrize("name", ["article.jsonl", "corpus.jsonl"])
def test_all_that_counts_as_evidence_stands_in_the_documents(name):
    files = [path for path in (REPO / "corpus").rglob("*.md") if path.name != "README.md"]
    text = " ".join(" ".join(path.read_text("utf-8").split()) for path in files)

    for case in load_cases(CASES.with_name(name)):
        for quote in (quote for group in (*case.evidence, *case.also) for quote in group):
            assert " ".join(quote.split()) in text, case.id


def test_the_cases_cover_every_kind_in_both_splits():
    cases = load_cases(CASES)
    kinds = {case.kind for case in cases}

    assert len(cases) >= 60
    assert len(kinds) == 8
    assert {(case.kind, case.split) for case in cases} == {
        (kind, split) for kind in kinds for split in ("dev", "test")
    }


def test_no_unverified_citation_is_ever_within_the_floors():
    floors = json.loads(FLOORS.read_text("utf-8"))

    assert floors["at_least"]["citations_verified"] == 1.0
