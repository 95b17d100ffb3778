"""Pipes that the guest writes to."""

from __future__ import annotations

import os
import time

from runner.support.loop import READABLE, Loop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_READ_BYTES = 65_536
#: A guest that writes in small pieces is read at most this often, in seconds; the first piece is read at once.
_PACE_SECONDS = 0.002
_NEVER_SECONDS = 3_600.0


class OutputPump:
    """Reads a pipe to its end and hands over the data as it arrives.

    A piece for each of a hundred thousand small writes would cost more than everything else, so data that arrives within
    2 ms of the last piece waits in the pipe until they are over. Bulk data is not slowed down.
    """

    def __init__(self, fd: int, loop: Loop, sink: Callable[[bytes], None], *, paced: bool = True) -> None:
        self.ended = False
        self._fd = fd
        self._loop = loop
        self._sink = sink
        self._listening = False
        self._next_read = 0.0
        self._pace = _PACE_SECONDS if paced else 0.0

    def arm(self, *, has_room: bool) -> float:
        """Call this before each wait: watches the pipe or not; returns the seconds after which to call again."""
        if self.ended:
            return _NEVER_SECONDS
        wait = self._next_read - time.monotonic() if has_room else _NEVER_SECONDS
        if (wait <= 0) != self._listening:
            self._listening = not self._listening
            if self._listening:
                self._loop.watch(self._fd, READABLE, lambda _: self.read())
            else:
                # Not watched at all: a pipe whose writers are gone would be reported again and again.
                self._loop.forget(self._fd)
        return wait if wait > 0 else _NEVER_SECONDS

    def read(self) -> None:
        """Reads once; waits if there is nothing to read and a process could still write."""
        data = self._receive(_READ_BYTES)
        if data:
            self._next_read = 0.0 if len(data) == _READ_BYTES else time.monotonic() + self._pace
            self._sink(data)
            return
        if data is None:
            return
        self.ended = True
        self._loop.forget(self._fd)
        os.close(self._fd)

    def _receive(self, max_bytes: int) -> bytes | None:
        """The next data: empty at the end, None if it must be ignored."""
        return os.read(self._fd, max_bytes)


class Capture:
    """Keeps data up to a limit; the rest is dropped, and `overflowed` says so."""

    def __init__(self, max_bytes: int) -> None:
        self.overflowed = False
        self._max_bytes = max_bytes
        self._data = bytearray()

    def take(self, data: bytes) -> None:
        room = self._max_bytes - len(self._data)
        self._data += data[:room]
        self.overflowed = self.overflowed or len(data) > room

    @property
    def content(self) -> bytes:
        return bytes(self._data)
