"""Files that are zip archives inside (Word, PowerPoint, EPUB, …): sizes first, then XML."""

from __future__ import annotations

import zipfile

from lxml import etree

from briefbot.errors import UnreadableDocumentError
from briefbot.load.source import Source, damaged

_MAX_ENTRIES = 20_000
_UNPACKED_TIMES = 10
_MAX_RATIO = 200
_RATIO_FROM = 1_000_000
"""Smaller parts may shrink as well as they like."""


def require_modest(source: Source) -> None:
    """Refuse an archive that unpacks to far more than it is.

    Python's zipfile never reads more of an entry than its header promises, so the promises count.

    Raises:
        UnreadableDocumentError: If it is a bomb, or no whole archive.
    """
    try:
        with zipfile.ZipFile(source.path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise damaged(source.name, "the packed file that it should be") from error
    limit = source.limits.max_file_mb * 1_000_000 * _UNPACKED_TIMES
    size = sum(entry.file_size for entry in entries)
    if len(entries) > _MAX_ENTRIES or size > limit or any(map(_is_bomb, entries)):
        raise UnreadableDocumentError(
            f"{source.name} unpacks to {size / 1_000_000:,.0f} MB in {len(entries):,} parts, "
            "which is what a zip bomb does.",
            hint="Check where it comes from; raise max_file_mb if it is what it should be.",
        )


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > _RATIO_FROM and entry.file_size > _MAX_RATIO * max(
        1, entry.compress_size
    )


def read_xml(archive: zipfile.ZipFile, name: str) -> etree._Element:
    """Parse a part of an archive; entities are not expanded and nothing outside is read.

    Raises:
        KeyError: If there is no such part.
        etree.XMLSyntaxError: If it is not XML.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(archive.read(name), parser)
