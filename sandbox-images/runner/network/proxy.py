"""The network of a guest that may have one: an HTTP proxy on the loopback, the only device of its own network namespace.

Every connection is the guest's. The proxy reads the head of one request, passes it on as it is written, and then moves
bytes; the engine decides, connects and answers (src/cells/protocol/network-messages.ts holds the rules). Each direction
of each connection has a window, so that a process that does not read only blocks itself.
"""

from __future__ import annotations

import os
import struct

from runner.network.proxy_connection import CREDIT, NUMBER, STEP_BYTES, ProxyConnection
from runner.protocol import frames
from runner.protocol.job import PROXY_ADDRESS
from runner.support.loop import READABLE, Loop
from runner.support.suppress import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, Protocol

    from _socket import socket

    from runner.protocol.outbox import Outbox

    class Stdin(Protocol):
        """The job's stdin, which the engine sends within a window as well."""

        #: What the guest has taken of it.
        taken_bytes: int

#: stdinConnection.
_STDIN: Final = 0
#: connectionsAtOnce in src/contract/api/network-limits.ts; more wait to be accepted.
_CONNECTIONS_MAX: Final = 64
_HEADER: Final = struct.Struct(">IB")


class Proxy:
    """Takes the connections of a job's guest, while it is open."""

    def __init__(self, loop: Loop, outbox: Outbox, stdin: Stdin) -> None:
        # Imported late, because most jobs have no network.
        from _socket import AF_INET, SO_REUSEADDR, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM, SOL_SOCKET, socket

        self.loop = loop
        self.outbox = outbox
        self._stdin = stdin
        self._credited = 0
        self._accepted: set[ProxyConnection] = set()
        self._opened: dict[int, ProxyConnection] = {}
        self._last = _STDIN
        self._listening = False
        self._is_open = True
        self._listener: socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK)
        self._listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        self._listener.bind(PROXY_ADDRESS)
        self._listener.listen(_CONNECTIONS_MAX)

    def arm(self) -> None:
        """Call this before each wait."""
        if not self._is_open:
            return
        for connection in tuple(self._accepted):
            connection.arm()
        taken = self._stdin.taken_bytes - self._credited
        if taken >= STEP_BYTES:
            self._credited += taken
            self.send(_STDIN, CREDIT, NUMBER.pack(taken))
        listen = len(self._accepted) < _CONNECTIONS_MAX
        if listen != self._listening:
            self._listening = listen
            self.loop.watch(self._listener.fileno(), READABLE if listen else 0, self._accept)

    def receive(self, message: bytes) -> None:
        """Takes a network message of the engine's."""
        number, verb = _HEADER.unpack_from(message)
        if number > self._last or number == _STDIN:
            raise frames.ProtocolError(f"A message came for connection {number}, which the guest did not open.")
        connection = self._opened.get(number)
        # Messages for a connection that is over were already on their way.
        if connection is not None:
            connection.receive(verb, memoryview(message)[_HEADER.size :])

    def open(self, connection: ProxyConnection, verb: int, rest: bytes) -> int:
        """Tells the engine of a new connection; its number."""
        self._last += 1
        self._opened[self._last] = connection
        self.send(self._last, verb, rest)
        return self._last

    def send(self, number: int, verb: int, rest: bytes = b"") -> None:
        self.outbox.send(frames.NETWORK, _HEADER.pack(number, verb) + rest, more=True)

    def forget(self, connection: ProxyConnection, number: int) -> None:
        self._accepted.discard(connection)
        self._opened.pop(number, None)

    def close(self) -> None:
        """No process is left that could connect. Messages that still arrive for connections are dropped."""
        self._is_open = False
        self.loop.forget(self._listener.fileno())
        self._listener.close()
        for connection in tuple(self._accepted):
            connection.close(broken=True)

    def _accept(self, _: int) -> None:
        # The guest may be gone again, or the runner short of descriptors.
        with suppress(OSError):
            fd, _address = self._listener._accept()
            os.set_blocking(fd, False)
            self._accepted.add(ProxyConnection(self, fd))
