"""What a conversation's turns speak of: names, people, the topic, listed items (pure)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from briefbot.sentences import sentence_spans
from briefbot.terms import STOP_WORDS, terms
from briefbot.types import Turn

_CAPITAL = r"(?:[A-Z][\w’'-]*|[A-Z]\.(?:[A-Z]\.)*|[A-Z]+\d+)"
_NAME = re.compile(
    rf"\b{_CAPITAL}(?:\s+(?:{_CAPITAL}|\d{{1,2}}\b(?!\s+{_CAPITAL})|of\s+{_CAPITAL}))*"
)
"""Capitalised words in a row, with a number behind them ("Article 5") or an "of" between."""
_OWNER_END = re.compile(r"['’]s?$")
_OPENERS = STOP_WORDS | frozenset(
    "compare name list thanks thank ok okay yes no also then since although despite".split()
)
_INSTITUTION = re.compile(
    r"\b(?:Institutes?|Institution|Pacts?|Treat(?:y|ies)|Agreements?|Acts?|Articles?|Arrangements?"
    r"|NATO|Councils?|Committees?|Ministr(?:y|ies)|Departments?|States|Kingdom|Nations?|Union"
    r"|Part(?:y|ies)|Dialogue|Summit|Organi[sz]ations?|Principles?|Doctrine|Strateg(?:y|ies)"
    r"|Islands?|Sea|Ocean|Forum|Times|Shimbun|Posts?|News|Center|Centre|Endowment|Foundation"
    r"|Universit(?:y|ies)|Company|Bank|Bridge|Harbou?r|Report|Guard|Forces?|Army|Navy|House|Senate"
    r"|Congress|Parliament|Diet|Court|Group|Alliance|War|Plan|Relations|Programme|Program)\b"
)
_TITLE = (
    r"(?:Prime Minister|Foreign Minister|Defen[cs]e (?:Minister|Secretary)|President|Secretary"
    r"|Minister|Ambassador|Chancellor|Professor|General|Admiral|Senator|Governor|Dr|Mr|Mrs|Ms|Sir)"
)
_TITLE_WORDS = frozenset("Prime Foreign Defence Defense Deputy Vice Under Assistant State".split())
_SPEECH = (
    "say|says|said|write|writes|wrote|argue|argues|argued|warn|warns|warned|propose|proposes"
    "|proposed|think|thinks|thought|believe|believes|believed|claim|claims|claimed|call|calls"
    "|called|resign|resigned|explain|explained|recommend|recommended|tell|told|suggest|suggested"
)


def names_in(text: str, known: Collection[str] = ()) -> list[str]:
    """Find proper names, in order; the capital that opens a sentence does not make one.

    Args:
        text: A question or an answer.
        known: Names seen elsewhere; their words count in small letters too ("what of colby").
    """
    found = [(match.start(), _bare(text, match)) for match in _NAME.finditer(text)]
    found = [(start, name) for start, name in found if terms(name)]
    held = " ".join(name for _, name in found).casefold()
    for name in known:
        small = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, re.I)
        if small and name.casefold() not in held:
            found.append((small.start(), name))
            held += f" {name.casefold()}"
    return list(dict.fromkeys(name for _, name in sorted(found)))


def _bare(text: str, match: re.Match[str]) -> str:
    """Take off what only opens the sentence, and the owner's ending."""
    words = match.group().split()
    before = text[: match.start()].rstrip()
    opens = not before or before.endswith((".", "?", "!", ":", ";", ",", "(", "–", "—"))
    while words and opens and words[0].casefold() in _OPENERS:
        words = words[1:]
    return _OWNER_END.sub("", " ".join(words))


def known_names(history: Sequence[Turn]) -> list[str]:
    """Collect names of earlier turns and their single words, longest first, to find them again."""
    found: dict[str, None] = {}
    for turn in history:
        for text in (turn.question, turn.answer):
            for name in _inner_names(text):
                found[name] = None
                found |= dict.fromkeys(word for word in name.split() if _tells(word))
    return sorted(found, key=len, reverse=True)


def _inner_names(text: str) -> list[str]:
    """Names of a text; a single word that only opens a sentence may be any word."""
    inside = re.sub(r"(?:^|(?<=[.!?:] )|(?<=\] ))[A-Z][\w’'-]*(?=\s+[^A-Z\s])", "", text)
    opening = [name for name in names_in(text) if " " in name]
    return [*names_in(inside), *opening]


def _tells(word: str) -> bool:
    is_common = _INSTITUTION.fullmatch(word) or re.fullmatch(_TITLE, word) or word in _TITLE_WORDS
    return len(word) >= _TELLING_CHARS and word[0].isupper() and not is_common and bool(terms(word))


_TELLING_CHARS = 4


# --- people -------------------------------------------------------------------------------------


def is_country(name: str) -> bool:
    """Whether a name is that of a country, a part of the world or a people."""
    found = terms(name)
    return bool(found) and set(found) <= _COUNTRIES


_COUNTRIES = frozenset(
    terms(
        """Afghanistan Africa America Argentina Asia Australia Austria Bangladesh Beijing Belgium
        Brazil Britain Brunei Bulgaria Cambodia Canada Chile China Colombia Croatia Cuba Denmark
        East Egypt England Estonia Europe Finland France Georgia Germany Greece Guam Hawaii Hong
        Kong Hungary Iceland India Indonesia Iran Iraq Ireland Israel Italy Japan Kenya Korea Kosovo
        Laos Latvia Lithuania London Luxembourg Malaysia Mexico Moscow Myanmar Netherlands New
        Zealand Nigeria North Norway Pacific Pakistan Papua Guinea Peru Philippines Poland Portugal
        Romania Russia Saudi Arabia Scotland Serbia Seoul Singapore Slovakia Slovenia South Spain
        Sweden Switzerland Syria Taiwan Thailand Timor Tokyo Turkey UK USA Ukraine Vietnam Wales
        Washington West Southeast Indo"""
    )
)
"""Also capitals that stand for their government, and what precedes a name, as in "South Korea"."""


def people(text: str) -> list[str]:
    """Find the names of a text that can be those of persons, in order."""
    return [name for name in names_in(text) if is_person(name, text)]


def is_person(name: str, text: str) -> bool:
    """Whether a name looks like a person's: by its form, a title before it, or speech after it."""
    if not may_be_person(name):
        return False
    words = name.split()
    if 2 <= len(words) <= 3 and " of " not in name and not any(map(is_country, words)):
        return True
    bare = re.escape(name)
    pattern = (
        rf"\b{_TITLE}\s+(?:[A-Z]\w+\s+)?{bare}\b|\b{bare}\s+(?:\w+\s+)?(?:{_SPEECH})\b"
        rf"|\b(?:did|does|has|can|would)\s+(?:[A-Z]\w+\s+)?{bare}\s+(?:\w+\s+)?(?:{_SPEECH})\b"
        rf"|^\W*who\s+(?:is|was)\s+{bare}\b"
    )
    return bool(re.search(pattern, text, re.I))


def may_be_person(name: str) -> bool:
    """Whether nothing in a name's form speaks against a person's."""
    return not (_INSTITUTION.search(name) or is_country(name)) and _is_worded(name)


def _is_worded(name: str) -> bool:
    """Whether every word is written as a name's: not an acronym, no digits."""
    return all(
        not word.isupper() and word.isalpha() for word in re.split(r"[\s’'.-]+", name) if word
    )


def last_person(history: Sequence[Turn], *, asked_who: bool) -> str:
    """Name the person meant by "he" or "she".

    Args:
        history: Earlier turns, oldest first.
        asked_who: Whether the last question asked who somebody is, so that its answer tells.
    """
    known = known_names(history)
    for turn in reversed(history):
        asked = _fuller(people(_capitalised(turn.question, known)), turn.answer)
        told = people(turn.answer)
        if asked_who and turn is history[-1]:
            told = [name for name in told if name not in asked]
            asked, told = told[:1], asked
        if asked or told:
            return (asked or told)[0]
    return ""


def _capitalised(question: str, known: Iterable[str]) -> str:
    """Write the known names of a question with their capitals, so that "colby" is a name."""
    for name in known:
        question = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", name, question, flags=re.I)
    return question


def _fuller(found: list[str], answer: str) -> list[str]:
    """Give the whole name where the answer has it: "Elbridge Colby" for "Colby"."""
    whole = people(answer)
    return [next((other for other in whole if other.endswith(f" {name}")), name) for name in found]


# --- topics -------------------------------------------------------------------------------------

_WH = (
    r"(?:(?:in|on|at|by|from|to|with|for|of|under|since|until)\s+)?(?:who|whom|whose|what|when|where"
    r"|which|why|how(?:\s+(?:many|much|often|long|old|far|big|large))?)"
)
_AUX = (
    r"(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|must|may|might"
    r"|isn['’]t|aren['’]t|wasn['’]t|weren['’]t|don['’]t|doesn['’]t|didn['’]t|won['’]t)"
)
WH_OPENS = re.compile(rf"^\W*{_WH}\b", re.I)
WH_PHRASE = re.compile(
    rf"^\W*(?P<wh>{_WH})\b(?P<noun>(?:(?!\b{_AUX}\b)[^?])*?)(?=\s+{_AUX}\b)", re.I
)
"""The question word with its noun, up to the verb: "Which six countries" of "… did he name?"."""
_OPENING = re.compile(rf"^\W*(?:{_WH}\b\s*)?(?:{_AUX}\b\s*)?", re.I)
_BRACKET = re.compile(r"\s*\((?P<inside>[^()]*(?:\([^()]*\)[^()]*)*)\)\W*$")
_LINKS = "of|in|on|for|with|between|at|by|from|to|under|against"
_SUBJECT_BEFORE = re.compile(rf"\b{_AUX}\s+$", re.I)


def carried(question: str) -> str:
    """What an earlier rewriting put into brackets at a question's end; else empty."""
    match = _BRACKET.search(question)
    return match["inside"] if match else ""


def without_carried(question: str) -> str:
    """Take what an earlier rewriting put at the end off again."""
    return _BRACKET.sub("?", question) if carried(question) else question


def gist(question: str) -> str:
    """Take the question word and the verb forms off: "SEATO have its headquarters"."""
    question = _SAYS.sub("", without_carried(question).strip(" ?.!"))
    match = WH_PHRASE.match(question)
    if match and match["noun"].strip():
        rest = re.sub(rf"^\W*{_AUX}\b\s*", "", question[match.end() :], flags=re.I)
        return f"{match['noun'].strip()} {rest}".strip(" ?.!")
    return _OPENING.sub("", question, count=1).strip(" ?.!")


_SAYS = re.compile(r"(?<=\w)\s+(?:say|mean|do|happen|look like|contain)$", re.I)


def matter(question: str) -> str:
    """What is said to be spoken about, "about pacts in Asia", with its preposition; else empty."""
    match = _ABOUT.search(without_carried(question).strip(" ?.!"))
    return match.group().strip() if match else ""


_ABOUT = re.compile(r"\b(?:about|regarding|concerning)\s+.+$", re.I)


def topic(question: str, known: Collection[str] = ()) -> str:
    """What a question is about: what was carried into it, its only name, else the whole of it."""
    if inside := carried(question):
        return inside
    found = _SUBJECT.match(question)
    if found and not names_in(subject := found["np"] or found["built"], known):
        return subject
    whole = gist(question)
    if NOUN_GIST.match(question):
        return whole
    found_names = names_in(question, known)
    if len(found_names) != 1 or whole == found_names[0]:
        return whole
    name = found_names[0]
    if is_person(name, question):
        return whole
    phrase = _with_noun(question, name)
    return whole if is_country(name) and (phrase == name or _OWNS.search(phrase)) else phrase


NOUN_GIST = re.compile(
    r"^\W*what\s+(?:(?:is|are|was|were)\b|(?:do|does|did)\b.+\b(?:say|mean|contain|do)\W*$)", re.I
)
"""Questions whose gist is a noun phrase: "What did the message on pacts say?"."""


_OWNS = re.compile(r"['’]")


def matter_of(turn: Turn) -> str:
    """What a turn dealt with, as a noun: its topic, else the first thing that its answer names."""
    meant = topic(turn.question)
    if meant != gist(turn.question) or NOUN_GIST.match(turn.question):
        return meant
    return told_thing(turn) or meant


def told_thing(turn: Turn) -> str:
    """The first thing that an answer names where its question asked what somebody did."""
    if not _ASKS_WHAT.match(turn.question):
        return ""
    asked = set(terms(turn.question))
    for name in names_in(next(iter(sentences_of(turn.answer)), "")):
        if not may_be_person(name) and not is_country(name) and not set(terms(name)) <= asked:
            article = re.search(rf"\b(?:an?|the)\s+(?={re.escape(name)})", turn.answer)
            return f"{article.group() if article else ''}{name}"
    return ""


_ASKS_WHAT = re.compile(r"^\W*what\s+(?:did|does|do|has|have|would|will)\b", re.I)


_SUBJECT = re.compile(
    rf"^\W*(?:(?:{_WH})\s+)?(?:(?:does|do|did)\s+(?P<np>the\s+[a-z-]+)"
    rf"\s+(?!(?:{_LINKS}|about)\b)[a-z]"
    rf"|(?:is|was|has|had)\s+(?P<built>the\s+(?:[a-z-]+\s+)*?[a-z-]+)"
    r"(?=\s+\w+(?:ed|en|wn|lt|de|ld|nt)\b))",
    re.I,
)
"""Whatever does something: "the article" of "Does the article end up …?"."""


def _with_noun(question: str, name: str) -> str:
    """Add what belongs to a name: "an economic NATO", "NATO's list", "Pacific pact"."""
    match = re.search(
        rf"(?P<before>\b(?:an?|the)\s+[a-z-]+\s+)?(?P<name>{re.escape(name)})"
        rf"(?P<owned>['’]s?(?:(?:\s+[A-Za-z0-9-]+){{1,2}}(?=\W*$|\s+(?:{_LINKS})\b)|\s+[a-z-]+))?"
        rf"(?P<noun>\s+[a-z][a-z-]{{2,}}(?=\W*$|\s+(?:{_LINKS})\b))?",
        question,
    )
    if match is None:
        return name
    noun = (match["noun"] or "").strip()
    if _SUBJECT_BEFORE.search(question[: match.start()]) or noun in STOP_WORDS:
        noun = ""
    parts = (match["before"] or "", name, match["owned"] or "", f" {noun}" if noun else "")
    return "".join(parts).strip()


# --- items of an answer -------------------------------------------------------------------------

_MARKS = re.compile(r"\s*\[\d{1,3}\]")
_ITEM = r"[^,;:.?!]{2,60}?"
_ENUMERATION = re.compile(rf"(?:{_ITEM},\s+)+{_ITEM},?\s+(?:and|or)\s+{_ITEM}(?=[,;:.?!]|\s+\(|$)")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+(?P<item>.+)$", re.M)


def sentences_of(answer: str) -> list[str]:
    """Cut an answer into its sentences, marks taken off; bullets count as sentences."""
    bullets = [_MARKS.sub("", match["item"]).strip() for match in _BULLET.finditer(answer)]
    if len(bullets) >= 2:
        return bullets
    pieces = re.split(r"(?<=\])\s+(?!\[)", answer)
    if len(pieces) == 1:
        pieces = [answer[start:end] for start, end in sentence_spans(answer)]
    return [text for piece in pieces if (text := _MARKS.sub("", piece).strip())]


def enumerated(answer: str) -> list[str]:
    """Find what the first enumeration of an answer lists: "A, B and C"; nothing where none is."""
    for sentence in sentences_of(answer):
        match = _ENUMERATION.search(sentence)
        if match:
            parts = re.split(r",\s+(?:and\s+|or\s+)?|\s+(?:and|or)\s+", match.group())
            return [_first_item(parts[0]), *(part.strip() for part in parts[1:])]
    return []


def _first_item(text: str) -> str:
    """Cut what leads up to the first item: "He named Canada" lists "Canada"."""
    found = names_in(text)
    return found[-1] if found and text.strip().endswith(found[-1]) else text.rsplit(maxsplit=1)[-1]


def cited_by(answer: str, number: int) -> str:
    """Find the sentence of an answer that carries the mark `[n]`; empty where none does."""
    for piece in re.split(r"(?<=\])\s+(?!\[)", answer):
        if f"[{number}]" in piece:
            return _MARKS.sub("", piece).strip()
    return ""
