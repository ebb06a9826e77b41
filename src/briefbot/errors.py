"""Every failure that a user can act on: what failed, and what to do.

BriefBotError
├── SettingsError
├── CorpusError
├── UnsupportedFormatError
├── UnreadableDocumentError
├── UploadError
├── IndexMissingError
├── IndexDamagedError
├── IndexMismatchError
├── IndexWriteError
├── IndexBusyError
├── ModelLoadError
├── ChatModelError
├── MissingExtraError
├── QuestionError
├── EvaluationCaseError
├── FetchError
├── LibraryError
└── ServeError
"""

from __future__ import annotations


class BriefBotError(Exception):
    """A failure with a message (what failed, with the path or value) and a hint (what to do)."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Message and hint on one line."""
        return f"{self.message} {self.hint}"


class SettingsError(BriefBotError):
    """A setting is unknown, malformed or out of range."""


class CorpusError(BriefBotError):
    """The corpus folder is missing, empty, or holds nothing that can be read."""


class UnsupportedFormatError(BriefBotError):
    """No loader for this kind of file."""


class UnreadableDocumentError(BriefBotError):
    """A file of a supported format that cannot be read."""


class UploadError(BriefBotError):
    """A file or web page that is handed in cannot be fetched or saved."""


class IndexMissingError(BriefBotError):
    """There is no index in the folder."""


class IndexDamagedError(BriefBotError):
    """Parts of the index are missing or disagree with each other."""


class IndexMismatchError(BriefBotError):
    """The index was built with another model or other split settings."""


class IndexWriteError(BriefBotError):
    """The index folder cannot be written."""


class IndexBusyError(BriefBotError):
    """Another process is building the index."""


class ModelLoadError(BriefBotError):
    """A model's weights are missing, unreadable or not the expected bytes."""


class ChatModelError(BriefBotError):
    """A chat model cannot be reached or refuses to answer."""


class MissingExtraError(BriefBotError):
    """A feature needs a package that is not installed; the hint names the pip command."""


class QuestionError(BriefBotError):
    """A question is empty, too long or not text."""


class EvaluationCaseError(BriefBotError):
    """An evaluation or batch file is missing or a line of it is malformed."""


class FetchError(BriefBotError):
    """A document cannot be downloaded, or what came holds no text."""


class LibraryError(BriefBotError):
    """The library does not take or remove a document."""


class ServeError(BriefBotError):
    """The web chat cannot start."""


def first_line(error: BaseException) -> str:
    """The first line of what an error says, cut short; its kind where it says nothing."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
