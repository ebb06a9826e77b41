from __future__ import annotations

from dataclasses import replace

from briefbot.several import joined
from briefbot.types import (
    Answer,
    AnswerStatus,
    Chunk,
    Citation,
    Layout,
    Passage,
    Statement,
    Usage,
)


def passage(text: str, score: float) -> Passage:
    return Passage(Chunk(f"{text}.md", "Town", text, 0, len(text)), score)


def answered(question: str, *texts: str, confidence: float = 0.9) -> Answer:
    citations = tuple(
        Citation(n, "a.md", "A", text, sum(map(ord, text)), sum(map(ord, text)) + len(text))
        for n, text in enumerate(texts, start=1)
    )
    return Answer(
        question=question,
        standalone_question=question,
        status=AnswerStatus.ANSWERED,
        statements=tuple(Statement(c.quote, (c.n,)) for c in citations),
        citations=citations,
        passages=(passage("bridge", 0.5),),
        answerer="extractive",
        confidence=confidence,
    )


def refused(question: str) -> Answer:
    return replace(
        answered(question, confidence=0.2),
        status=AnswerStatus.NOT_IN_DOCUMENTS,
        passages=(passage("bridge", 0.7), passage("roses", 0.1)),
    )


def test_each_answer_stands_under_its_question_with_numbers_that_go_on():
    both = joined("Who and when?", [answered("Who?", "Ann Lee."), answered("When?", "In 2020.")])

    assert both.text == "**Who?** Ann Lee. [1]\n\n**When?** In 2020. [2]"
    assert [citation.n for citation in both.citations] == [1, 2]
    assert both.question == "Who and when?"
    assert both.standalone_question == "Who? When?"


def test_a_block_that_has_a_heading_keeps_it():
    one = answered("Who?", "Ann Lee.")
    headed = replace(one.statements[0], layout=Layout("Sources differ"))

    both = joined("?", [replace(one, statements=(headed,)), answered("When?", "In 2020.")])

    assert [s.layout.heading for s in both.statements] == ["Sources differ", "When?"]


def test_a_sentence_that_an_answer_needs_comes_twice_and_others_once():
    first = answered("Who?", "Ann Lee led it in 2020.", "It rained.")
    second = answered("When?", "Ann Lee led it in 2020.", "It rained.", "It snowed in May.")

    both = joined("?", [first, second])

    assert [(s.text, s.citations) for s in both.statements] == [
        ("Ann Lee led it in 2020.", (1,)),
        ("It rained.", (2,)),
        ("Ann Lee led it in 2020.", (1,)),
        ("It snowed in May.", (3,)),
    ]
    assert len(both.citations) == 3


def test_a_question_without_an_answer_is_named():
    both = joined("?", [refused("Who?"), answered("When?", "In 2020.", confidence=0.6)])

    assert both.status is AnswerStatus.ANSWERED
    assert both.notes == ("Not in the documents: “Who?”",)
    assert both.confidence == 0.6
    assert [(p.chunk.text, p.score) for p in both.passages] == [("bridge", 0.7), ("roses", 0.1)]


def test_where_no_question_has_an_answer_all_is_refused():
    both = joined("?", [refused("Who?"), refused("When?")])

    assert both.status is AnswerStatus.NOT_IN_DOCUMENTS
    assert both.statements == ()
    assert both.notes == ()
    assert both.confidence == 0.2


def test_what_a_chat_model_used_is_added_up():
    one = replace(answered("Who?", "Ann Lee."), usage=Usage(100, 10, 0.5))
    two = replace(answered("When?", "In 2020."), usage=Usage(50, 5))

    assert joined("?", [one, two]).usage == Usage(150, 15, 0.5)
    assert joined("?", [answered("Who?", "Ann Lee.")]).usage is None
