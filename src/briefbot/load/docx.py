"""Word documents: headings by style, tables row by row, footnotes at the end."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree

from briefbot.load.draft import About, Draft
from briefbot.load.packed import require_modest
from briefbot.load.source import Source, damaged
from briefbot.types import Document

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HEADING = re.compile(r"heading ([1-9])", re.I)
_BREAKS = {f"{_W}tab", f"{_W}br", f"{_W}cr"}


def load(source: Source) -> Document:
    """Load a Word document; what is deleted but tracked stays out."""
    require_modest(source)
    try:
        word = docx.Document(str(source.path))
    except (PackageNotFoundError, KeyError, ValueError, etree.LxmlError) as error:
        raise damaged(source.name, "a Word document") from error
    except zipfile.BadZipFile as error:
        raise damaged(source.name, "a Word document") from error
    draft = Draft(source)
    for block in word.iter_inner_content():
        if isinstance(block, Table):
            draft.table(_rows(block))
        else:
            _add_paragraph(draft, block)
    for note in _footnotes(word):
        draft.paragraph(note)
    about = word.core_properties
    return draft.document(About(title=about.title or "", author=about.author or ""))


def _add_paragraph(draft: Draft, paragraph: Paragraph) -> None:
    text = "".join(_runs(paragraph._p))  # noqa: SLF001 - its text lacks insertions
    style = (paragraph.style.name if paragraph.style else None) or ""
    heading = _HEADING.match(style)
    if heading:
        draft.heading(min(int(heading[1]), 6), text)
    elif style == "Title":
        draft.heading(1, text)
    else:
        draft.paragraph(text)


def _runs(node: etree._Element) -> Iterator[str]:
    walk = etree.iterwalk(node, events=("start",))
    for _, part in walk:
        if part.tag == _FALLBACK:
            walk.skip_subtree()  # the same text box once more, for old programs
        elif part.tag == f"{_W}t":
            yield part.text or ""
        elif part.tag in _BREAKS or (part.tag == f"{_W}p" and part is not node):
            yield " "


def _rows(table: Table) -> list[list[str]]:
    rows = table._tbl.tr_lst  # noqa: SLF001 - the cells that python-docx gives repeat merged ones
    return [["".join(_runs(cell)) for cell in row.tc_lst] for row in rows]


def _footnotes(word: WordDocument) -> Iterable[str]:
    for relation in word.part.rels.values():
        if relation.reltype in {RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES}:
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            root = etree.fromstring(relation.target_part.blob, parser)
            for note in root:
                if note.get(f"{_W}type") is None:  # the others are separators
                    yield "".join(_runs(note))
