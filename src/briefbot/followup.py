"""A follow-up question → the same question standing alone, from the earlier turns (no LLM)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from briefbot.mentions import (
    NOUN_GIST,
    WH_OPENS,
    WH_PHRASE,
    carried,
    cited_by,
    enumerated,
    gist,
    is_country,
    is_person,
    known_names,
    last_person,
    matter,
    may_be_person,
    names_in,
    people,
    sentences_of,
    told_thing,
    topic,
    without_carried,
)
from briefbot.questions import compares
from briefbot.terms import terms
from briefbot.types import Turn

_AND = r"(?:(?:and|but|so|or|ok(?:ay)?|also|then|well)\b[\s,]*)*"
_WHAT_ABOUT = re.compile(rf"^\W*{_AND}(?:what|how)\s+(?:about|of)\s+(?P<topic>.+?)\W*$", re.I)
_AND_TOPIC = re.compile(r"^\W*(?:and|but|or)\s+(?P<topic>.+?)(?:\s+(?:too|either|then))?\W*$", re.I)
_LONE_TOPIC = re.compile(
    r"^\W*(?P<topic>(?:in|on|under|for|by|the)?\s*[^\s?]+(?:\s[^\s?]+)?)\W*$", re.I
)
_VERB = re.compile(
    r"\b(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|can|could|will"
    r"|would|should|has|have|had|isn['’]t|aren['’]t|wasn['’]t|don['’]t|doesn['’]t|didn['’]t"
    r"|tell|explain|describe|compare|name|list|give|show)\b",
    re.I,
)
_AND_FIRST = re.compile(rf"^\W*(?=\w){_AND}", re.I)

_PERSON = re.compile(r"\b(?P<word>he|him|his|she|her|hers)\b", re.I)
_PERSON_THERE = re.compile(r"\b(?P<word>they|them|their|theirs)\b", re.I)
_IT = re.compile(r"\b(?P<word>it|its)\b", re.I)
_EXPLETIVE = re.compile(
    r"\b(?:is|was|does|did|would|will|can|could|has|how|why)\s+it\s+(?:\w+\s+){0,2}?"
    r"(?:that|to|for\s+\w+\s+to|if|whether|when|who|called|mean)\b|\bit\s+(?:is|was|takes?)\b"
    r"|\bcall\s+it\s+when\b|\bgo(?:es|ing)?\s+it\s+alone\b",
    re.I,
)
_POINTER = re.compile(
    r"\b(?:they|them|their|theirs|these(?!\s+(?:documents|sources|texts)\b)|those(?!\s+who)"
    r"|this(?!\s+(?:article|document|text|page|paper|book|report|brief|collection|corpus)\b)|instead(?!\s+of)|such\s+an?"
    r"|(?:the|that|this|which|another|other|first|second|third|last)\s+ones?|ones?(?=\W*$|\s+with\b)"
    r"|that(?=\W*$)|(?:(?<=than )|(?<=is )|(?<=was )|(?<=did )|(?<=does )|(?<=of )|(?<=about )"
    r"|(?<=with )|(?<=from )|(?<=after )|(?<=before )|(?<=by )|(?<=for )|(?<=in )|(?<=at )|(?<=on )"
    r"|(?<=under )|(?<=like )|(?<=like )|(?<=Is )|(?<=Was )|(?<=Does )|(?<=Did ))that"
    r"|each(?=\W*$|\s+(?:have|has|had|get|pay|send|give|do|does|did|want|say|said|think|of\s+them)\b)"
    r"|both(?=\W*$|\s+of\s+(?:them|these|those)\b)"
    r"|the\s+(?:former|latter)(?=\W*$|\s+(?:is|was|do|does|did|has|have|say)\b)"
    r"|the\s+(?:others?|other\s+(?:one|two|side)|same\s+(?:one|thing|year|day|time|place))(?=\W|$)"
    r"|(?<!is )(?<!are )(?<!was )(?<!were )(?<!Is )(?<!Are )(?<!Was )(?<!Were )there"
    r"(?!\s+(?:is|are|was|were|a|an|any|no|be)\b))\b",
    re.I,
)
_PLURAL_BEFORE = re.compile(r"\b(?!(?:is|was|does|has|this|its|his|us|yes)\b)[a-z]{3,}s\b")
_SOMEBODY = re.compile(
    r"\b(?:minister|president|secretary|leader|chief|diplomat|premier|politician|spokes\w+|professor"
    r"|officer|man|woman|king|queen|ambassador|consul|candidate|author|critic|scholar|general|senator"
    r"|somebody|someone|anyone|anybody|who)\b(?=.*\w)",
    re.I,
)
_SOMETHING = re.compile(r"\b(?:the|an?|each|every|which|what)\s+(?!(?:is|was|does|did)\b)[a-z]")
_BEHIND_PREPOSITION = re.compile(
    r"\b(?:about|of|for|to|with|from|on|in|against|by)\s+$",
)
_THE_ONE = re.compile(
    r"\b(?P<lead>(?:the\s+)?)(?P<one>ones?)(?=\s+(?:with|for|of|between|from|in|by|to|on)\b)", re.I
)
_ORDINALS = {
    "first": 0, "1st": 0, "former": 0, "second": 1, "2nd": 1, "latter": 1, "third": 2, "3rd": 2,
    "fourth": 3, "4th": 3, "fifth": 4, "5th": 4, "sixth": 5, "6th": 5, "last": -1, "final": -1,
}  # fmt: skip
_ORDINAL = re.compile(
    r"(?:\b(?:the|your|that)\s+)?\b(?P<which>first|second|third|fourth|fifth|sixth|last|final|1st|2nd"
    r"|3rd|4th|5th|6th)\s+(?:one|points?|reason|argument|sentence|item|statement|answer|source"
    r"|citation|quote|example|benefit)\b(?!\s+(?:of|that|which|to|for)\b)"
    r"|\b(?:number|no\.?|point|sentence|source|citation|quote)\s+(?P<digit>[1-9])\b"
    r"|\[(?P<mark>\d{1,3})\]",
    re.I,
)
_BARE_WH = re.compile(
    rf"^\W*{_AND}(?P<wh>why|when|where|how|who|which ones?|how (?:long|often|many|much|far|so|come)"
    r"|(?:for how long|since when|until when|by whom|to whom|with whom|by when|from when"
    r"|(?:in|on|at)?\s*(?:which|what) (?:year|month|day|date|city|place|country)))"
    r"(?P<not>\s+not)?(?:\s+exactly)?\W*$",
    re.I,
)
_THAT_WAS = re.compile(
    rf"^\W*{_AND}(?P<wh>when|where|why|how)\s+(?:was|is|did|were)\s+(?:that|this|it)"
    r"(?:\s+(?:happen|so))?\W*$",
    re.I,
)
_DEFINITION = re.compile(
    r"^\W*(?:what|who)(?:\s+(?:is|are|was|were)|['’]s)\s+(?:an?\s+|the\s+)?(?:[\w-]+\s?){1,3}\W*$"
    r"|\b(?:mean|stand for)\W*$|^\W*what\s+do\s+you\s+call\b",
    re.I,
)
_DEFINITE_OF = re.compile(r"^\W*(?:what|who)\s+(?:is|are|was|were)\s+the\s+\w+\W*$", re.I)
_RELATIONAL = re.compile(r"^\W*what\s+(?:is|are|was|were)\s+(?:his|her|their|its)\s+\w+\W*$", re.I)
_UNSAID = re.compile(
    r"\b(?:says?|claim|think|want|argue|propose|mean|writes?|objects?|objected|agree|disagree"
    r"|respond|react|answer|decide|comment|warn|believe|suggest|expect|ask|reply)\W*$",
    re.I,
)
"""A verb at the end whose object is left to the turns before."""
_COUNT_OF_NOTHING = re.compile(
    r"^\W*how\s+(?:many|much)\s+(?:is|are|was|were|do|does|did|has|have|had|would|will|met|could)\b",
    re.I,
)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


def standalone(question: str, history: Sequence[Turn], names: Collection[str] = ()) -> str:
    """Spell out what a follow-up question leaves to the turns before it.

    "And Turkey's?" takes the earlier question with the name exchanged, a pronoun takes the person
    or topic named last, a bare "Why?" is asked of the earlier question, and "the second one" is
    looked up in the earlier answer. What no word points to, but the question cannot do without,
    follows it in brackets. A question that stands alone comes back unchanged.

    Args:
        question: The question as typed.
        history: Earlier turns, oldest first; their questions stand alone already.
        names: Names that the documents are known to hold; they count in small letters too.
    """
    if not history:
        return question
    return _FollowUp(question, history, names).rewritten()


class _FollowUp:
    """One question with what the turns before it hold."""

    def __init__(self, question: str, history: Sequence[Turn], names: Collection[str]) -> None:
        self._question = question
        self._history = history
        self._last = history[-1]
        self._previous = history[-1].question
        self._known = [*known_names(history), *(n for n in names if len(n) >= _SURE_LENGTH)]

    def rewritten(self) -> str:
        """Try each way of leaving something out, the surest first."""
        question = self._with_item(self._question)
        again = _asked_again(question, self._last) or self._of_what_leads(question)
        if again:
            return again
        question = self._with_one(self._with_person(question))
        if bare := self._bare_topic(question):
            return self._exchanged(bare)
        for way in (self._with_pair, self._with_thing, self._with_rest):
            if spelled := way(question):
                return _opened(spelled)
        return question if question == self._question else _opened(question)

    def _of_what_leads(self, question: str) -> str:
        """Read "And the Squad, who is in that?" as "Who is in the Squad?"."""
        match = _LED.match(question)
        if match is None or not self._names(match["lead"]):
            return ""
        pronoun = _PERSON if _PERSON.search(match["rest"]) else _LED_BACK
        rest = _replace(match["rest"], pronoun, match["lead"].strip())
        return rest[0].upper() + rest[1:]

    # --- what is named --------------------------------------------------------------------------

    def _names(self, text: str) -> list[str]:
        return names_in(text, self._known)

    def _with_item(self, question: str) -> str:
        """Put what "the second one" means in its place."""
        match = _ORDINAL.search(question)
        if match is None:
            return question
        if match["mark"]:
            return self._with_marked(question, match)
        which = match["which"]
        position = _ORDINALS[which.lower()] if which else int(match["digit"]) - 1
        item = self._item(position)
        if not item:
            return question
        return f"{question[: match.start()]}{item}{question[match.end() :]}"

    def _with_marked(self, question: str, match: re.Match[str]) -> str:
        """Put the sentence that cites `[n]` in the mark's place, the newest such one."""
        for turn in reversed(self._history):
            sentence = cited_by(turn.answer, int(match["mark"]))
            if sentence:
                item = f"“{sentence.strip(' .')}”"
                return f"{question[: match.start()]}{item}{question[match.end() :]}"
        return question

    def _item(self, position: int) -> str:
        """Look an item up: a topic taken in turn, else of an enumeration, else a sentence."""
        answer = self._last.answer
        items = self._topics_in_turn() or enumerated(answer) or sentences_of(answer)
        if len(items) < 2 or not -len(items) <= position < len(items):
            return ""
        item = items[position].strip(" .")
        return item if len(item.split()) <= _ITEM_MAX_WORDS else f"“{item}”"

    def _topics_in_turn(self) -> list[str]:
        """The names that took each other's place in the last questions."""
        if len(self._history) < 2:
            return []
        before, after = (self._names(turn.question) for turn in self._history[-2:])
        gone = [name for name in before if name not in after]
        come = [name for name in after if name not in before]
        return [*gone[:1], *come[:1]] if len(gone) == len(come) == 1 else []

    def _with_person(self, question: str) -> str:
        """Put a name in the place of "he" or "she", unless the question itself names who it is."""
        match = _PERSON.search(question)
        if match is None or self._has_person(question[: match.start()]):
            return question
        asked_who = bool(_ASKS_WHO.match(self._previous)) and not people(
            without_carried(self._previous)
        )
        name = last_person(self._history, asked_who=asked_who)
        if not name or name in question:
            return question
        replaced = _replace(question, _PERSON, name)
        if _RELATIONAL.match(question):
            return _in_brackets(replaced, gist(self._previous))
        return replaced

    def _has_person(self, text: str) -> bool:
        """Whether a text names somebody; of a single word that is no country's it may be so."""
        if _SOMEBODY.search(re.sub(r"^\W*who\w*", "", text, flags=re.I)):
            return True
        return any(may_be_person(name) for name in self._names(text))

    def _with_one(self, question: str) -> str:
        """Put the thing meant in the place of "the one with …"."""
        match = _THE_ONE.search(question)
        thing = self._kind_of_thing() if match else ""
        if match is None or not thing or _PLURAL_BEFORE.search(question[: match.start()]):
            return question
        lead = match["lead"] or "a "
        return f"{question[: match.start()]}{lead}{thing}{question[match.end() :]}"

    def _kind_of_thing(self) -> str:
        """Name the treaty, group or the like that the last turns speak of, without its parties."""
        for text in (without_carried(self._previous), carried(self._previous), self._last.answer):
            for name in self._names(text):
                words = [w for w in re.split(r"\s+", name) if not re.search(r"\w-[A-Z]", w)]
                is_thing = len(words) > 1 and not is_person(name, text) and not is_country(name)
                if is_thing and all(len(w) > 1 for w in words):
                    return " ".join(words)
        return ""

    def _with_pair(self, question: str) -> str:
        """Put both names in the place of "they", if the last turns named two of a kind."""
        match = _PERSON_THERE.search(question)
        pair = self._pair(question) if match else ""
        if match is None or not pair or self._names(question[: match.start()]):
            return ""
        about = matter(self._previous) if compares(question) else ""
        about = re.sub(r"^\w+\s+", "", about)
        return _in_brackets(_replace(question, _PERSON_THERE, pair), about)

    def _pair(self, question: str) -> str:
        joined = _JOINED.search(without_carried(self._previous))
        if joined and self._names(joined[1]) and self._names(joined[2]):
            return joined.group()
        if not compares(question):
            return ""
        found: dict[str, None] = {}
        for turn in self._history[-2:]:
            text = without_carried(turn.question)
            found |= dict.fromkeys((people(text) or self._names(text))[:1])
        return " and ".join(found) if len(found) == 2 else ""

    # --- a topic alone --------------------------------------------------------------------------

    def _bare_topic(self, question: str) -> str:
        """What an elliptic question is about, if it holds nothing but a new topic."""
        match = _WHAT_ABOUT.match(question) or _AND_TOPIC.match(question)
        if match is None and self._is_sure_name(question.strip(" .?!")):
            match = _LONE_TOPIC.match(question)
        if match is None:
            return ""
        topic_typed = match["topic"].strip("’'\"“” ")
        if _VERB.search(topic_typed) or _PERSON.fullmatch(topic_typed) or not topic_typed:
            return ""
        if _POINTER.fullmatch(topic_typed) or _IT.fullmatch(topic_typed):
            return ""
        return match["topic"].strip(' "“”')

    def _is_sure_name(self, text: str) -> bool:
        """Whether a word or two are a name; the capital at the front alone does not tell."""
        found = self._names(text)
        seen = {name.casefold() for name in self._known}
        return any(name.isupper() or is_country(name) or name.casefold() in seen for name in found)

    def _exchanged(self, new: str) -> str:
        """Ask the previous question of another topic."""
        owns = re.search(r"['’]s?$", new)
        bare = new[: owns.start()] if owns else new
        asked = without_carried(self._previous)
        year = _YEAR.search(bare)
        if year and _YEAR.search(asked) and len(bare.split()) <= 2:
            return _YEAR.sub(year.group(), self._previous, count=1)
        old = self._counterpart(asked, bare, owns=bool(owns))
        if not old:
            return f"{self._previous.rstrip('?! .')}, {bare}?"
        return re.sub(
            rf"(?:\bthe\s+)?(?<![\w-]){re.escape(old)}(?![\w-])",
            lambda _: bare,
            self._previous,
            count=1,
        )

    def _counterpart(self, asked: str, new: str, *, owns: bool) -> str:
        """Find the name whose place another takes: one of its kind, else the first."""
        if new.endswith("ly") or (
            new.split(maxsplit=1)[0].lower() in _PREPOSITIONS and not self._names(new)
        ):
            return ""
        found = self._names(asked)
        if same := next((name for name in found if name.casefold() in new.casefold()), ""):
            return same
        if owns:
            owners = [name for name in found if re.search(rf"{re.escape(name)}['’]", asked)]
            return (owners or found or [""])[0]
        if not found:
            match = _PLAIN_SUBJECT.match(asked)
            return match["subject"] if match and " " not in new.strip() else ""
        return next(
            (name for name in found if self._kind(name, asked) == self._kind(new, new)), found[0]
        )

    def _kind(self, name: str, text: str) -> str:
        first = (self._names(name) or [name])[0]
        if is_country(first):
            return "country"
        whole = [
            n for n in people(f"{text} {self._last.answer} {self._last.question}") if first in n
        ]
        return "person" if whole or is_person(first, text) else "thing"

    # --- what points back -----------------------------------------------------------------------

    def _with_thing(self, question: str) -> str:
        """Put the topic in the place of "it", "they" or "that", if it is a short one."""
        match = _IT.search(question) or _PERSON_THERE.search(question) or _THAT.search(question)
        if match is None or _EXPLETIVE.search(question):
            return ""
        word = match.group().lower()
        if self._is_meant_inside(question, match):
            return question
        if word in {"that", "this"}:
            meant = f"the {name}" if (name := self._new_name()) else ""
        else:
            meant = self._meant()
        is_plural = bool(_PERSON_THERE.match(word))
        if not meant or (is_plural and not _PLURAL.search(meant)):
            return self._with_topic(question)
        return _replace(question, re.compile(rf"\b(?P<word>{word})\b", re.I), meant)

    def _is_meant_inside(self, question: str, match: re.Match[str]) -> bool:
        """Whether what a pronoun stands for comes before it in the question itself."""
        word, before = match.group().lower(), question[: match.start()]
        if word in {"that", "this"}:
            return False
        if word in {"it", "them"} and not _CLAUSE_STARTS.search(before):
            return False  # the object of a clause is not its subject again
        if word == "its" and (_ITS_OWNER_AFTER.search(question) or _ITS_OWNER.search(before)):
            return True
        if any(not may_be_person(name) for name in self._names(before)):
            return True
        if _PERSON_THERE.match(word):
            return bool(_PLURAL_BEFORE.search(before) or self._names(before))
        return bool(_SOMETHING.search(before)) and not _BEHIND_PREPOSITION.search(before)

    def _meant(self) -> str:
        """The topic, if it can stand in a pronoun's place: short, and a name or "the" in it."""
        meant = topic(self._previous, self._known)
        if owner := _WHO_IS_OF.match(self._previous):
            meant = owner["owner"]
        if len(meant.split()) > _TOPIC_MAX_WORDS:
            return told_thing(self._last)
        if not self._names(meant) and not meant.startswith("the "):
            return told_thing(self._last)
        stripped = gist(self._previous)
        if meant == stripped and not self._is_noun(self._previous, meant):
            return told_thing(self._last)
        return _with_article(meant, self._previous)

    def _with_rest(self, question: str) -> str:
        """Add the topic where a word points back to it, or where too little is said without it."""
        points = _POINTER.search(question)
        if points and self._is_named_inside(question, points):
            return ""
        if points is None and not self._leaves_out(question):
            return ""
        if _SAYS_LAST.search(question) and (about := matter(self._previous) or self._about()):
            return f"{question.rstrip(' ?.!')} {about}?"
        return self._with_topic(question)

    def _is_named_inside(self, question: str, points: re.Match[str]) -> bool:
        before = question[: points.start()]
        if points.group().lower().startswith("the other") and re.search(r"\bone\b", before, re.I):
            return True
        if points.group().lower() in {"each", "both"} and re.search(r"\band\b", before, re.I):
            return True
        is_plural = bool(_PERSON_THERE.match(points.group()))
        return is_plural and self._is_meant_inside(question, points)

    def _about(self) -> str:
        meant = topic(self._previous, self._known)
        is_name = len(meant.split()) <= _TOPIC_MAX_WORDS and meant != gist(self._previous)
        return f"about {meant}" if is_name and self._names(meant) else ""

    def _leaves_out(self, question: str) -> bool:
        """Whether a question says too little to be asked alone, though no word points back."""
        if _COUNT_OF_NOTHING.match(question) or _UNSAID.search(question):
            return not (_IS_READ.search(question) and self._names(question))
        bare = _AND_FIRST.sub("", question)
        others = self._names(bare)
        left = len(set(terms(bare)) - _COUNTING)
        if others:
            is_yes_no = re.match(
                r"^\W*(?:is|are|was|were|did|does|do|has|have|can|will)\b", bare, re.I
            )
            is_lone = len(others) == 1 and left <= len(set(terms(others[0])))
            return bool(is_yes_no) and is_lone
        if _DEFINITION.search(bare) and not _DEFINITE_OF.match(bare):
            return False
        return not re.search(r"\d", bare) and left < _enough(bare)

    def _with_topic(self, question: str) -> str:
        """Add what the turn before was about, in brackets."""
        asked = self._turn_of(question).question
        meant = topic(asked, self._known)
        if meant == gist(asked) and not self._is_noun(asked, meant):
            meant = _as_clause(asked)
        extra = self._new_name() if _POINTER.search(question) else ""
        if extra and extra.casefold() not in f"{meant} {question}".casefold():
            meant = f"{meant}, {extra}"
        return _in_brackets(question, meant)

    def _is_noun(self, asked: str, meant: str) -> bool:
        return bool(NOUN_GIST.match(asked)) or meant in self._names(meant)

    def _turn_of(self, question: str) -> Turn:
        """The newest turn that asked about the thing named with "the", else the last."""
        things = {term for found in _DEFINITE.findall(question) for term in terms(found)}
        for turn in reversed(self._history):
            if things & set(terms(turn.question)):
                return turn
        return self._last

    def _new_name(self) -> str:
        """The name that the last answer brought first, where the question asked for one."""
        first = next(iter(sentences_of(self._last.answer)), "")
        if re.match(r"^\W*(?:what|who)\s+(?:is|was|are|were)\b", self._previous, re.I):
            return ""
        asked = set(terms(self._previous))
        new = [name for name in names_in(first) if not set(terms(name)) & asked]
        return next((name for name in new if " " in name and not is_person(name, first)), "")


_SURE_LENGTH = 3
_ITEM_MAX_WORDS = 8
_TOPIC_MAX_WORDS = 10
_PREPOSITIONS = frozenset("in on at for by from with under since until after before during".split())
_PLAIN_SUBJECT = re.compile(
    r"^\W*(?:what|where|how|why|when|who)\s+(?:is|are|was|were|does|do|did)\s+(?:the\s+|an?\s+)?"
    r"(?P<subject>[a-z][\w-]+)\b",
    re.I,
)


def _enough(question: str) -> int:
    """How many terms a question without names needs to stand alone."""
    if _INNER_CLAUSE.search(question):
        return 2
    is_definite = _DEFINITE.search(question) and not _DEFINITE_PHRASE.search(question)
    return 6 if is_definite else 3


_IS_READ = re.compile(
    r"\b(?:articles?|treaty|treaties|pact|message|declaration|constitution|law|act|statement|report"
    r"|essay|roadmap|strategy|section)\b",
    re.I,
)
_CLAUSE_STARTS = re.compile(
    r"\w+\s+\w+,?\s+(?:and|or|but|that|if|when|while|before|after|because|although|until|since|as"
    r"|who|which|what|why|how|to)\b",
    re.I,
)
_INNER_CLAUSE = re.compile(
    r"\w+\s+\w+\s+(?:who|whom|whose|what|which|that|when|where|why|if|because)\s+\w", re.I
)
_ITS_OWNER = re.compile(
    r"\b(?:did|does|do|has|have|had|will|can|could|would|is|was)\s+(?!(?:he|she|they|you|we|i)\b)"
    r"(?:the\s+)?[\w-]{3,}\s+(?:\w+\s+)*$",
    re.I,
)
_ITS_OWNER_AFTER = re.compile(r"\bits\s+\w+\s+(?:do|does|did|has|have|will|can|would)\s+[A-Z]")
_COUNTING = frozenset(terms("many much"))
_DEFINITE_PHRASE = re.compile(r"\bthe\s+[\w-]+\s+(?:of|for|in|that|which|who)\b", re.I)
_DEFINITE = re.compile(r"\bthe\s+([\w-]+)", re.I)
_WHO_IS_OF = re.compile(
    r"^\W*who\s+(?:is|was|are|were)\s+(?P<owner>[A-Z][\w -]*?)['’]s?\s+\w", re.I
)
_PLURAL = re.compile(r"(?:s|[A-Z]\d)$")
_THAT = re.compile(
    r"\b(?P<word>that|this)(?=\W*$|\s+(?:signed|published|made|said|agreed|founded)\b)", re.I
)
_JOINED = re.compile(r"\b([A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*) and ([A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*)")
_LED = re.compile(
    rf"^\W*(?:{_AND})?(?P<lead>[^,?]+?),\s+(?P<rest>(?:who|what|when|where|which|why|how|is|are|was|did"
    r"|does|do|has|can)\b.*\b(?:he|him|his|she|her|it|its|that|they|them|their)\b.*)$",
    re.I,
)
_LED_BACK = re.compile(r"\b(?P<word>it|its|that|they|them|their)\b", re.I)
_ASKS_WHO = re.compile(r"^\W*(?:who|whose|which)\b", re.I)
_SAYS_LAST = re.compile(r"\b(?:say|says|think|claim|argue|write|comment|believe|decide)\W*$", re.I)


def _opened(question: str) -> str:
    """Take "And" off the front of what stands alone now."""
    bare = _AND_FIRST.sub("", question, count=1).lstrip("?! .") or question
    return bare[0].upper() + bare[1:] if bare and bare != question else question


def _asked_again(question: str, last: Turn) -> str:
    """Ask the earlier question by another question word, where that is all there is."""
    match = _BARE_WH.match(question) or _THAT_WAS.match(question)
    if match is None:
        return ""
    wh = match["wh"][0].upper() + match["wh"][1:]
    previous = last.question
    head = WH_PHRASE.match(previous)
    noun = head["noun"].strip() if head else ""
    rest = previous[head.end() :] if head else previous
    verb = _LEADING_VERB.match(rest)
    if verb is None:
        return _in_brackets(question, _as_clause(previous))
    rest = rest.strip()
    asks_object = re.match(r"^(?:did|do|does|has|have|had|would|will|can)\b", rest, re.I)
    if head and asks_object and head["wh"].lower() in {"what", "which", "who", "whom"}:
        named = _in_brackets(rest, noun) if noun else _SAID.sub(r"\g<0> this", rest, count=1)
        return f"{wh} {named}"
    if (
        head
        and head["wh"].lower() in {"who", "which", "what"}
        and not noun
        and _SUBJECTLESS.match(rest)
    ):
        subject = next(iter(names_in(next(iter(sentences_of(last.answer)), ""))), "")
        first, _, others = rest.partition(" ")
        return (
            f"{wh} {first} {subject} {others}"
            if subject
            else _in_brackets(question, gist(previous))
        )
    return f"{wh} {rest[0].lower()}{rest[1:]}"


_LEADING_VERB = re.compile(
    r"^\W*(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|must)"
    r"(?:n['’]t)?\b",
    re.I,
)
_SAID = re.compile(
    r"\b(?:say|claim|argue|propose|write|think|want|do|recommend|suggest|ask for|call for|mean)\b",
    re.I,
)
_SUBJECTLESS = re.compile(
    r"^\W*(?:is|are|was|were|has|have|had|will|would|can)\s+(?:\w+ed|left|been)\b", re.I
)


def _with_article(meant: str, previous: str) -> str:
    has_article = re.search(rf"\b(?:the|an?)\s+{re.escape(meant)}", previous, re.I)
    return f"the {meant}" if has_article and not meant.startswith("the ") else meant


def _as_clause(question: str) -> str:
    """Write an earlier question as part of another: "when did Japan change its reading"."""
    bare = without_carried(question).strip(" ?.!")
    return f"{bare[0].lower()}{bare[1:]}" if WH_OPENS.match(bare) else gist(question)


def _in_brackets(question: str, meant: str) -> str:
    """Write "When was it signed (the treaty)?"."""
    if set(terms(meant)) <= set(terms(question)):
        return question
    bare = question.rstrip(" ?.!")
    return f"{bare} ({meant})?"


def _replace(question: str, pronoun: re.Pattern[str], name: str) -> str:
    """Put a name in each place of a pronoun, as an owner where the pronoun is one."""

    def put(match: re.Match[str]) -> str:
        word = match["word"].lower()
        after = question[match.end() :]
        owns = word in {"his", "hers", "its", "their", "theirs"} or (
            word == "her" and bool(re.match(r"\s+(?!in\b|on\b|at\b|to\b|for\b|as\b)\w", after))
        )
        return f"{name}’s" if owns else name

    return pronoun.sub(put, question, count=1)
