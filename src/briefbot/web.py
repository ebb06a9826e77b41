"""A web address → the page or file that it leads to, with a note of where it came from.

Anyone who may add a document names the address, so none is trusted: it is connected to by a
number that was checked, past every proxy, and what it sends is unpacked piece by piece. That is why
this is no part of `download`, and why it uses urllib3, which leaves number and piece to us.
"""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from email.message import Message
from pathlib import PurePosixPath
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from briefbot.errors import UnsupportedFormatError, UploadError
from briefbot.load import EXTENSIONS
from briefbot.uploads import Upload, safe_name

MAX_DOWNLOAD_BYTES = 25_000_000
_TIMEOUT_S = 20.0
_MAX_REDIRECTS = 5
_TOO_LONG = "it took too long"
_BLOCK = 1 << 16
_TYPES = {
    "application/epub+zip": ".epub",
    "application/pdf": ".pdf",
    "application/rtf": ".rtf",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/x-subrip": ".srt",
    "application/xhtml+xml": ".html",
    "application/zip": ".zip",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "text/rtf": ".rtf",
    "text/tab-separated-values": ".tsv",
    "text/vtt": ".vtt",
}
_VAGUE_TYPES = {"", "application/octet-stream", "binary/octet-stream", "text/plain"}
"""What servers call files that they do not know; the address's extension counts then."""
_FRONT_MATTER = {".md", ".txt"}
_COMMENT = {".html"}


def is_url(text: str) -> bool:
    """Whether an argument is a web address rather than a path."""
    return re.match(r"[a-z][a-z0-9+.-]*://", text, re.I) is not None


def fetch_url(
    url: str,
    *,
    allow_private: bool = False,
    max_bytes: int = MAX_DOWNLOAD_BYTES,
    timeout_s: float = _TIMEOUT_S,
) -> Upload:
    """Fetch a page or file from the web.

    Every address, those of redirects too, is resolved once, checked, and then connected to by
    number, so that a name cannot point elsewhere between check and use. Proxies are not used.

    Args:
        url: An address that begins with http:// or https://.
        allow_private: Whether this machine and private networks may be reached.
        max_bytes: The most that is read, unpacked.
        timeout_s: Longest time for all of it.

    Raises:
        UploadError: If it cannot be fetched, or may not be.
        UnsupportedFormatError: If it is of no type that a loader knows.
    """
    deadline = time.monotonic() + timeout_s
    address = url
    for _ in range(_MAX_REDIRECTS + 1):
        parts = _checked(address)
        try:
            answer = _request(parts, allow_private=allow_private, deadline=deadline)
            location = answer.get_redirect_location()
            if not location:
                return _received(answer, address, max_bytes=max_bytes, deadline=deadline)
        except (HTTPError, OSError, UnicodeError) as error:
            reason = _reason(error) if time.monotonic() < deadline else _TOO_LONG
            raise UploadError(
                f"{address} cannot be fetched ({reason}).",
                hint="Check the address and the connection, or save the page and add the file.",
            ) from error
        answer.close()
        address = urljoin(address, location)
    raise UploadError(
        f"{url} redirects more than {_MAX_REDIRECTS} times.", hint="Give the address it ends at."
    )


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UploadError(f"{url} is not a web address ({error}).", hint="Correct it.") from error
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname or port == 0:
        raise UploadError(
            f"{url} is not a web address.", hint="Give one that begins with https:// or http://."
        )
    return parts


def _request(parts: SplitResult, *, allow_private: bool, deadline: float) -> urllib3.HTTPResponse:
    """Ask the first of a host's numbers that can be reached."""
    host = str(parts.hostname).encode("idna").decode("ascii")
    port = parts.port or (443 if parts.scheme.lower() == "https" else 80)
    *first, last = _resolve(host, port, allow_private=allow_private)
    for number in first:
        with contextlib.suppress(NewConnectionError, ConnectTimeoutError):
            return _ask(parts, host, number, port, timeout_s=_left(deadline) / 2)
    return _ask(parts, host, last, port, timeout_s=_left(deadline))


def _ask(
    parts: SplitResult, host: str, number: str, port: int, *, timeout_s: float
) -> urllib3.HTTPResponse:
    timeout = urllib3.Timeout(total=timeout_s)
    pool: urllib3.HTTPConnectionPool
    if parts.scheme.lower() == "https":
        pool = urllib3.HTTPSConnectionPool(
            number,
            port,
            timeout=timeout,
            server_hostname=host,
            assert_hostname=host,
            ssl_context=ssl.create_default_context(),
        )
    else:
        pool = urllib3.HTTPConnectionPool(number, port, timeout=timeout)
    bracketed = f"[{host}]" if ":" in host else host
    answer = pool.urlopen(
        "GET",
        _target(parts),
        headers={
            "Host": f"{bracketed}:{parts.port}" if parts.port else bracketed,
            "User-Agent": "BriefBot (fetches one page when its user asks for it)",
            "Accept": "text/html, application/pdf, text/plain, text/markdown, */*;q=0.5",
            "Accept-Encoding": "gzip",
        },
        redirect=False,
        retries=False,
        preload_content=False,
    )
    assert isinstance(answer, urllib3.HTTPResponse)  # the other kind is HTTP/2, not asked for
    return answer


def _target(parts: SplitResult) -> str:
    """Path and query in ASCII; what is quoted already stays so."""
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return quote(path, safe="/%:@!$&'()*+,;=~?")


def _resolve(host: str, port: int, *, allow_private: bool) -> list[str]:
    """Find the numbers of a host and refuse it if any of them lies in a private network."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    numbers = [str(entry[4][0]) for entry in found]
    if not allow_private and not all(_is_public(number) for number in numbers):
        raise UploadError(
            f"{host} is this machine or lies in a private network.",
            hint="Add --allow-private if you trust the address.",
        )
    return numbers


def _is_public(number: str) -> bool:
    address = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address.sixtofour or address
    return address.is_global and not address.is_multicast


def _received(answer: urllib3.HTTPResponse, url: str, *, max_bytes: int, deadline: float) -> Upload:
    if answer.status != 200:
        raise UploadError(
            f"{url} answers with status {answer.status}.", hint="Open it in a browser to see why."
        )
    header = Message()
    header["Content-Type"] = answer.headers.get("Content-Type", "")
    kind = header.get_content_type() if header["Content-Type"] else ""
    suffix = _suffix(kind, url)
    data = b"".join(_blocks(answer, url, max_bytes=max_bytes, deadline=deadline))
    answer.close()
    if suffix in _FRONT_MATTER | _COMMENT:
        data = _noted(_as_utf8(data, header.get_content_charset() or ""), suffix, url)
    return Upload(_name(url, suffix), data, url)


def _blocks(
    answer: urllib3.HTTPResponse, url: str, *, max_bytes: int, deadline: float
) -> Iterator[bytes]:
    size = 0
    # a server that sends a byte now and then would never let a read time out
    timer = threading.Timer(_left(deadline), answer.shutdown)
    timer.start()
    try:
        for block in answer.stream(_BLOCK, decode_content=True):
            size += len(block)
            if size > max_bytes:
                raise UploadError(
                    f"{url} is larger than {max_bytes / 1_000_000:g} MB.",
                    hint="Save it with a browser, and add the file.",
                )
            yield block
    finally:
        timer.cancel()
    _left(deadline)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError(0, _TOO_LONG)
    return left


def _suffix(kind: str, url: str) -> str:
    """Choose the extension by the type that the server names, or by the address."""
    named = PurePosixPath(unquote(urlsplit(url).path)).suffix.lower()
    if kind in _VAGUE_TYPES and named in EXTENSIONS:
        return named
    if kind not in _TYPES:
        raise UnsupportedFormatError(
            f"{url} is of type {kind or '(none)'}, which is not supported.",
            hint="Give the address of a page, a PDF or another document.",
        )
    return _TYPES[kind]


def _name(url: str, suffix: str) -> str:
    parts = urlsplit(url)
    last = PurePosixPath(unquote(parts.path)).name
    stem = PurePosixPath(last).stem if last.lower().endswith(suffix) else last
    return safe_name(f"{stem or parts.hostname}{suffix}")


def _as_utf8(data: bytes, charset: str) -> bytes:
    """Write text that is in another encoding, which the server names, as UTF-8."""
    if not charset or charset.lower() in {"utf-8", "utf8"}:
        return data
    try:
        return data.decode(charset).encode("utf-8")
    except (LookupError, UnicodeDecodeError):
        return data  # the loader will say what is wrong with it


def _noted(data: bytes, suffix: str, url: str) -> bytes:
    """Put where a text comes from at its top: front matter, or a comment in a page."""
    opening, closing = ("<!--\n", "-->\n") if suffix in _COMMENT else ("---\n", "---\n")
    if data.removeprefix(b"\xef\xbb\xbf").startswith(b"---") or data.startswith((b"\xff", b"\xfe")):
        return data  # it has front matter of its own, or is no UTF-8
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    address = _quoted(url)
    note = f'{opening}url: "{address}"\nretrieved: {today}\n{closing}'
    return note.encode("ascii") + data.removeprefix(b"\xef\xbb\xbf")


def _quoted(url: str) -> str:
    """Write an address in ASCII, with nothing in it that could end a comment or a quote."""
    parts = urlsplit(url)
    host = str(parts.hostname).encode("idna").decode("ascii")
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{_target(parts)}".replace("--", "-%2D")


def _reason(error: Exception) -> str:
    match error:
        case socket.gaierror():
            return "no such host"
        case TimeoutError() | urllib3.exceptions.TimeoutError():
            return _TOO_LONG
        case urllib3.exceptions.SSLError():
            return "its certificate is not valid"
        case _:
            return str(getattr(error, "strerror", None) or type(error).__name__)
