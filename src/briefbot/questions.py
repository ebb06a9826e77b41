"""A question as typed → tidied, and what kind of question it is, by its words (pure)."""

from __future__ import annotations

import re
from enum import StrEnum

from briefbot.errors import QuestionError
from briefbot.sides import sides_of
from briefbot.terms import names


def check_question(question: str, *, max_chars: int) -> str:
    """Refuse what cannot be a question, and tidy its white space.

    Raises:
        QuestionError: If it is empty, too long, or holds no letter or digit.
    """
    tidy = " ".join(question.replace("\0", " ").split())
    if not tidy:
        raise QuestionError("The question is empty.", hint="Type a question about the documents.")
    if len(tidy) > max_chars:
        raise QuestionError(
            f"The question has {len(tidy):,} characters; {max_chars:,} are the most.",
            hint="Shorten it to the point in question.",
        )
    if not any(character.isalnum() for character in tidy):
        raise QuestionError(
            "The question holds no words.", hint="Type it in words, for example “What is an RAA?”"
        )
    try:
        tidy.encode("utf-8")
    except UnicodeEncodeError as error:
        raise QuestionError(
            "The question is not valid Unicode text.", hint="Type it as plain UTF-8 text."
        ) from error
    unprintable = sum(not character.isprintable() or character == "\ufffd" for character in tidy)
    if unprintable > _UNPRINTABLE_SHARE * len(tidy):
        raise QuestionError(
            "The question is binary data, not text.", hint="Type it as plain UTF-8 text."
        )
    return tidy


_UNPRINTABLE_SHARE = 0.1

_SHORT_FACT = re.compile(
    r"^\W*(?:(?:on|in|at|by|with|from|for|to|under|among|until|since|of) )?"
    r"(?:who|whose|whom|when|where|which|how (?:many|much|old|long|far|large|big|often)"
    r"|what (?:year|month|date|day|percentage|share|number|office|title|is the name))\b"
    r"|^\W*(?:in|on|at|by|under) what\b",
    re.I,
)
_COMPARISON = re.compile(
    r"\b(?:compar\w+|contrast\w*|differ\w*|versus|vs\.?|similar\w*|unlike|both|common|agree\w*"
    r"|disagree\w*|than|each|respectively)\b",
    re.I,
)
_TWO_NAMES = re.compile(r"\b[A-Z][\w’'-]*,? (?:and|or) (?:the )?[A-Z]")


def asks_for_fact(question: str) -> bool:
    """Whether a name, date, number or place answers."""
    return bool(_SHORT_FACT.match(question))


def wanted_thing(question: str) -> str:
    """Name what a question for a fact wants: "number", "date", "name", "place"; else empty."""
    return next((thing for pattern, thing in _THINGS if pattern.match(question)), "")


_THINGS = (
    (
        re.compile(
            r"^\W*(?:how (?:many|much|old|long|far|large|big|high)"
            r"|what (?:number|percentage|share|proportion))\b",
            re.I,
        ),
        "number",
    ),
    (
        re.compile(
            r"^\W*(?:when|(?:in|on|by|since)?\s*(?:what|which) (?:year|month|date|day))\b", re.I
        ),
        "date",
    ),
    (re.compile(r"^\W*(?:who|whose|whom)\b", re.I), "name"),
    (
        re.compile(r"^\W*(?:where|in (?:what|which) (?:city|country|place|town))\b", re.I),
        "place",
    ),
)


def compares(question: str) -> bool:
    """Whether the question sets things against each other or asks about two at once."""
    return bool(_COMPARISON.search(question) or _TWO_NAMES.search(question))


# --- kinds --------------------------------------------------------------------------------------


class Kind(StrEnum):
    """What kind of answer a question wants."""

    FACT = "fact"
    LIST = "list"
    COMPARISON = "comparison"
    POSITION = "position"
    DEFINITION = "definition"
    EXPLANATION = "explanation"


def kind_of(question: str) -> Kind:
    """Tell the kind of a question by its words; what fits no other kind wants an explanation."""
    if wanted_definition(question):
        return Kind.DEFINITION
    if sets_against(question) or sides_of(question):
        return Kind.COMPARISON
    if _asks_for_list(question):
        return Kind.LIST
    if asks_for_fact(question):
        return Kind.FACT
    if _ASKS_HOW_OR_WHAT.match(question) and _POSITION.search(question):
        return Kind.POSITION
    return Kind.EXPLANATION


def sets_against(question: str) -> bool:
    """Whether the question says in so many words that it compares."""
    return bool(_SETS_AGAINST.search(question))


_SETS_AGAINST = re.compile(
    r"\b(?:compar(?:e[ds]?|ing|ison)|contrast\w*|differ(?!ently)\w*|versus|vs\.?|similarit\w+"
    r"|disagree\w*|have in common|each (?:say|think|want|see|hold|do|propose|bring|offer))\b"
    r"|\b(?:(?:more|less) \w+|(?!rather\b)\w{3,}er) than\b",
    re.I,
)
_ASKS_HOW_OR_WHAT = re.compile(
    r"^\W*(?:what|how|describe|summari[sz]e|explain|give me)\b(?! (?:many|much))"
    r"|\b(?:view|position|stance|attitude)s? (?:of|on|about|towards?)\b",
    re.I,
)
_POSITION = re.compile(
    r"\b(?:think|thinks|thought|believe[sd]?|feel|feels|say|says|said|respond\w*|react\w*|reply"
    r"|replied|argue[sd]?|criticis\w+|criticiz\w+|oppos\w+|support(?:s|ed|ers)?|reject\w*)\b"
    r"|\b(?:view|views|opinions?|positions?|stance|attitudes?|response|reactions?|objections?)\b"
    r"(?= (?:of|on|to|about|towards?|against|by)\b|\W*$)"
    r"|\bhow (?:do|does|did|has|have) (?:the )?[\w’' -]+? (?:see|saw|view|viewed|regard)",
    re.I,
)
"""Words of thinking, saying and holding a view."""
_WHO_IS = re.compile(r"^\W*[Ww]ho (?:is|was|are|were) (?P<person>(?:[A-Z][\w.’'-]*\s*){1,4}?)\W*$")
"""A person's name alone wants to be told about, not named."""

_DEFINITION = re.compile(
    r"^\W*(?:(?:please|can you|could you)\s+)*(?:define\s+(?:the term\s+)?(?P<defined>.+?)"
    r"|explain\s+(?:(?:the term|what)\s+)?(?P<explained>(?!(?:why|how|when)\b).+?)"
    r"(?:\s+(?:is|means))?"
    r"|what\s+(?:does|do|did)\s+(?P<meant>.+?)\s+(?:stand for|mean)"
    r"|what(?:\s+(?:is|are|was|were)|['’]s)\s+(?:meant by|the (?:meaning|definition) of)\s+"
    r"(?P<meaning>.+?)"
    r"|what(?:\s+(?:is|are|was|were)|['’]s)\s+(?P<named>.+?))\W*$",
    re.I,
)
_NO_TERM = re.compile(
    r"\b(?:of|in|on|for|to|from|by|with|at|about|behind|between|under|after|before|that|which|who"
    r"|and|or|not|it|this|these|those|they|he|she|his|her|their|your|my)\b|['’]s?\b|\w+ing\b",
    re.I,
)
"""What more than a term has: "the title of Colby", "Colby's title", "happening"."""
_TERM_MAX_WORDS = 4
_NOW = re.compile(
    r"\b(?:now|current(?:ly)?|today|at present|presently|nowadays|these days|right now|so far"
    r"|at the moment|latest|this year|still)\b",
    re.I,
)


def asks_about_now(question: str) -> bool:
    """Whether the question is about the present."""
    return bool(_NOW.search(question))


_YEAR = re.compile(r"\b(20\d\d)\b")
_AHEAD = re.compile(r"\b(?:tomorrow|next (?:week|month|year|decade)|in the future)\b", re.I)


def years_ahead(question: str, year: int) -> bool:
    """Whether the question is about what comes after a year."""
    return bool(_AHEAD.search(question)) or any(int(y) > year for y in _YEAR.findall(question))


_ARTICLE = re.compile(r"^(?:(?:an?|the|term)\s+)+", re.I)


def wanted_definition(question: str) -> str:
    """Find the term that a question wants defined or spelled out; empty for other questions."""
    person = _WHO_IS.match(question)
    if person is not None:
        return person["person"].strip()
    match = _DEFINITION.match(question)
    if match is None:
        return ""
    sure = match["defined"] or match["meant"] or match["meaning"]
    term = _ARTICLE.sub("", (sure or match["explained"] or match["named"]).strip(" “”\"'‘’?"))
    if sure and not re.match(r"(?:it|this|that|they|he|she)\b", term, re.I):
        return term if len(term.split()) <= 2 * _TERM_MAX_WORDS else ""
    is_term = len(term.split()) <= _TERM_MAX_WORDS and not _NO_TERM.search(term)
    is_term = is_term and not term[:1].isdigit()
    return term if is_term and not _NO_HEAD.search(term) else ""


_NO_HEAD = re.compile(
    r"^(?:main|key|best|biggest|most|first|last|next|current|new)\b"
    r"|\b(?:reasons?|causes?|effects?|benefits?|costs?|risks?|arguments?|advantages|differences?"
    r"|problems?|answers?|numbers?|names?|date|year|population|percentage|points?|conditions?)$",
    re.I,
)
"""A question for something of a thing named before, not for what a term means."""

_LIST = re.compile(
    r"^\W*(?:name|list|enumerate)\b|^\W*give (?:me |us )?(?:\w+ )?(?:examples|reasons|arguments)\b"
    r"|^\W*who (?:are|were) the\b",
    re.I,
)
_WANTED = re.compile(r"^\W*(?:in |on |for |to |by )?(?:which|what)\s+(?P<rest>.+?)\W*$", re.I)
_BEFORE_NOUN = re.compile(r"^(?:(?:are|were) the|(?:kinds?|sorts?|types?) of)\s+", re.I)
_AFTER_NOUN = frozenset(
    """is are was were does do did has have had can could will would shall should may might must of
    in on for to from by with at against about that which who""".split()
)
_COUNTED = re.compile(
    r"^(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d+|several|main|other)$", re.I
)
_PLURAL = re.compile(r"^(?:\w[\w’'-]*[^su\W]s|people|men|women|children|criteria)$", re.I)
_SINGULAR = re.compile(r"(?:is|ics|news|series)$|^(?:does|was|has|his|its)$", re.I)
_NOUN_DEPTH = 5


def _asks_for_list(question: str) -> bool:
    """Whether the question names what it wants in the plural."""
    if _LIST.match(question):
        return True
    match = _WANTED.match(question)
    if match is None:
        return False
    words = _BEFORE_NOUN.sub("", match["rest"]).split()
    is_counted = False
    for n, (word, after) in enumerate(zip(words[:_NOUN_DEPTH], [*words[1:], "are"], strict=False)):
        if word.casefold() in _AFTER_NOUN:
            return False
        is_plural = bool(_PLURAL.match(word)) and not _SINGULAR.search(word)
        if is_plural and (n == 0 or is_counted or after.casefold() in _AFTER_NOUN):
            return True
        is_counted = is_counted or bool(_COUNTED.match(word))
    return False


def sub_queries(question: str) -> dict[str, str]:
    """Split a question about several names into one question for each, the others left out.

    Returns:
        Name → question; nothing for a question that compares nothing or names fewer than two.
    """
    sides = list(dict.fromkeys(names(question)))
    if len(sides) < 2 or not compares(question):
        return {}
    return {side: _without(question, [other for other in sides if other != side]) for side in sides}


def _without(question: str, sides: list[str]) -> str:
    for side in sides:
        question = question.replace(side, " ")
    return " ".join(question.split())


_SECOND = re.compile(r"^(?P<first>.+?),?\s+and\s+(?P<second>why|how|when|where)\W*$", re.I)
_QUESTION_WORD = re.compile(r"^\W*(?:what|who|whom)\b\s*", re.I)
"""Where one of these is asked for first, its answer completes the second question."""


def question_parts(question: str) -> list[str]:
    """Split "What did she propose, and why?" in two; any other question is its only part."""
    match = _SECOND.match(question)
    if not match or not _QUESTION_WORD.match(match["first"]):
        return [question]
    rest = _QUESTION_WORD.sub("", match["first"])
    return [f"{match['first']}?", f"{match['second'].capitalize()} {rest}?"]


_SUMMARY = re.compile(
    r"^\W*(?:(?:please|can you|could you)\s+)*(?:summari[sz]e"
    r"|(?:give|write|show)\s+(?:me\s+|us\s+)?(?:an?\s+)?(?:short\s+|brief\s+)?"
    r"(?:summary|overview|outline)(?:\s+of)?"
    r"|(?:an?\s+|the\s+)?(?:summary|overview)\s+of|sum\s+up|tl;?dr"
    r"|what(?:\s+is|\s+are|['’]s)\s+the\s+(?:main|key|central)"
    r"\s+(?:points?|ideas?|arguments?|messages?|claims?|takeaways?)\s+(?:of|in))\b\s*(?P<topic>.*?)\W*$",
    re.I,
)
_ABOUT = re.compile(r"^\W*what(?:\s+is|\s+are|['’]s)\s+(?P<topic>.+?)\s+(?:all\s+)?about\W*$", re.I)
_DOCUMENT = re.compile(
    r"^(?:(?:the|this|that|your|whole|entire|source|main)\b\s*)*"
    r"(?P<kind>article|document|text|paper|essay|brief|piece|page|report|source|corpus)?s?$",
    re.I,
)


def summary_topic(question: str) -> str | None:
    """Find what a request for a summary wants summarised; None for any other question.

    Returns:
        The topic as typed; empty where nothing is named.
    """
    match = _SUMMARY.match(question)
    if match:
        return match["topic"].strip()
    match = _ABOUT.match(question)
    return match["topic"].strip() if match and document_kind(match["topic"]) is not None else None


def document_kind(topic: str) -> str | None:
    """Read "the article" as `article`, "" and "this" as any kind; None for a topic."""
    match = _DOCUMENT.match(topic.strip())
    return (match["kind"] or "").lower() if match else None
