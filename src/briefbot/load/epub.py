"""EPUB books: the chapters in reading order; pages where a book marks them."""

from __future__ import annotations

import posixpath
import zipfile
from urllib.parse import unquote

from lxml import etree
from lxml import html as lxml_html

from briefbot.load.draft import About, Draft
from briefbot.load.markup import add_markup, tag, words
from briefbot.load.packed import read_xml, require_modest
from briefbot.load.source import Source, damaged, protected, too_many_pages
from briefbot.types import Document

_ENCRYPTION = "META-INF/encryption.xml"
_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def load(source: Source) -> Document:
    """Load a book."""
    require_modest(source)
    draft = Draft(source)
    try:
        with zipfile.ZipFile(source.path) as archive:
            _refuse_protected(source, archive)
            package_path = _package_path(archive)
            package = read_xml(archive, package_path)
            chapters = _chapters(package, posixpath.dirname(package_path))
            too_many_pages(source.name, len(chapters), source.limits, unit="chapters")
            for chapter in chapters:
                add_markup(draft, _body(archive.read(chapter)))
    except (KeyError, etree.LxmlError, zipfile.BadZipFile, RuntimeError) as error:
        raise damaged(source.name, "an EPUB book") from error
    return draft.document(
        About(
            title=_first(package, "title"),
            author=_first(package, "creator"),
            publisher=_first(package, "publisher"),
            date=_first(package, "date")[:10],
            language=_first(package, "language")[:2].lower(),
        )
    )


def _refuse_protected(source: Source, archive: zipfile.ZipFile) -> None:
    if _ENCRYPTION not in archive.namelist():
        return
    methods = (node for node in read_xml(archive, _ENCRYPTION).iter() if "Algorithm" in node.attrib)
    if any(node.get("Algorithm") not in _FONTS for node in methods):
        raise protected(source.name)


def _package_path(archive: zipfile.ZipFile) -> str:
    container = read_xml(archive, "META-INF/container.xml")
    return next(str(n.attrib["full-path"]) for n in container.iter() if tag(n) == "rootfile")


def _chapters(package: etree._Element, folder: str) -> list[str]:
    """List the chapters in reading order; the table of contents is none."""
    items = {node.get("id"): node for node in package.iter() if tag(node) == "item"}
    order = (items.get(node.get("idref")) for node in package.iter() if tag(node) == "itemref")
    return [
        posixpath.normpath(posixpath.join(folder, unquote(node.attrib["href"])))
        for node in order
        if node is not None
        and "html" in node.get("media-type", "")
        and "nav" not in node.get("properties", "").split()
    ]


def _body(raw: bytes) -> etree._Element:
    """Parse a chapter as XHTML, or as HTML where it is not well formed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=False)
    try:
        page = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError:
        page = lxml_html.document_fromstring(raw)
    return next((node for node in page.iter() if tag(node) == "body"), page)


def _first(package: etree._Element, name: str) -> str:
    found = package.iterfind(f".//{{http://purl.org/dc/elements/1.1/}}{name}")
    return next((words(node).strip() for node in found), "")
