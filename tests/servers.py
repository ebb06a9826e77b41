"""A server on this machine that speaks the OpenAI chat protocol, for the real client to talk to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class OpenAiServer(ThreadingHTTPServer):
    """Streams a reply in pieces; statuses are given in turn before that."""

    daemon_threads = True
    reply = ""
    statuses: list[int] = []  # noqa: RUF012 - set for each server
    refuses_schema = False
    pause_s = 0.0
    requests: list[dict[str, Any]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: OpenAiServer

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        pass

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(request)
        if self.server.statuses:
            return self._fail(self.server.statuses.pop(0), "busy")
        if self.server.refuses_schema and "response_format" in request:
            return self._fail(400, "response_format is not supported")
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        pieces = [self.server.reply[at : at + 9] for at in range(0, len(self.server.reply), 9)]
        for piece in pieces:
            time.sleep(self.server.pause_s)
            delta = {"role": "assistant", "content": piece}
            self._send({"choices": [{"index": 0, "delta": delta}]})
        self._send({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        usage = {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050}
        self._send({"choices": [], "usage": usage})
        self.wfile.write(b"data: [DONE]\n\n")
        return None

    def _fail(self, status: int, message: str) -> None:
        body = json.dumps({"error": {"message": message}}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send(self, event: dict[str, Any]) -> None:
        full = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", **event}
        self.wfile.write(f"data: {json.dumps(full)}\n\n".encode())
        self.wfile.flush()


@contextmanager
def openai_server(**options: Any) -> Iterator[OpenAiServer]:
    """Run a server with these attributes until the block ends."""
    with OpenAiServer(("127.0.0.1", 0), _Handler) as server:
        server.requests = []
        for name, value in options.items():
            setattr(server, name, value)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
