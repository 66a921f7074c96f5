"""A proxy on loopback between the tool and a real server, which spoils chosen requests or their answers.

What it passes on are the server's own bytes. Every connection carries one request.
"""

import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_PAGE = b"<!doctype html><html><body>Sign in to continue</body></html>"
_REASONS = {401: b"Unauthorized", 422: b"Unprocessable Entity", 429: b"Too Many Requests", 500: b"Internal Server Error"}


@dataclass
class Fault:
    """What is done to requests.

    Attributes:
        kind: ``reset`` and ``empty``: the connection ends without an answer, the server never sees the request;
            ``down``: the same, and nobody listens for ``seconds``; ``lost``: the server answers, and the connection is reset;
            ``late``: the server answers, and the answer waits ``seconds``; ``cut``: half of the answer; ``garbled``: noise
            instead of JSON; ``slow``: the answer in drops; ``act``: nothing, but ``act`` is called before the server sees it; ``page``: a login page; a number: that status, not from the server.
        where: a pattern found in ``METHOD /path?query``.
        body: a part of the request's body.
        first: the first matching request that is struck.
        times: how many are struck; 0 means all.
    """

    kind: str
    where: str = ""
    body: bytes = b""
    first: int = 1
    times: int = 1
    seconds: float = 0.0
    headers: bytes = b""
    act: Callable[[], object] | None = None
    seen: int = 0
    struck: int = 0

    def strikes(self, request: str, body: bytes) -> bool:
        if not re.search(self.where, request) or self.body not in body:
            return False
        self.seen += 1
        hit = self.seen >= self.first and (self.times == 0 or self.struck < self.times)
        self.struck += hit
        return hit


@dataclass
class Proxy:
    """Stands at ``url`` for the server at ``upstream``, perhaps with a certificate.

    Attributes:
        requests: ``METHOD /path?query`` of all that came.
        heads: the heads of these requests, with all headers.
        sizes: bytes of the server's answers.
    """

    upstream: str
    faults: list[Fault] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _up: threading.Event = field(default_factory=threading.Event)
    _ended: bool = False

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        if self.tls:  # the handshake is made where the request is read: it may fail
            self._listener = self.tls.wrap_socket(self._listener, server_side=True, do_handshake_on_connect=False)

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    def now(self, *faults: Fault) -> None:
        """Begins anew: these faults, and no requests so far."""
        self.faults, self.requests, self.sizes = list(faults), [], []

    def changing(self) -> list[str]:
        """The requests that can change something: all but GETs and searches."""
        return [request for request in self.requests if not re.match(r"GET |POST \S+(/|:)search(\?|$)", request)]

    def serve(self) -> None:
        while not self._ended:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                self._up.wait()
                continue
            threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def stop(self) -> None:
        self._ended = True
        self._up.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _go_down(self, seconds: float) -> None:
        self._up.clear()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        time.sleep(seconds)
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._up.set()

    def _handle(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head, body = read_message(connection)
            if not head:
                return
            method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
            request = f"{method} {target}"
            with self._lock:
                self.requests.append(request)
                self.heads.append(head)
                fault = next((fault for fault in self.faults if fault.strikes(request, body)), None)
            if fault is not None and fault.act is not None:
                fault.act()
            if fault is None or fault.kind == "act":
                connection.sendall(self._ask(head, body))
            else:
                self._spoil(fault, connection, head, body)

    def _ask(self, head: bytes, body: bytes) -> bytes:
        """The server's whole answer, as it came."""
        parts = urlsplit(self.upstream)
        lines = [line for line in head.split(b"\r\n") if line and not line.lower().startswith((b"connection:", b"host:"))]
        asked = b"\r\n".join([*lines, f"Host: {parts.netloc}".encode(), b"Connection: close", b"", b""]) + body
        with socket.create_connection((parts.hostname or "", parts.port or 80)) as server:
            server.sendall(asked)
            answer = b""
            while block := server.recv(1 << 16):
                answer += block
        self.sizes.append(len(answer))
        return answer

    def _spoil(self, fault: Fault, connection: socket.socket, head: bytes, body: bytes) -> None:
        if fault.kind.isdigit():
            connection.sendall(made_up(int(fault.kind), b'{"detail": "as the test wants it"}', b"application/json", fault.headers))
        elif fault.kind == "page":
            connection.sendall(made_up(200, _PAGE, b"text/html", b""))
        elif fault.kind == "reset":
            reset(connection)
        elif fault.kind == "down":
            reset(connection)
            self._go_down(fault.seconds)
        elif fault.kind != "empty":
            self._spoil_answer(fault, connection, self._ask(head, body))

    def _spoil_answer(self, fault: Fault, connection: socket.socket, answer: bytes) -> None:
        start = answer.index(b"\r\n\r\n") + 4
        if fault.kind == "lost":
            reset(connection)
        elif fault.kind == "late":
            time.sleep(fault.seconds)
            connection.sendall(answer)
        elif fault.kind == "cut":
            connection.sendall(answer[: start + (len(answer) - start) // 2])
        elif fault.kind == "garbled":
            connection.sendall(answer[:start] + b"}" * (len(answer) - start))
        else:
            assert fault.kind == "slow", fault.kind
            for at in range(0, len(answer), len(answer) // 40 + 1):
                connection.sendall(answer[at : at + len(answer) // 40 + 1])
                time.sleep(0.02)


def read_message(connection: socket.socket) -> tuple[bytes, bytes]:
    """Head (with its empty line) and body of one request; empty when the other side says nothing."""
    received = b""
    while b"\r\n\r\n" not in received:
        block = connection.recv(1 << 16)
        if not block:
            return b"", b""
        received += block
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    while len(body) < int(length[1] if length else 0):
        body += connection.recv(1 << 16)
    return head, body


def made_up(status: int, body: bytes, type_: bytes, headers: bytes) -> bytes:
    reason = _REASONS.get(status, b"As It Is")
    head = b"HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n%s\r\n"
    return head % (status, reason, type_, len(body), headers) + body


def reset(connection: socket.socket) -> None:
    """Ends a connection by RST, not FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@contextmanager
def before(upstream: str, tls: ssl.SSLContext | None = None) -> Iterator[Proxy]:
    """A proxy before a server, for the length of the block."""
    proxy = Proxy(upstream, tls=tls)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.stop()
        thread.join()
