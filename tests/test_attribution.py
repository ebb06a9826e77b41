from __future__ import annotations

import pytest

from briefbot.attribution import names_speaker, speaker_of, with_speaker


@pytest.mark.parametrize(
    ("quote", "before", "speaker"),
    [
        ("Colby argued that it must close.", "", "Colby"),
        ("He argued that it must close.", "Elbridge Colby—a planner—came. ", "Elbridge Colby"),
        ("She believes that it will fall.", "Maria Lindqvist designed it. ", "Maria Lindqvist"),
        ("Echoing Colby’s concern, he urged allies to sign.", "Ely Ratner spoke. ", "Ely Ratner"),
        ("According to Pew Research, 66% approve.", "", "Pew Research"),
        ("According to the report, 66% approve.", "", "report"),
        ("In his view, it must close.", "Colby rolled out a plan. ", "Colby"),
        ("“We must act,” said Maria Lindqvist.", "", "Maria Lindqvist"),
        ("“Pacifism is not the answer.”", "Colby said:", "Colby"),
        ("To the contrary, peace is.", "Colby said, “Pacifism is not the answer. ", "Colby"),
        ("Critics noted that the plan is vague.", "", "Critics"),
        ("In May, Ishiba laid out a plan, proposing a pact.", "", "Ishiba"),
        ("He did, however, acknowledge it.", "Maria Berg, a diplomat, spoke. ", "Maria Berg"),
        ("He warned of floods.", "It rained. Colby arrived. He left. ", "Colby"),
        ("The bridge was built in 1742.", "Colby argued that it would. ", ""),
        ("It never closed.", "", ""),
        ("He warned of floods.", "It rained for days. ", ""),
        ("The flood, threatening the mill, rose.", "", ""),
    ],
)  # fmt: skip
def test_the_speaker_is_found_in_the_sentence_or_before_it(quote, before, speaker):
    assert speaker_of(quote, before) == speaker


def test_a_heading_ends_the_search_for_a_speaker():
    before = "Colby spoke for an hour.\n\n## Weather\n\nIt rained for days. "

    assert speaker_of("He warned of floods.", before) == ""


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("Colby argues that it must close.", True),
        ("[Colby] It must close.", True),
        ("Colby: it must close.", True),
        ("According to Colby, it must close.", True),
        ("It must close.", False),
        ("Colby must close.", False),
        ("Elbridge argues that it must close.", False),
    ],
)
def test_a_statement_names_its_speaker_as_one(statement, named):
    assert names_speaker(statement, "Elbridge Colby") is named


def test_a_word_for_people_counts_as_a_speaker():
    assert names_speaker("Critics said that it must close.", "critics")


def test_a_speaker_is_put_before_in_brackets():
    assert with_speaker("It must close.", "Colby") == "[Colby] It must close."


@pytest.mark.parametrize(
    "quote",
    [
        "Colby's main argument in 2024 was that wars become more likely.",
        "Nobody meant the system to be so, in Colby’s account.",
        "Colby's own explanation is that the party was not ready.",
        "The bridge is the oldest in the land, Colby reported.",
        "Colby called the bridge a fig leaf.",
        "Colby added that the bridge holds for now.",
        "Colby finds the bridge at least as old as the mill.",
        "Colby regards the bridge as a danger.",
    ],
)
def test_a_noun_of_thought_names_its_speaker(quote):
    assert speaker_of(quote, "") == "Colby"
    assert names_speaker(quote, "Colby")


def test_whose_view_it_is_may_stand_before():
    assert (
        speaker_of("Their reason was that it rains.", "Maria Lindqvist spoke. ")
        == "Maria Lindqvist"
    )


def test_what_somebody_owns_is_no_opinion():
    assert speaker_of("Colby's bridge is so old that it leaks.", "") == ""


def test_a_text_may_be_the_speaker():
    sentence = "The clause is the clearer one, according to an analysis in The Strategist."

    assert speaker_of(sentence, "") == "analysis"
    assert not names_speaker("The clause is the clearer one.", "analysis")


@pytest.mark.parametrize(
    ("quote", "speaker"),
    [
        ("A Lund opinion article of October 2024 said that the bridge is soft.", "article"),
        ("The tribunal of 2016 described the bridge as low.", "tribunal"),
    ],
)
def test_a_text_or_a_court_speaks_too(quote, speaker):
    assert speaker_of(quote, "") == speaker
