"""Files that are handed in → `uploads/` in the corpus folder, under safe names."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from briefbot.errors import UnsupportedFormatError, UploadError
from briefbot.load import EXTENSIONS

FOLDER = "uploads"
"""The folder below the corpus that handed-in files go to."""
_NAME_MAX_BYTES = 120
_NOTE_BYTES = 4096
_RETRIEVED = re.compile(rb"(?<=\nretrieved: )\d{4}-\d\d-\d\d(?=\n)")
_RESERVED = {"con", "prn", "aux", "nul"} | {f"{p}{n}" for p in ("com", "lpt") for n in range(10)}
"""Names that mean devices on Windows, whatever their extension."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What an address gave: a name with an extension that fits, and the bytes to save."""

    name: str
    data: bytes
    url: str


def save_upload(name: str, data: bytes, corpus_dir: Path) -> Path:
    """Save a file below `uploads/`; no other file is ever overwritten.

    Args:
        name: What the sender calls it; only its last part counts, and unsafe characters go.
        data: Its bytes.
        corpus_dir: The corpus folder.

    Returns:
        Where it was saved, or where the same bytes are saved already.

    Raises:
        UnsupportedFormatError: If no loader knows its extension.
        UploadError: If it cannot be written.
    """
    safe = safe_name(name)
    if PurePosixPath(safe).suffix.lower() not in EXTENSIONS:
        raise UnsupportedFormatError(
            f"{safe}: files of this type are not supported.",
            hint=f"Convert it to one of {', '.join(sorted(EXTENSIONS))}.",
        )
    folder = corpus_dir / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return find_upload(data, corpus_dir) or _write_new(folder, safe, data)
    except OSError as error:
        raise UploadError(
            f"{safe} cannot be saved in {folder} ({error.strerror}).",
            hint="Check the folder's permissions and the free space.",
        ) from error


def find_upload(data: bytes, corpus_dir: Path) -> Path | None:
    """Find the upload that holds the same bytes."""
    folder = corpus_dir / FOLDER
    wanted = _digest(data)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        is_alike = path.is_file() and path.stat().st_size == len(data)
        if is_alike and _digest(path.read_bytes()) == wanted:
            return path
    return None


def _digest(data: bytes) -> bytes:
    """Hash what was handed in, whatever the day on which it was fetched."""
    return hashlib.sha256(_RETRIEVED.sub(b"", data[:_NOTE_BYTES]) + data[_NOTE_BYTES:]).digest()


def safe_name(name: str) -> str:
    """Make a file name that is safe on every system: letters of all scripts stay."""
    text = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8"))
    last = re.split(r"[/\\]", text)[-1]
    kept = "".join(c if c.isalnum() or c in " ._-()+,'&" else "_" for c in last)
    kept = re.sub(r"\s+", " ", kept).strip(" .")
    stem, suffix = PurePosixPath(kept).stem, PurePosixPath(kept).suffix
    if not any(character.isalnum() for character in stem):
        stem = "upload"
    if stem.split(".")[0].strip().lower() in _RESERVED:
        stem = f"_{stem}"
    room = _NAME_MAX_BYTES - len(suffix.encode("utf-8"))
    return stem.encode("utf-8")[: max(room, 1)].decode("utf-8", "ignore").rstrip(" .") + suffix


def _write_new(folder: Path, name: str, data: bytes) -> Path:
    """Write under the first name that is free; two writers at once never share one."""
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
    number = 1
    while True:
        path = folder / (name if number == 1 else f"{stem}-{number}{suffix}")
        try:
            with path.open("xb") as file:
                file.write(data)
        except FileExistsError:
            number += 1
        else:
            return path
