"""One process of the guest's at the runner's socket, or one of its threads: its frames in, one by one, and the answers."""

from __future__ import annotations

import os

from runner.support.loop import READABLE, WRITABLE
from runner.tools.display_client import DISPLAY, PROGRESS
from runner.tools.tool_client import LENGTH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, Protocol

    from runner.support.loop import Loop
    from runner.tools.displays import Displays

    class Owner(Protocol):
        """The parts of the socket that a connection needs."""

        loop: Loop
        displays: Displays
        #: Answers that wait to be read by the guest, in bytes.
        unread_bytes: int
        #: The longest payload of a frame, in bytes.
        frame_max: int
        #: The connection whose long frame is being read.
        long: ToolConnection | None

        def has_turn(self, connection: ToolConnection, kind: int) -> bool:
            """Whether a frame that begins with `kind` may be handled now."""

        def call(self, connection: ToolConnection, payload: bytes) -> None:
            """Passes on a call."""

        def list_tools(self, connection: ToolConnection) -> None:
            """Answers with the list of tools."""

        def refuse_long(self, connection: ToolConnection) -> None:
            """Answers that the frame was too long."""

        def forget(self, connection: ToolConnection) -> None:
            """The connection is closed."""

NAME_MAX: Final = 64
_READ_BYTES: Final = 65_536
#: Only one frame longer than this is read at a time.
_SMALL_BYTES: Final = 65_536


class ToolConnection:
    """One process of the guest's, or one of its threads."""

    def __init__(self, owner: Owner, fd: int) -> None:
        self._owner = owner
        self._fd = fd
        self._buffer = bytearray()
        #: Bytes of a frame that is too long that are still to be dropped; `None` if there is no such frame.
        self._skip: int | None = None
        #: Whether a call waits for its answer.
        self.calling = False
        self._unsent = memoryview(b"")
        self._events = -1
        self.arm()

    def arm(self) -> None:
        """Handles the data that arrived, and watches for more."""
        if self._fd >= 0 and not self.calling and not self._unsent:
            self._advance()
        if self._fd < 0:
            return
        events = WRITABLE if self._unsent else READABLE if self._may_read() else 0
        if events != self._events:
            self._events = events
            self._owner.loop.watch(self._fd, events, self._ready)

    def answer(self, payload: bytes) -> None:
        """Sends an answer, as the guest reads it."""
        self.calling = False
        self._unsent = memoryview(LENGTH.pack(len(payload)) + payload)
        self._owner.unread_bytes += len(self._unsent)
        self._write()

    def close(self) -> None:
        if self._fd < 0:
            return
        self._owner.unread_bytes -= len(self._unsent)
        self._unsent = memoryview(b"")
        self._owner.forget(self)
        self._owner.loop.forget(self._fd)
        os.close(self._fd)
        self._fd = -1

    def _may_read(self) -> bool:
        if self.calling or self._unsent:
            return False
        kind = self._buffer[LENGTH.size] if len(self._buffer) > LENGTH.size else PROGRESS
        if not self._owner.has_turn(self, kind):
            return False
        if self._length() <= _SMALL_BYTES or self._skip is not None:
            return True
        if self._owner.long is None:
            self._owner.long = self
        return self._owner.long is self

    def _length(self) -> int:
        """Length of the payload of the frame that has begun, in bytes; 0 if it is not known."""
        return LENGTH.unpack_from(self._buffer)[0] if len(self._buffer) >= LENGTH.size else 0

    def _ready(self, event: int) -> None:
        if event & WRITABLE:
            self._write()
        else:
            # Also if the other side is gone: then the end is read.
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
        if self._skip is None and self._length() > self._owner.frame_max:
            self._skip = self._length() + LENGTH.size
        if self._skip is not None:
            thrown = min(self._skip, len(self._buffer))
            del self._buffer[:thrown]
            self._skip -= thrown
            if self._skip == 0:
                self._skip = None
                self._owner.refuse_long(self)
            return
        end = LENGTH.size + self._length()
        if end == LENGTH.size:
            if len(self._buffer) >= end:
                # An empty frame is not valid.
                self.close()
            return
        if len(self._buffer) < end or not self._owner.has_turn(self, self._buffer[LENGTH.size]):
            return
        payload = bytes(self._buffer[LENGTH.size : end])
        del self._buffer[:end]
        if self._owner.long is self:
            self._owner.long = None
        kind = payload[0]
        if kind == DISPLAY:
            self.answer(b"\1" if self._owner.displays.display(self, payload[1:]) else b"\0")
        elif kind == PROGRESS:
            self.answer(b"\1" if self._owner.displays.progress(payload[1:]) else b"\0")
        elif kind > NAME_MAX or kind >= len(payload):
            self.close()
        elif kind == 0:
            self._owner.list_tools(self)
        else:
            self._owner.call(self, payload)

    def _write(self) -> None:
        try:
            written = os.write(self._fd, self._unsent)
        except BlockingIOError:
            return
        except OSError:
            self.close()
            return
        self._owner.unread_bytes -= written
        self._unsent = self._unsent[written:]
