"""The web chat: a thin shell over BriefBot that makes no request to another machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from briefbot.pipeline import BriefBot
    from briefbot.settings import Settings

__all__ = ["launch"]

# Gradio reads this once, when it is imported; its default reports usage to gradio.app.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


def launch(bot: BriefBot, settings: Settings, *, block: bool = True) -> str:
    """Serve the web chat.

    Args:
        bot: Answers the questions.
        settings: Name the host, the port, the example questions and the length of the history.
        block: Serve until interrupted; otherwise serve from a daemon thread and return at once.

    Returns:
        The page's address.

    Raises:
        ServeError: If neither the port nor one of the 20 after it can be used.
    """
    # Here, because importing Gradio takes seconds that the HTML modules do not need.
    from briefbot.ui.app import build_page  # noqa: PLC0415
    from briefbot.ui.serve import serve  # noqa: PLC0415

    return serve(build_page(bot, settings), settings, block=block)
