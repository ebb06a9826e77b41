import inspect
import re

import pytest

from briefbot import errors
from briefbot.errors import BriefBotError, CorpusError

SUBCLASSES = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, BriefBotError) and kind is not BriefBotError
]


def test_an_error_reads_as_its_message_and_what_to_do():
    error = CorpusError("The folder is missing.", hint="Create it.")

    assert str(error) == "The folder is missing. Create it."


def test_an_error_keeps_message_and_hint_apart():
    error = CorpusError("The folder is missing.", hint="Create it.")

    assert (error.message, error.hint) == ("The folder is missing.", "Create it.")


def test_an_error_demands_a_hint():
    with pytest.raises(TypeError):
        CorpusError("The folder is missing.")


@pytest.mark.parametrize("kind", SUBCLASSES, ids=lambda kind: kind.__name__)
def test_every_error_is_named_as_one(kind):
    assert kind.__name__.endswith("Error")


def test_the_tree_at_the_head_of_the_module_names_every_error():
    drawn = re.findall(r"[├└]── (\w+)", errors.__doc__)

    assert sorted(drawn) == sorted(kind.__name__ for kind in SUBCLASSES)
