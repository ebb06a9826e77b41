"""Texts of a corpus + its register → what is wrong with them, line by line (pure)."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import yaml

from briefbot.register import (
    KEY,
    NO_REGISTER,
    PRIMARY_FILE,
    SOURCES_FILE,
    STATE_MEDIA,
    UNCHECKED,
    URL_PATTERN,
    Problem,
    Register,
    blanked,
    blocks,
    parse_primary,
    parse_register,
)
from briefbot.sentences import sentence_spans
from briefbot.terms import terms

BRIEFS_FOLDER = "briefs"
FETCHED_FOLDER = "primary"
"""Where `briefbot corpus fetch` puts other people's documents: these are not checked."""
SENTENCE_MAX_WORDS = 45
QUOTATION_MAX_WORDS = 25
BRIEF_WORDS = range(500, 1101)
SHINGLE_TERMS = 3
SHINGLE_MIN = 15
"""A passage with fewer shingles is too short to be told from another."""
DUPLICATE_SHARE = 0.5
"""Jaccard similarity of two passages' shingles from which they are near-duplicates.

A shingle is three terms in a row; at 0.5, passages of one length share two thirds of theirs. Among
the first thirty briefs, written apart, 98% of the pairs that share any shingle stay below 0.2, and
two sentences that state the same two facts reach up to 0.48, which a brief that stands alone may
do. A copy in which one word in ten is replaced still has 0.54.
"""
REQUIRED = ("title", "summary", "as_of", "kind", "sources")
"""Front matter of a text of this project."""
REQUIRED_OF_BRIEFS = ("topic", "actors")
"""Front matter of a brief beyond that."""


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
class CheckReport:
    """What a check found; `words` counts the words of each brief by path."""

    documents: int
    words: Mapping[str, int]
    sources: int
    defects: tuple[Defect, ...]


class Passage(NamedTuple):
    """A paragraph of a text, with its shingles."""

    path: str
    line: int
    shingles: frozenset[tuple[str, ...]]


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

    def defect(self, offset: int, text: str) -> Defect:
        """Name a defect at an offset."""
        return Defect(self.path, self.line_of(offset), text)


def check_corpus(files: Mapping[str, str]) -> CheckReport:
    """Check a corpus.

    Args:
        files: The text of each Markdown and YAML file by its path below the corpus folder, with
            `/` separators.
    """
    defects: list[Defect] = []
    register = NO_REGISTER
    if SOURCES_FILE in files:
        register = parse_register(files[SOURCES_FILE])
        defects += _in_file(SOURCES_FILE, register.problems)
    if PRIMARY_FILE in files:
        defects += _in_file(PRIMARY_FILE, parse_primary(files[PRIMARY_FILE])[1])
    texts = list(_texts(files, defects))
    for text in texts:
        defects += check_text(text, register, files)
    defects += _unused_entries(texts, register)
    defects += near_duplicates([p for text in texts if text.is_brief for p in passages_of(text)])
    return CheckReport(
        documents=len(texts),
        words={text.path: count_words(text) for text in texts if text.is_brief},
        sources=len(register.entries),
        defects=tuple(sorted(defects)),
    )


def _in_file(path: str, problems: Iterable[Problem]) -> list[Defect]:
    return [Defect(path, problem.line, problem.text) for problem in problems]


_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<yaml>.*?)^---[ \t]*(?:\n|\Z)", re.S | re.M)


def _texts(files: Mapping[str, str], defects: list[Defect]) -> Iterator[Text]:
    """Take the Markdown files apart; fetched ones and those with `index: false` are left out."""
    for path, content in sorted(files.items()):
        if not path.endswith((".md", ".markdown")) or path.startswith(f"{FETCHED_FOLDER}/"):
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


def check_text(text: Text, register: Register, files: Mapping[str, str]) -> list[Defect]:
    """Check one text: links and dates of all, the rest of the project's own."""
    defects = [*_links(text, files), *_dates(text)]
    if not text.is_own:
        return defects
    defects += _front_matter(text)
    defects += _key_defects(text, register)
    defects += _key_places(text)
    defects += _front_matter_keys(text)
    defects += _state_media(text, register)
    defects += _long_sentences(text)
    if text.is_brief:
        defects += _paragraph_ends(text)
        defects += _long_quotations(text)
        defects += _length(text)
    return defects


# --- front matter -------------------------------------------------------------------------------


def _meta_offset(text: Text, name: str) -> int:
    match = re.search(rf"^{re.escape(name)}:", text.text[: text.body_start], re.M)
    return match.start() if match else 0


def _front_matter(text: Text) -> Iterator[Defect]:
    for name in (*REQUIRED, *(REQUIRED_OF_BRIEFS if text.is_brief else ())):
        if name not in text.meta or text.meta[name] == "":
            yield text.defect(0, f"the front matter has no `{name}`; add it.")
    for name in ("actors", "sources"):
        if name in text.meta and not isinstance(text.meta[name], list):
            yield text.defect(_meta_offset(text, name), f"`{name}` is no list; write [a, b].")
    if text.meta.get("actors") == []:
        yield text.defect(_meta_offset(text, "actors"), "`actors` is empty; name who acts in it.")
    summary = str(text.meta.get("summary", ""))
    if summary and (len(sentence_spans(summary)) != 1 or summary[-1] not in ".?!"):
        yield text.defect(
            _meta_offset(text, "summary"),
            "`summary` is not one sentence; write one, with its full stop.",
        )
    if text.path.startswith(f"{BRIEFS_FOLDER}/") and text.meta.get("kind") != "brief":
        yield text.defect(_meta_offset(text, "kind"), "`kind` is not `brief`; write `kind: brief`.")


def _dates(text: Text) -> Iterator[Defect]:
    for name in ("as_of", "date", "retrieved"):
        value = str(text.meta.get(name, ""))
        if value and not _is_date(value):
            yield text.defect(
                _meta_offset(text, name), f"`{name}: {value}` is no ISO date; write YYYY-MM-DD."
            )


def _is_date(value: str) -> bool:
    if re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", value):
        return True
    try:
        return datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _front_matter_keys(text: Text) -> Iterator[Defect]:
    named = text.meta.get("sources")
    if not isinstance(named, list):
        return
    used = {key for key, _ in text.keys}
    offset = _meta_offset(text, "sources")
    if missing := sorted(used - set(named)):
        yield text.defect(offset, f"`sources` lacks {', '.join(missing)}; add what the text uses.")
    if idle := sorted(set(named) - used):
        yield text.defect(
            offset, f"`sources` names {', '.join(idle)}, which the text does not use; remove it."
        )


# --- keys ---------------------------------------------------------------------------------------


def _key_defects(text: Text, register: Register) -> Iterator[Defect]:
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


def _key_places(text: Text) -> Iterator[Defect]:
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


def _paragraph_ends(text: Text) -> Iterator[Defect]:
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


def _state_media(text: Text, register: Register) -> Iterator[Defect]:
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


def _unused_entries(texts: Sequence[Text], register: Register) -> Iterator[Defect]:
    used = {key for text in texts for key, _ in text.keys}
    for key in register.entries:
        if key not in used:
            yield Defect(
                SOURCES_FILE,
                register.lines[key],
                f"no text uses {key}; move it to `unused` or remove it.",
            )


# --- prose --------------------------------------------------------------------------------------


def _prose(text: Text) -> str:
    """The text with front matter, headings, keys and link targets blanked, at the same offsets."""
    body = " " * text.body_start + text.text[text.body_start :]
    body = blanked(body, {f"[{key}]" for key, _ in text.keys})
    for pattern in (_HEADING_LINE, _LINK_TARGET):
        body = pattern.sub(lambda match: " " * len(match.group()), body)
    return body


_HEADING_LINE = re.compile(r"^[ ]{0,3}#{1,6}(?:[ \t][^\n]*)?$", re.M)
_LINK_TARGET = re.compile(r"(?<=\])\([^)\s]*\)")
_WORD = re.compile(r"[^\W_]+(?:['’.,/:-][^\W_]+)*%?")


def count_words(text: Text) -> int:
    """Count the words below the front matter, without headings and keys."""
    return len(_WORD.findall(_prose(text)))


def _long_sentences(text: Text) -> Iterator[Defect]:
    prose = _prose(text)
    for start, end in sentence_spans(prose[text.body_start :]):
        words = _WORD.findall(prose, text.body_start + start, text.body_start + end)
        if len(words) > SENTENCE_MAX_WORDS:
            yield text.defect(
                text.body_start + start,
                f"a sentence of {len(words)} words ({SENTENCE_MAX_WORDS} are the most); cut it.",
            )


_QUOTATION = re.compile(r"“([^”]*)”|\"([^\"]*)\"")


def _long_quotations(text: Text) -> Iterator[Defect]:
    prose = _prose(text)
    for start, end in blocks(text.text, text.body_start):
        for match in _QUOTATION.finditer(prose, start, end):
            words = len(_WORD.findall(match[1] or match[2] or ""))
            if words > QUOTATION_MAX_WORDS:
                yield text.defect(
                    match.start(),
                    f"a quotation of {words} words ({QUOTATION_MAX_WORDS} are the most); "
                    "shorten or paraphrase it.",
                )


def _length(text: Text) -> Iterator[Defect]:
    words = count_words(text)
    if words not in BRIEF_WORDS:
        yield text.defect(
            text.body_start,
            f"the brief has {words} words; write {BRIEF_WORDS[0]} to {BRIEF_WORDS[-1]:,}.",
        )


# --- links --------------------------------------------------------------------------------------

_LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\n]*)\)")
_URL = re.compile(URL_PATTERN)


def _links(text: Text, files: Mapping[str, str]) -> Iterator[Defect]:
    url = str(text.meta.get("url", ""))
    if url and not _URL.fullmatch(url):
        yield text.defect(_meta_offset(text, "url"), f"`url: {url}` is no address; write https://…")
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


# --- near-duplicates ----------------------------------------------------------------------------


def passages_of(text: Text) -> Iterator[Passage]:
    """Cut a text into paragraphs and lists with their shingles; short ones are left out."""
    prose = _prose(text)
    for start, end in blocks(text.text, text.body_start):
        found = shingles(prose[start:end])
        if len(found) >= SHINGLE_MIN:
            yield Passage(text.path, text.line_of(start), found)


def shingles(words: str) -> frozenset[tuple[str, ...]]:
    """The runs of three terms of a text, as a set."""
    found = terms(words)
    rows = (found[start:] for start in range(SHINGLE_TERMS))
    return frozenset(zip(*rows, strict=False))


def near_duplicates(passages: Sequence[Passage]) -> list[Defect]:
    """Name each passage that nearly repeats one of another text, or of its own."""
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for number, passage in enumerate(passages):
        for shingle in passage.shingles:
            for holder in holders[shingle]:
                shared[holder, number] += 1
            holders[shingle].append(number)
    defects = []
    for (earlier, later), common in shared.items():
        one, other = passages[earlier], passages[later]
        share = common / (len(one.shingles) + len(other.shingles) - common)
        if share >= DUPLICATE_SHARE:
            defects.append(
                Defect(
                    other.path,
                    other.line,
                    f"this passage repeats {one.path}:{one.line} (similarity {share:.2f}, "
                    f"{DUPLICATE_SHARE} is too much); rewrite or remove one.",
                )
            )
    return defects
