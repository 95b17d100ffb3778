"""The program's way to answer the runner."""

from __future__ import annotations

import os

from runner.protocol import answers


class Reply:
    """Sends the one record of a program.

    Only the process that the runner started sends it, not a child that the program forked and that also reaches the
    program's end. It is sent only on the original pipe: the program may have closed that, and its number may have been
    reused.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._pipe = os.fstat(fd)
        self._process = os.getpid()

    def say(self, tag: bytes, payload: bytes = b"") -> None:
        """Reports how the program ended, with its value."""
        if self._is_there():
            answers.send(self._fd, tag, payload)

    def say_error(self, tag: bytes, name: str, message: str, stack: str = "", line: int = 0) -> None:
        """Reports what went wrong; a line of 0 is unknown."""
        if self._is_there():
            answers.send(self._fd, tag, answers.error_payload(name, message, stack, line))

    def _is_there(self) -> bool:
        try:
            return os.getpid() == self._process and os.path.samestat(os.fstat(self._fd), self._pipe)
        except OSError:
            return False
