"""Memory of the kernel's that a guest holds and that its cgroup does not count.

These are locks on parts of files and, with cgroup v1, what the buffers of TCP and UDP hold. The kernel counts local sockets
and pipes itself, and with cgroup v2 all that sockets receive.
"""

from __future__ import annotations

import time

from runner.process.file_locks import FileLocks
from runner.process.socket_memory import SocketMemory
from runner.protocol.job import MIB

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from runner.process.cgroup import Cgroup
    from runner.protocol.job import Limits

#: A job that makes no socket is shown two short files at each look.
_LOOK_SECONDS: Final = 0.05
_LOOK_SECONDS_MIN: Final = 0.005
#: Faster than a guest was seen to fill buffers.
_BYTES_PER_SECOND: Final = 2 * 1024 * MIB


class UncountedMemory:
    """Adds it to the memory that the cgroup counts."""

    def __init__(self, limits: Limits, cgroup: Cgroup) -> None:
        self._limit_bytes = limits.memory_mb * MIB
        self._cgroup = cgroup
        self._locks = FileLocks()
        self._sockets = SocketMemory(is_received_counted=cgroup.counts_received, has_local=False)
        self.next_look = time.monotonic() + _LOOK_SECONDS

    def used_up(self) -> bool:
        """Whether the guest holds more than its limit. Says when to look again, too."""
        held = self._sockets.bytes()
        left = self._limit_bytes - held
        if held:
            room = self._cgroup.room_bytes()
            left = left if room is None else min(left, room - held)
        wait = left / _BYTES_PER_SECOND if held else _LOOK_SECONDS
        self.next_look = time.monotonic() + min(max(wait, _LOOK_SECONDS_MIN), _LOOK_SECONDS)
        return left < 0 or self._locks.are_too_many(self._cgroup.cpu_seconds() or time.monotonic())
