"""Serve the page from this machine only: port, security headers, and a page head of our own."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import re
import socket
import sys
import threading
import webbrowser
from importlib import resources

import gradio as gr
import uvicorn
from fastapi import APIRouter, FastAPI
from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from briefbot.errors import ServeError
from briefbot.settings import Settings
from briefbot.ui.theme import page_theme

PORTS_TRIED = 20  # after the one asked for
_UPLOAD_LIMIT_BYTES = 1  # files come by the library's own route; Gradio always has one too

# Gradio writes inline scripts and styles and compiles its HTML templates with `new Function`, so
# scripts cannot be narrowed further; what matters is that nothing can be fetched from elsewhere.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

_FAVICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='6' fill='%23154c63'/%3E%3Cpath fill='%23fff' d='M9 7h3v18"
    "H9zM20 7h3v18h-3zM9 7h7v3H9zM9 22h7v3H9zM16 7h7v3h-7zM16 22h7v3h-7z'/%3E%3Crect x='13' y='14'"
    " width='6' height='4' fill='%23f2c14e'/%3E%3C/svg%3E"
)
_SOCIAL_META = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')


def serve(page: gr.Blocks, settings: Settings, routes: APIRouter, *, block: bool) -> str:
    """Serve a page on the first free port from the one in the settings on.

    Args:
        page: The page, not yet launched.
        settings: Name the host and the port, and whether to open a browser.
        routes: What else is served beside the page.
        block: Serve until interrupted; otherwise serve from a daemon thread and return at once.

    Returns:
        The page's address.

    Raises:
        ServeError: If no port can be used.
    """
    host = settings.host
    listener = claim_port(host, settings.port)
    port = listener.getsockname()[1]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    config = uvicorn.Config(
        make_app(page, host, routes), log_level="error", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    if port != settings.port:
        sys.stderr.write(f"Port {settings.port} is in use; using {port} instead.\n")
    sys.stderr.write(f"BriefBot is at {address} (Ctrl-C stops it).\n")
    if settings.library == "open" and not is_this_machine(host):
        sys.stderr.write(
            "Everyone who can reach it may add and remove documents: set library to signed-in or "
            "off to change that.\n"
        )
    sys.stderr.flush()
    if settings.open_browser:
        webbrowser.open(address)  # the port is open already; the page waits for the server
    if block:
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
    else:
        threading.Thread(target=server.run, args=([listener],), daemon=True).start()
    return address


def claim_port(host: str, port: int) -> socket.socket:
    """Listen on the first free port of `port` and the 20 after it.

    Raises:
        ServeError: If the host is not an address of this machine, or all the ports are taken.
    """
    last = min(port + PORTS_TRIED, 65535)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, last + 1):
        try:
            return socket.create_server((host, candidate), family=family, backlog=128)
        except OSError as error:
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise ServeError(
                    f"The web chat cannot listen on {host} ({error.strerror or error}).",
                    hint="Set host to an address of this machine, such as 127.0.0.1.",
                ) from error
    raise ServeError(
        f"Ports {port} to {last} on {host} are all in use.",
        hint="Set another port: `briefbot serve --port 9000` or BRIEFBOT_PORT=9000.",
    )


def is_this_machine(host: str) -> bool:
    """Whether an address to listen on is out of other machines' reach."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def make_app(page: gr.Blocks, host: str, routes: APIRouter) -> FastAPI:
    """Put a page into a web application with these routes beside it."""
    # FastAPI's own documentation pages load their scripts from a content delivery network.
    no_docs = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(routes)  # before the page, which answers every address
    gr.mount_gradio_app(
        app,
        page,
        path="",
        theme=page_theme(),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        max_file_size=_UPLOAD_LIMIT_BYTES,
        app_kwargs=no_docs,
    )
    app.add_middleware(GuardedPage)
    if host in {"127.0.0.1", "localhost"}:  # a page of another site cannot reach us by renaming
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    return app


def rewrite_head(html: str) -> str:
    """Give Gradio's page BriefBot's title, icon and style, and drop its social-media tags."""
    head = (
        f'<title>BriefBot</title><link rel="icon" href="{_FAVICON}">'
        f"<script>{_asset('theme.js')}</script><style>{_asset('style.css')}</style></head>"
    )
    return _SOCIAL_META.sub("", html).replace("</head>", head, 1)


def _asset(name: str) -> str:
    return resources.files("briefbot.ui").joinpath("assets", name).read_text("utf-8")


class GuardedPage:
    """ASGI middleware: security headers on every reply, and our own head on the page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and amend what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"] == "/":
            plain = [(name, text) for name, text in scope["headers"] if name != b"accept-encoding"]
            await self.app({**scope, "headers": plain}, receive, _PageSender(send))
        else:
            await self.app(scope, receive, lambda message: send(_with_headers(message)))


class _PageSender:
    """Holds the page back until it is whole, then sends it with its new head."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = _with_headers(message)
            return
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = rewrite_head(self._body.decode("utf-8")).encode("utf-8") if self._body else b""
        if body:
            MutableHeaders(scope=self._start)["Content-Length"] = str(len(body))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})


def _with_headers(message: Message) -> Message:
    if message["type"] == "http.response.start":
        MutableHeaders(scope=message).update(HEADERS)
    return message
