"""Text → the stemmed terms that lexical search and coverage checks compare."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import Stemmer

STOP_WORDS = frozenset(
    """s a about above after again against all also am an and any are as at be because been before
    being below between both but by can could did do does doing down during each either etc every
    few for from further had has have having he her here hers herself him himself his how however i
    if in into is it its itself just let may me might more most much must my myself no nor not now
    of off on once only or other our ours out over own per rather said same say says shall she
    should so some such than that the their theirs them themselves then there these they this those
    through thus to too under until up upon very via was we were what when where whether which while
    who whom whose why will with within without would you your yours yourself please tell explain
    describe give""".split()
)

_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}(?=\W|$)|\b(?:[a-z]\.)+[a-z]\b")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
NAME = re.compile(r"\b[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*)*")
"""One or more capitalised words in a row."""
_POSSESSIVE = re.compile(r"['’]s?$")
_STEMMER = Stemmer.Stemmer("english")

_COUNTRY_NAMES = (
    (re.compile(r"\bU\.\s?S\.(?:\s?A\.)?|\bUSA?\b|\b[Uu]nited [Ss]tates\b"), " usa "),
    (
        re.compile(r"\bU\.\s?K\.|\bUK\b|\b[Uu]nited [Kk]ingdom\b|\b[Gg]reat [Bb]ritain\b"),
        " britain ",
    ),
)
_COUNTRY_OF = {
    "america": "usa", "american": "usa", "americans": "usa",
    "british": "britain", "briton": "britain", "uk": "britain",
    "japanese": "japan", "chinese": "china", "korean": "korea", "koreans": "korea",
    "indian": "india", "indians": "india", "german": "germany", "germans": "germany",
    "french": "france", "turkish": "turkey", "türkiye": "turkey", "russian": "russia",
    "russians": "russia", "ukrainian": "ukraine", "ukrainians": "ukraine",
    "taiwanese": "taiwan", "australian": "australia", "australians": "australia",
    "canadian": "canada", "filipino": "philippines", "filipinos": "philippines",
    "philippine": "philippines", "indonesian": "indonesia", "vietnamese": "vietnam",
    "malaysian": "malaysia", "thai": "thailand", "european": "europe", "europeans": "europe",
    "asian": "asia", "asians": "asia",
}  # fmt: skip
_BRITISH = (
    (re.compile(r"(?<=[a-z]{3})isation"), "ization"),
    (re.compile(r"(?<=[a-z]{3})is(e[sd]?|ing)$"), r"iz\1"),
    (re.compile(r"(?<=[a-z])our(s|ed|ing|able|ably|ite)?$"), r"or\1"),
    (re.compile(r"(?<=[a-z])ys(e[sdr]?|ing)$"), r"yz\1"),
    (re.compile(r"(?<=[a-z])efence"), "efense"),
    (re.compile(r"^(off|lic|pret)ence"), r"\1ense"),
    (re.compile(r"oeuvr(e[sd]?|ing|ab\w+)$"), r"euver\1"),
    (re.compile(r"euvere([sd]?)$"), r"euver\1"),
    (re.compile(r"^(judg|acknowledg)ement"), r"\1ment"),
    (re.compile(r"^artefact"), "artifact"),
    (re.compile(r"^grey$"), "gray"),
    (re.compile(r"^sceptic"), "skeptic"),
    (re.compile(r"(?<=[a-z])ogue(s?)$"), r"og\1"),
    (re.compile(r"(?<=[a-z]{2})tre(s?)$"), r"ter\1"),
    (re.compile(r"^(program)me(s?)$"), r"\1\2"),
    (re.compile(r"^(alumin)ium$"), r"\1um"),
)
_UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen""".split()
_TENS = {word: 10 * n for n, word in enumerate(
    "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
)}  # fmt: skip
_ORDINALS = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
    thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""".split()
_NUMBER_WORDS = {
    **{word: str(value) for value, word in enumerate(_UNITS)},
    **{word: str(value) for word, value in _TENS.items()},
    **{
        word: f"{value}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(value, 'th') }"
        for value, word in enumerate(_ORDINALS, start=1)
    },
}
_COMPOUND_NUMBER = re.compile(
    rf"\b(?P<tens>{'|'.join(_TENS)})[- ](?P<unit>{'|'.join(_UNITS[1:10])})\b"
)
_WRITTEN_ALIKE = (
    (re.compile(r"(?<=\d),(?=\d{3}(?!\d))"), ""),
    (re.compile(r"(?<=\d)\s?%|\bper cent\b"), " percent "),
)
_PREFIXED = re.compile(
    r"\b(?P<prefix>anti|bi|co|counter|cyber|inter|intra|mid|mini|multi|non|over|post|pre|re|semi|sub|trans|tri"
    r"|under)-(?P<rest>[a-z]\w*)"
)
"""A prefix that people write with a hyphen or without; not before a name, as in "non-NATO"."""


def terms(text: str) -> list[str]:
    """Reduce a text to comparable terms: no stop words, one spelling, stems, digits for numbers.

    `U.S.` and `America` give one term, and so do `defence`/`defense`, `twelve`/`12` and
    `1,000`/`1000`; `non-nuclear` gives that of `nonnuclear` and that of `nuclear`.
    """
    folded = unicodedata.normalize("NFKC", text)
    for pattern, name in _COUNTRY_NAMES:
        folded = pattern.sub(name, folded)
    folded = _PREFIXED.sub(_with_joined, folded).casefold()
    for pattern, plain in _WRITTEN_ALIKE:
        folded = pattern.sub(plain, folded)
    folded = _COMPOUND_NUMBER.sub(_number, folded)
    folded = _DOTTED.sub(lambda match: match.group().replace(".", "") + " ", folded)
    found = (_POSSESSIVE.sub("", match.group()) for match in _WORD.finditer(folded))
    return [_term(word) for word in found if word and word not in STOP_WORDS]


def _with_joined(match: re.Match[str]) -> str:
    return f"{match['prefix']}{match['rest']} {match['rest']}"


def _number(match: re.Match[str]) -> str:
    return str(_TENS[match["tens"]] + _UNITS.index(match["unit"]))


def names(text: str) -> list[str]:
    """Find the capitalised names inside a text; the word that opens it does not count."""
    return NAME.findall(re.sub(r"^\W*\w+\W", "", text))


@lru_cache(maxsize=100_000)
def _term(word: str) -> str:
    word = _NUMBER_WORDS.get(word, word)
    word = _COUNTRY_OF.get(word, word)
    for pattern, replacement in _BRITISH:
        word = pattern.sub(replacement, word)
    return str(_STEMMER.stemWord(word))
