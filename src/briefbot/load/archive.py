"""Zip archives → files in a folder: no path leads out of it, and no bomb goes off in it."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

from briefbot.load.packed import require_modest
from briefbot.load.source import Source, damaged
from briefbot.types import Skipped

_CHUNK = 1 << 20
_LEADS_OUT = "Its path leads out of the archive. Leave it out."


def unpack(source: Source, into: Path) -> tuple[list[str], list[Skipped]]:
    """Write the files of an archive below a folder, under numbers as names.

    Returns:
        The members' own names, number by number, and those left out with the reason.

    Raises:
        UnreadableDocumentError: If the archive is broken or unpacks to too much.
    """
    require_modest(source)
    names: list[str] = []
    skipped: list[Skipped] = []
    try:
        with zipfile.ZipFile(source.path) as archive:
            for entry in archive.infolist():
                leads_out = _leads_out(entry.filename)
                if entry.is_dir() or (_is_hidden(entry.filename) and not leads_out):
                    continue
                reason = _LEADS_OUT if leads_out else _refusal(source, entry)
                if entry.filename in names:
                    reason = "The archive holds two files of this name. Rename one."
                if reason:
                    skipped.append(Skipped(f"{source.id}/{entry.filename}", reason))
                    continue
                _write(archive, entry, into / str(len(names)))
                names.append(entry.filename)
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise damaged(source.name, "a zip archive") from error
    return names, skipped


def _is_hidden(name: str) -> bool:
    """Whether a member is hidden, or what macOS adds."""
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") for part in parts) or "__MACOSX" in parts


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name)
    is_windows = "\\" in name or ":" in name.partition("/")[0]
    return path.is_absolute() or ".." in path.parts or is_windows


def _refusal(source: Source, entry: zipfile.ZipInfo) -> str:
    path = PurePosixPath(entry.filename)
    if entry.flag_bits & 0x1:
        return f"{path.name} is protected with a password. Pack it without one."
    if path.suffix.lower() == ".zip":
        return f"{path.name} is an archive within an archive. Unpack it first."
    if entry.file_size > source.limits.max_file_mb * 1_000_000:
        size = entry.file_size / 1_000_000
        return f"{path.name} has {size:,.0f} MB. Split it, or raise max_file_mb."
    return ""


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    with archive.open(entry) as packed, path.open("wb") as file:
        while block := packed.read(_CHUNK):
            file.write(block)
