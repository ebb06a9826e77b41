"""PowerPoint slides: each slide is a section under its title; the speaker's notes come last."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator

import pptx
from lxml import etree
from pptx.exc import PackageNotFoundError
from pptx.shapes.base import BaseShape
from pptx.shapes.group import GroupShape
from pptx.slide import Slide

from briefbot.load.draft import About, Draft
from briefbot.load.packed import require_modest
from briefbot.load.source import Source, damaged, too_many_pages
from briefbot.types import Document


def load(source: Source) -> Document:
    """Load slides; hidden ones too."""
    require_modest(source)
    try:
        deck = pptx.Presentation(str(source.path))
        too_many_pages(source.name, len(deck.slides), source.limits, unit="slides")
        draft = Draft(source)
        for number, slide in enumerate(deck.slides, start=1):
            draft.mark(f"slide {number}", own_passage=True)
            _add_slide(draft, slide, number)
        about = deck.core_properties
    except (PackageNotFoundError, KeyError, ValueError, AttributeError, etree.LxmlError) as error:
        raise damaged(source.name, "PowerPoint slides") from error
    except zipfile.BadZipFile as error:
        raise damaged(source.name, "PowerPoint slides") from error
    return draft.document(About(title=about.title or "", author=about.author or ""))


def _add_slide(draft: Draft, slide: Slide, number: int) -> None:
    title = slide.shapes.title
    name = title.text_frame.text if title is not None else ""
    draft.heading(2, name if name.strip() else f"Slide {number}")
    for shape in _flat(slide.shapes):
        if title is not None and shape.shape_id == title.shape_id:
            continue
        if shape.has_text_frame:
            for paragraph in shape.text_frame.paragraphs:  # type: ignore[attr-defined]
                draft.paragraph(paragraph.text)
        elif getattr(shape, "has_table", False):
            rows = shape.table.rows  # type: ignore[attr-defined]
            draft.table([[cell.text for cell in row.cells] for row in rows])
    if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None:
        for paragraph in notes.paragraphs:
            draft.paragraph(paragraph.text)


def _flat(shapes: Iterable[BaseShape]) -> Iterator[BaseShape]:
    for shape in shapes:
        if isinstance(shape, GroupShape):
            yield from _flat(shape.shapes)
        else:
            yield shape
