"""Addresses that we know → bytes: documents politely, and large files that can be gone on with.

What a user names goes through `web`, which trusts no address.
"""

from __future__ import annotations

import datetime
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import httpx

from briefbot.errors import FetchError, first_line

AGENT = "BriefBot"
USER_AGENT = f"{AGENT}/{version('briefbot')} (fetches single documents for offline reading)"
_REDIRECTS = 8
_BUSY = {429, 500, 502, 503, 504}
"""Answers that may be others a little later."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a download may take.

    Attributes:
        delay_s: Pause between two requests to one host; a longer one in robots.txt wins.
        silence_s: Longest wait for the next piece of an answer.
        total_s: Longest time for one answer.
        max_bytes: Largest answer.
        attempts: How often a busy or unreachable server is asked.
        backoff_s: Wait before the second attempt; it doubles each time.
        max_wait_s: Longest wait between two attempts; a server that asks for more is left alone.
    """

    delay_s: float = 1.0
    silence_s: float = 30.0
    total_s: float = 180.0
    max_bytes: int = 25_000_000
    attempts: int = 4
    backoff_s: float = 2.0
    max_wait_s: float = 120.0


@dataclass(frozen=True, slots=True)
class Download:
    """What came from an address; `charset` is what the server says, if anything."""

    url: str
    body: bytes
    content_type: str
    charset: str


class _AgainError(Exception):
    """The server is busy or cannot be reached: ask again, after the time it names, if any."""

    def __init__(self, reason: str, after_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after_s = after_s


class _RefusedError(FetchError):
    """The server answers with a status that no second attempt changes."""

    def __init__(self, status: int, phrase: str) -> None:
        super().__init__(
            f"The server answers {status} {phrase}.",
            hint="Open the address in a browser; if the document moved, correct its `url`.",
        )
        self.status = status


@dataclass(frozen=True, slots=True)
class _Redirect:
    target: str


class Downloader:
    """A visitor that keeps to the rules of each host; use it as a context manager."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Visit with limits; `sleep` and `clock` replace the real ones in tests."""
        self._limits = limits or Limits()
        self._sleep = sleep or time.sleep
        self._clock = clock
        self._free_at: dict[str, float] = {}
        self._robots: dict[str, RobotFileParser] = {}
        self._closed: dict[str, FetchError] = {}  # hosts whose rules could not be read
        self._client = httpx.Client(
            headers={"User-Agent": USER_AGENT, "Accept-Language": "en, *;q=0.5"},
            timeout=self._limits.silence_s,
        )

    def __enter__(self) -> Downloader:
        """Keep connections open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close them."""
        self._client.close()

    def get(self, url: str) -> Download:
        """Download what stands at an address.

        Raises:
            FetchError: If robots.txt forbids it, the server refuses or cannot be reached, or a
                limit is passed.
        """
        seen = [url]
        while True:
            self._require_allowed(seen[-1])
            answer = self._patiently(seen[-1])
            if isinstance(answer, Download):
                return answer
            if answer.target in seen:
                raise FetchError("The address redirects in a circle.", hint="Find its new place.")
            if len(seen) > _REDIRECTS:
                raise FetchError(
                    f"The address redirects more than {_REDIRECTS} times.",
                    hint="Find its new place.",
                )
            seen.append(answer.target)

    # --- one request ----------------------------------------------------------------------------

    def _patiently(self, url: str) -> Download | _Redirect:
        """Ask, and ask again where that may help."""
        limits = self._limits
        attempt = 1
        while True:
            try:
                return self._ask(url)
            except _AgainError as again:
                wait_s = again.after_s
                if wait_s is None:
                    wait_s = limits.backoff_s * 2 ** (attempt - 1)
                if attempt >= limits.attempts or wait_s > limits.max_wait_s:
                    _give_up(again, attempt)
                self._sleep(wait_s)
                attempt += 1

    def _ask(self, url: str) -> Download | _Redirect:
        self._wait_for_turn(url)
        try:
            with self._client.stream("GET", url) as response:
                return self._answer(url, response)
        except httpx.TimeoutException as error:
            raise _AgainError(f"The server was silent for {self._limits.silence_s:g} s.") from error
        except httpx.TransportError as error:
            if _is_unknown_host(error):
                raise FetchError(
                    f"The host {urlsplit(url).hostname} is not known.",
                    hint="Check the network, and its `url`.",
                ) from error
            raise _AgainError(f"The connection failed ({first_line(error)}).") from error
        except (httpx.DecodingError, httpx.InvalidURL) as error:
            raise FetchError(
                f"The answer cannot be read ({first_line(error)}).",
                hint="Open the address in a browser and save the text as a document yourself.",
            ) from error
        finally:
            self._free_at[_origin(url)] = self._clock() + self._delay_s(url)

    def _answer(self, url: str, response: httpx.Response) -> Download | _Redirect:
        status = response.status_code
        if status in _BUSY:
            raise _AgainError(
                f"The server answers {status} {response.reason_phrase}.",
                retry_after_s(response.headers.get("Retry-After", "")),
            )
        if response.has_redirect_location:
            return _Redirect(urljoin(url, response.headers["Location"]))
        if status != httpx.codes.OK:
            raise _RefusedError(status, response.reason_phrase)
        return Download(
            url,
            self._body(response),
            response.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
            response.charset_encoding or "",
        )

    def _body(self, response: httpx.Response) -> bytes:
        limits = self._limits
        started = self._clock()
        body = bytearray()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > limits.max_bytes:
                raise FetchError(
                    f"The answer is larger than {limits.max_bytes / 1e6:g} MB.",
                    hint="Save the part that you need as a document yourself.",
                )
            if self._clock() - started > limits.total_s:
                raise FetchError(
                    f"The answer took longer than {limits.total_s:g} s.",
                    hint="Try again later, or save it as a document yourself.",
                )
        return bytes(body)

    # --- politeness -----------------------------------------------------------------------------

    def _wait_for_turn(self, url: str) -> None:
        wait_s = self._free_at.get(_origin(url), 0.0) - self._clock()
        if wait_s > 0:
            self._sleep(wait_s)

    def _delay_s(self, url: str) -> float:
        robots = self._robots.get(_origin(url))
        asked = robots.crawl_delay(AGENT) if robots else None
        return max(self._limits.delay_s, min(float(asked or 0), self._limits.max_wait_s))

    def _require_allowed(self, url: str) -> None:
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise FetchError(f"{url} is no web address.", hint="Correct its `url`.")
        origin = _origin(url)
        if origin in self._closed:
            raise self._closed[origin]
        if origin not in self._robots:
            try:
                self._robots[origin] = self._read_robots(origin)
            except FetchError as error:
                self._closed[origin] = error
                raise
        if not self._robots[origin].can_fetch(AGENT, url):
            raise FetchError(
                "The site's robots.txt forbids programs to fetch this address.",
                hint="Open it in a browser and save the text as a document yourself.",
            )

    def _read_robots(self, origin: str) -> RobotFileParser:
        """Read the rules of a host: a missing file allows all, a refused one forbids all.

        Raises:
            FetchError: If the server cannot say; then nothing is fetched from it.
        """
        robots = RobotFileParser()
        url = f"{origin}/robots.txt"
        for _ in range(_REDIRECTS):
            try:
                answer = self._patiently(url)
            except _RefusedError as refused:
                is_closed = refused.status in {401, 403}
                robots.parse(["User-agent: *", "Disallow: /"] if is_closed else [])
                return robots
            if isinstance(answer, Download):
                robots.parse(answer.body.decode("utf-8", "replace").splitlines())
                return robots
            url = answer.target
        robots.parse([])
        return robots


_PIECE_BYTES = 1 << 20
_SILENCE_S = 20.0


def resume(url: str, partial: Path) -> Iterator[int]:
    """Download a large file, going on behind the bytes that are there.

    Yields:
        How many bytes are there, after each piece.

    Raises:
        OSError: If the server cannot be reached or refuses.
    """
    done = partial.stat().st_size if partial.is_file() else 0
    headers = {"Range": f"bytes={done}-"} if done else {}
    try:
        with httpx.stream(
            "GET", url, headers=headers, follow_redirects=True, timeout=_SILENCE_S
        ) as reply:
            reply.raise_for_status()
            goes_on = reply.status_code == httpx.codes.PARTIAL_CONTENT
            done = done if goes_on else 0
            with partial.open("ab" if goes_on else "wb") as file:
                for piece in reply.iter_bytes(_PIECE_BYTES):
                    file.write(piece)
                    done += len(piece)
                    yield done
    except httpx.HTTPError as error:
        raise OSError(first_line(error)) from error


def retry_after_s(value: str, *, now: datetime.datetime | None = None) -> float | None:
    """Read a Retry-After header, in seconds or as a date; None where it says nothing."""
    if value.strip().isdigit():
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=datetime.UTC)
    return max(0.0, (date - (now or datetime.datetime.now(datetime.UTC))).total_seconds())


def _give_up(again: _AgainError, attempts: int) -> NoReturn:
    asked = f" after {attempts} attempts" if attempts > 1 else ""
    wait = f" It asks to wait {again.after_s:.0f} s." if again.after_s else ""
    raise FetchError(f"{again.reason[:-1]}{asked}.{wait}", hint="Try again later.") from again


def _is_unknown_host(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, socket.gaierror):
        error = error.__cause__ or error.__context__
    return error is not None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
