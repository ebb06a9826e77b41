"""The rules for source keys: each in the register, and where a reader looks for it (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from briefbot.corpus_check.text import Defect, Text
from briefbot.register import KEY, SOURCES_FILE, STATE_MEDIA, UNCHECKED, Register, blocks


def key_defects(text: Text, register: Register) -> Iterator[Defect]:
    """Find keys that the register lacks, sets aside or calls not citable."""
    for key, offset in text.keys:
        entry = register.entries.get(key)
        if key in register.unused:
            yield text.defect(
                offset, f"[{key}] stands under `unused` in {SOURCES_FILE}; move it to `sources`."
            )
        elif entry is None:
            yield text.defect(
                offset, f"[{key}] is not in {SOURCES_FILE}; correct the key or add the source."
            )
        elif not entry.citable:
            yield text.defect(offset, f"[{key}] is not citable ({entry.note}); use another source.")


_KEYS_AT_LINE_END = re.compile(rf"(?:{KEY.pattern}[ ]*)+$", re.M)


def key_place_defects(text: Text) -> Iterator[Defect]:
    """Find keys that stand elsewhere than at the end of a line."""
    closing = [match.span() for match in _KEYS_AT_LINE_END.finditer(text.text, text.body_start)]
    for key, offset in text.keys:
        if not any(start <= offset < end for start, end in closing):
            yield text.defect(
                offset,
                f"[{key}] stands inside a paragraph; put keys after its last full stop.",
            )


_CLOSED = re.compile(rf"(?:{KEY.pattern}|{re.escape(UNCHECKED)})[.!?”\"’']*\s*\Z")
_ONLY_LINKS = re.compile(r"(?:\s|[-*+•·|,;.]|\[[^\]]*\]\([^)]*\))+\Z")


def paragraph_end_defects(text: Text) -> Iterator[Defect]:
    """Find paragraphs that end without a source, and without saying that there is none."""
    for start, end in blocks(text.text, text.body_start):
        words = text.text[start:end]
        if not _CLOSED.search(words) and not _ONLY_LINKS.match(words):
            yield text.defect(
                end - 1,
                f"this paragraph ends without a source; add its keys or “{UNCHECKED}”.",
            )


_NAMES_STATE_MEDIA = re.compile(
    r"\bstate[ -](?:media|run|owned|controlled|backed|news|broadcaster|agency|newspaper|outlet)",
    re.I,
)


def state_media_defects(text: Text, register: Register) -> Iterator[Defect]:
    """Find paragraphs that rest on state media and do not say so."""
    for start, end in blocks(text.text, text.body_start):
        words = text.text[start:end]
        if _NAMES_STATE_MEDIA.search(words):
            continue
        for match in KEY.finditer(words):
            entry = register.entries.get(match[1])
            if entry is not None and entry.kind == STATE_MEDIA:
                yield text.defect(
                    start + match.start(),
                    f"[{entry.key}] is state media, which the paragraph does not say; say it.",
                )


def unused_entries(texts: Sequence[Text], register: Register) -> Iterator[Defect]:
    """Find entries of the register that no text uses."""
    used = {key for text in texts for key, _ in text.keys}
    for key in register.entries:
        if key not in used:
            yield Defect(
                SOURCES_FILE,
                register.lines[key],
                f"no text uses {key}; move it to `unused` or remove it.",
            )
