"""A comparing question → its sides: what each is called, and whether a text speaks of it (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from briefbot.terms import terms

_THING = r"(?:(?!\b(?:differ|compare|contrast|disagree|agree)\w*\b)[^?,;]){2,80}?"
_A, _B = rf"(?P<a>{_THING})", rf"(?P<b>{_THING})"
_END = (
    r"(?=\s+(?:on|in|over|about|regarding|when|as to|with regard|for|to|towards?|politically|at)\b"
    r"|\W*$)"
)
_AUX = r"(?:do|does|did|are|is|was|were|have|has|can|would|will|should)"
_VERB = r"(?:each|both|differ\w*|disagree\w*|agree\w*|compare[ds]?|contrast\w*)\b"
_FORMS = (
    rf"\b(?:differences?|distinction|contrast|similarit\w+|comparison)\s+between\s+{_A}\s+and\s+{_B}{_END}",
    rf"^\W*(?:please\s+)?(?:compare|contrast)\s+(?:what\s+)?{_A}\s+(?:with|to|and|against)\s+{_B}(?:\s+each\b|{_END})",
    rf"\b{_AUX}\s+{_A}\s+(?:differ\w*|distinguished|different)\s+from\s+{_B}{_END}",
    rf"\b{_AUX}\s+{_A}\s+and\s+{_B}\s+\w+(?:\s+(?:of|about|to|on))?\s+(?:each other|one another)\b",
    rf"\b(?:how|where|what|when|why|on what|in what)\b.*?\b{_AUX}\s+{_A}\s+and\s+{_B}\s+{_VERB}",
    rf"\b{_AUX}\s+{_A}\s+and\s+{_B}\s+{_VERB}",
    rf"\bwhat (?:do|does|did) {_A},? (?:and|or) {_B} (?:each\b|have in common)",
    rf"^\W*(?:which|who|what) [^,]{{3,60}}[,:] {_A},? or {_B}\W*$",
    rf"^\W*{_A}\s+(?:versus|vs\.?)\s+{_B}{_END}",
)
_PATTERNS = tuple(re.compile(form, re.I) for form in _FORMS)
_POSSESSIVE_END = re.compile(r"['’]s?$")
_POSSESSIVE = re.compile(r"^(?P<owner>.+?)['’]s?\s+\S")
_LEAD = re.compile(r"^(?:the|a|an|that|those|what|how|of|in|on|for|by|between)\s+", re.I)
_NAMED_SHARE = 0.5


@dataclass(frozen=True)
class Side:
    """One of the things that a question sets against each other, as it is called there."""

    name: str

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(terms(self.name))

    @cached_property
    def _initials(self) -> str:
        words = re.findall(r"\b[A-Z]\w*", self.name)
        return "".join(word[0] for word in words).casefold() if len(words) > 2 else ""

    @cached_property
    def _owner(self) -> frozenset[str]:
        match = _POSSESSIVE.match(self.name)
        return frozenset(terms(match["owner"])) if match else frozenset()

    def is_named_in(self, held: frozenset[str] | set[str], *, but: frozenset[str]) -> bool:
        """Whether a text speaks of this side: its initials, its owner, or half of what is its own.

        Args:
            held: The text's terms.
            but: Terms that the other sides share: they tell nothing.
        """
        own = (self._keys - but) or self._keys
        if self._initials and self._initials in held:
            return True
        if self._owner and self._owner - but and self._owner <= held:
            return True
        return bool(own) and len(own & held) >= _NAMED_SHARE * len(own)

    @property
    def keys(self) -> frozenset[str]:
        """The terms of its name."""
        return self._keys


def sides_of(question: str) -> tuple[Side, ...]:
    """Find the two sides of "How do A and B differ?" and the like; none in another form."""
    return _matched(question)[1]


def _matched(question: str) -> tuple[re.Match[str] | None, tuple[Side, ...]]:
    """Find the form of a comparison in a question, and the sides that it names."""
    for pattern in _PATTERNS:
        match = pattern.search(question)
        if match:
            names = _tidied(match["a"], match["b"])
            if all(terms(name) for name in names) and set(terms(names[0])) != set(terms(names[1])):
                return match, tuple(Side(name) for name in names)
    return None, ()


def side_questions(question: str) -> dict[Side, str]:
    """Ask a comparing question of each side alone, in words that need not be good English.

    "How do A and B differ on copper?" becomes "What does A say about copper?", and so for B; what
    they say "of each other" becomes what A says of B, and B of A.
    """
    match, sides = _matched(question)
    if match is None:
        return {}
    before, after = question[: match.start("a")], question[match.end("b") :]
    named = _in_full(match["a"], match["b"], sides)
    asked = {
        side: _asked_alone(before, name, _OTHER.sub(other.name, after))
        for side, name, other in zip(sides, named, reversed(sides), strict=True)
    }
    return {side: text for side, text in asked.items() if set(terms(text)) - side.keys}


def _in_full(a: str, b: str, sides: Sequence[Side]) -> tuple[str, ...]:
    """Give each side the noun that stands only once: "A's plan" for "A's" of "A's and B's plan"."""
    owner = _POSSESSIVE.match(b)
    if owner and _POSSESSIVE_END.search(a):
        owned = b[owner.end("owner") :]
        return tuple(f"{side.name}{owned}" for side in sides)
    if re.match(r"of\s", b.strip(), re.I) and " of " in a:
        noun = a.split(" of ", 1)[0]
        return tuple(f"{noun} of {side.name}" for side in sides)
    return a, b


def _asked_alone(before: str, name: str, after: str) -> str:
    """Put one side's name in the place of both, without the words that only compare."""
    if asks_which_first(before):
        return f"When was {name}?"
    before, after = _COMPARING.sub(" ", before), _COMPARING.sub(" ", after)
    held = _HELD.match(f"{name} {after}")
    if held:
        does = f"say about {held['topic']}" if held["topic"] else "want and argue"
        return f"What does {held['owner']} {does}?"
    about = _ABOUT.match(after)
    if about and _HOW.match(before):
        return f"What does {name} say about {after[about.end() :].strip()}"
    asked = " ".join(f"{before} {name} {after}".split())
    return f"What is {name}?" if terms(asked) == terms(name) else asked


_COMPARING = re.compile(
    r"\b(?:(?:differences?|distinction|contrast|similarit\w+|comparison)\s+between"
    rf"|{_VERB}|distinguished|different|versus|vs|(?:comes?|coming|came) first|in common)",
    re.I,
)
_HELD = re.compile(
    r"(?P<owner>.+?)['’]s?\s+(?:positions?|views?|stances?|opinions?|attitudes?|approach(?:es)?|thinking)"
    r"(?:\s+(?:on|of|to|towards?|about|regarding)\s+(?P<topic>[^?]+?))?\W*$",
    re.I,
)
"""What somebody thinks; asked about alone, "Colby's position" may as well be an office."""
_OTHER = re.compile(
    r"\b(?:each other|one another)\b|\bthe other(?=['’]s\b|\W*$|\s+(?:on|in|over|about)\b)", re.I
)
_WHICH_FIRST = re.compile(r"^\W*(?:which|what|who)\b.*\b(?:first|earlier|older|last|later)\b", re.I)
_ABOUT = re.compile(r"\s*(?:on|over|about|regarding|as to)\s+", re.I)
_HOW = re.compile(r"^\W*(?:how|where|on what|in what)\b", re.I)


def asks_which_first(text: str) -> bool:
    """Whether a question, or what of it stands before its sides, asks which of them came first."""
    return bool(_WHICH_FIRST.match(text))


def shared_terms(sides: Sequence[Side]) -> frozenset[str]:
    """What all sides are called alike, as in "the US-Japan and the US-Korean treaty"."""
    return frozenset.intersection(*(side.keys for side in sides)) if sides else frozenset()


def _tidied(a: str, b: str) -> tuple[str, str]:
    """Leave the names: of "the plans of A" and "of B", of "A's" and "B's plans"."""
    if re.match(r"of\s", b.strip(), re.I) and " of " in a:
        a = a.split(" of ", 1)[1]
    a, b = _bare(a), _bare(b)
    owner = _POSSESSIVE.match(b)
    if owner and _POSSESSIVE_END.search(a):
        b = owner["owner"]
    return _POSSESSIVE_END.sub("", a), _POSSESSIVE_END.sub("", b)


def _bare(name: str) -> str:
    name = " ".join(name.split()).strip(' ,.;:“”"')
    while _LEAD.match(name):
        name = _LEAD.sub("", name)
    return name
