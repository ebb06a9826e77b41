"""Texts of a corpus + its register → what is wrong with them, line by line (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from briefbot.corpus_check.front_matter import (
    date_defects,
    front_matter_defects,
    source_list_defects,
)
from briefbot.corpus_check.keys import (
    key_defects,
    key_place_defects,
    paragraph_end_defects,
    state_media_defects,
    unused_entries,
)
from briefbot.corpus_check.links import link_defects
from briefbot.corpus_check.near_duplicates import near_duplicates, paragraphs_of
from briefbot.corpus_check.prose import length_defects, long_quotations, long_sentences
from briefbot.corpus_check.text import Defect, Text, count_words, texts_of
from briefbot.primary_list import parse_primary
from briefbot.register import (
    NO_REGISTER,
    PRIMARY_FILE,
    SOURCES_FILE,
    Register,
    parse_register,
)
from briefbot.yaml_lists import Problem


@dataclass(frozen=True, slots=True)
class CorpusReport:
    """What a check found; `words` counts the words of each brief by path."""

    documents: int
    words: Mapping[str, int]
    sources: int
    defects: tuple[Defect, ...]


def check_corpus(files: Mapping[str, str]) -> CorpusReport:
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
    texts = list(texts_of(files, defects))
    for text in texts:
        defects += check_text(text, register, files)
    defects += unused_entries(texts, register)
    defects += near_duplicates([p for text in texts if text.is_brief for p in paragraphs_of(text)])
    return CorpusReport(
        documents=len(texts),
        words={text.path: count_words(text) for text in texts if text.is_brief},
        sources=len(register.entries),
        defects=tuple(sorted(defects)),
    )


def _in_file(path: str, problems: Iterable[Problem]) -> list[Defect]:
    return [Defect(path, problem.line, problem.text) for problem in problems]


def check_text(text: Text, register: Register, files: Mapping[str, str]) -> list[Defect]:
    """Check one text: links and dates of all, the rest of the project's own."""
    defects = [*link_defects(text, files), *date_defects(text)]
    if not text.is_own:
        return defects
    defects += front_matter_defects(text)
    defects += key_defects(text, register)
    defects += key_place_defects(text)
    defects += source_list_defects(text)
    defects += state_media_defects(text, register)
    defects += long_sentences(text)
    if text.is_brief:
        defects += paragraph_end_defects(text)
        defects += long_quotations(text)
        defects += length_defects(text)
    return defects
