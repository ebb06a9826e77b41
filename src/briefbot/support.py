"""Whether a sentence says what its source says: words, numbers, dates, names, negation (pure).

A statement passes if it shortens a sentence of its source without changing what it says. The checks
are strict on purpose: what they refuse is shown in the source's own words instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, pairwise

from briefbot.attribution import antecedent_of, names_speaker, speaker_of
from briefbot.terms import NAME, terms

Similarity = Callable[[str, Sequence[str]], Sequence[float]]
"""A word and other words → how near it is in meaning to each of them, at most 1."""

SAME_MEANING = 0.8
"""Similarity from which a word stands for another: below it, "red" and "blue" are alike too."""


class Reason(StrEnum):
    """Why a statement is not shown as it was written."""

    NO_CITATION = "no_citation"
    QUOTE = "quote"
    WORDS = "words"
    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    NEGATION = "negation"
    CERTAINTY = "certainty"
    DIRECTION = "direction"
    ORDER = "order"
    SPEAKER = "speaker"
    INSTRUCTION = "instruction"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class Source:
    """A whole sentence of a document and the text before it."""

    text: str
    before: str = ""

    @property
    def parts(self) -> tuple[Part, ...]:
        """Its clauses: what one says must not be joined with what the next says."""
        found = []
        before = self.before
        for clause in _clauses(self.text):
            found.append(Part(clause, before, self))
            before = f"{before} {clause}"
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Part:
    """A clause of a source."""

    text: str
    before: str
    source: Source

    @property
    def spelled_out(self) -> str:
        """The clause, with a name for a "he", "she" or "they" that no name in it explains."""
        match = _FIRST_PRONOUN.match(self.text)
        if match is None or NAME.search(self.text[1 : match.start("pronoun")]):
            return self.text
        name = antecedent_of(self.text, self.before) or match["pronoun"]
        return f"{self.text[: match.start('pronoun')]}{name}{self.text[match.end('pronoun') :]}"


_FIRST_PRONOUN = re.compile(r"\W*(?:[\w’'-]+[\s,]+){0,8}?(?P<pronoun>he|she|they)\b", re.I)


def problem(
    statement: str, sources: Sequence[Source], similar: Similarity | None = None
) -> Reason | None:
    """Find why sources do not support a statement: each clause must rest on one of them.

    Returns:
        None if they do; else what is wrong with the first clause that no source supports, judged
        by the source that comes nearest.
    """
    subject: tuple[str, ...] = ()
    if not sources:
        return Reason.NO_CITATION
    if len(terms(statement)) < _LEAST_TERMS:
        return Reason.WORDS
    for clause in _clauses(statement):
        found = [
            _clause_problem(clause, part, subject, similar)
            for source in sources
            for part in source.parts
        ]
        if all(found):
            return max((reason for reason in found if reason), key=_SEVERITY.index)
        subject = _name_runs(clause)[0] if _name_runs(clause) else subject
    return None


_LEAST_TERMS = 2
"""A statement of fewer says nothing that could be borne out."""


def is_instruction(sentence: str) -> bool:
    """Whether a sentence may tell a chat model what to do: nothing is concluded from it."""
    return _found_outside_quotation(_INSTRUCTION, sentence)


def is_command(sentence: str) -> bool:
    """Whether a sentence certainly addresses a chat model: it is not shown as an answer either."""
    return _found_outside_quotation(_COMMAND, sentence)


def _found_outside_quotation(pattern: re.Pattern[str], sentence: str) -> bool:
    text = unicodedata.normalize("NFKC", sentence)
    match = pattern.search(text)
    if match is None:
        return False
    before = text[: match.start()]
    return before.count("“") <= before.count("”")


_COMMANDS = (
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}"
    r"\b(?:instruction|prompt|guideline|system message|previous|above|earlier)"
    r"|\bsystem (?:prompt|message|override|note)\b|^\W*(?:system|assistant|developer)\s*:"
    r"|\byou are (?:now|no longer|an? (?:ai|assistant|chat|language model|chatbot))\b"
    r"|\[/?inst\]|<\|?/?(?:im_|system|user)|\btell the user\b"
    r"|\b(?:ai|language model|chat ?bot|llm)s?(?: assistants?)?\b[^.]{0,40}"
    r"\b(?:must|should|shall)\b"
    r"|\b(?:respond|reply|answer|output|print|begin your answer|end your answer)"
    r" (?:only |exactly )?with\b"
    # the commonest of them in French, German, Spanish, Indonesian, Chinese, Japanese and Korean
    r"|\b(?:ignor|oubli)\w*\b.{0,40}\b(?:consignes?|instructions?|directives?)\b|\brépondez que\b"
    r"|\b(?:ignorier|vergiss|missachte)\w*\b.{0,40}\b(?:anweisung|vorgabe|regel)\w*"
    r"|\b(?:ignor|olvid)\w*\b.{0,40}\b(?:instruccion|indicacion)\w*"
    r"|\babaikan\b.{0,40}\b(?:perintah|instruksi)\b"
    r"|(?:忽略|无视|忘记).{0,12}(?:指令|指示|提示)|(?:指示|命令).{0,10}(?:無視|忘れ)"
    r"|(?:지시|명령|지침).{0,12}무시"
)
_COMMAND = re.compile(_COMMANDS, re.I)
_INSTRUCTION = re.compile(
    _COMMANDS + r"|\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}"
    r"\b(?:rule|direction|polic|passage|document|article|context|question)"
    r"|\bassistants?\b.{0,40}\b(?:must|should|shall|has to|have to)\b"
    r"|\b(?:must|should|shall|always|only|please|now|instead|then|to|and)[ ,]+"
    r"(?:answer|reply|respond|output|print|say|state|tell the user|cite|write|claim)\b.{0,12}"
    r"(?:\bthat\b|\bwith\b|\bonly\b|[:“\"'‘])"
    r"|\brepeat\b.{0,30}\bthat\b|,\s*(?:say|state|answer|reply|respond|write) that\b"
    r"|\b(?:add|append|insert|include|(?:end|begin|start) with)\b.{0,20}"
    r"\bthe (?:sentence|line|words?|phrase)\b"
    r"|\bassistants?\s*[,:]\s*\w"
    r"|\b(?:models?|assistants?|chat ?bots?)\s+(?:\w+\s+)?"
    r"(?:quote|answer|reply|respond|cite|output|print|repeat|append)\b"
    r"|(?:^|[|(])\W*(?:please |now |instead,? |always |just )*"
    r"(?:answer|reply|respond|output|print|say|tell|cite|repeat|reveal|append|add|insert|write"
    r"|include|claim|pretend|translate|summari[sz]e|remember|switch|set|open|visit|click|send"
    r"|call|use|show|display|mention|do not|don[’']t|never|from now on|act)\b"
    r"|\b(?:new|important) (?:task|instruction|directive)s?\b",
    re.I,
)

# --- one clause, one source ---------------------------------------------------------------------

_CLAUSE_BREAK = re.compile(r";\s+|,\s+(?:and|but|while|whereas|yet|though|although)\s+")
_NEW_SUBJECT = re.compile(
    r"(?:only(?! (?:if|when|under|after|in|with|for)\b)"
    r"|some|few|\d+|the|a|an|it|he|she|they|this|these|his|her|its|their)\b|[A-Z]"
)


def _clauses(statement: str) -> list[str]:
    """Cut where a new subject follows; a clause without its own subject stays with the last."""
    clauses: list[str] = []
    start = 0
    for match in _CLAUSE_BREAK.finditer(statement):
        if _NEW_SUBJECT.match(statement, match.end()) and terms(statement[start : match.start()]):
            clauses.append(statement[start : match.start()])
            start = match.end()
    return [*clauses, statement[start:]]


def _clause_problem(
    clause: str, source: Part, subject: tuple[str, ...], similar: Similarity | None
) -> Reason | None:
    checks = (
        (Reason.INSTRUCTION, is_instruction(source.source.text)),
        (Reason.NUMBER, not set(quantities(clause)) <= set(quantities(source.text))),
        (Reason.DATE, not _dates_hold(clause, source.text)),
        (Reason.NAME, not _names_hold(clause, source, subject)),
        (Reason.NEGATION, negations(clause) != negations(source.text)),
        (Reason.DIRECTION, not _directions_hold(clause, source.text)),
        (Reason.WORDS, not _words_hold(clause, source, similar)),
        (Reason.CERTAINTY, not _certainty_holds(clause, source.text)),
        (Reason.SPEAKER, not _speaker_holds(clause, source)),
        (Reason.ORDER, not _order_holds(clause, source, similar)),
    )
    return next((reason for reason, fails in checks if fails), None)


_SEVERITY = [
    Reason.INSTRUCTION, Reason.NAME, Reason.NUMBER, Reason.DATE, Reason.DIRECTION, Reason.NEGATION,
    Reason.WORDS, Reason.CERTAINTY, Reason.SPEAKER, Reason.ORDER,
]  # fmt: skip
"""In the order in which the checks are passed: the source that got furthest comes nearest."""

# --- numbers ------------------------------------------------------------------------------------

_WORD_VALUES = {
    word: value
    for value, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen""".split()
    )
} | {
    word: value * 10
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_SCALES = {
    "hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12,
}  # fmt: skip
_UNITS = "|".join(word for word, value in _WORD_VALUES.items() if value < 20)
_TENS = "|".join(word for word, value in _WORD_VALUES.items() if value >= 20)
_SMALL = rf"(?:(?:{_TENS})(?:[-\s](?:{_UNITS}))?|{_UNITS})"
_NUMBER_WORDS = re.compile(
    rf"\b{_SMALL}\b(?:\s+(?:{'|'.join(_SCALES)})\b(?:(?:\s+and)?\s+{_SMALL}\b)?)*"
)
_FIGURE = r"\d+(?:[.,]\d+)*"
_UNIT = r"(?:\s?%|\s?per\s?cent\b)?"
_SCALED = re.compile(rf"({_FIGURE})\s+(hundred|thousand|million|billion|trillion)\b")
_RANGE = re.compile(
    rf"(?:between\s+)?(?<![\w.])({_FIGURE}){_UNIT}\s*(?:-|–|—|\bto\b|(?<=\s)and(?=\s))\s*({_FIGURE})({_UNIT})"
)
_QUANTITY = re.compile(rf"(?<![\w.])({_FIGURE})(st|nd|rd|th)?({_UNIT})")
_ORDINALS = {
    word: f"{value}{'th' if value > 3 else ('st', 'nd', 'rd')[value - 1]}"
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth".split(), start=1
    )
}
_FRACTIONS = re.compile(
    r"\b(?:half|halve[sd]?|thirds?|quarters?|doubl(?:e[sd]?|ing)|twice|tripl(?:e[sd]?|ing)|dozens?"
    r"|score|once|both)\b"
)


def quantities(text: str) -> list[str]:
    """Read the numbers of a text in one spelling: "48 percent" → "48%", "twelve" → "12".

    A range is one quantity, "60-90%": neither end may stand alone for it.
    """
    plain = _as_figures(unicodedata.normalize("NFKC", text).casefold())
    found: list[str] = []
    spans: list[tuple[int, int]] = []
    for match in _RANGE.finditer(plain):
        if "and" in match.group() and not match.group().startswith("between"):
            continue
        found.append(f"{_figure(match[1])}-{_figure(match[2])}{'%' if match[3] else ''}")
        spans.append(match.span())
    found += [
        f"{_figure(match[1])}{match[2] or ''}{'%' if match[3] else ''}"
        for match in _QUANTITY.finditer(plain)
        if not any(start <= match.start() < end for start, end in spans)
    ]
    found += [match.group() for match in _FRACTIONS.finditer(plain)]
    return found


def _as_figures(text: str) -> str:
    text = re.sub(rf"\b(?:{'|'.join(_ORDINALS)})\b", lambda m: _ORDINALS[m.group()], text)
    text = _NUMBER_WORDS.sub(lambda match: _value_of(match.group()), text)
    return _SCALED.sub(lambda match: _figure(match[1], _SCALES[match[2]]), text)


def _value_of(words: str) -> str:
    total = current = 0
    parts = [part for part in re.split(r"[-\s]+", words) if part != "and"]
    for part in parts:
        if part in _WORD_VALUES:
            current += _WORD_VALUES[part]
        elif _SCALES[part] == 100:
            current = max(1, current) * 100
        else:
            total += max(1, current) * _SCALES[part]
            current = 0
    return str(total + current)


def _figure(text: str, scale: int = 1) -> str:
    """Write a figure without thousands separators, "5.0" as "5", times its scale."""
    plain = re.sub(r",(?=\d{3}(?:\D|$))", "", text)
    if plain.count(".") > 1 or "," in plain:
        return plain
    value = float(plain) * scale
    return str(int(value)) if value.is_integer() and value < 10**15 else repr(value)


# --- dates --------------------------------------------------------------------------------------

_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_MONTH = r"(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?|" + "|".join(_MONTHS)
_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?\b(?P<month>{_MONTH})\b"
    r"(?:\s+(?P<after>\d{1,2})(?:st|nd|rd|th)?\b(?!\d))?(?:,?\s+(?P<year>\d{4})\b)?",
    re.I,
)
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:to|yester)day\b", re.I)


def _dates(text: str) -> list[frozenset[str]]:
    """Each date as the set of its parts; a lower-case "may" or "march" is a verb."""
    found = []
    for match in _DATE.finditer(text):
        parts = {part for part in (match["day"], match["after"], match["year"]) if part}
        month = match["month"].rstrip(".").casefold()
        if match["month"][0].islower() and month in {"may", "march"} and not parts:
            continue
        name = next((known for known in _MONTHS if known.startswith(month[:3])), month)
        found.append(frozenset({name, *(part.lstrip("0") for part in parts)}))
    for match in _ISO_DATE.finditer(text):
        month_number = int(match[2])
        if 1 <= month_number <= 12:
            day = match[3].lstrip("0")
            found.append(frozenset({_MONTHS[month_number - 1], day, match[1]}))
    return found + [frozenset({match.group().casefold()}) for match in _WEEKDAY.finditer(text)]


def _dates_hold(clause: str, source: str) -> bool:
    held = _dates(source)
    return all(any(date <= other for other in held) for date in _dates(clause))


# --- names --------------------------------------------------------------------------------------


def _name_runs(text: str) -> list[tuple[str, ...]]:
    """The names of a text as tuples of terms; one word that opens it is judged as a word only."""
    runs = []
    for match in NAME.finditer(text):
        run = tuple(terms(match.group()))
        opens = not any(character.isalnum() for character in text[: match.start()])
        if run and not (opens and len(match.group().split()) == 1):
            runs.append(run)
    return runs


def _names_hold(clause: str, source: Part, subject: tuple[str, ...]) -> bool:
    text = source.spelled_out
    runs = [tuple(terms(match.group())) for match in NAME.finditer(text)]
    held = terms(text)
    wanted = _name_runs(clause)
    if subject and _LEADING_PRONOUN.match(clause):
        wanted.append(subject)
    return all(_name_stands(name, runs, held) for name in wanted)


_LEADING_PRONOUN = re.compile(r"\W*(?:he|she|they|it|his|her|their|its)\b", re.I)


def _name_stands(
    name: tuple[str, ...], runs: Sequence[tuple[str, ...]], held: Sequence[str]
) -> bool:
    """Whether a name is a part of one name of the source, or its words stand side by side there."""
    if len(name) == 1:
        return name[0] in held
    size = len(name)
    return any(_is_subsequence(name, run) for run in runs) or any(
        tuple(held[at : at + size]) == name for at in range(len(held) - size + 1)
    )


def _is_subsequence(part: Sequence[str], whole: Sequence[str]) -> bool:
    rest = iter(whole)
    return all(item in rest for item in part)


# --- negation, direction, certainty -------------------------------------------------------------

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nor|neither|nobody|nothing|nowhere|without|cannot|\w+n['’]t|unlike"
    r"|hardly|barely|scarcely|rarely|seldom|den(?:y|ies|ied|ying)|refus(?:e[sd]?|ing|al)"
    r"|reject(?:s|ed|ing|ion)?|fail(?:s|ed|ing|ure)?|lack(?:s|ed|ing)?|instead of|rather than"
    r"|avoid(?:s|ed|ing)?|prevent(?:s|ed|ing)?|except|far from|stop(?:s|ped)? short|unable"
    r"|false(?:ly)?|untrue|myth|wrongly|mistaken(?:ly)?|dismiss(?:es|ed)?)\b",
    re.I,
)


def negations(text: str) -> int:
    """Count the words that deny or leave out: "did not", "never", "without", "denied"."""
    return len(_NEGATION.findall(text))


_OPPOSITES = (
    ("increase rise grow gain climb expand more up above higher raise boost",
     "decrease fall decline shrink lose drop reduce less fewer down below lower cut"),
    ("before earlier until", "after later since"),
    ("support back favor endorse favorable approve", "oppose against resist unfavorable criticize"),
    ("accept agree allow permit", "reject refuse disagree forbid ban"),
    ("win victory success succeed", "lose defeat failure fail"),
    ("open start begin launch", "close end stop cease"),
    ("attack", "defend"), ("import", "export"), ("north northern", "south southern"),
    ("east eastern", "west western"), ("strong strengthen", "weak weaken"), ("most", "least"),
    ("buy", "sell"), ("join enter", "leave exit withdraw"), ("ally friend", "enemy rival"),
    ("maximum", "minimum"), ("inside within", "outside beyond"), ("war", "peace"),
    ("cause", "prevent"), ("guilty", "innocent"), ("safe", "dangerous"), ("over", "under"),
)  # fmt: skip
_DIRECTION_WORDS = frozenset(
    """before after above below more less fewer least most against despite because unless until
    since outside inside within beyond under over up down during through between""".split()
)


def _directions_hold(clause: str, source: str) -> bool:
    """Whether no word of direction is added, and none is turned into its opposite."""
    said, held = _words(clause), _words(source)
    if not (said & _DIRECTION_WORDS) <= held:
        return False
    said_terms, held_terms = _stems(said), _stems(held)
    return not any(
        said_terms & ours - held_terms and held_terms & theirs
        for one, other in _OPPOSITE_STEMS
        for ours, theirs in ((one, other), (other, one))
    )


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", text.casefold()))


def _stems(words: set[str]) -> set[str]:
    return {term for word in words for term in (terms(word) or [word])}


_OPPOSITE_STEMS = [
    (_stems(set(one.split())), _stems(set(other.split()))) for one, other in _OPPOSITES
]

_POSSIBLE = frozenset("might could possibly perhaps maybe reportedly allegedly apparently".split())
_LIKELY = frozenset("likely probably expected plans planned aims seeks hopes potential".split())
_OBLIGED = frozenset("should must ought".split())
_CONDITIONAL = frozenset("if unless would whether provided were".split()) - {"were"}
_ABOUT = frozenset("nearly almost roughly around approximately".split())
_SHARE = frozenset("some few only most several many mostly mainly partly".split())
_WANTED = frozenset("need needs needed require requires await awaits pending".split())
_KEPT_CLASSES = (_POSSIBLE, _LIKELY, _OBLIGED, _CONDITIONAL, _ABOUT, _SHARE, _WANTED)
_HEDGES = _POSSIBLE | frozenset("likely probably".split())
"""Words that no other word of doubt stands in for: "expected to" does not say "probably"."""
_ALL = frozenset("all every always each any entirely completely fully none".split())
_MAY = re.compile(r"\bmay\b")


def _certainty_holds(clause: str, source: str) -> bool:
    """Whether "may", "should", "if", "nearly" and "some" are neither dropped nor added."""
    said, held = _words(clause), _words(source)
    kept = all(bool(said & words) == bool(held & words) for words in _KEPT_CLASSES)
    kept = kept and held & _HEDGES <= said
    return kept and bool(_MAY.search(clause)) == bool(_MAY.search(source)) and (said & _ALL <= held)


# --- words and their order ----------------------------------------------------------------------

_SYNONYMS = tuple(
    frozenset(term for word in group.split() for term in terms(word))
    for group in (
        "build built construct erect", "begin began begun start", "propose suggest",
        "argue contend maintain",
        "warn caution", "buy bought purchase", "big large", "danger risk", "country nation state",
        "doctor physician", "repair mend fix", "show shown demonstrate indicate", "near close",
        "finish complete", "stress emphasize underline highlight", "urge call", "damage harm",
        "about regarding concerning", "american usa", "create creation establish",
    )
)  # fmt: skip
_LIGHT = frozenset(
    term
    for word in """passage document text article source author write writes states stated note
    notes argue argued said according view views opinion mention mentions addition moreover
    furthermore however therefore including includes include percent cent""".split()
    for term in terms(word)
)
"""Words that a statement may add: they tell where it stands, and assert nothing by themselves."""


def _aligned(clause: str, source: Part, similar: Similarity | None) -> list[str | None]:
    """Replace each word of a clause by the source's word for it; None where there is none.

    Light words that the source lacks are left out.
    """
    held = _forms(source.spelled_out)
    said = _forms(clause)
    return [
        _counterpart(term, said.get(term, term), held, similar)
        for term in terms(clause)
        if term in held or term not in _LIGHT
    ]


def _forms(text: str) -> dict[str, str]:
    """Each term of a text with a word that it was made of."""
    written = {term: word for word in _words(text) for term in terms(word)}
    return {term: written.get(term, term) for term in terms(text)}


def _counterpart(
    term: str, word: str, held: Mapping[str, str], similar: Similarity | None
) -> str | None:
    if term in held:
        return term
    for group in _SYNONYMS:
        if term in group and group & held.keys():
            return min(group & held.keys())
    if similar is None or term.isdigit() or not held:
        return None
    scores = similar(word, list(held.values()))
    score, nearest = max(zip(scores, held, strict=True))
    return nearest if score >= SAME_MEANING else None


def _words_hold(clause: str, source: Part, similar: Similarity | None) -> bool:
    aligned = _aligned(clause, source, similar)
    return bool(aligned) and None not in aligned


_LEADING_PHRASE = re.compile(
    r"\W*(?:in|on|at|during|since|by|from|with|after|before|for|under|within|according|as)\b"
    r"[^,]*(?P<comma>,)",
    re.I,
)
_SUBJECT_PRONOUN = re.compile(r"\b(?:he|she|they)\b", re.I)
_PRONOUN_NAME = "Whoeverthatis"
"""Stands for a pronoun while words are bound to names: it comes between a name and a verb."""


def _order_holds(clause: str, source: Part, similar: Similarity | None) -> bool:
    """Whether the words come in the source's order and stay with their names and numbers.

    A phrase such as "In 1742," may move to the front.
    """
    named = Part(_SUBJECT_PRONOUN.sub(_PRONOUN_NAME, source.spelled_out), "", source.source)
    said = _SUBJECT_PRONOUN.sub(_PRONOUN_NAME, clause)
    if _is_in_order(_aligned(said, named, similar), named.text):
        return True
    lead = _LEADING_PHRASE.match(said)
    if lead is None:
        return False
    first = _aligned(said[: lead.start("comma")], named, similar)
    rest = _aligned(said[lead.end("comma") :], named, similar)
    held = terms(named.text)
    return (
        _is_in_order(rest, named.text)
        and _is_in_order(first, named.text)
        and any(_stand_side_by_side(one, other, held) for one in rest for other in first[:1])
    )


def _is_in_order(said: Sequence[str | None], source: str) -> bool:
    words = [term for term in said if term]
    held = terms(source)
    names = {term for match in NAME.finditer(source) for term in terms(match.group())}
    return _is_subsequence(words, held) and all(
        _is_bound(one, other, held, names) for one, other in pairwise(words)
    )


def _is_bound(one: str, other: str, held: Sequence[str], names: set[str]) -> bool:
    """Whether two words that a statement joins are not kept apart by a name in the source.

    A number must follow directly upon the word that it follows in the statement.
    """
    if other.isdigit():
        return _stand_side_by_side(one, other, held)
    if one not in names and not one.isdigit():
        return True
    between = [
        held[i + 1 : j]
        for i, j in combinations(range(len(held)), 2)
        if (held[i], held[j]) == (one, other)
    ]
    if other in names:
        return bool(between)
    return any(not _keeps_apart(one, words, names) for words in between)


def _keeps_apart(one: str, between: Sequence[str], names: set[str]) -> bool:
    if one.isdigit():
        return any(word.isdigit() for word in between)
    return any(word in names and word != one for word in between)


def _stand_side_by_side(one: str | None, other: str | None, held: Sequence[str]) -> bool:
    return (one, other) in set(pairwise(held))


def _speaker_holds(clause: str, source: Part) -> bool:
    speaker = speaker_of(source.source.text, source.source.before)
    return not speaker or names_speaker(clause, speaker)


def cover(statement: str, sentence: str) -> float:
    """Share of a statement's terms that a sentence holds, in [0, 1]."""
    wanted = set(terms(statement))
    return len(wanted & set(terms(sentence))) / len(wanted) if wanted else 0.0
