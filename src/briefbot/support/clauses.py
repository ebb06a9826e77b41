"""Sentences of a document cut into clauses, each with what stands before it (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from briefbot.attribution import antecedent_of
from briefbot.terms import NAME, terms


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
        for clause in clauses(self.text):
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


# a pronoun among the first words: further back it is seldom the subject
_FIRST_PRONOUN = re.compile(r"\W*(?:[\w’'-]+[\s,]+){0,8}?(?P<pronoun>he|she|they)\b", re.I)


_CLAUSE_BREAK = re.compile(r";\s+|,\s+(?:and|but|while|whereas|yet|though|although)\s+")
_NEW_SUBJECT = re.compile(
    r"(?:only(?! (?:if|when|under|after|in|with|for)\b)"
    r"|some|few|\d+|the|a|an|it|he|she|they|this|these|his|her|its|their)\b|[A-Z]"
)


def clauses(statement: str) -> list[str]:
    """Cut where a new subject follows; a clause without its own subject stays with the last."""
    found: list[str] = []
    start = 0
    for match in _CLAUSE_BREAK.finditer(statement):
        if _NEW_SUBJECT.match(statement, match.end()) and terms(statement[start : match.start()]):
            found.append(statement[start : match.start()])
            start = match.end()
    return [*found, statement[start:]]
