"""Where the guest's processes come with calls of the host's tools: a socket in /run, which they can connect to only.

Whoever connects is the guest. So a connection has one call under way at a time, a bounded number of them is at the host,
frames are bounded before they are read, and a call is passed on in a frame of the runner's own making. A process that
does not read its answers holds back what comes from the engine, never the runner: its limits still hold.
"""

from __future__ import annotations

import json
import os
import struct
from contextlib import suppress

from runner import frames
from runner.loop import READABLE, WRITABLE, Loop
from runner.tool_client import LENGTH, SOCKET_FOLDER, SOCKET_PATH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from runner.job import Job
    from runner.outbox import Outbox

#: toolCallsAtOnce in src/cells/tool-messages.ts.
_CALLS_AT_ONCE: Final = 64
#: More wait to be accepted. Each costs a descriptor, of which the runner has 256.
_CONNECTIONS_MAX: Final = 128
_READ_BYTES: Final = 65_536
#: A frame that is longer is read while no other such one is.
_SMALL_BYTES: Final = 65_536
#: Answers that wait to be read by the guest, in bytes, before nothing more is taken from the engine.
_UNREAD_BYTES: Final = 262_144
_NAME_MAX: Final = 64
_NUMBER: Final = struct.Struct(">I")


class ToolDoor:
    """Takes the calls of a job's guest, while it is open, and hands out the answers."""

    def __init__(self, job: Job, loop: Loop, outbox: Outbox) -> None:
        # Late: most jobs have no tools.
        from _socket import AF_UNIX, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM, socket

        self.unread_bytes = 0
        #: The connection whose long frame is being read.
        self.long: _Connection | None = None
        #: The longest payload: a name and an input.
        self.frame_max = 1 + _NAME_MAX + job.limits.value_bytes
        self.loop = loop
        self._list = json.dumps(job.tools).encode()
        self._value_kb = job.limits.value_kb
        self._outbox = outbox
        self._connections: set[_Connection] = set()
        #: Calls at the host by their numbers; None where whoever called is gone.
        self._calls: dict[int, _Connection | None] = {}
        self._last_call = 0
        self._listening = False
        self._listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK)
        os.makedirs(SOCKET_FOLDER, exist_ok=True)
        self._listener.bind(SOCKET_PATH)
        os.chmod(SOCKET_PATH, 0o666)
        self._listener.listen(_CONNECTIONS_MAX)

    @property
    def calling(self) -> bool:
        """Whether a call is at the host."""
        return bool(self._calls)

    @property
    def has_room(self) -> bool:
        """Whether more answers may come."""
        return self.unread_bytes < _UNREAD_BYTES

    @property
    def may_call(self) -> bool:
        """Whether one more call may be passed on."""
        return len(self._calls) < _CALLS_AT_ONCE and not self._outbox.full

    def arm(self) -> None:
        """To be called before each wait."""
        for connection in tuple(self._connections):
            connection.arm()
        listen = len(self._connections) < _CONNECTIONS_MAX
        if listen != self._listening:
            self._listening = listen
            self.loop.watch(self._listener.fileno(), READABLE if listen else 0, self._accept)

    def close(self) -> None:
        """Nobody is left who could call."""
        self.loop.forget(self._listener.fileno())
        self._listener.close()
        for connection in tuple(self._connections):
            connection.close()
        self._connections.clear()
        os.unlink(SOCKET_PATH)

    def answered(self, message: bytes) -> None:
        """Takes a tool-result message of the engine's."""
        (number,) = _NUMBER.unpack_from(message)
        if number not in self._calls:
            raise frames.ProtocolError(f"An answer came to tool call {number}, which nobody made.")
        connection = self._calls.pop(number)
        if connection is not None:
            connection.answer(message[_NUMBER.size :])

    def call(self, connection: _Connection, payload: bytes) -> None:
        """Passes on the call that a connection made; `payload` is the tail of a tool-call message."""
        self._last_call += 1
        self._calls[self._last_call] = connection
        self._outbox.send(frames.TOOL_CALL, _NUMBER.pack(self._last_call) + payload)

    def list_tools(self, connection: _Connection) -> None:
        connection.answer(b"\1" + self._list)

    def refuse_long(self, connection: _Connection) -> None:
        message = f"The input is larger than limits.valueKb = {self._value_kb} KiB."
        connection.answer(b"\0" + json.dumps({"code": "VALUE_LIMIT", "message": message}).encode())

    def forget(self, connection: _Connection) -> None:
        """Whoever called is gone; an answer that still comes is dropped."""
        self._connections.discard(connection)
        if self.long is connection:
            self.long = None
        for number, caller in self._calls.items():
            if caller is connection:
                self._calls[number] = None

    def _accept(self, _: int) -> None:
        # The guest may be gone again, or the runner short of descriptors.
        with suppress(OSError):
            fd, _address = self._listener._accept()
            os.set_blocking(fd, False)
            self._connections.add(_Connection(self, fd))


class _Connection:
    """One process of the guest's, or one of its threads."""

    def __init__(self, door: ToolDoor, fd: int) -> None:
        self._door = door
        self._fd = fd
        self._buffer = bytearray()
        #: Bytes of a frame that is too long, still to be thrown away; `None` where there is none.
        self._skip: int | None = None
        #: Whether a call waits for its answer.
        self._calling = False
        self._unsent = memoryview(b"")
        self._events = -1
        self.arm()

    def arm(self) -> None:
        """Deals with what came, and watches for what may come."""
        if self._fd >= 0 and not self._calling and not self._unsent:
            self._advance()
        if self._fd < 0:
            return
        events = WRITABLE if self._unsent else READABLE if self._may_read() else 0
        if events != self._events:
            self._events = events
            self._door.loop.watch(self._fd, events, self._ready)

    def answer(self, payload: bytes) -> None:
        """Sends an answer, as the guest reads it."""
        self._calling = False
        self._unsent = memoryview(LENGTH.pack(len(payload)) + payload)
        self._door.unread_bytes += len(self._unsent)
        self._write()

    def close(self) -> None:
        if self._fd < 0:
            return
        self._door.unread_bytes -= len(self._unsent)
        self._unsent = memoryview(b"")
        self._door.forget(self)
        self._door.loop.forget(self._fd)
        os.close(self._fd)
        self._fd = -1

    def _may_read(self) -> bool:
        if self._calling or self._unsent or not self._door.may_call:
            return False
        if self._length() <= _SMALL_BYTES or self._skip is not None:
            return True
        if self._door.long is None:
            self._door.long = self
        return self._door.long is self

    def _length(self) -> int:
        """What the payload of the frame that has begun will have, in bytes; 0 where that is not known."""
        return LENGTH.unpack_from(self._buffer)[0] if len(self._buffer) >= LENGTH.size else 0

    def _ready(self, event: int) -> None:
        if event & WRITABLE:
            self._write()
        else:
            # Also where the other side is gone: then there is an end to read.
            self._read()
        self.arm()

    def _read(self) -> None:
        try:
            data = os.read(self._fd, _READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            return
        self._buffer += data

    def _advance(self) -> None:
        """Takes the next frame, once all of it is there and the host takes calls."""
        if self._skip is None and self._length() > self._door.frame_max:
            self._skip = self._length() + LENGTH.size
        if self._skip is not None:
            thrown = min(self._skip, len(self._buffer))
            del self._buffer[:thrown]
            self._skip -= thrown
            if self._skip == 0:
                self._skip = None
                self._door.refuse_long(self)
            return
        end = LENGTH.size + self._length()
        if len(self._buffer) < LENGTH.size or len(self._buffer) < end or not self._door.may_call:
            return
        payload = bytes(self._buffer[LENGTH.size : end])
        del self._buffer[:end]
        if self._door.long is self:
            self._door.long = None
        if not payload or payload[0] > _NAME_MAX or payload[0] >= len(payload):
            self.close()
        elif payload[0] == 0:
            self._door.list_tools(self)
        else:
            self._calling = True
            self._door.call(self, payload)

    def _write(self) -> None:
        try:
            written = os.write(self._fd, self._unsent)
        except BlockingIOError:
            return
        except OSError:
            self.close()
            return
        self._door.unread_bytes -= written
        self._unsent = self._unsent[written:]
