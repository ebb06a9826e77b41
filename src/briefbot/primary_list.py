"""The list of documents to fetch, `primary-sources.yaml`: read, checked, chosen from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from briefbot.errors import CorpusError
from briefbot.register import DATE_PATTERN, PRIMARY_FILE, URL_PATTERN
from briefbot.yaml_lists import Problem, parse_lists, validated

PRIMARY_FOLDER = "primary"
"""Folder of the corpus that fetched documents go to; they are other people's."""


class PrimaryEntry(BaseModel):
    """One document of the list of documents to fetch."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str = Field(min_length=1)
    publisher: str = Field(min_length=1)
    date: str = Field(pattern=f"^(?:{DATE_PATTERN})$")
    url: str = Field(pattern=f"^{URL_PATTERN}$")
    kind: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    language: str = Field(pattern=r"^[a-z]{2}$")
    tested: bool


def parse_primary(text: str) -> tuple[list[PrimaryEntry], list[Problem]]:
    """Read the list of documents to fetch, and what is wrong with it."""
    problems: list[Problem] = []
    entries: dict[str, PrimaryEntry] = {}
    for _, line, values in parse_lists(text, ("documents",), problems):
        entry = validated(PrimaryEntry, values, line, problems)
        if entry is None:
            continue
        if entry.id in entries:
            problems.append(Problem(line, f"the id {entry.id} is taken already; choose another."))
        else:
            entries[entry.id] = entry
    return list(entries.values()), problems


def read_primary(corpus_dir: Path) -> list[PrimaryEntry]:
    """Read the list of documents to fetch.

    Raises:
        CorpusError: If it is missing or an entry of it is malformed.
    """
    path = corpus_dir / PRIMARY_FILE
    try:
        entries, problems = parse_primary(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(
            f"The list of documents to fetch, {path}, cannot be read.",
            hint="Name the corpus folder that holds it with --corpus.",
        ) from error
    if problems:
        raise CorpusError(
            f"{path}, line {problems[0].line}: {problems[0].text}",
            hint="Run `briefbot corpus check` for all that is wrong.",
        )
    return entries


def choose(
    entries: Sequence[PrimaryEntry], *, ids: Sequence[str] = (), kind: str | None = None
) -> list[PrimaryEntry]:
    """Pick entries by id and kind; all of them where neither is given.

    Raises:
        CorpusError: If no entry has such an id or kind.
    """
    known = {"id": {e.id for e in entries}, "kind": {e.kind for e in entries}}
    for name, wanted in (*(("id", each) for each in ids), *([("kind", kind)] if kind else [])):
        if wanted not in known[name]:
            raise CorpusError(
                f"No document to fetch has the {name} {wanted!r}.",
                hint="`briefbot corpus fetch --list` names them all.",
            )
    return [e for e in entries if (not ids or e.id in ids) and (not kind or e.kind == kind)]
