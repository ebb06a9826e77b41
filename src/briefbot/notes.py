"""Reading + checks → notes under an answer: what is missing, what was withheld and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from briefbot.read import Reading
from briefbot.support import Reason
from briefbot.types import StatementCheck, Verdict


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
