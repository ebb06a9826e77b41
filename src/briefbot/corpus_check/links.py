"""The rules for links: each has words, and leads to a page or to a file of the corpus (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from briefbot.corpus_check.text import Defect, Text
from briefbot.register import URL_PATTERN

_LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\n]*)\)")
_URL = re.compile(URL_PATTERN)


def link_defects(text: Text, files: Mapping[str, str]) -> Iterator[Defect]:
    """Find links without words, and links that lead nowhere."""
    url = str(text.meta.get("url", ""))
    if url and not _URL.fullmatch(url):
        yield text.defect(text.offset_of("url"), f"`url: {url}` is no address; write https://…")
    for match in _LINK.finditer(text.text, text.body_start):
        label, target = match[1].strip(), match[2].strip()
        if not label:
            yield text.defect(match.start(), f"the link to {target} has no words; add them.")
        if not _leads_somewhere(text.path, target, files):
            yield text.defect(match.start(), f"the link to {target!r} leads nowhere; correct it.")


def _leads_somewhere(path: str, target: str, files: Mapping[str, str]) -> bool:
    if "://" in target:
        return bool(_URL.fullmatch(target))
    name = target.partition("#")[0]
    if not name:
        return len(target) > 1
    parts: list[str] = []
    for part in (PurePosixPath(path).parent / name).parts:
        if part == ".." and parts:
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts) in files
