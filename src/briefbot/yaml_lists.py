"""A YAML file of named lists → its entries with their lines, and what is wrong with them (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a line of the file, and what to do."""

    line: int
    text: str


def parse_lists(
    text: str, names: tuple[str, ...], problems: list[Problem]
) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Read a YAML file that holds named lists of mappings, every value as text or None.

    The first of `names` must be there; what does not fit is added to `problems`.

    Yields:
        `(name of the list, line of the item, its values)`.
    """
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problems.append(Problem(line, "this is not YAML; correct it, for example by quoting."))
        return
    found = [(str(key.value), key, node) for key, node in _pairs(root)]
    if names[0] not in {name for name, _, _ in found}:
        problems.append(Problem(1, f"the list `{names[0]}:` is missing; add it."))
    for name, key, node in found:
        if name not in names or not isinstance(node, yaml.SequenceNode):
            known = " or ".join(f"`{known}:`" for known in names)
            problem = f"`{name}:` is no list of this file; write {known}."
            problems.append(Problem(key.start_mark.line + 1, problem))
            continue
        for item in node.value:
            yield name, item.start_mark.line + 1, _values(item)


def _pairs(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    return node.value if isinstance(node, yaml.MappingNode) else []


def _values(node: yaml.Node) -> dict[str, Any]:
    return {
        str(key.value): None if value.value in _YAML_NULL else value.value
        for key, value in _pairs(node)
        if isinstance(value, yaml.ScalarNode)
    }


_YAML_NULL = {"", "~", "null"}


Model = TypeVar("Model", bound=BaseModel)


def validated(
    model: type[Model], values: dict[str, Any], line: int, problems: list[Problem]
) -> Model | None:
    """Make a model of values, or add what is wrong with them to `problems`."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        name = values.get("key") or values.get("id") or "the entry"
        for detail in error.errors():
            place = ".".join(map(str, detail["loc"]))
            problems.append(Problem(line, f"{name}, `{place}`: {detail['msg']}; correct it."))
        return None
