"""OpenDocument text: headings by outline level, pages where the word processor noted them."""

from __future__ import annotations

import re
import zipfile

from lxml import etree

from briefbot.load.draft import About, Draft
from briefbot.load.packed import read_xml, require_modest
from briefbot.load.source import Source, damaged, protected, too_many_pages
from briefbot.types import Document

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_HEADING_STYLE = re.compile(r"Heading_20_(\d)")
_DC = "{http://purl.org/dc/elements/1.1/}"
_LEFT_OUT = {f"{_TEXT}tracked-changes", f"{_TEXT}table-of-content", f"{_OFFICE}annotation"}
_SPACES = {f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break"}
_PAGE_END = f"{_TEXT}soft-page-break"


def load(source: Source) -> Document:
    """Load a text document; what is deleted but tracked stays out, footnotes go to the end."""
    require_modest(source)
    try:
        with zipfile.ZipFile(source.path) as archive:
            if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise protected(source.name)
            content = read_xml(archive, "content.xml")
            meta = read_xml(archive, "meta.xml") if "meta.xml" in archive.namelist() else None
    except (KeyError, etree.LxmlError, zipfile.BadZipFile, RuntimeError) as error:
        raise damaged(source.name, "an OpenDocument text") from error
    body = content.find(f".//{_OFFICE}text")
    if body is None:
        raise damaged(source.name, "an OpenDocument text")
    pages = sum(1 for _ in body.iter(_PAGE_END)) + 1
    too_many_pages(source.name, pages, source.limits)
    draft = Draft(source)
    if pages > 1:
        draft.mark("p. 1")
    _Reader(draft, _base_styles(content)).read(body)
    author = _about(meta, f"{_META}initial-creator") or _about(meta, f"{_DC}creator")
    return draft.document(About(title=_about(meta, f"{_DC}title"), author=author))


def _about(meta: etree._Element | None, name: str) -> str:
    return "" if meta is None else (meta.findtext(f".//{name}") or "")


def _base_styles(content: etree._Element) -> dict[str, str]:
    """Map the styles made up for single paragraphs to the named ones that they come from."""
    return {
        node.get(f"{_STYLE}name", ""): node.get(f"{_STYLE}parent-style-name", "")
        for node in content.iter(f"{_STYLE}style")
    }


class _Reader:
    def __init__(self, draft: Draft, styles: dict[str, str]) -> None:
        self._draft = draft
        self._styles = styles
        self._page = 1
        self._notes: list[str] = []

    def read(self, body: etree._Element) -> None:
        walk = etree.iterwalk(body, events=("start",))
        for _, node in walk:
            if self._take(node):
                walk.skip_subtree()
        for note in self._notes:
            self._draft.paragraph(note)

    def _take(self, node: etree._Element) -> bool:
        """Take an element; False where what lies within is to be taken piece by piece."""
        if node.tag == _PAGE_END:
            self._turn_page()
        elif node.tag == f"{_TEXT}h":
            self._heading(node, int(node.get(f"{_TEXT}outline-level") or 1))
        elif node.tag == f"{_TEXT}p":
            level = self._level(node)
            if level:
                self._heading(node, level)
            else:
                self._paragraph(node)
        elif node.tag == f"{_TABLE}table":
            self._table(node)
        else:
            return node.tag in _LEFT_OUT
        return True

    def _turn_page(self) -> None:
        self._page += 1
        self._draft.mark(f"p. {self._page}")

    def _level(self, node: etree._Element) -> int:
        """The level of a paragraph that is a heading by its style only; 0 for others."""
        style = node.get(f"{_TEXT}style-name", "")
        style = self._styles.get(style, style)
        found = _HEADING_STYLE.fullmatch(style)
        return int(found[1]) if found else int(style == "Title")

    def _heading(self, node: etree._Element, level: int) -> None:
        text = "".join(self._pieces(node))
        for _ in range(text.count("\f")):
            self._turn_page()
        self._draft.heading(min(max(level, 1), 6), text)

    def _paragraph(self, node: etree._Element) -> None:
        first, *others = "".join(self._pieces(node)).split("\f")
        self._draft.paragraph(first)
        for text in others:
            self._turn_page()
            if first.strip():
                self._draft.go_on(text)
            else:
                self._draft.paragraph(text)
            first += text

    def _table(self, table: etree._Element) -> None:
        rows = []
        for row in table.iter(f"{_TABLE}table-row"):
            cells = (cell for cell in row if cell.tag == f"{_TABLE}table-cell")
            rows.append(["".join(self._pieces(cell)).replace("\f", " ") for cell in cells])
        self._draft.table(rows)
        for _ in table.iter(_PAGE_END):
            self._turn_page()

    def _pieces(self, root: etree._Element) -> list[str]:
        """Gather the words below an element; a page's end within becomes a form feed."""
        pieces = [root.text or ""]
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, node in walk:
            if event == "start" and node is not root:
                pieces.append(self._inside(node))
                if node.tag == f"{_TEXT}note" or node.tag in _LEFT_OUT:
                    walk.skip_subtree()
            elif event == "end" and node is not root:
                pieces.append(node.tail or "")
                if node.tag == f"{_TEXT}p":
                    pieces.append(" ")
        return pieces

    def _inside(self, node: etree._Element) -> str:
        if node.tag in _SPACES:
            return " "
        if node.tag == _PAGE_END:
            return "\f"
        if node.tag == f"{_TEXT}note":
            body = node.find(f"{_TEXT}note-body")
            self._notes.append("" if body is None else str(body.xpath("string()")))
            return ""
        return "" if node.tag in _LEFT_OUT else node.text or ""
