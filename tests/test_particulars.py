import pytest

from briefbot.particulars import document_called, lacking, may_name_author, particular_of
from briefbot.questions import Particular, particular_asked
from briefbot.types import AnswerKind, AnswerStatus, Document

REPORT = Document(
    "report.md", "Bridges: A Report", "…", date="2021-03-04", kind="report", author="Ann Smith"
)
BRIEF = Document("brief.md", "Roses in Town", "…", kind="brief", publisher="The Town")
OTHER = Document("other.md", "Tulips in Town", "…", kind="brief")


@pytest.mark.parametrize(
    ("question", "wanted", "document"),
    [
        ("Who wrote the report?", Particular.AUTHOR, "the report"),
        ("who is the author of “Bridges”?", Particular.AUTHOR, "Bridges"),
        ("Who was the article written by?", Particular.AUTHOR, "the article"),
        ("Who published Roses in Town?", Particular.PUBLISHER, "Roses in Town"),
        ("Where was the article published?", Particular.PUBLISHER, "the article"),
        ("When was the article published?", Particular.DATE, "the article"),
        ("In which year was Bridges written?", Particular.DATE, "Bridges"),
        ("How old is this document?", Particular.DATE, "this document"),
    ],
)
def test_a_question_about_a_document_itself(question, wanted, document):
    asked = particular_asked(question)

    assert (asked.wanted, asked.document) == (wanted, document)


@pytest.mark.parametrize(
    "question",
    ["Who signed the treaty?", "When was the bridge built?", "What is the article about?"],
)
def test_other_questions_ask_for_no_particular(question):
    assert particular_asked(question) is None


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("the report", REPORT),
        ("Bridges", REPORT),
        ("the report Bridges: A Report", REPORT),
        ("the brief called Roses in Town", BRIEF),
        ("the brief", None),
        ("this document", None),
        ("Town", None),
    ],
)
def test_a_document_goes_by_its_title_or_by_being_the_only_one_of_its_kind(name, found):
    assert document_called(name, [REPORT, BRIEF, OTHER]) is found


def test_the_only_document_is_meant_by_any_kind():
    assert document_called("this article", [BRIEF]) is BRIEF


def test_what_the_particulars_hold_is_said():
    assert particular_of(REPORT, Particular.AUTHOR) == "“Bridges: A Report” is by Ann Smith."
    assert particular_of(REPORT, Particular.DATE) == "“Bridges: A Report” is dated 4 March 2021."
    assert particular_of(BRIEF, Particular.PUBLISHER) == (
        "“Roses in Town” was published by The Town."
    )


def test_what_they_lack_is_said_with_what_they_hold():
    assert particular_of(REPORT, Particular.PUBLISHER) == ""
    assert lacking(REPORT, Particular.PUBLISHER) == (
        "“Bridges: A Report” (4 March 2021) names no publisher."
    )
    assert lacking(OTHER, Particular.DATE) == "“Tulips in Town” names no date."


def test_a_date_that_is_none_is_given_as_it_stands():
    document = Document("a.md", "A", "…", date="spring 2021")

    assert particular_of(document, Particular.DATE) == "“A” is dated spring 2021."


def test_the_author_of_a_document_that_names_none_is_not_in_the_documents(bot):
    answer = bot.ask("Who wrote The Old Bridge?")

    assert (answer.status, answer.request) == (
        AnswerStatus.NOT_IN_DOCUMENTS,
        AnswerKind.PARTICULARS,
    )
    assert "The Old Bridge" in answer.notes[0]
    assert "names no author" in answer.notes[0]


@pytest.mark.parametrize("line", ["By Ann Smith", "*By Ann Smith, 2021*", "Author: Ann Smith"])
def test_a_text_that_may_name_its_author_is_read(line):
    assert may_name_author(Document("a.txt", "A", f"Bridges\n\n{line}\n\nThe bridge stands."))


def test_a_bridge_built_by_somebody_names_no_author():
    assert not may_name_author(Document("a.txt", "A", "The bridge was built by Ann Smith."))
