"""A web server on this machine that answers as badly as real ones do, and keeps a log."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Page = Callable[["Handler"], None]

SENTENCE = "Each party undertakes to consult the others when the peace of the area is threatened. "
ARTICLE = f"""<!doctype html><html><head><title>The Harbour Treaty</title></head><body>
<nav><a href="/">Home</a> <a href="/about">About this site</a></nav>
<article><h1>The Harbour Treaty</h1>
{"".join(f"<p>Article {n}. {SENTENCE}{SENTENCE}</p>" for n in range(1, 9))}
</article><footer>All rights reserved by the site</footer></body></html>"""


class Handler(BaseHTTPRequestHandler):
    """Hands each request to the page of its path; counts the visits."""

    site: Site
    protocol_version = "HTTP/1.0"  # one connection a request: a page may cut it off

    def do_GET(self) -> None:
        self.site.visits.append(self.path)
        self.site.agents.add(self.headers["User-Agent"])
        self.site.pages.get(self.path, status(404))(self)

    def reply(self, body: bytes, code: int = 200, **headers: str) -> None:
        self.send_response(code)
        for name, value in ({"Content_Type": "text/html; charset=utf-8"} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it overrides
        pass


@dataclass
class Site:
    """What the server answers by path, and what it was asked for."""

    pages: dict[str, Page] = field(default_factory=dict)
    visits: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    address: str = ""

    def url(self, path: str) -> str:
        return f"{self.address}{path}"


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """Serve until the block ends."""
    handler = type("SiteHandler", (Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    site.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def page(text: str | bytes, **headers: str) -> Page:
    """A page that answers 200 with a text."""
    body = text.encode("utf-8") if isinstance(text, str) else text
    return lambda handler: handler.reply(body, **headers)


def status(code: int, **headers: str) -> Page:
    """A page that answers with a status and next to nothing."""
    return lambda handler: handler.reply(b"<p>no</p>", code, **headers)


def in_turn(*pages: Page) -> Page:
    """A page that is another one at each visit, the last one for good."""
    left = list(pages)

    def answer(handler: Handler) -> None:
        chosen = left.pop(0) if len(left) > 1 else left[0]
        chosen(handler)

    return answer


def reset(handler: Handler) -> None:
    """Promise more than comes, and hang up."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b"<html><body>")
    handler.wfile.flush()
    handler.connection.close()


def drip(handler: Handler) -> None:
    """Send a byte at a time until the visitor leaves."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" ")
            handler.wfile.flush()
    except OSError:
        pass


def pdf(text: str) -> bytes:
    """Write a PDF of one page by hand; an empty text gives a page without any."""
    lines = "".join(f"({line}) Tj T* " for line in text.splitlines())
    content = f"BT /F1 10 Tf 14 TL 40 800 Td {lines}ET" if text else ""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, starts = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        starts.append(len(body))
        body += f"{number} 0 obj\n{each}\nendobj\n".encode("latin-1")
    table = "".join(f"{start:010d} 00000 n \n" for start in starts)
    return body + (
        f"xref\n0 6\n0000000000 65535 f \n{table}trailer << /Size 6 /Root 1 0 R >>\n"
        f"startxref\n{len(body)}\n%%EOF\n"
    ).encode("latin-1")
