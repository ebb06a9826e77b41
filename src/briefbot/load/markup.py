"""Elements of HTML → a draft: headings, paragraphs, list items, tables; for web pages and EPUB."""

from __future__ import annotations

from lxml import etree

from briefbot.load.draft import Draft

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_BLOCKS = set(
    "address article aside blockquote body br caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form header hr html li main nav ol p pre section summary ul".split()
)
_SILENT = set(
    "head script style template noscript svg math iframe object nav button select".split()
)
_NOTE_MARKS = ("noteref", "backlink")


def add_markup(draft: Draft, root: etree._Element) -> None:
    """Add the text of an element and all below it, block by block."""
    for node in list(root.iter()):
        if tag(node) == "br":  # or the words around it would run together in headings and cells
            node.tail = f" {node.tail or ''}"
        elif any(kind in _kind(node) for kind in _NOTE_MARKS):
            del node[:]
            node.text = ""
    _Walk(draft).element(root)


class _Walk:
    """Gathers running text until a block begins or ends."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._words: list[str] = []

    def element(self, root: etree._Element) -> None:
        # iterwalk, because the depth of what a stranger wrote must not be ours
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, node in walk:
            if event in {"comment", "pi"}:
                self._tail(node, root)
                continue
            name = tag(node)
            if event == "start":
                if self._start(name, node):
                    walk.skip_subtree()
            else:
                if name in _BLOCKS:
                    self._flush()
                self._tail(node, root)
        self._flush()

    def _start(self, name: str, node: etree._Element) -> bool:
        """Open an element; True where its content is dealt with already."""
        if page := _page_break(node):
            self._flush()
            self._draft.mark(f"p. {page}")
        if name in _SILENT or "display:none" in (node.get("style") or "").replace(" ", ""):
            return True
        if name in _HEADINGS or name == "table":
            self._flush()
            if name == "table":
                self._draft.table(_rows(node))
            else:
                self._draft.heading(_HEADINGS[name], words(node))
            return True
        if name in _BLOCKS:
            self._flush()
        self._words.append(node.text or "")
        return False

    def _tail(self, node: etree._Element, root: etree._Element) -> None:
        if node is not root:
            self._words.append(node.tail or "")

    def _flush(self) -> None:
        self._draft.paragraph("".join(self._words))
        self._words = []


def tag(node: etree._Element) -> str:
    """The name of an element without its namespace, in lower case."""
    return etree.QName(node).localname.lower() if isinstance(node.tag, str) else ""


def _kind(node: etree._Element) -> str:
    """What a book says of an element: "pagebreak", "noteref" and the like."""
    if not tag(node):
        return ""
    kinds = (node.get("{http://www.idpf.org/2007/ops}type"), node.get("role"))
    return " ".join(filter(None, kinds))


def _page_break(node: etree._Element) -> str:
    if "pagebreak" not in _kind(node):
        return ""
    return node.get("title") or node.get("aria-label") or words(node).strip()


def words(node: etree._Element) -> str:
    """The text of an element and all below it, comments left out."""
    return str(node.xpath("string()"))


def _rows(table: etree._Element) -> list[list[str]]:
    return [
        [words(cell) for cell in row if tag(cell) in {"td", "th"}]
        for row in table.iter()
        if tag(row) == "tr" and _table_of(row) is table
    ]


def _table_of(row: etree._Element) -> etree._Element | None:
    return next((above for above in row.iterancestors() if tag(above) == "table"), None)
