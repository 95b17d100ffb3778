"""The allowed network: `http.client`, and with it `urllib` and other libraries on top of it, over functions of the realm.

There are no sockets. A connection of `http.client` gets a `_Wire` instead of one: a request goes out as it was written,
head and body, and the engine makes it. The answer has the form of a proxy's answer (runner/network/http_head.py), as in a
container. The engine does TLS.
"""

from __future__ import annotations

import errno
import http.client
import io
import json
import sys
import urllib.error
from types import ModuleType

from runner.network import http_head

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    #: Sends a head, as JSON, and a body of one character per byte; returns the number of the request.
    Request = Callable[[str, str | None], int]
    #: Waits for the next event of a request, at most the given milliseconds, or without limit if they are negative; see
    #: wasm/realm/python/requests.
    Receive = Callable[[int, float], str | None]
    Drop = Callable[[int], None]

_BUFFER_BYTES: Final = 65_536
#: The module that urllib3 loads if there are no sockets; the original needs functions of a web page.
_URLLIB3_WAY: Final = "urllib3.contrib.emscripten"


class RequestRelay:
    """The realm's functions."""

    request: Request
    receive: Receive
    drop: Drop

    def open(self, request: Request, receive: Receive, drop: Drop) -> None:
        self.request, self.receive, self.drop = request, receive, drop


REQUESTS: Final = RequestRelay()


class _Answer(io.RawIOBase):
    """The bytes of one answer, head and body, as they arrive."""

    def __init__(self, number: int, *, secure: bool, seconds: float | None) -> None:
        self._number = number
        self._secure = secure
        self._ms = -1 if seconds is None else seconds * 1000
        self._pending = memoryview(b"")
        self._opened = False
        self._over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        while not self._pending and not self._over:
            self._pending = memoryview(self._next())
        size = min(len(buffer), len(self._pending))
        buffer[:size] = self._pending[:size]
        self._pending = self._pending[size:]
        return size

    def close(self) -> None:
        if not self.closed:
            REQUESTS.drop(self._number)
        super().close()

    def _next(self) -> bytes:
        # Interrupted, it asks again until the interpreter has taken note, which it does after some instructions more.
        while (event := REQUESTS.receive(self._number, self._ms)) == "":
            pass
        if event is None:
            raise TimeoutError("timed out")
        kind, text = event[0], event[1:]
        if kind == "o":
            self._opened = True
            return http_head.response(text.encode())
        if kind == "d":
            return text.encode("latin-1")
        self._over = True
        return b"" if kind == "e" else self._fail(text)

    def _fail(self, reason: str) -> bytes:
        """Reports a failure as a proxy does; with TLS it raises, because no proxy can report it within the tunnel."""
        if self._opened:
            raise ConnectionResetError(errno.ECONNRESET, json.loads(reason)["message"])
        answer = http_head.failure(reason.encode())
        if self._secure:
            status = answer.partition(b"\r\n")[0].decode().partition(" ")[2]
            # In the words of urllib, which does not report failures this late itself.
            raise urllib.error.URLError(OSError(f"Tunnel connection failed: {status}"))
        return answer


class _Wire:
    """The replacement for a connection's socket."""

    def __init__(self, connection: http.client.HTTPConnection, *, secure: bool) -> None:
        if getattr(connection, "_tunnel_host", None):
            raise OSError("There are no tunnels here: the engine makes the connection.")
        name = f"[{connection.host}]" if ":" in connection.host else connection.host
        self._origin = f"{'https' if secure else 'http'}://{name}:{connection.port}"
        self._secure = secure
        self._timeout = connection.timeout if isinstance(connection.timeout, int | float) else None
        self._written = bytearray()

    def sendall(self, data: bytes) -> None:
        self._written += data

    def makefile(self, _mode: str = "rb", _buffering: int | None = None) -> io.BufferedReader | io.BytesIO:
        """Sends the written data, and returns the answer."""
        text, _, rest = bytes(self._written).partition(http_head.END)
        self._written.clear()
        head = http_head.parse(text)
        if head is None:
            return io.BytesIO(http_head.unreadable())
        if head.target.startswith("/"):
            head.target = self._origin + head.target
        body = rest[: head.body_bytes].decode("latin-1") if head.body_bytes else None
        number = REQUESTS.request(head.pack().decode(), body)
        return io.BufferedReader(_Answer(number, secure=self._secure, seconds=self._timeout), _BUFFER_BYTES)

    def settimeout(self, seconds: float | None) -> None:
        self._timeout = seconds

    def gettimeout(self) -> float | None:
        return self._timeout

    def setsockopt(self, *_: object) -> None:
        """There is nothing to set."""

    def shutdown(self, _how: int) -> None:
        """What is open is the answer's."""

    def close(self) -> None:
        self._written.clear()


def install() -> None:
    """For a program that has a network: connections of `http.client` go through the relay."""
    http.client.HTTPConnection.connect = _connect
    http.client.HTTPSConnection.connect = _connect_securely
    way = sys.modules[_URLLIB3_WAY] = ModuleType(_URLLIB3_WAY)
    way.inject_into_urllib3 = _lead_urllib3


def _connect(connection: http.client.HTTPConnection) -> None:
    connection.sock = _Wire(connection, secure=False)


def _connect_securely(connection: http.client.HTTPConnection) -> None:
    connection.sock = _Wire(connection, secure=True)
    # urllib3 asks whether somebody looked at the certificate: the engine does.
    connection.is_verified = True


def _lead_urllib3() -> None:
    """What urllib3 calls while it is imported, as `requests` does: its connections have ways of their own to connect."""
    module = sys.modules["urllib3.connection"]
    module.HTTPConnection.connect = _connect
    module.HTTPSConnection.connect = _connect_securely
