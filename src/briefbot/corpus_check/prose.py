"""The rules for prose: the length of sentences, of quotations and of a brief (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from briefbot.corpus_check.text import WORD, Defect, Text, count_words, prose_of
from briefbot.register import blocks
from briefbot.sentences import sentence_spans

SENTENCE_MAX_WORDS = 45
QUOTATION_MAX_WORDS = 25
BRIEF_WORDS = range(500, 1101)


def long_sentences(text: Text) -> Iterator[Defect]:
    """Find sentences of more than `SENTENCE_MAX_WORDS` words."""
    prose = prose_of(text)
    for start, end in sentence_spans(prose[text.body_start :]):
        words = WORD.findall(prose, text.body_start + start, text.body_start + end)
        if len(words) > SENTENCE_MAX_WORDS:
            yield text.defect(
                text.body_start + start,
                f"a sentence of {len(words)} words ({SENTENCE_MAX_WORDS} are the most); cut it.",
            )


_QUOTATION = re.compile(r"“([^”]*)”|\"([^\"]*)\"")


def long_quotations(text: Text) -> Iterator[Defect]:
    """Find quotations of more than `QUOTATION_MAX_WORDS` words."""
    prose = prose_of(text)
    for start, end in blocks(text.text, text.body_start):
        for match in _QUOTATION.finditer(prose, start, end):
            words = len(WORD.findall(match[1] or match[2] or ""))
            if words > QUOTATION_MAX_WORDS:
                yield text.defect(
                    match.start(),
                    f"a quotation of {words} words ({QUOTATION_MAX_WORDS} are the most); "
                    "shorten or paraphrase it.",
                )


def length_defects(text: Text) -> Iterator[Defect]:
    """Find briefs that are shorter or longer than `BRIEF_WORDS` allows."""
    words = count_words(text)
    if words not in BRIEF_WORDS:
        yield text.defect(
            text.body_start,
            f"the brief has {words} words; write {BRIEF_WORDS[0]} to {BRIEF_WORDS[-1]:,}.",
        )
