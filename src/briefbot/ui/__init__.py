"""The web chat: a thin shell over BriefBot that makes no request to another machine."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from briefbot.errors import SettingsError
from briefbot.library import Library
from briefbot.web import fetch_url

if TYPE_CHECKING:
    from briefbot.pipeline import BriefBot
    from briefbot.settings import Settings

__all__ = ["launch"]

# Gradio reads this once, when it is imported; its default reports usage to gradio.app.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


def launch(bot: BriefBot, settings: Settings, *, block: bool = True) -> str:
    """Serve the web chat and its library.

    Args:
        bot: Answers the questions; its documents are what the library shows.
        settings: Name the host, the port, the example questions, the length of the history, and
            who may change the library.
        block: Serve until interrupted; otherwise serve from a daemon thread and return at once.

    Returns:
        The page's address.

    Raises:
        ServeError: If neither the port nor one of the 20 after it can be used.
        SettingsError: If only those who signed in may change the library, and nobody can.
    """
    # Here, because importing Gradio takes seconds that the HTML modules do not need.
    from briefbot.ui.app import build_page  # noqa: PLC0415
    from briefbot.ui.library_routes import library_routes  # noqa: PLC0415
    from briefbot.ui.serve import serve  # noqa: PLC0415

    if settings.library == "signed-in" and not settings.auth_users:
        raise SettingsError(
            "Only those who signed in may change the library, but nobody can sign in.",
            hint="Set BRIEFBOT_AUTH_USERS='[\"name:password\"]', or library to open or off.",
        )
    library = Library(bot, fetch=partial(fetch_url, allow_private=settings.fetch_private))
    routes = library_routes(library, settings)
    return serve(build_page(bot, settings), settings, routes, block=block)
