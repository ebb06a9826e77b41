"""The `---` lines at the top of a text file: title, date, url and the like."""

from __future__ import annotations

import datetime
import re

import yaml

from briefbot.errors import UnreadableDocumentError

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?P<yaml>.*?)^---[ \t]*(?:\r?\n|\Z)", re.S | re.M)
_YAML_NULL = {"~", "null"}


def front_matter(document_id: str, text: str) -> tuple[dict[str, str], int]:
    """Read the front matter of a text.

    Returns:
        Its keys and values, and the offset of what follows it; `({}, 0)` where there is none.

    Raises:
        UnreadableDocumentError: If what stands between the lines is not YAML.
    """
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, 0
    values = yaml_values(document_id, match["yaml"])
    if values is None:
        return {}, 0
    return values, match.end()


def yaml_values(document_id: str, block: str) -> dict[str, str] | None:
    """Read YAML keys whose values are plain text; None where it is YAML but no mapping.

    Raises:
        UnreadableDocumentError: If it is not YAML.
    """
    try:
        # BaseLoader leaves every value as it is written: a title such as `12:30` or `No` too
        values = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 - makes text only
    except (yaml.YAMLError, RecursionError) as error:
        first_line = str(error).splitlines()[0]
        raise UnreadableDocumentError(
            f"{document_id}: the front matter between the --- lines is not YAML ({first_line}).",
            hint="Correct it, for example by quoting values that hold a colon.",
        ) from error
    if not values:
        return {}
    if not isinstance(values, dict):
        return None
    return {
        key: "" if value in _YAML_NULL else " ".join(value.split())
        for key, value in values.items()
        if isinstance(value, str)
    }


def iso_date(document_id: str, value: str) -> str:
    """Check a date of front matter, which may leave out day and month.

    Raises:
        UnreadableDocumentError: If it is not an ISO date.
    """
    if not value or re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", value):
        return value
    try:
        return datetime.date.fromisoformat(value[:10]).isoformat()
    except ValueError as error:
        raise UnreadableDocumentError(
            f"{document_id}: the date {value!r} is not an ISO date.",
            hint="Write it as YYYY-MM-DD, YYYY-MM or YYYY.",
        ) from error
