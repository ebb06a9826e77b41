from briefbot.notes import missing_note, withheld_note
from briefbot.read import Reading
from briefbot.support import Reason
from briefbot.types import StatementCheck, Verdict

NOTHING = Reading((), (), 0.0, ())


def test_the_three_rarest_missing_words_are_named():
    reading = Reading((), (), 0.0, ("Ruritania", "yak", "tariff", "asks"))

    assert missing_note(reading) == (
        "The nearest passages do not mention “Ruritania”, “yak”, “tariff”."
    )


def test_no_missing_word_gives_no_note():
    assert missing_note(NOTHING) == ""


def test_several_withheld_sentences_are_counted():
    checks = [
        StatementCheck("One.", Verdict.WITHHELD, "number", ()),
        StatementCheck("Two.", Verdict.WITHHELD, "name", ()),
        StatementCheck("Three.", Verdict.REPLACED, "number", (1,)),
        StatementCheck("Four.", Verdict.VERIFIED, "speaker", (2,)),
    ]

    assert withheld_note(checks) == (
        "2 sentences were withheld: 1 with another number than its source, 1 with a name that its "
        "source does not have. 1 sentence was replaced by the sentence of the document: 1 with "
        "another number than its source."
    )


def test_nothing_withheld_gives_no_note():
    assert withheld_note([StatementCheck("One.", Verdict.VERIFIED, "", (1,))]) == ""


def test_every_reason_has_its_words():
    checks = [StatementCheck("One.", Verdict.WITHHELD, reason, ()) for reason in Reason]

    assert withheld_note(checks).startswith(f"{len(Reason)} sentences were withheld: 1 ")
