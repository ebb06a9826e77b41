"""Who is signed in: names and passwords from the settings, sessions in memory, one cookie."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Mapping

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response

from briefbot.errors import LibraryError

COOKIE = "briefbot-session"
SESSION_S = 12 * 60 * 60
FAILURE_PAUSE_S = 1.0
"""Pause after a wrong password; meanwhile nobody else may try, so that nobody guesses faster."""


class SignIn:
    """Checks passwords and remembers sessions until the process ends.

    Gradio's own `auth` shuts guests out of the whole page; here they may look and ask.
    """

    def __init__(self, users: Mapping[str, SecretStr], *, pause_s: float = FAILURE_PAUSE_S) -> None:
        self._users = dict(users)
        self._pause_s = pause_s
        self._sessions: dict[str, tuple[str, float]] = {}
        self._one_at_a_time = threading.Lock()

    def enter(self, name: str, password: str) -> str | None:
        """Start a session.

        Returns:
            The session's token; None for a wrong name or password, after a pause.

        Raises:
            LibraryError: If another attempt is being checked. It does not wait for that: a crowd
                of attempts would keep every other request waiting too.
        """
        nobody = SecretStr(secrets.token_hex())  # compared too, so that names cannot be timed
        expected = self._users.get(name.strip(), nobody).get_secret_value()
        if not self._one_at_a_time.acquire(blocking=False):
            raise LibraryError("Somebody else is signing in.", hint="Try again in a moment.")
        try:
            if not hmac.compare_digest(expected.encode(), password.encode("utf-8", "replace")):
                time.sleep(self._pause_s)
                return None
            return self._start_session(name.strip())
        finally:
            self._one_at_a_time.release()

    def _start_session(self, name: str) -> str:
        now = time.time()
        self._sessions = {t: s for t, s in self._sessions.items() if s[1] > now}
        token = secrets.token_urlsafe(32)
        self._sessions[token] = (name, now + SESSION_S)
        return token

    def leave(self, request: Request) -> None:
        """End a request's session."""
        self._sessions.pop(request.cookies.get(COOKIE, ""), None)

    def name_of(self, request: Request) -> str:
        """Name who sent a request; empty for a guest."""
        name, end = self._sessions.get(request.cookies.get(COOKIE, ""), ("", 0.0))
        return name if end > time.time() else ""


def remember(response: Response, token: str, *, is_https: bool) -> None:
    """Set the session's cookie: out of reach of scripts and of other sites."""
    response.set_cookie(
        COOKIE, token, max_age=SESSION_S, httponly=True, samesite="strict", secure=is_https
    )
