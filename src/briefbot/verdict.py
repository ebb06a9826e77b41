"""A proposed statement → shown, replaced by the sentence that it cites, or withheld (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from briefbot.attribution import speaker_of, with_speaker
from briefbot.cite import fold, plain, without_markup
from briefbot.sentences import sentence_spans
from briefbot.support import Reason, cover, problem
from briefbot.support.clauses import Source
from briefbot.support.instructions import is_command, is_instruction
from briefbot.support.wording import Similarity
from briefbot.terms import terms
from briefbot.types import PLAIN, Citation, Layout, Statement, StatementCheck, Verdict

TextOf = Callable[[str], str]
"""Document id → the document's stored text."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one statement.

    Attributes:
        text: What may be shown; empty where nothing may.
        citations: What backs it, not yet numbered for the answer; their quotes are verbatim.
        check: The report.
        layout: How it is to be shown; its lead stands word for word in `text`.
    """

    text: str
    citations: tuple[Citation, ...]
    check: StatementCheck
    layout: Layout = PLAIN


def laid_out(checked: Checked, layout: Layout) -> Checked:
    """Give a checked statement its layout, without a lead that is not in what is shown."""
    words = terms(checked.text)
    lead = terms(layout.lead)
    holds = any(words[n : n + len(lead)] == lead for n in range(len(words) - len(lead) + 1))
    stands = layout.lead.casefold() in checked.text.casefold() and holds
    return replace(checked, layout=layout if stands else replace(layout, lead=""))


@dataclass(frozen=True, slots=True)
class Verified:
    """The statements that may be shown, their citations from 1, and a report on every statement."""

    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    checks: tuple[StatementCheck, ...]


def assemble(checked: Sequence[Checked]) -> Verified:
    """Number the citations of the statements that may be shown, in order of first use."""
    shown = [item for item in checked if item.text]
    places = dict.fromkeys(_place(c) for item in shown for c in item.citations)
    numbers = {place: n for n, place in enumerate(places, start=1)}
    cited = {_place(c): c for item in reversed(shown) for c in item.citations}

    def numbered(item: Checked) -> tuple[int, ...]:
        return tuple(dict.fromkeys(numbers[_place(c)] for c in item.citations))

    return Verified(
        tuple(Statement(item.text, numbered(item), item.layout) for item in shown),
        tuple(replace(cited[place], n=n) for place, n in numbers.items()),
        tuple(
            replace(item.check, citations=numbered(item)) if item.text else item.check
            for item in checked
        ),
    )


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.document, citation.start, citation.end


def check_statement(
    text: str,
    citations: Sequence[Citation],
    text_of: TextOf,
    before: Sequence[Checked] = (),
    similar: Similarity | None = None,
) -> Checked:
    """Check one statement; what fails gives way to the sentence it cites, or is withheld.

    Args:
        text: The statement as proposed.
        citations: What it cites.
        text_of: Gives a stored document's text.
        before: The statements already checked: a speaker may be named in one of them.
        similar: Compares words by meaning; without it, only the same words support.
    """
    proposed = fold(text)
    found = [_restored(citation, text_of(citation.document)) for citation in citations]
    good = [citation for citation in found if citation is not None]
    if not proposed or not good:
        reason = Reason.QUOTE if citations and proposed else Reason.NO_CITATION
        return _withheld(proposed, reason)
    quoted = next((c for c in good if fold(c.quote) == proposed), None)
    if quoted is not None:
        return _check_verbatim(quoted, good, text_of, before)
    bare = plain(proposed)
    wrong = _own_words_problem(bare, good, text_of, similar)
    if wrong is None:
        return Checked(bare, tuple(good), StatementCheck(proposed, Verdict.VERIFIED, "", ()))
    return _replaced(proposed, wrong, good, text_of, before)


def _own_words_problem(
    text: str, citations: Sequence[Citation], text_of: TextOf, similar: Similarity | None
) -> Reason | None:
    sources = [
        Source(sentence.text, sentence.before)
        for citation in citations
        for sentence in _whole_sentences(citation, text_of(citation.document))
    ]
    return problem(text, sources, similar)


def _check_verbatim(
    citation: Citation, citations: Sequence[Citation], text_of: TextOf, before: Sequence[Checked]
) -> Checked:
    """Let a sentence of the document pass, with its speaker's name where it needs one."""
    document = text_of(citation.document)
    proposed = fold(citation.quote)
    whole = _whole_sentences(citation, document)
    reason = _fragment_problem(citation, whole)
    if reason is not None:
        return _replaced(proposed, reason, [citation], text_of, before)
    if any(is_command(sentence.text) for sentence in whole):
        return _withheld(proposed, Reason.INSTRUCTION)
    bare = without_markup(proposed)
    if not any(character.isalnum() for character in bare):
        return _withheld(proposed, Reason.NO_CITATION)
    shown = _with_speaker(bare, whole, citation, before)
    added = "" if shown == bare else Reason.SPEAKER.value
    check = StatementCheck(proposed, Verdict.VERIFIED, added, ())
    return Checked(shown, tuple(citations), check)


def _fragment_problem(citation: Citation, whole: Sequence[_Sentence]) -> Reason | None:
    """Find what a quote that is less than its sentence leaves out: a "not", an "if", a speaker."""
    rest = fold(" ".join(sentence.text for sentence in whole))
    quote = fold(citation.quote)
    if rest == quote or not whole:
        return None
    if (citation.start, citation.end) == (whole[0].start, whole[-1].end):
        return None
    return problem(quote, [Source(rest, whole[0].before)])


def _with_speaker(
    text: str, whole: Sequence[_Sentence], citation: Citation, before: Sequence[Checked]
) -> str:
    """Name in brackets who speaks, unless the sentence or one shown just before it does."""
    if not whole:
        return text
    speaker = speaker_of(whole[0].text, whole[0].before)
    if not speaker or speaker in text:
        return text
    lead = [c for item in before if item.text for c in item.citations]
    if any(_comes_just_before(c, citation) and speaker in fold(c.quote) for c in lead):
        return text
    return with_speaker(text, speaker)


def _comes_just_before(one: Citation, other: Citation) -> bool:
    gap = other.start - one.end
    return one.document == other.document and 0 <= gap <= _LEAD_GAP_CHARS


_LEAD_GAP_CHARS = 400
"""How far behind a shown sentence the next may stand and still lean on the name in it."""


def _replaced(
    proposed: str,
    reason: Reason,
    citations: Sequence[Citation],
    text_of: TextOf,
    before: Sequence[Checked],
) -> Checked:
    """Show the cited sentence nearest to a statement in its place, if there is a sound one."""
    best = max(
        (
            (
                cover(proposed, sentence.text),
                replace(citation, quote=sentence.text, start=sentence.start, end=sentence.end),
            )
            for citation in citations
            for sentence in _whole_sentences(citation, text_of(citation.document))
            if not is_instruction(sentence.text)
        ),
        key=lambda pair: pair[0],
        default=None,
    )
    if best is None or best[0] < REPLACEABLE_COVER:
        return _withheld(proposed, reason)
    _, citation = best
    shown = {_place(c) for item in before if item.text for c in item.citations}
    sound = _check_verbatim(citation, [citation], text_of, before)
    if not sound.text or _place(citation) in shown:
        return _withheld(proposed, reason if sound.text else Reason(sound.check.reason))
    check = StatementCheck(proposed, Verdict.REPLACED, reason.value, ())
    return Checked(sound.text, (citation,), check)


REPLACEABLE_COVER = 0.5
"""Share of a failed statement's terms that a sentence must hold to be shown in its place."""


def _withheld(proposed: str, reason: Reason) -> Checked:
    return Checked("", (), StatementCheck(proposed, Verdict.WITHHELD, reason.value, ()))


def _restored(citation: Citation, text: str) -> Citation | None:
    """The citation with the document's own characters, if its quote is what stands there."""
    start, end = citation.start, citation.end
    if not 0 <= start < end <= len(text) or fold(text[start:end]) != fold(citation.quote):
        return None
    if not fold(citation.quote) or _cuts_word(text, start) or _cuts_word(text, end):
        return None
    return replace(citation, quote=text[start:end])


def _cuts_word(text: str, at: int) -> bool:
    """Whether an offset stands inside a number or a word of Latin letters: "17" of "1742"."""
    if not 0 < at < len(text):
        return False
    around = text[max(0, at - 2) : at + 2]
    return bool(_INSIDE_WORD.match(text, at - 1)) or bool(_INSIDE_FIGURE.search(around))


_INSIDE_WORD = re.compile(r"[A-Za-z0-9]{2}|[0-9]%")
_INSIDE_FIGURE = re.compile(r"[0-9][.,][0-9]")


class _Sentence(NamedTuple):
    """A whole sentence of a document, the text before it, and its offsets there."""

    text: str
    before: str
    start: int
    end: int


def _whole_sentences(citation: Citation, text: str) -> list[_Sentence]:
    """The whole sentences that a quote stands in."""
    opens = max((m.end() for m in _BLANK_LINE.finditer(text, 0, citation.start)), default=0)
    closing = _BLANK_LINE.search(text, citation.end)
    closes = closing.start() if closing else len(text)
    spans = [(opens + a, opens + b) for a, b in sentence_spans(text[opens:closes])]
    return [
        _Sentence(text[a:b], text[max(0, a - _CONTEXT_CHARS) : a], a, b)
        for a, b in spans
        if a < citation.end and citation.start < b
    ]


_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_CONTEXT_CHARS = 2000
"""How much text before a sentence is searched for who speaks in it."""
