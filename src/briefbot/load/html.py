"""Web pages: trafilatura finds the article; menus, adverts and cookie banners stay out."""

from __future__ import annotations

import codecs
import re

import trafilatura
from lxml import etree
from lxml import html as lxml_html
from trafilatura.metadata import extract_metadata

from briefbot.errors import UnreadableDocumentError
from briefbot.load.draft import About, Draft
from briefbot.load.front_matter import yaml_values
from briefbot.load.markup import add_markup, words
from briefbot.load.source import Source
from briefbot.load.text import decode
from briefbot.types import Document

_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_ADVERT = re.compile(
    r"(?:ads?|adv|advert\w*|sponsor\w*|promo\w*|cookie\w*|consent\w*|gdpr\w*|newsletter\w*)"
    r"(?:[-_].*)?$",
    re.I,
)
_ADVERT_MAX_SHARE = 0.3
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that lxml refuses when trafilatura writes them."""
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(?P<url>https?://\S+?)\s*-->")
_OUR_COMMENT = re.compile(r"\s*<!--\r?\n(?P<yaml>.*?)-->", re.S)


def load(source: Source) -> Document:
    """Load a saved web page."""
    text = _NOT_XML.sub(" ", _decode(source.read(), source.name))
    page = lxml_html.document_fromstring(_without_declaration(text))
    meta = extract_metadata(page)
    _drop_hidden(page)
    _drop_advertising(page)
    article = trafilatura.extract(
        page, output_format="html", include_comments=False, include_tables=True
    )
    draft = Draft(source)
    add_markup(draft, _tree(article) if article else _body(page))
    if not article:
        draft.note("no article was found on the page, so all its text was taken")
    return draft.document(
        About(
            title=meta.title or "",
            date=meta.date or "",
            url=_address(source.id, text) or meta.url or "",
            author=meta.author or "",
            publisher=meta.sitename or "",
            language=(page.get("lang") or "")[:2].lower(),
        )
    )


def _decode(raw: bytes, name: str) -> str:
    """Decode as UTF-8, or else as the page says, strictly."""
    declared = _CHARSET.search(raw[:4096])
    try:
        return decode(raw, name)
    except UnreadableDocumentError:
        if declared is None:
            raise
    encoding = declared[1].decode("ascii")
    try:
        codecs.lookup(encoding)
        return decode(raw.decode(encoding).encode("utf-8"), name)
    except (LookupError, UnicodeDecodeError) as error:
        raise UnreadableDocumentError(
            f"{name} is not in the encoding that it names ({encoding}).",
            hint="Save it as UTF-8 and index again.",
        ) from error


def _without_declaration(text: str) -> str:
    """Drop the XML declaration, which lxml refuses in text that is decoded already."""
    return re.sub(r"\A\s*<\?xml[^>]*\?>", "", text) or " "


def _drop_hidden(page: etree._Element) -> None:
    """Drop what no browser shows."""
    for node in [node for node in page.iter() if _is_hidden(node)]:
        node.drop_tree()  # type: ignore[attr-defined]  # what lxml.html adds to an element


def _is_hidden(node: etree._Element) -> bool:
    if not isinstance(node.tag, str) or node.tag in {"html", "body", "head"}:
        return False
    return "hidden" in node.attrib or bool(_NOT_SHOWN.search(node.get("style") or ""))


_NOT_SHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


def _drop_advertising(page: etree._Element) -> None:
    """Drop blocks whose names say that they are adverts or banners, unless they hold the page."""
    whole = len(words(page))
    blocks = [node for node in page.iter("div", "aside", "section", "p", "ins") if _is_advert(node)]
    for node in blocks:
        if len(words(node)) < _ADVERT_MAX_SHARE * whole:
            node.drop_tree()  # type: ignore[attr-defined]  # what lxml.html adds to an element


def _is_advert(node: etree._Element) -> bool:
    names = f"{node.get('class') or ''} {node.get('id') or ''}".split()
    return any(_ADVERT.match(name) for name in names)


def _tree(markup: str) -> etree._Element:
    return lxml_html.document_fromstring(markup)


def _body(page: etree._Element) -> etree._Element:
    body = page.find("body")
    return page if body is None else body


def _address(document_id: str, text: str) -> str:
    """Find where a page was saved from: `briefbot add` and browsers note it in a comment."""
    if saved := _SAVED_FROM.search(text[:4096]):
        return saved["url"]
    comment = _OUR_COMMENT.match(text)
    if comment is None or "url:" not in comment["yaml"]:
        return ""
    try:
        values = yaml_values(document_id, comment["yaml"])
    except UnreadableDocumentError:
        return ""
    return (values or {}).get("url", "")
