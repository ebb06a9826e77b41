"""What a conversation's turns speak of: names, people, the topic, listed items (pure)."""

from briefbot.mentions.answer_items import cited_by, enumerated, sentences_of
from briefbot.mentions.names import known_names, names_in
from briefbot.mentions.people import is_country, is_person, last_person, may_be_person, people
from briefbot.mentions.topics import (
    NOUN_GIST,
    WH_OPENS,
    WH_PHRASE,
    carried,
    gist,
    matter,
    matter_of,
    told_thing,
    topic,
    without_carried,
)

__all__ = [
    "NOUN_GIST",
    "WH_OPENS",
    "WH_PHRASE",
    "carried",
    "cited_by",
    "enumerated",
    "gist",
    "is_country",
    "is_person",
    "known_names",
    "last_person",
    "matter",
    "matter_of",
    "may_be_person",
    "names_in",
    "people",
    "sentences_of",
    "told_thing",
    "topic",
    "without_carried",
]
