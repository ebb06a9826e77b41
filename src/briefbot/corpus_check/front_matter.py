"""The rules for front matter: what a text of this project says of itself (pure)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from briefbot.corpus_check.text import BRIEFS_FOLDER, Defect, Text
from briefbot.sentences import sentence_spans

REQUIRED = ("title", "summary", "as_of", "kind", "sources")
"""Front matter of a text of this project."""
REQUIRED_OF_BRIEFS = ("topic", "actors")
"""Front matter of a brief beyond that."""


def front_matter_defects(text: Text) -> Iterator[Defect]:
    """Find values that are missing, or not of their form."""
    for name in (*REQUIRED, *(REQUIRED_OF_BRIEFS if text.is_brief else ())):
        if name not in text.meta or text.meta[name] == "":
            yield text.defect(0, f"the front matter has no `{name}`; add it.")
    for name in ("actors", "sources"):
        if name in text.meta and not isinstance(text.meta[name], list):
            yield text.defect(text.offset_of(name), f"`{name}` is no list; write [a, b].")
    if text.meta.get("actors") == []:
        yield text.defect(text.offset_of("actors"), "`actors` is empty; name who acts in it.")
    summary = str(text.meta.get("summary", ""))
    if summary and (len(sentence_spans(summary)) != 1 or summary[-1] not in ".?!"):
        yield text.defect(
            text.offset_of("summary"),
            "`summary` is not one sentence; write one, with its full stop.",
        )
    if text.path.startswith(f"{BRIEFS_FOLDER}/") and text.meta.get("kind") != "brief":
        yield text.defect(text.offset_of("kind"), "`kind` is not `brief`; write `kind: brief`.")


def date_defects(text: Text) -> Iterator[Defect]:
    """Find dates that are no ISO dates."""
    for name in ("as_of", "date", "retrieved"):
        value = str(text.meta.get(name, ""))
        if value and not _is_date(value):
            yield text.defect(
                text.offset_of(name), f"`{name}: {value}` is no ISO date; write YYYY-MM-DD."
            )


def _is_date(value: str) -> bool:
    if re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", value):
        return True
    try:
        return datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def source_list_defects(text: Text) -> Iterator[Defect]:
    """Find keys of the text that `sources` lacks, and keys there that the text does not use."""
    named = text.meta.get("sources")
    if not isinstance(named, list):
        return
    used = {key for key, _ in text.keys}
    offset = text.offset_of("sources")
    if missing := sorted(used - set(named)):
        yield text.defect(offset, f"`sources` lacks {', '.join(missing)}; add what the text uses.")
    if idle := sorted(set(named) - used):
        yield text.defect(
            offset, f"`sources` names {', '.join(idle)}, which the text does not use; remove it."
        )
