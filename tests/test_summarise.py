from briefbot.load import load_document
from briefbot.summarise import SENTENCES, summary
from briefbot.types import AnswerStatus
from fakes import WordHashEmbedder

REPORT = """\
# The Harbour Report

## Trade

The harbour handles most of the timber trade of the northern coast in every season. It grew.
Timber ships from the northern coast pay lower fees than coal ships at this harbour. Fish is rare.

## Safety

The harbour lights were replaced after two timber ships ran aground on the northern mole.
This happened at night, in fog, while the harbour master and his deputy were both away on leave.

## Plans

A second timber quay for the northern coast trade is planned by the harbour board for next year.
"""


def summarised(write, text, **options):
    path = write("corpus/report.md", text)
    document = load_document(path, root=path.parent)
    return [quote.text for quote in summary(document, WordHashEmbedder(), **options)]


def test_each_section_gives_its_most_central_sentence_in_the_documents_order(write):
    chosen = summarised(write, REPORT, most=3)

    assert [text.split()[1] for text in chosen] == ["harbour", "harbour", "second"]


def test_a_sentence_that_leans_on_the_one_before_comes_last(write):
    assert not any(text.startswith("This happened") for text in summarised(write, REPORT))


def test_a_summary_is_never_longer_than_asked_for(write):
    assert len(summarised(write, REPORT, most=2)) == 2
    assert len(summarised(write, REPORT * 4)) == SENTENCES


def test_a_document_of_short_sentences_still_has_a_summary(write):
    assert summarised(write, "It rains. It pours.\n") == ["It rains.", "It pours."]


def test_a_request_for_a_summary_is_answered_from_the_document_it_names(bot):
    answer = bot.ask("Summarise The Old Bridge")

    assert answer.status is AnswerStatus.ANSWERED
    assert {citation.document for citation in answer.citations} == {"bridge.md"}
    assert all(c.quote in bot.document(c.document).text for c in answer.citations)


def test_the_article_is_the_only_document_of_that_kind(bot):
    answer = bot.ask("What is the article about?")

    assert {citation.document for citation in answer.citations} == {"bridge.md"}


def test_a_request_that_fits_several_documents_is_asked_as_it_is(bot):
    answer = bot.ask("Summarise the documents")

    assert len({passage.chunk.document for passage in answer.passages}) > 1
