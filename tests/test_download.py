"""Addresses fetched from a real web server on this machine, and those that must not be."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from briefbot import download as module
from briefbot.download import Download, download
from briefbot.errors import LibraryError


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, headers, body = PAGES.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        for piece in body.split(b"|"):
            with contextlib.suppress(ConnectionError):  # the reader gave up
                self.wfile.write(piece)
            self.server.hurry.wait(0.1 if b"|" in body else 0)  # type: ignore[attr-defined]

    def log_message(self, *arguments: object) -> None:
        """Keep the test's output clean."""


PAGES = {
    "/notes/quokka.md": (200, {"Content-Type": "text/plain"}, b"# Quokka"),
    "/report%20one": (200, {"Content-Type": "text/html; charset=utf-8"}, b"<p>Hi</p>"),
    "/": (200, {"Content-Type": "text/html"}, b"<p>Home</p>"),
    "/moved": (302, {"Location": "/notes/quokka.md"}, b""),
    "/loop": (302, {"Location": "/loop"}, b""),
    "/elsewhere": (302, {"Location": "file:///etc/passwd"}, b""),
    "/slow": (200, {}, b"|".join([b"x"] * 100)),
    "/big": (200, {}, b"x" * 5000),
}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        server.hurry = threading.Event()  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.hurry.set()  # type: ignore[attr-defined]
        server.shutdown()


def test_a_file_keeps_the_name_of_its_address(site):
    assert download(f"{site}/notes/quokka.md", allow_private=True) == Download(
        "quokka.md", b"# Quokka"
    )


def test_a_page_gets_the_suffix_of_its_type(site):
    assert download(f"{site}/report%20one", allow_private=True).name == "report one.html"
    assert download(f"{site}/", allow_private=True).name == "127.0.0.1.html"


def test_redirects_are_followed_but_not_for_ever_and_not_out_of_the_web(site):
    assert download(f"{site}/moved", allow_private=True).data == b"# Quokka"
    with pytest.raises(LibraryError, match="redirects more than"):
        download(f"{site}/loop", allow_private=True)
    with pytest.raises(LibraryError, match="not a web address"):
        download(f"{site}/elsewhere", allow_private=True)


def test_a_missing_page_says_its_status(site):
    with pytest.raises(LibraryError, match="status 404"):
        download(f"{site}/missing", allow_private=True)


def test_what_is_too_large_is_given_up(site, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 1000)

    with pytest.raises(LibraryError, match="larger than"):
        download(f"{site}/big", allow_private=True)


def test_what_takes_too_long_is_given_up(site, monkeypatch):
    monkeypatch.setattr(module, "TIMEOUT_S", 0.5)  # a page that trickles for 10 seconds

    with pytest.raises(LibraryError, match=r"takes longer|timed out"):
        download(f"{site}/slow", allow_private=True)


def test_nobody_listening_is_said(site):
    with pytest.raises(LibraryError, match="cannot be fetched"):
        download("http://127.0.0.1:9/", allow_private=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost:7860/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://10.1.2.3/",
        "http://192.168.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://224.0.0.1/",
    ],
)
def test_addresses_of_this_machine_and_private_networks_are_refused(url):
    with pytest.raises(LibraryError, match="this machine or a private network"):
        download(url)


def test_a_name_that_leads_here_only_when_connecting_is_refused_too(site, monkeypatch):
    monkeypatch.setattr(module, "_require_allowed", lambda url, allow_private: None)

    with pytest.raises(LibraryError, match="this machine or a private network"):
        download(f"{site}/notes/quokka.md")


@pytest.mark.parametrize(
    "url", ["", "quokka", "file:///etc/passwd", "ftp://example.org/a", "http://", "http://[x/"]
)
def test_only_web_addresses_are_fetched(url):
    with pytest.raises(LibraryError, match="not a web address"):
        download(url, allow_private=True)


def test_a_name_that_leads_nowhere_says_so():
    with pytest.raises(LibraryError, match="cannot be found"):
        download("http://nowhere.invalid/")
