"""Data on its way to the engine: bounded, and never waited for."""

from __future__ import annotations

import os
from _collections import deque
from itertools import islice

from runner.protocol import frames
from runner.support.loop import GONE, WRITABLE, Loop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

#: From here on, nothing more is taken from the guest: 256 KiB.
_FULL_BYTES = 262_144
#: Written at once at most; the kernel's own bound is 1024.
_PIECES_MAX = 64


class EngineGone(Exception):
    """The engine closed the channel, so there is nothing left to do."""


class Outbox:
    """Writes frames to the engine as fast as it takes them. `job` is the number of the job that is spoken of."""

    def __init__(self, fd: int, loop: Loop) -> None:
        self.job = frames.CONTROL_JOB
        self._fd = fd
        self._loop = loop
        self._pieces: deque[memoryview] = deque()
        #: Whether the engine has to take something first.
        self._waits = False
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

    def send(self, kind: int, payload: bytes, *, more: bool = False) -> None:
        """Queues one message and writes what the engine takes at once. With `more`, another message follows before the next
        wait, and this one is written with it unless the queue is full.

        The bound is the caller's to keep.
        """
        self._push(frames.encode(self.job, kind, payload))
        if not more or self.full:
            self.flush()

    def forward(self, *pieces: bytes) -> None:
        """Queues whole frames, as they are."""
        self._push(pieces)
        self.flush()

    def _push(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            self._pieces.append(memoryview(piece))
            self._bytes += len(piece)

    def flush(self) -> None:
        """Writes what is queued, as far as the engine takes it. Called before each wait."""
        if self._waits or self.empty:
            return
        self._write()
        if not self.empty:
            self._waits = True
            self._loop.watch(self._fd, WRITABLE, self._ready)

    def _ready(self, event: int) -> None:
        if event & GONE:
            raise EngineGone
        self._write()
        if self.empty:
            self._waits = False
            self._loop.watch(self._fd, 0, self._ready)

    def _write(self) -> None:
        while self._pieces:
            try:
                written = os.writev(self._fd, list(islice(self._pieces, _PIECES_MAX)))
            except BlockingIOError:
                return
            except BrokenPipeError:
                raise EngineGone from None
            self._bytes -= written
            while written:
                piece = self._pieces.popleft()
                if written < len(piece):
                    self._pieces.appendleft(piece[written:])
                written = max(written - len(piece), 0)
