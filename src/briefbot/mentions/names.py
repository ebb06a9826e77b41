"""Proper names in questions and answers, and those of a conversation to find again (pure)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

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
INSTITUTION = re.compile(
    r"\b(?:Institutes?|Institution|Pacts?|Treat(?:y|ies)|Agreements?|Acts?|Articles?|Arrangements?"
    r"|NATO|Councils?|Committees?|Ministr(?:y|ies)|Departments?|States|Kingdom|Nations?|Union"
    r"|Part(?:y|ies)|Dialogue|Summit|Organi[sz]ations?|Principles?|Doctrine|Strateg(?:y|ies)"
    r"|Islands?|Sea|Ocean|Forum|Times|Shimbun|Posts?|News|Center|Centre|Endowment|Foundation"
    r"|Universit(?:y|ies)|Company|Bank|Bridge|Harbou?r|Report|Guard|Forces?|Army|Navy|House|Senate"
    r"|Congress|Parliament|Diet|Court|Group|Alliance|War|Plan|Relations|Programme|Program)\b"
)
TITLE = (
    r"(?:Prime Minister|Foreign Minister|Defen[cs]e (?:Minister|Secretary)|President|Secretary"
    r"|Minister|Ambassador|Chancellor|Professor|General|Admiral|Senator|Governor|Dr|Mr|Mrs|Ms|Sir)"
)
_TITLE_WORDS = frozenset("Prime Foreign Defence Defense Deputy Vice Under Assistant State".split())


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
    is_common = INSTITUTION.fullmatch(word) or re.fullmatch(TITLE, word) or word in _TITLE_WORDS
    return len(word) >= _TELLING_CHARS and word[0].isupper() and not is_common and bool(terms(word))


_TELLING_CHARS = 4
