"""Subtitles, SRT and WebVTT: each cue is marked with the time at which it is spoken."""

from __future__ import annotations

import io
import re

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from briefbot.errors import UnreadableDocumentError
from briefbot.load.draft import Draft
from briefbot.load.source import Source
from briefbot.load.text import decode
from briefbot.types import Document

_TAG = re.compile(r"<[^>]{0,200}>|\{\\[^}]{0,200}\}")
_SENTENCE_ENDS = tuple('.!?…”"')


def load(source: Source) -> Document:
    """Load subtitles; a sentence that runs over several cues is put together."""
    is_vtt = source.suffix == ".vtt"
    draft = Draft(source)
    open_sentence = False
    for caption in _captions(source, is_vtt=is_vtt):
        spoken = _TAG.sub("", caption.raw_text).strip()
        if not spoken:
            continue
        draft.mark(caption.start.partition(".")[0])
        if open_sentence:
            draft.go_on(spoken)
        else:
            draft.paragraph(spoken)
        open_sentence = not spoken.endswith(_SENTENCE_ENDS)
    return draft.document()


def _captions(source: Source, *, is_vtt: bool) -> list[webvtt.Caption]:
    text = "\n".join(decode(source.read(), source.name).splitlines())
    try:
        read = webvtt.from_buffer(io.StringIO(text), format="vtt" if is_vtt else "srt")
        return list(read.captions)
    except (MalformedFileError, MalformedCaptionError) as error:
        raise UnreadableDocumentError(
            f"{source.name} is not in the {'WebVTT' if is_vtt else 'SRT'} format of subtitles.",
            hint="Check its first lines, or save it as .txt.",
        ) from error
