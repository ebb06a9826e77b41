"""The corpus folder as the library changes it: whether it may, a file put in, a file taken out."""

from __future__ import annotations

import os
from pathlib import Path

from briefbot.build_log import one_line
from briefbot.entries import UPLOADS
from briefbot.errors import LibraryError
from briefbot.settings import Settings
from briefbot.uploads import save_upload

MAX_UPLOAD_BYTES = 25 * 1024 * 1024


class CorpusFolder:
    """The folders of a corpus and its index, where they can be written."""

    def __init__(self, settings: Settings) -> None:
        """Name the folders; nothing is touched yet."""
        self._corpus_dir = settings.corpus_dir
        self._index_dir = settings.index_dir

    def obstacle(self) -> str:
        """Say why nothing can be changed here at all; empty if it can."""
        uploads = self._corpus_dir / UPLOADS
        if uploads.exists() and not uploads.is_dir():
            return f"The library is read-only: {uploads} is a file, not a folder."
        for name, folder in (("document", uploads), ("index", self._index_dir)):
            nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
            if not os.access(nearest, os.W_OK | os.X_OK):
                return f"The library is read-only: the {name} folder {folder} cannot be written."
        return ""

    def require_writable(self) -> None:
        """Refuse any change where there is an obstacle.

        Raises:
            LibraryError: If there is one.
        """
        if reason := self.obstacle():
            raise LibraryError(reason, hint="Give BriefBot the right to write there.")

    def put_in(self, name: str, data: bytes) -> Path:
        """Save an upload under a harmless name.

        Returns:
            Its path, counted from the corpus folder.

        Raises:
            LibraryError: If it is empty or too large, or nothing can be written.
            UnsupportedFormatError: If no loader knows its extension.
            UploadError: If it cannot be written.
        """
        self.require_writable()
        if not data:
            raise LibraryError(f"{one_line(name)} is empty.", hint="Add a file with text in it.")
        if len(data) > MAX_UPLOAD_BYTES:
            raise LibraryError(
                f"{one_line(name)} is larger than {MAX_UPLOAD_BYTES // 1024**2} MB.",
                hint="Split it, or add its text only.",
            )
        return save_upload(name, data, self._corpus_dir).relative_to(self._corpus_dir)

    def take_out(self, document: str) -> None:
        """Delete a document's file.

        Raises:
            LibraryError: If it lies elsewhere or cannot be deleted.
        """
        path = self._corpus_dir / document
        if not path.parent.resolve().is_relative_to(self._corpus_dir.resolve()):
            raise LibraryError(
                f"{document} does not lie in the corpus folder.", hint="Remove it where it lies."
            )
        try:
            path.unlink(missing_ok=True)  # a link is deleted, not what it leads to
        except OSError as error:
            raise LibraryError(
                f"{document} cannot be deleted ({error.strerror}).", hint="Check its permissions."
            ) from error
