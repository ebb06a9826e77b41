import pytest

from briefbot.arguments import arguments
from briefbot.cite import Quoted
from briefbot.evidence import Evidence
from briefbot.oblige import NOTHING_MORE, WHICH_TOPIC
from briefbot.pipeline import BriefBot
from briefbot.requests import ABOUT_REPLY, NO_ANSWER_BEFORE
from briefbot.types import AnswerKind, AnswerStatus, Chunk, Turn

BUILT = "When was the stone bridge built?"


def turn(bot, question, history=()):
    return Turn(question, bot.ask(question, history).text)


@pytest.mark.parametrize("said", ["thanks", "hello", "what can you do?"])
def test_small_talk_is_answered_without_a_claim(bot, said):
    answer = bot.ask(said)

    assert answer.status is AnswerStatus.ANSWERED
    assert answer.text == answer.reply != ""
    assert (answer.statements, answer.citations, answer.passages) == ((), (), ())


def test_what_it_can_do_is_said(bot):
    answer = bot.ask("Who are you?")

    assert (answer.request, answer.text) == (AnswerKind.ABOUT, ABOUT_REPLY)


def test_a_question_after_thanks_is_answered(bot):
    answer = bot.ask("Thanks, but when was the stone bridge built?")

    assert answer.request is AnswerKind.ANSWER
    assert answer.standalone_question == BUILT
    assert answer.citations


def test_thanks_between_two_questions_changes_nothing(bot):
    history = [turn(bot, "What is The Old Bridge?"), turn(bot, "thanks")]

    with_thanks = bot.ask("And how long is it?", history)

    assert with_thanks.standalone_question == (
        bot.ask("And how long is it?", history[:1]).standalone_question
    )


def test_shorter_gives_one_sentence_of_the_answer_before(bot):
    history = [turn(bot, "What did the flood damage, and who repaired it?")]

    answer = bot.ask("shorter please", history)

    assert answer.request is AnswerKind.SHORTER
    assert len(answer.statements) == 1
    assert answer.citations[0].quote in bot.document(answer.citations[0].document).text


def test_a_summary_is_made_shorter_as_a_summary(bot):
    answer = bot.ask("shorter", [turn(bot, "Summarise The Old Bridge")])

    assert {citation.document for citation in answer.citations} == {"bridge.md"}
    assert len(answer.statements) <= 2


def test_more_shows_what_was_not_shown(bot):
    before = turn(bot, BUILT)

    answer = bot.ask("tell me more", [before])

    assert answer.request is AnswerKind.MORE
    assert answer.statements
    assert all(statement.text not in before.answer for statement in answer.statements)


def test_more_ends_where_everything_was_shown(bot):
    everything = " ".join(
        " ".join(bot.document(name).text.split()) for name in bot.info().documents
    )

    answer = bot.ask("more", [Turn(BUILT, everything)])

    assert answer.status is AnswerStatus.NOT_IN_DOCUMENTS
    assert answer.notes == (NOTHING_MORE,)


@pytest.mark.parametrize("said", ["more", "shorter"])
def test_without_an_earlier_answer_there_is_nothing_to_go_by(bot, said):
    assert bot.ask(said).text == NO_ANSWER_BEFORE


def test_arguments_about_nothing_are_asked_back(bot):
    assert bot.ask("give me three arguments against").text == WHICH_TOPIC


def test_a_strict_bot_refuses_arguments_too(settings, bot, embedder):
    strict = BriefBot(settings.model_copy(update={"strictness": 1.0}), embedder=embedder)

    answer = strict.ask("give me two arguments against the bridge")

    assert (answer.status, answer.statements) == (AnswerStatus.NOT_IN_DOCUMENTS, ())


# --- choosing arguments -------------------------------------------------------------------------


def evidence(text, score=0.5, document="a.md", heading=()):
    chunk = Chunk(document, document, text, 0, len(text), heading=heading)
    return Evidence(Quoted(chunk, 0, len(text)), score)


CRITICS = [
    evidence("Ann Smith warned that a pact would provoke the neighbours.", 0.9),
    evidence("Ann Smith argued that a treaty is a risk to every small state.", 0.8),
    evidence("Bob Jones said that no need exists for such an alliance today.", 0.6, "b.md"),
    evidence("Carl Brown said that a pact would strengthen and protect trade.", 0.9, "c.md"),
    evidence("The meeting took place on a Tuesday in the old town hall.", 0.9, "d.md"),
]


def chosen(side, count, found=CRITICS):
    return [quote.text.split()[0] for quote in arguments(found, side=side, count=count)]


def test_arguments_are_of_one_side_and_of_different_speakers_first():
    assert chosen("against", 2) == ["Ann", "Bob"]
    assert chosen("for", 2) == ["Carl"]


def test_a_speaker_comes_again_where_no_other_is_left():
    assert chosen("against", 5) == ["Ann", "Bob", "Ann"]


def test_a_heading_that_names_the_side_decides():
    headed = [
        evidence("Members have different trade.", heading=("Arguments against a pact",)),
        evidence("Ann Smith warned of war.", heading=("Arguments for a pact",)),
    ]

    assert chosen("against", 3, headed) == ["Members"]


def test_an_argument_is_not_given_twice_and_none_leans_back():
    twice = [
        CRITICS[0],
        evidence(CRITICS[0].quote.text, document="z.md"),
        evidence("This is a risk."),
    ]

    assert chosen("against", 3, twice) == ["Ann"]
    assert chosen("against", 3, []) == []


OBJECTORS = {
    "Ahlberg": "it costs too much",
    "Berg": "nobody needs it",
    "Carlsson": "the river is too wide",
    "Dahl": "ships cannot pass",
    "Ek": "it is ugly",
}
OBJECTIONS = (
    "# The new bridge\n\n## What are the arguments against a new bridge?\n\n"
    + "\n\n".join(
        f"### {said.capitalize()}\n\nCouncillor {name} said in 2021 that {said}. Others agreed."
        for name, said in OBJECTORS.items()
    )
)


@pytest.fixture
def objecting(tmp_path, settings, embedder):
    corpus = tmp_path / "objections"
    corpus.mkdir()
    (corpus / "bridge.md").write_text(OBJECTIONS, encoding="utf-8")
    chosen = settings.model_copy(
        update={"corpus_dir": corpus, "index_dir": tmp_path / "objections-index", "strictness": 0.0}
    )
    return BriefBot.open_or_build(chosen)


def test_a_section_that_is_the_question_gives_one_sentence_of_each_part(objecting):
    answer = objecting.ask("What are the main arguments against a new bridge?")

    assert answer.request is AnswerKind.ARGUMENTS
    assert [s.text.split()[1] for s in answer.statements] == ["Ahlberg", "Berg", "Carlsson", "Dahl"]
    assert all(statement.layout.is_item for statement in answer.statements)
    assert answer.notes == ("“The new bridge” lists 1 more; say “more” to see them.",)


def test_more_goes_on_with_the_parts_not_shown(objecting):
    before = turn(objecting, "What are the main arguments against a new bridge?")

    answer = objecting.ask("more", [before])

    assert answer.statements[0].text.startswith("Councillor Ek said")


def test_a_number_asked_for_is_kept(objecting):
    answer = objecting.ask("give me two arguments against a new bridge")

    assert len(answer.statements) == 2
