"""A question as typed → tidied, and what kind of question it is, by its words (pure)."""

from briefbot.questions.beyond import BEYOND_NOTE, asks_beyond
from briefbot.questions.check import check_question
from briefbot.questions.comparisons import compares, sets_against
from briefbot.questions.definitions import wanted_definition
from briefbot.questions.facts import asks_for_fact, wanted_thing
from briefbot.questions.kinds import Kind, kind_of
from briefbot.questions.particulars import Particular, ParticularAsked, particular_asked
from briefbot.questions.parts import question_parts, several_questions, sub_queries
from briefbot.questions.summaries import document_kind, summary_topic
from briefbot.questions.times import asks_about_now, years_ahead

__all__ = [
    "BEYOND_NOTE",
    "Kind",
    "Particular",
    "ParticularAsked",
    "asks_about_now",
    "asks_beyond",
    "asks_for_fact",
    "check_question",
    "compares",
    "document_kind",
    "kind_of",
    "particular_asked",
    "question_parts",
    "sets_against",
    "several_questions",
    "sub_queries",
    "summary_topic",
    "wanted_definition",
    "wanted_thing",
    "years_ahead",
]
