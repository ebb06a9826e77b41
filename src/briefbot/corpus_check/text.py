"""A Markdown file of the corpus taken apart, and a defect at one of its lines (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from briefbot.primary_list import PRIMARY_FOLDER
from briefbot.register import KEY, blanked

BRIEFS_FOLDER = "briefs"


@dataclass(frozen=True, slots=True, order=True)
class Defect:
    """What is wrong at a line of a file, and what to do."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        """`path:line: text`, as editors read it."""
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class Text:
    """A Markdown file taken apart; `keys` are the source keys used with their offsets."""

    path: str
    text: str
    meta: Mapping[str, Any]
    body_start: int
    keys: tuple[tuple[str, int], ...] = field(default=())

    @property
    def is_brief(self) -> bool:
        """Whether it is held to all the rules of a brief."""
        return self.meta.get("kind") == "brief" or self.path.startswith(f"{BRIEFS_FOLDER}/")

    @property
    def is_own(self) -> bool:
        """Whether this project wrote it, from sources that it names."""
        return self.is_brief or "sources" in self.meta

    def line_of(self, offset: int) -> int:
        """The number of the line that holds an offset, from 1."""
        return self.text.count("\n", 0, offset) + 1

    def offset_of(self, name: str) -> int:
        """Where a value of the front matter stands; 0 where it does not."""
        match = re.search(rf"^{re.escape(name)}:", self.text[: self.body_start], re.M)
        return match.start() if match else 0

    def defect(self, offset: int, text: str) -> Defect:
        """Name a defect at an offset."""
        return Defect(self.path, self.line_of(offset), text)


_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<yaml>.*?)^---[ \t]*(?:\n|\Z)", re.S | re.M)


def texts_of(files: Mapping[str, str], defects: list[Defect]) -> Iterator[Text]:
    """Take the Markdown files apart; fetched ones and those with `index: false` are left out."""
    for path, content in sorted(files.items()):
        if not path.endswith((".md", ".markdown")) or path.startswith(f"{PRIMARY_FOLDER}/"):
            continue
        text = content.replace("\r\n", "\n")
        match = _FRONT_MATTER.match(text)
        try:
            meta = yaml.load(match["yaml"], Loader=yaml.BaseLoader) if match else {}  # noqa: S506
        except yaml.YAMLError as error:
            reason = str(error).splitlines()[0]
            defects.append(Defect(path, 1, f"the front matter is not YAML ({reason}); correct it."))
            continue
        if not isinstance(meta, dict):
            meta = {}
        if str(meta.get("index", "")).lower() in {"false", "no", "off"}:
            continue
        start = match.end() if match else 0
        keys = tuple((m[1], m.start()) for m in KEY.finditer(text, start))
        yield Text(path, text, meta, start, keys)


def prose_of(text: Text) -> str:
    """The text with front matter, headings, keys and link targets blanked, at the same offsets."""
    body = " " * text.body_start + text.text[text.body_start :]
    body = blanked(body, {f"[{key}]" for key, _ in text.keys})
    for pattern in (_HEADING_LINE, _LINK_TARGET):
        body = pattern.sub(lambda match: " " * len(match.group()), body)
    return body


_HEADING_LINE = re.compile(r"^[ ]{0,3}#{1,6}(?:[ \t][^\n]*)?$", re.M)
_LINK_TARGET = re.compile(r"(?<=\])\([^)\s]*\)")
WORD = re.compile(r"[^\W_]+(?:['’.,/:-][^\W_]+)*%?")


def count_words(text: Text) -> int:
    """Count the words below the front matter, without headings and keys."""
    return len(WORD.findall(prose_of(text)))
