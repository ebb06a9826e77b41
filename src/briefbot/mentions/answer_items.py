"""An answer's text → its sentences, what it enumerates, and what its marks cite (pure)."""

from __future__ import annotations

import re

from briefbot.mentions.names import names_in
from briefbot.sentences import sentence_spans

_MARKS = re.compile(r"\s*\[\d{1,3}\]")
_ITEM = r"[^,;:.?!]{2,60}?"
_ENUMERATION = re.compile(rf"(?:{_ITEM},\s+)+{_ITEM},?\s+(?:and|or)\s+{_ITEM}(?=[,;:.?!]|\s+\(|$)")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+(?P<item>.+)$", re.M)


def sentences_of(answer: str) -> list[str]:
    """Cut an answer into its sentences, marks taken off; bullets count as sentences."""
    bullets = [_MARKS.sub("", match["item"]).strip() for match in _BULLET.finditer(answer)]
    if len(bullets) >= 2:
        return bullets
    pieces = re.split(r"(?<=\])\s+(?!\[)", answer)
    if len(pieces) == 1:
        pieces = [answer[start:end] for start, end in sentence_spans(answer)]
    return [text for piece in pieces if (text := _MARKS.sub("", piece).strip())]


def enumerated(answer: str) -> list[str]:
    """Find what the first enumeration of an answer lists: "A, B and C"; nothing where none is."""
    for sentence in sentences_of(answer):
        match = _ENUMERATION.search(sentence)
        if match:
            parts = re.split(r",\s+(?:and\s+|or\s+)?|\s+(?:and|or)\s+", match.group())
            return [_first_item(parts[0]), *(part.strip() for part in parts[1:])]
    return []


def _first_item(text: str) -> str:
    """Cut what leads up to the first item: "He named Canada" lists "Canada"."""
    found = names_in(text)
    return found[-1] if found and text.strip().endswith(found[-1]) else text.rsplit(maxsplit=1)[-1]


def cited_by(answer: str, number: int) -> str:
    """Find the sentence of an answer that carries the mark `[n]`; empty where none does."""
    for piece in re.split(r"(?<=\])\s+(?!\[)", answer):
        if f"[{number}]" in piece:
            return _MARKS.sub("", piece).strip()
    return ""
