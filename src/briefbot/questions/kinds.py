"""What kind of answer a question wants, by its words (pure)."""

from __future__ import annotations

import re
from enum import StrEnum

from briefbot.questions.comparisons import sets_against
from briefbot.questions.definitions import wanted_definition
from briefbot.questions.facts import asks_for_fact
from briefbot.questions.lists import asks_for_list
from briefbot.sides import sides_of


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
    if asks_for_list(question):
        return Kind.LIST
    if asks_for_fact(question):
        return Kind.FACT
    if _ASKS_HOW_OR_WHAT.match(question) and _POSITION.search(question):
        return Kind.POSITION
    return Kind.EXPLANATION


_ASKS_HOW_OR_WHAT = re.compile(
    r"^\W*(?:what|how|describe|summari[sz]e|explain|give me)\b(?! (?:many|much))"
    r"|\b(?:view|position|stance|attitude)s? (?:of|on|about|towards?)\b"
    r"|^\W*(?:has|have|did)\b.*\b(?:react|respond|repl|comment)\w*",
    re.I,
)
_POSITION = re.compile(
    r"\b(?:think|thinks|thought|believe[sd]?|feel|feels|say|says|said|respond\w*|react\w*|reply"
    r"|replied|comment\w*|argue[sd]?|criticis\w+|criticiz\w+|oppos\w+|support(?:s|ed|ers)?|reject\w*)\b"
    r"|\b(?:view|views|opinions?|positions?|stance|attitudes?|response|reactions?|objections?)\b"
    r"(?= (?:of|on|to|about|towards?|against|by)\b|\W*$)"
    r"|\bhow (?:do|does|did|has|have) (?:the )?[\w’' -]+? (?:see|saw|view|viewed|regard)",
    re.I,
)
"""Words of thinking, saying and holding a view."""
