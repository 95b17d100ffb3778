"""The pipe or socket on which the guest of a session receives its next job: written as the guest reads."""

from __future__ import annotations

import os

from runner.support.loop import GONE, WRITABLE, Loop


class JobPipe:
    """Never waits for a guest that does not read."""

    def __init__(self, fd: int, loop: Loop) -> None:
        self._fd = fd
        self._loop = loop
        self._left = memoryview(b"")
        os.set_blocking(fd, False)

    def send(self, message: bytes) -> None:
        """Sends a message; the rest of the last one, which its job did not read before it ended, is dropped."""
        self._left = memoryview(message)
        self._write()

    def _write(self) -> None:
        try:
            self._left = self._left[os.write(self._fd, self._left) :]
        except BlockingIOError:
            pass
        except ConnectionError:
            self._left = self._left[:0]
        if self._left:
            self._loop.watch(self._fd, WRITABLE, self._ready)
        else:
            self._loop.forget(self._fd)

    def _ready(self, event: int) -> None:
        if event & GONE:
            self._left = self._left[:0]
        self._write()
