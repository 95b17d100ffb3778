"""The guest's standard input: bounded, at the guest's pace, and never waited for."""

from __future__ import annotations

import os
from _collections import deque

from runner.support.loop import GONE, WRITABLE, Loop

#: From here on, nothing more is taken from the engine: 256 KiB.
_FULL_BYTES = 262_144


class StdinPump:
    """Takes stdin from the engine and, once it is attached to the guest's pipe, writes it as the guest reads."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._fd = -1
        self._chunks: deque[memoryview] = deque()
        self._bytes = 0
        self._finished = False
        #: Written to the guest so far.
        self.taken_bytes = 0
        #: The engine's data is not needed any more.
        self._deaf = False

    @property
    def has_room(self) -> bool:
        return self._deaf or self._bytes < _FULL_BYTES

    def feed(self, chunk: bytes) -> None:
        """Takes the next chunk from the engine; an empty one is the end."""
        if self._deaf:
            return
        self._push(chunk)
        if self._fd >= 0:
            self._arm()

    def replace(self, content: bytes) -> None:
        """Makes `content` the whole of stdin, even if the engine sends more. Call this before the guest starts."""
        self.discard()
        self._push(content)

    def attach(self, fd: int) -> None:
        """Gives the writing end of the guest's pipe, which is closed here."""
        os.set_blocking(fd, False)
        self._fd = fd
        self._arm()

    def discard(self) -> None:
        """The guest does not read any more: drops present and later data."""
        self._deaf = self._finished = True
        self._chunks.clear()
        self._bytes = 0
        self._close()

    def _push(self, chunk: bytes) -> None:
        if chunk:
            self._chunks.append(memoryview(chunk))
            self._bytes += len(chunk)
        else:
            self._finished = True

    def _arm(self) -> None:
        if self._chunks:
            self._loop.watch(self._fd, WRITABLE, self._ready)
        elif self._finished:
            self._close()
        else:
            # Only to notice that the guest closed its end.
            self._loop.watch(self._fd, 0, self._ready)

    def _ready(self, event: int) -> None:
        if event & GONE:
            self.discard()
            return
        chunk = self._chunks.popleft()
        try:
            written = os.write(self._fd, chunk)
        except BlockingIOError:
            written = 0
        except BrokenPipeError:
            self.discard()
            return
        self._bytes -= written
        self.taken_bytes += written
        if written < len(chunk):
            self._chunks.appendleft(chunk[written:])
        self._arm()

    def _close(self) -> None:
        if self._fd >= 0:
            self._loop.forget(self._fd)
            os.close(self._fd)
            self._fd = -1
