"""Number quotes, find `[n]` marks, and verify each statement of an answer (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from briefbot.attribution import speaker_of, with_speaker
from briefbot.sentences import sentence_spans
from briefbot.support import Reason, Similarity, Source, cover, is_command, is_instruction, problem
from briefbot.types import Chunk, Citation, Span, Statement, StatementCheck, Verdict

_MARK = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
TextOf = Callable[[str], str]
"""Document id → the document's stored text."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A verbatim piece of a chunk, not yet numbered; offsets are the document's."""

    chunk: Chunk
    start: int
    end: int

    @property
    def text(self) -> str:
        """The quote itself."""
        return self.chunk.text[self.start - self.chunk.start : self.end - self.chunk.start]


def cite(quote: Quoted, n: int) -> Citation:
    """Turn a quote into citation number `n`."""
    chunk = quote.chunk
    return Citation(
        n=n,
        document=chunk.document,
        title=chunk.title,
        quote=quote.text,
        start=quote.start,
        end=quote.end,
        heading=" › ".join(chunk.heading),
        url=chunk.url,
        date=chunk.date,
    )


def fold(text: str) -> str:
    """Normalise to NFC and fold runs of white space to one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_verbatim(citation: Citation, text: str) -> bool:
    """Whether the quote is exactly what stands at its offsets in the document's text."""
    return (
        0 <= citation.start < citation.end <= len(text)
        and text[citation.start : citation.end] == citation.quote
    )


def marks(text: str) -> tuple[int, ...]:
    """Find the numbers of the `[n]` and `[n, m]` marks of a text, each once, in order."""
    found = (int(n) for match in _MARK.finditer(text) for n in re.split(r"\s*[,;]\s*", match[1]))
    return tuple(dict.fromkeys(found))


def without_marks(text: str) -> str:
    """Take the `[n]` marks out of a text and close the gaps."""
    bare = re.sub(r"\s+([.,;:!?])", r"\1", _MARK.sub("", text))
    return " ".join(bare.split())


def is_supported(
    statement: str, passages: Sequence[str], similar: Similarity | None = None
) -> bool:
    """Whether sentences hold what a statement says; see `support.problem`."""
    return problem(statement, [Source(passage) for passage in passages], similar) is None


# --- the verifier -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one statement.

    Attributes:
        text: What may be shown; empty where nothing may.
        citations: What backs it, not yet numbered for the answer; their quotes are verbatim.
        check: The report.
    """

    text: str
    citations: tuple[Citation, ...]
    check: StatementCheck


@dataclass(frozen=True, slots=True)
class Verified:
    """The statements that may be shown, their citations from 1, and a report on every statement."""

    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    checks: tuple[StatementCheck, ...]


def verify(
    statements: Iterable[Statement],
    citations: Iterable[Citation],
    text_of: TextOf,
    similar: Similarity | None = None,
) -> Verified:
    """Keep the statements that their citations bear out, and number these from 1."""
    known = {citation.n: citation for citation in citations}
    checked: list[Checked] = []
    for statement in statements:
        named = [known[n] for n in statement.citations if n in known]
        checked.append(check_statement(statement.text, named, text_of, checked, similar))
    return assemble(checked)


def assemble(checked: Sequence[Checked]) -> Verified:
    """Number the citations of the statements that may be shown, in order of first use."""
    shown = [item for item in checked if item.text]
    places = dict.fromkeys(_place(c) for item in shown for c in item.citations)
    numbers = {place: n for n, place in enumerate(places, start=1)}
    cited = {_place(c): c for item in reversed(shown) for c in item.citations}

    def numbered(item: Checked) -> tuple[int, ...]:
        return tuple(dict.fromkeys(numbers[_place(c)] for c in item.citations))

    return Verified(
        tuple(Statement(item.text, numbered(item)) for item in shown),
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
        Source(sentence, before)
        for citation in citations
        for sentence, before, _ in _whole_sentences(citation, text_of(citation.document))
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
    if any(is_command(sentence) for sentence, _, _ in whole):
        return _withheld(proposed, Reason.INSTRUCTION)
    bare = without_markup(proposed)
    if not any(character.isalnum() for character in bare):
        return _withheld(proposed, Reason.NO_CITATION)
    shown = _with_speaker(bare, whole, citation, before)
    added = "" if shown == bare else Reason.SPEAKER.value
    check = StatementCheck(proposed, Verdict.VERIFIED, added, ())
    return Checked(shown, tuple(citations), check)


def _fragment_problem(citation: Citation, whole: Sequence[tuple[str, str, Span]]) -> Reason | None:
    """Find what a quote that is less than its sentence leaves out: a "not", an "if", a speaker."""
    rest = fold(" ".join(sentence for sentence, _, _ in whole))
    quote = fold(citation.quote)
    if rest == quote or not whole:
        return None
    start, end = whole[0][2][0], whole[-1][2][1]
    if (citation.start, citation.end) == (start, end):
        return None
    return problem(quote, [Source(rest, whole[0][1])])


def _with_speaker(
    text: str,
    whole: Sequence[tuple[str, str, Span]],
    citation: Citation,
    before: Sequence[Checked],
) -> str:
    """Name in brackets who speaks, unless the sentence or one shown just before it does."""
    if not whole:
        return text
    sentence, text_before, _ = whole[0]
    speaker = speaker_of(sentence, text_before)
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
            (cover(proposed, sentence), replace(citation, quote="", start=start, end=end))
            for citation in citations
            for sentence, _, (start, end) in _whole_sentences(citation, text_of(citation.document))
            if not is_instruction(sentence)
        ),
        key=lambda pair: pair[0],
        default=None,
    )
    if best is None or best[0] < REPLACEABLE_COVER:
        return _withheld(proposed, reason)
    _, place = best
    citation = replace(place, quote=text_of(place.document)[place.start : place.end])
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


def _whole_sentences(citation: Citation, text: str) -> list[tuple[str, str, Span]]:
    """The whole sentences that a quote stands in, each with the text before it and its span."""
    opens = max((m.end() for m in _BLANK_LINE.finditer(text, 0, citation.start)), default=0)
    closing = _BLANK_LINE.search(text, citation.end)
    closes = closing.start() if closing else len(text)
    spans = [(opens + a, opens + b) for a, b in sentence_spans(text[opens:closes])]
    return [
        (text[a:b], text[max(0, a - _CONTEXT_CHARS) : a], (a, b))
        for a, b in spans
        if a < citation.end and citation.start < b
    ]


_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_CONTEXT_CHARS = 2000
"""How much text before a sentence is searched for who speaks in it."""


# --- plain text ---------------------------------------------------------------------------------

_TARGET = r"(?:\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\])"
_IMAGE = re.compile(rf"!\[([^\]]*)\]{_TARGET}")
_LINK = re.compile(rf"\[([^\]]*)\]{_TARGET}")
_TAG = re.compile(r"<[^<>]*>|<[a-zA-Z/!?][^<>]*$")
_URL = re.compile(
    r"\b(?:[a-z][a-z0-9+.-]*://|www\.|(?:javascript|data|mailto|vbscript):)\S*"
    r"|\b(?:[a-z0-9-]+\.)+[a-z]{2,}/\S*",
    re.I,
)
_MARKUP = re.compile(r"[*_`~]{1,3}(?=\w)|(?<=[\w.!?])[*_`~]{1,3}|^#+\s+|^>\s+")


def without_markup(text: str) -> str:
    """Take links, images and HTML out of a document's own sentence; the words stay."""
    bare = _LINK.sub(r"\1", _IMAGE.sub("", text))
    return fold(_HTML.sub("", bare))


_HTML = re.compile(r"<!--.*?(?:-->|$)|</?[a-zA-Z][\w-]*(?:\s[^<>]*)?/?>|<[a-z]+:[^<>\s]*>", re.S)


def plain(text: str) -> str:
    """Take links, images, HTML and addresses out of a statement, and invisible characters."""
    visible = "".join(c for c in text if c.isprintable() and unicodedata.category(c) != "Cf")
    bare = _LINK.sub(r"\1", _IMAGE.sub("", visible))
    bare = _MARKUP.sub("", _URL.sub("", _TAG.sub("", bare)))
    return fold(re.sub(r"\s+([.,;:!?])", r"\1", bare.replace("<", "").replace(">", "")))
