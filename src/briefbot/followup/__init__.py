"""A follow-up question → the same question standing alone, from the earlier turns (no LLM)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from briefbot.followup.conversation import Conversation, conversation_of
from briefbot.followup.exchange import bare_topic, exchanged
from briefbot.followup.items import with_item
from briefbot.followup.left_out import with_rest
from briefbot.followup.people import with_pair, with_person
from briefbot.followup.phrasing import opened, replace
from briefbot.followup.pointers import AND, PERSON
from briefbot.followup.question_words import asked_again, doubted
from briefbot.followup.things import with_one, with_thing
from briefbot.types import Turn


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
    return _rewritten(question, conversation_of(history, names))


def _rewritten(typed: str, talk: Conversation) -> str:
    """Try each way of leaving something out, the surest first."""
    question = with_item(typed, talk)
    last = talk.last
    again = asked_again(question, last) or doubted(question, last) or _of_what_leads(question, talk)
    if again:
        return again
    question = with_one(with_person(question, talk), talk)
    if bare := bare_topic(question, talk):
        return exchanged(bare, talk)
    for way in (with_pair, with_thing, with_rest):
        if spelled := way(question, talk):
            return opened(spelled)
    return question if question == typed else opened(question)


_LED = re.compile(
    rf"^\W*(?:{AND})?(?P<lead>[^,?]+?),\s+(?P<rest>(?:who|what|when|where|which|why|how|is|are|was|did"
    r"|does|do|has|can)\b.*\b(?:he|him|his|she|her|it|its|that|they|them|their)\b.*)$",
    re.I,
)
_LED_BACK = re.compile(r"\b(?P<word>it|its|that|they|them|their)\b", re.I)


def _of_what_leads(question: str, talk: Conversation) -> str:
    """Read "And the Squad, who is in that?" as "Who is in the Squad?"."""
    match = _LED.match(question)
    if match is None or not talk.names(match["lead"]):
        return ""
    pronoun = PERSON if PERSON.search(match["rest"]) else _LED_BACK
    rest = replace(match["rest"], pronoun, match["lead"].strip())
    return rest[0].upper() + rest[1:]
