"""Reading + checks → notes under an answer: what is missing, what was withheld and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from briefbot.questions import asks_about_now, years_ahead
from briefbot.read import Reading
from briefbot.sides import sides_of
from briefbot.support import Reason
from briefbot.types import Citation, Statement, StatementCheck, Verdict


def missing_note(reading: Reading) -> str:
    """Say which words of the question the documents do not mention, if that is telling."""
    if not reading.missing:
        return ""
    words = ", ".join(f"“{word}”" for word in reading.missing[:3])
    return f"The nearest passages do not mention {words}."


def withheld_note(checks: Sequence[StatementCheck]) -> str:
    """Say how many statements were withheld or replaced, and why; empty where none was."""
    parts = []
    for verdict, done in _DONE.items():
        reasons = Counter(check.reason for check in checks if check.verdict is verdict)
        if reasons:
            total = reasons.total()
            sentences = "1 sentence was" if total == 1 else f"{total} sentences were"
            whys = ", ".join(f"{count} {_WHY[Reason(reason)]}" for reason, count in reasons.items())
            parts.append(f"{sentences} {done}: {whys}.")
    return " ".join(parts)


def time_note(question: str, citations: Sequence[Citation], newest: str) -> str:
    """Say as of when an answer about the present holds, and what the documents cannot know.

    Args:
        question: As it was understood.
        citations: Those of the answer; none for a refusal.
        newest: ISO date of the newest document; empty where none is dated.
    """
    if newest and years_ahead(question, int(newest[:4])):
        return f"The newest document is of {_day(newest)}; none can say what holds after that."
    cited = max((citation.date for citation in citations), default="")
    if cited and asks_about_now(question):
        return f"As of {_day(cited)}, the newest document cited; it may have changed since."
    return ""


def _day(iso_date: str) -> str:
    try:
        day = date.fromisoformat(iso_date)
    except ValueError:
        return iso_date
    return f"{day.day} {day:%B %Y}"


def missing_side_note(question: str, statements: Sequence[Statement]) -> str:
    """Say of which side of a comparison the passages say nothing, where they speak of the other."""
    headings = {statement.layout.heading for statement in statements}
    sides = [side.name for side in sides_of(question)]
    missing = [name for name in sides if name not in headings]
    if not sides or len(missing) != 1:
        return ""
    return f"The documents say nothing about {missing[0]} here."


_DONE = {
    Verdict.WITHHELD: "withheld",
    Verdict.REPLACED: "replaced by the sentence of the document",
}
_WHY = {
    Reason.NO_CITATION: "without a source",
    Reason.QUOTE: "with a quote that is not in the document",
    Reason.WORDS: "with words that its source does not have",
    Reason.NUMBER: "with another number than its source",
    Reason.DATE: "with another date than its source",
    Reason.NAME: "with a name that its source does not have",
    Reason.NEGATION: "with a “not” more or less than its source",
    Reason.CERTAINTY: "more or less certain than its source",
    Reason.DIRECTION: "that turns its source round",
    Reason.ORDER: "that joins its source's words otherwise",
    Reason.SPEAKER: "that does not say whose words they are",
    Reason.INSTRUCTION: "that rests on an instruction to a chat model",
    Reason.REPEATED: "that repeats another",
}
