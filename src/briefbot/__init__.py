"""BriefBot answers questions about a folder of documents, each sentence with a verified quote."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from briefbot.build import build_index
    from briefbot.errors import BriefBotError
    from briefbot.pipeline import BriefBot
    from briefbot.settings import Settings, load_settings
    from briefbot.types import Answer, AnswerStatus, Citation, Passage, Turn

__version__ = "0.1.0"

_HOME = {
    "Answer": "types",
    "AnswerStatus": "types",
    "BriefBot": "pipeline",
    "BriefBotError": "errors",
    "Citation": "types",
    "Passage": "types",
    "Settings": "settings",
    "Turn": "types",
    "build_index": "build",
    "load_settings": "settings",
}

__all__ = [
    "Answer",
    "AnswerStatus",
    "BriefBot",
    "BriefBotError",
    "Citation",
    "Passage",
    "Settings",
    "Turn",
    "build_index",
    "load_settings",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import briefbot` stays light."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
