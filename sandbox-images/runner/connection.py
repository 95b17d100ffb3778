"""One process of the guest's at the runner's door, or one of its threads: its frames in, one by one, and the answers."""

from __future__ import annotations

import os

from runner.loop import READABLE, WRITABLE
from runner.show_client import DISPLAY, PROGRESS
from runner.tool_client import LENGTH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from runner.door import Door

NAME_MAX: Final = 64
_READ_BYTES: Final = 65_536
#: A frame that is longer is read while no other such one is.
_SMALL_BYTES: Final = 65_536


class Connection:
    """One process of the guest's, or one of its threads."""

    def __init__(self, door: Door, fd: int) -> None:
        self._door = door
        self._fd = fd
        self._buffer = bytearray()
        #: Bytes of a frame that is too long, still to be thrown away; `None` where there is none.
        self._skip: int | None = None
        #: Whether a call waits for its answer.
        self.calling = False
        self._unsent = memoryview(b"")
        self._events = -1
        self.arm()

    def arm(self) -> None:
        """Deals with what came, and watches for what may come."""
        if self._fd >= 0 and not self.calling and not self._unsent:
            self._advance()
        if self._fd < 0:
            return
        events = WRITABLE if self._unsent else READABLE if self._may_read() else 0
        if events != self._events:
            self._events = events
            self._door.loop.watch(self._fd, events, self._ready)

    def answer(self, payload: bytes) -> None:
        """Sends an answer, as the guest reads it."""
        self.calling = False
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
        if self.calling or self._unsent:
            return False
        kind = self._buffer[LENGTH.size] if len(self._buffer) > LENGTH.size else PROGRESS
        if not self._door.has_turn(self, kind):
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
        if end == LENGTH.size:
            if len(self._buffer) >= end:
                # An empty frame says nothing.
                self.close()
            return
        if len(self._buffer) < end or not self._door.has_turn(self, self._buffer[LENGTH.size]):
            return
        payload = bytes(self._buffer[LENGTH.size : end])
        del self._buffer[:end]
        if self._door.long is self:
            self._door.long = None
        kind = payload[0]
        if kind == DISPLAY:
            self.answer(b"\1" if self._door.showing.display(self, payload[1:]) else b"\0")
        elif kind == PROGRESS:
            self.answer(b"\1" if self._door.showing.progress(payload[1:]) else b"\0")
        elif kind > NAME_MAX or kind >= len(payload):
            self.close()
        elif kind == 0:
            self._door.list_tools(self)
        else:
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
