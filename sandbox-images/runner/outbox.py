"""What is on its way to the engine: bounded, and never waited for."""

from __future__ import annotations

import os
from collections import deque

from runner import frames
from runner.loop import GONE, WRITABLE, Loop

#: From here on, nothing more is taken from the guest: 256 KiB.
_FULL_BYTES = 262_144


class EngineGone(Exception):
    """The engine closed the channel: there is nobody left to work for."""


class Outbox:
    """Writes frames to the engine as fast as it takes them. `job` is the number of the job that is spoken of."""

    def __init__(self, fd: int, loop: Loop) -> None:
        self.job = frames.CONTROL_JOB
        self._fd = fd
        self._loop = loop
        self._pieces: deque[memoryview] = deque()
        self._bytes = 0
        os.set_blocking(fd, False)
        # No event is asked for: an engine that is gone is reported all the same.
        loop.watch(fd, 0, self._ready)

    @property
    def full(self) -> bool:
        return self._bytes >= _FULL_BYTES

    @property
    def empty(self) -> bool:
        return self._bytes == 0

    def send(self, kind: int, payload: bytes) -> None:
        """Queues one message and writes what the engine takes at once. The bound is the caller's to keep."""
        was_empty = self.empty
        for piece in frames.encode(self.job, kind, payload):
            self._pieces.append(memoryview(piece))
            self._bytes += len(piece)
        if was_empty:
            self._write()
            if not self.empty:
                self._loop.watch(self._fd, WRITABLE, self._ready)

    def _ready(self, event: int) -> None:
        if event & GONE:
            raise EngineGone
        self._write()
        if self.empty:
            self._loop.watch(self._fd, 0, self._ready)

    def _write(self) -> None:
        while self._pieces:
            piece = self._pieces[0]
            try:
                written = os.write(self._fd, piece)
            except BlockingIOError:
                return
            except BrokenPipeError:
                raise EngineGone from None
            self._bytes -= written
            if written < len(piece):
                self._pieces[0] = piece[written:]
            else:
                self._pieces.popleft()
