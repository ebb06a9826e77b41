"""Reading + checks → notes under an answer: what is missing, what was withheld and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from briefbot.days import in_words
from briefbot.questions import asks_about_now, wanted_thing, years_ahead
from briefbot.read import Reading
from briefbot.sides import sides_of
from briefbot.support import Reason
from briefbot.terms import terms
from briefbot.types import Citation, Statement, StatementCheck, Verdict


def missing_note(reading: Reading, question: str = "") -> str:
    """Say what the documents lack: words of the question, else the kind of thing asked for."""
    telling = [word for word in reading.missing if _tells(word, question)][:3]
    if telling:
        words = ", ".join(f"“{word}”" for word in telling)
        return f"The nearest passages do not mention {words}."
    wanted = wanted_thing(question)
    if not wanted or not reading.passages:
        return ""
    return f"The nearest passages are about this, but none of them gives the {wanted} asked for."


def _tells(word: str, question: str) -> bool:
    """Whether it says something that a word is missing: a name, a number, an uncommon word."""
    is_name = word[0].isupper() and not question.lstrip(' “"').startswith(word)
    if any(character.isdigit() for character in word) or word[1:].lower() != word[1:] or is_name:
        return True
    return len(word) >= _TELLING_CHARS and not set(terms(word)) & _COMMON


_TELLING_CHARS = 3
_COMMON = frozenset(
    terms(
        """get got make take go gone come know think want use used find tell work call try ask need
        feel become leave left put mean keep begin start seem help show hear play run move live
        believe bring happen happened write wrote provide stand lose pay include continue set
        change lead understand follow stop create speak spoke read allow add spend grow open
        offer consider appear expect stay reach remain suggest raise pass require report decide
        explain claim agree exist belong compare differ discuss describe mention refer relate
        involve cause affect concern matter apply act treat regard respond react deal handle
        support increase rise reduce fall do done said say see look talk like love hate hope
        wish plan intend turn join hold held send sent meet met win won buy bought sell sold
        build built break broke carry choose chose draw drive eat fly forget grew hit hurt lay
        lie pick pull push ride ring rule sing sit sleep steal swim teach wake wear thing stuff
        people person somebody someone anybody anyone everybody everyone nobody way time year
        month week day date hour today now nowadays currently recently lately ago far place part
        side end point case fact kind type sort form level lot bit piece number amount total
        share percent percentage rate size figure name word term example reason question answer
        problem issue idea view opinion thought position role aim goal purpose effect result
        difference similarity detail information source article document text page many much
        more most few little several enough other another same different various certain good
        better best bad worse worst great big large larger largest small smaller smallest high
        higher highest low lower lowest long longer short new old young early late first second
        third last next main major important real true false right wrong possible likely able
        full free easy hard whole common general special particular own such exact actual really
        actually exactly still already yet ever never always often usually sometimes maybe
        perhaps probably even also too quite rather almost nearly mostly mainly especially
        simply together apart away back else anyway instead please thanks according based
        regarding"""
    )
)
"""Words whose absence says nothing about what the documents hold."""


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
        return f"The newest document is of {in_words(newest)}; none can say what holds after that."
    cited = max((citation.date for citation in citations), default="")
    if cited and asks_about_now(question):
        return f"As of {in_words(cited)}, the newest document cited; it may have changed since."
    return ""


def missing_side_note(question: str, statements: Sequence[Statement]) -> str:
    """Say of which side of a comparison the passages say nothing, where they speak of the other."""
    headings = {statement.layout.heading for statement in statements}
    sides = [side.name for side in sides_of(question)]
    missing = [name for name in sides if name not in headings]
    if not sides or len(missing) != 1:
        return ""
    return f"The documents say nothing about {missing[0]} here."


def verdict_words(check: StatementCheck) -> str:
    """Say in a few words what the verifier found about one statement."""
    if check.verdict is Verdict.VERIFIED:
        return "its speaker is named in brackets" if check.reason else ""
    done = "not shown" if check.verdict is Verdict.WITHHELD else "its source is shown instead"
    return f"{done}: a sentence {_WHY[Reason(check.reason)]}" if check.reason else done


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
