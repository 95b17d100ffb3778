"""The memory of a container that has a kernel to itself, as under gVisor.

Such a kernel shows no cgroup, and does not end one process if memory runs out: the host's kernel ends the whole
container, and the engine may never learn why. So the runner watches the memory that is left, and acts first.
"""

from __future__ import annotations

import os
import time

from runner.process.process_tree import ProcessTree
from runner.protocol.job import MIB, Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

#: The kernel is the container's own if its whole memory exceeds `memoryMb` by at most this (README.md).
_SHARE_OF_KERNEL: Final = 96 * MIB
#: Memory that gVisor needs for each process and does not count as used: 0.4 MiB were measured.
_PROCESS_BYTES: Final = MIB // 2
#: Faster than any guest was seen to take memory; under gVisor it takes 1.2 GiB/s.
_BYTES_PER_SECOND: Final = 4 * 1024 * MIB
_LOOK_SECONDS: Final = 0.005


class OwnKernel:
    """Watches the guest's memory, from just before its start. `peak_bytes` is the most that was seen."""

    def __init__(self, fd: int, limit_bytes: int, processes: ProcessTree, most_bytes: int) -> None:
        self.peak_bytes = 0
        #: Some versions of gVisor report memory that a process only reserved as used.
        self.most_bytes = most_bytes
        self.next_look = 0.0
        self._fd = fd
        self._limit_bytes = limit_bytes
        self._processes = processes
        self._before = self._used_bytes()

    @classmethod
    def find(cls, limits: Limits, processes: ProcessTree) -> OwnKernel | None:
        """None if the kernel is shared, because it then reports the host's memory."""
        limit_bytes = limits.memory_mb * MIB
        fd = os.open("/proc/meminfo", os.O_RDONLY | os.O_CLOEXEC)
        total = _meminfo(fd)["MemTotal"]
        if total > limit_bytes + _SHARE_OF_KERNEL:
            os.close(fd)
            return None
        return cls(fd, limit_bytes, processes, total)

    @classmethod
    def is_there(cls, limits: Limits) -> bool:
        """Whether the kernel is the container's own."""
        fd = os.open("/proc/meminfo", os.O_RDONLY | os.O_CLOEXEC)
        try:
            return _meminfo(fd)["MemTotal"] <= limits.memory_mb * MIB + _SHARE_OF_KERNEL
        finally:
            os.close(fd)

    def used_up(self) -> bool:
        """Whether the guest holds more than its limit, its processes paid for. Says when to look again, too."""
        used = self._used_bytes() - self._before
        self.peak_bytes = max(self.peak_bytes, used)
        # The first process lives on the runner's share.
        left = self._limit_bytes - used - _PROCESS_BYTES * max(self._processes.count() - 1, 0)
        self.next_look = time.monotonic() + max(left / _BYTES_PER_SECOND, _LOOK_SECONDS)
        return left < 0

    def _used_bytes(self) -> int:
        fields = _meminfo(self._fd)
        return fields["MemTotal"] - fields["MemFree"]


def _meminfo(fd: int) -> dict[str, int]:
    """The first two fields of /proc/meminfo, in bytes. Read again each time, from a file that stays open."""
    fields: dict[str, int] = {}
    for line in os.pread(fd, 256, 0).decode("ascii").splitlines()[:2]:
        name, _, value = line.partition(":")
        fields[name] = int(value.split()[0]) * 1024
    return fields
