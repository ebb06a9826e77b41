"""An address → the bytes behind it, from public addresses only unless private ones are allowed."""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import httpx

from briefbot.errors import LibraryError

MAX_BYTES = 25 * 1024 * 1024
TIMEOUT_S = 20.0
MAX_REDIRECTS = 5

_SUFFIXES = {
    "application/pdf": ".pdf",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
}


@dataclass(frozen=True, slots=True)
class Download:
    """A file fetched from an address, with the name to keep it under."""

    name: str
    data: bytes


def download(url: str, *, allow_private: bool = False) -> Download:
    """Fetch an http or https address: at most 25 MB within 20 seconds, redirects followed.

    Args:
        url: The address.
        allow_private: Fetch addresses of this machine and of private networks too.

    Raises:
        LibraryError: If the address is not allowed, cannot be reached, or sends too much.
    """
    deadline = time.monotonic() + TIMEOUT_S
    # Without the environment's proxies: through one, the address reached could not be checked.
    with httpx.Client(timeout=TIMEOUT_S, trust_env=False) as client:
        for _ in range(MAX_REDIRECTS + 1):
            _require_allowed(url, allow_private=allow_private)
            try:
                with client.stream("GET", url, headers={"Accept": "text/*, */*"}) as reply:
                    if not reply.has_redirect_location:
                        return _read(url, reply, deadline, allow_private=allow_private)
                    url = str(reply.url.join(reply.headers["location"]))
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise LibraryError(
                    f"{url} cannot be fetched ({error or type(error).__name__}).",
                    hint="Check the address, or save the page and add it as a file.",
                ) from error
    raise LibraryError(
        f"{url} redirects more than {MAX_REDIRECTS} times.", hint="Give the final address."
    )


def _read(url: str, reply: httpx.Response, deadline: float, *, allow_private: bool) -> Download:
    # The name may have been looked up anew for the connection: what counts is who answers.
    peer = reply.extensions["network_stream"].get_extra_info("server_addr")
    if not allow_private and not _is_public(peer[0]):
        raise _private(url)
    if reply.status_code != httpx.codes.OK:
        raise LibraryError(
            f"{url} answers with status {reply.status_code}.", hint="Check the address."
        )
    data = bytearray()
    for piece in reply.iter_bytes():
        data += piece
        if len(data) > MAX_BYTES:
            raise LibraryError(
                f"{url} is larger than {MAX_BYTES // 1024**2} MB.", hint="Add a smaller document."
            )
        if time.monotonic() > deadline:
            raise LibraryError(
                f"{url} takes longer than {TIMEOUT_S:.0f} seconds.",
                hint="Save the page and add it as a file.",
            )
    return Download(_name_of(url, reply.headers.get("content-type", "")), bytes(data))


def _require_allowed(url: str, *, allow_private: bool) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _not_an_address(url) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _not_an_address(url)
    if allow_private:
        return
    try:
        found = socket.getaddrinfo(parts.hostname, port or parts.scheme, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise LibraryError(
            f"{parts.hostname} cannot be found.", hint="Check the address and the connection."
        ) from error
    if not all(_is_public(str(address[0])) for *_, address in found):
        raise _private(url)


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    ip = mapped or ip
    return ip.is_global and not ip.is_multicast


def _not_an_address(url: str) -> LibraryError:
    return LibraryError(
        f"{url or 'Nothing'} is not a web address.", hint="Give one with http:// or https://."
    )


def _private(url: str) -> LibraryError:
    return LibraryError(
        f"{url} is an address of this machine or a private network.",
        hint="Set fetch_private = true to allow it.",
    )


def _name_of(url: str, content_type: str) -> str:
    """Name a file after the last part of its address, with the suffix of its type."""
    parts = urlsplit(url)
    stem = PurePosixPath(unquote(parts.path)).name or parts.hostname or "page"
    suffix = _SUFFIXES.get(content_type.partition(";")[0].strip().lower(), "")
    has_suffix = re.search(r"\.[A-Za-z0-9]{2,8}$", stem) and parts.path.rstrip("/")
    return stem if has_suffix else f"{stem}{suffix}"
