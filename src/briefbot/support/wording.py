"""Words of a clause against those of its source: the same, or as near, and in its order (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, pairwise

from briefbot.support.clauses import Part
from briefbot.terms import NAME, terms

Similarity = Callable[[str, Sequence[str]], Sequence[float]]
"""A word and other words → how near it is in meaning to each of them, at most 1."""

SAME_MEANING = 0.8
"""Similarity from which a word stands for another: below it, "red" and "blue" are alike too."""


def words(text: str) -> set[str]:
    """The words of a text in lower case, as they are written."""
    return set(re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", text.casefold()))


def is_subsequence(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether items stand in a sequence in the same order, whatever stands between them."""
    rest = iter(whole)
    return all(item in rest for item in part)


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
    written = {term: word for word in words(text) for term in terms(word)}
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


def words_hold(clause: str, source: Part, similar: Similarity | None) -> bool:
    """Whether the source has each word of a clause, or one that means the same."""
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


def order_holds(clause: str, source: Part, similar: Similarity | None) -> bool:
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
    return is_subsequence(words, held) and all(
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
