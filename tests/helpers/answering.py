"""A web server on loopback that answers as a test wants: proxies, login pages and servers out of order."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: Message
    body: bytes


@dataclass
class Answer:
    """What it is answered: JSON, or text of another type."""

    status: int = 200
    content: Any = None
    type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def bytes(self) -> bytes:
        if isinstance(self.content, (bytes, str)):
            return self.content if isinstance(self.content, bytes) else self.content.encode()
        return json.dumps(self.content).encode()


@dataclass
class Answering:
    """The server, as long as the block of ``answering`` lasts."""

    url: str
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def answering(answer: Callable[[Asked], Answer], tls: ssl.SSLContext | None = None) -> Iterator[Answering]:
    """Answers every request by the function."""

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(self.command, self.path, self.headers, body)
            server.asked.append(asked)
            answered = answer(asked)
            self.send_response(answered.status)
            for name, value in {"Content-Type": answered.type, "Content-Length": str(len(answered.bytes)), **answered.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answered.bytes)

        do_GET = do_POST = do_PUT = do_DELETE = do_CONNECT = handle_one  # noqa: N815 - as the standard library calls them

        def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None: ...  # a client that refuses our certificate

    http = Server(("127.0.0.1", 0), Handler)
    if tls:
        http.socket = tls.wrap_socket(http.socket, server_side=True, do_handshake_on_connect=False)
    server = Answering(f"http{'s' if tls else ''}://127.0.0.1:{http.server_port}")
    thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
