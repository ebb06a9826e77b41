"""What a loader is given: a file, the id of its document, and the limits in force."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from briefbot.errors import UnreadableDocumentError


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may cost before it is given up.

    Attributes:
        max_file_mb: Largest file, in units of 1,000,000 bytes; what a packed file unpacks to may be
            ten times that.
        max_pages: Most pages, slides or sheets.
        parse_timeout_s: Longest time for one file.
        parse_memory_mb: Most memory of the process that parses, in units of 1,000,000 bytes.
    """

    max_file_mb: int = 50
    max_pages: int = 2000
    parse_timeout_s: float = 120
    parse_memory_mb: int = 2000


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a corpus; what came out of an archive lies under another name than its id."""

    id: str
    path: Path
    limits: Limits = Limits()

    @property
    def name(self) -> str:
        """The file's name without its folders."""
        return PurePosixPath(self.id).name

    @property
    def suffix(self) -> str:
        """The extension of its name, in lower case, with the dot."""
        return PurePosixPath(self.id).suffix.lower()

    def read(self) -> bytes:
        """Read the file.

        Raises:
            UnreadableDocumentError: If it cannot be opened.
        """
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise cannot_open(self.name, error) from error


def cannot_open(name: str, error: OSError) -> UnreadableDocumentError:
    """Build the error for a file that the system does not let us read."""
    return UnreadableDocumentError(
        f"{name} cannot be opened ({error.strerror}).", hint="Check its permissions."
    )


def too_many_pages(name: str, pages: int, limits: Limits, *, unit: str = "pages") -> None:
    """Refuse a file of more pages than allowed.

    Raises:
        UnreadableDocumentError: If it has more.
    """
    if pages > limits.max_pages:
        raise UnreadableDocumentError(
            f"{name} has {pages:,} {unit}; {limits.max_pages:,} are the most.",
            hint="Split it, or raise max_pages.",
        )


def damaged(name: str, kind: str) -> UnreadableDocumentError:
    """Build the error for a file that is cut short or otherwise broken."""
    return UnreadableDocumentError(
        f"{name} is damaged or cut short: it cannot be read as {kind}.",
        hint="Get it again from where it came from.",
    )


def protected(name: str) -> UnreadableDocumentError:
    """Build the error for a file that asks for a password."""
    return UnreadableDocumentError(
        f"{name} is protected with a password.", hint="Save it without one and index again."
    )
