"""Locks on parts of files, each of which takes kernel memory that is not counted for any job."""

from __future__ import annotations

import os

from runner.support.suppress import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

#: Far more than a program needs; 2 MiB in the kernel.
_LOCKS_MAX: Final = 10_000
#: To read the list takes milliseconds in which the kernel waits. In this time of a processor, a guest was seen to set 300 000.
_LOOK_SECONDS: Final = 0.25


class FileLocks:
    """Counts the locks after each interval of processor time of the guest."""

    def __init__(self) -> None:
        self._last_look: float | None = None

    def are_too_many(self, cpu_seconds: float) -> bool:
        """`cpu_seconds` is what the guest has used; only its growth matters."""
        if self._last_look is None:
            self._last_look = cpu_seconds
        if cpu_seconds < self._last_look + _LOOK_SECONDS:
            return False
        self._last_look = cpu_seconds
        with suppress(OSError):
            fd = os.open("/proc/locks", os.O_RDONLY | os.O_CLOEXEC)
            try:
                return _has_more_lines(fd, _LOCKS_MAX)
            finally:
                os.close(fd)
        return False


def _has_more_lines(fd: int, most: int) -> bool:
    lines = 0
    while lines <= most:
        piece = os.read(fd, 65_536)
        if not piece:
            return False
        lines += piece.count(b"\n")
    return True
