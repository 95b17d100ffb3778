"""One connection of the guest's with the proxy (proxy.py): the head of its request, then bytes in both directions."""

from __future__ import annotations

import os
import struct
from _collections import deque

from runner.network import http_head
from runner.protocol import frames
from runner.support.loop import BROKEN, BROKEN_ONLY, READABLE, WRITABLE
from runner.support.suppress import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final, Protocol

    from _socket import socket

    from runner.protocol.outbox import Outbox
    from runner.support.loop import Loop

    class Owner(Protocol):
        """The parts of the proxy that a connection needs."""

        loop: Loop
        outbox: Outbox

        def open(self, connection: ProxyConnection, verb: int, rest: bytes) -> int:
            """Tells the engine of a new connection; its number."""

        def send(self, number: int, verb: int, rest: bytes = b"") -> None:
            """Sends the engine a message about a connection."""

        def forget(self, connection: ProxyConnection, number: int) -> None:
            """The connection is closed."""

# Of networkVerbs (src/cells/protocol/network-messages.ts).
_CONNECT: Final = 1
_REQUEST: Final = 2
_OPENED: Final = 3
_DATA: Final = 4
_END: Final = 5
_RESET: Final = 6
CREDIT: Final = 7
#: windowBytes.
_WINDOW_BYTES: Final = 262_144
#: Credit is given in steps of this size.
STEP_BYTES: Final = 65_536
_READ_BYTES: Final = 65_536
#: Most reads of a body that is not wanted.
_DRAINS_MAX: Final = 16
NUMBER: Final = struct.Struct(">I")


class ProxyConnection:
    """One connection of the guest's, for one request or one tunnel."""

    def __init__(self, owner: Owner, fd: int) -> None:
        self._owner = owner
        self._fd = fd
        self._number = 0
        self._events = -1
        #: The head of the request, until it is complete; then the data after it.
        self._buffer = bytearray()
        self._is_tunnel = False
        #: Whether the guest has its answer, or its beginning.
        self._answered = False
        #: Bytes of the body that have not arrived; for a tunnel, any number.
        self._wanted = 0
        self._window = _WINDOW_BYTES
        self._unsent: deque[memoryview] = deque()
        self._taken = 0
        #: Whether each side has finished sending, apart from the request itself.
        self._guest_ended = False
        self._engine_ended = False

    def arm(self) -> None:
        """Passes on the data that arrived, and watches for more."""
        self._pass_on()
        if self._fd < 0:
            return
        events = (READABLE if self._may_read() else 0) | (WRITABLE if self._unsent else 0)
        if events != self._events:
            self._events = events
            self._owner.loop.watch(self._fd, events or BROKEN_ONLY, self._ready)

    def receive(self, verb: int, rest: memoryview) -> None:
        """Takes a message of the engine's."""
        if verb == _DATA:
            self._push(rest)
        elif verb == CREDIT:
            self._window += NUMBER.unpack(rest)[0]
        elif verb == _OPENED:
            self._answered = True
            self._push(http_head.established() if self._is_tunnel else http_head.response(bytes(rest)), counts=False)
        elif verb == _END:
            self._engine_ended = True
            self._write()
        elif verb == _RESET and self._answered:
            self.close(broken=True)
        elif verb == _RESET:
            # The engine has forgotten it.
            self._owner.forget(self, self._number)
            self._refuse(http_head.failure(bytes(rest)))
        else:
            raise frames.ProtocolError(f"A network message of verb {verb} is not allowed here.")

    def close(self, *, broken: bool = False) -> None:
        """Ends it. `broken`: so that the guest cannot take it for the end of an answer."""
        if self._fd < 0:
            return
        self._owner.forget(self, self._number)
        self._owner.loop.forget(self._fd)
        if broken:
            from _socket import SO_LINGER, SOL_SOCKET

            of_socket(self._fd, lambda end: end.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0)))
        os.close(self._fd)
        self._fd = -1
        self._unsent.clear()

    def _may_read(self) -> bool:
        if self._guest_ended or self._engine_ended and not self._is_tunnel or self._owner.outbox.full:
            return False
        if self._number == 0:
            return True
        return self._wanted > len(self._buffer) and not self._buffer and self._window > 0 and self._may_talk()

    def _may_talk(self) -> bool:
        """Whether the engine takes bytes of it: of a tunnel, once there is one."""
        return self._answered or not self._is_tunnel

    def _ready(self, event: int) -> None:
        # If the other side is gone, the end is read, or the write fails.
        if self._events & READABLE and not event & WRITABLE:
            self._read()
        elif self._events:
            self._write()
        elif event & BROKEN:
            self._give_up()

    def _read(self) -> None:
        try:
            data = os.read(self._fd, min(_READ_BYTES, self._window or _READ_BYTES))
        except BlockingIOError:
            return
        except OSError:
            self._give_up()
            return
        if data:
            self._buffer += data
            if self._number == 0:
                self._take_head()
        elif self._number == 0 or not self._is_tunnel:
            # In the middle of its request.
            self._give_up()
        else:
            self._guest_ended = True
            self._owner.send(self._number, _END)
            self._end_if_over()

    def _take_head(self) -> None:
        end = self._buffer.find(http_head.END)
        if end < 0 and len(self._buffer) <= http_head.BYTES_MAX:
            return
        head = http_head.parse(bytes(self._buffer[:end])) if 0 <= end <= http_head.BYTES_MAX else None
        if head is None:
            self._refuse(http_head.unreadable())
            return
        del self._buffer[: end + len(http_head.END)]
        self._is_tunnel = head.method == "CONNECT"
        if self._is_tunnel:
            self._wanted = 1 << 62
            self._number = self._owner.open(self, _CONNECT, head.target.encode())
            return
        self._wanted = head.body_bytes
        self._number = self._owner.open(self, _REQUEST, head.pack())
        if self._wanted and head.awaits_word:
            self._push(http_head.GO_ON, counts=False)

    def _pass_on(self) -> None:
        """Passes on data of a body or a tunnel."""
        while self._buffer and self._number and self._wanted and self._window and self._may_talk():
            piece = bytes(self._buffer[: min(_READ_BYTES, self._window, self._wanted)])
            del self._buffer[: len(piece)]
            self._window -= len(piece)
            self._owner.send(self._number, _DATA, piece)
            if not self._is_tunnel:
                self._wanted -= len(piece)
                if not self._wanted:
                    # Later data is ignored, because a connection carries one request.
                    self._buffer.clear()
                    self._owner.send(self._number, _END)

    def _push(self, data: bytes | memoryview, *, counts: bool = True) -> None:
        """Queues bytes for the guest; those that `counts` is false for are the proxy's own."""
        if not counts:
            self._taken -= len(data)
        if data:
            self._unsent.append(memoryview(data))
        self._write()

    def _write(self) -> None:
        try:
            while self._unsent:
                piece = self._unsent[0]
                written = os.write(self._fd, piece)
                self._taken += written
                if written < len(piece):
                    self._unsent[0] = piece[written:]
                else:
                    self._unsent.popleft()
        except BlockingIOError:
            pass
        except OSError:
            self._give_up()
            return
        if self._taken >= STEP_BYTES and not self._engine_ended:
            self._owner.send(self._number, CREDIT, NUMBER.pack(self._taken))
            self._taken = 0
        self._end_if_over()

    def _end_if_over(self) -> None:
        if not self._engine_ended or self._unsent:
            return
        if self._is_tunnel and self._answered and not self._guest_ended:
            self._shut_writing()
        else:
            self.close()

    def _shut_writing(self) -> None:
        from _socket import SHUT_WR

        of_socket(self._fd, lambda end: end.shutdown(SHUT_WR))

    def _refuse(self, answer: bytes) -> None:
        """Answers in place of the engine, which knows nothing of it, or no longer."""
        self._owner.forget(self, self._number)
        self._buffer.clear()
        self._guest_ended = self._engine_ended = self._answered = True
        with suppress(OSError):
            os.write(self._fd, answer)
            # Unread data would destroy the answer on its way.
            for _ in range(_DRAINS_MAX):
                if not os.read(self._fd, _READ_BYTES):
                    break
        self.close()

    def _give_up(self) -> None:
        """The guest is gone, or does not keep its word."""
        if self._number and not (self._engine_ended and not self._is_tunnel):
            self._owner.send(self._number, _RESET)
        self.close()


def of_socket(fd: int, do: Callable[[socket], object]) -> None:
    """Calls a method of a connection's socket object, unless the guest has broken the connection. The runner keeps the
    descriptor: an object that was not detached would close it, or another descriptor with the same number."""
    from _socket import socket

    with suppress(OSError):
        end = socket(fileno=fd)
        try:
            do(end)
        finally:
            end.detach()
