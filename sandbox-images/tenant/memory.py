"""The memory of one job among others of a container, whose cgroup counts them all together."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from runner.identity import WORKSPACE, AsGuest
from runner.job import MIB

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from runner.job import Limits

#: Kernel memory that no counter shows for a job: stacks of threads, and what a socket's buffer can hold.
_THREAD_BYTES: Final = 32 * 1024
_SOCKET_BYTES: Final = MIB // 4
#: Faster than a guest was seen to take memory: 3 GiB/s on the reference machine.
_BYTES_PER_SECOND: Final = 4 * 1024 * MIB
_LOOK_SECONDS: Final = 0.005
_FIELDS: Final = {b"RssAnon", b"RssShmem", b"VmPTE", b"Threads"}


class SharedKernel:
    """Adds up what the guest's processes, files and sockets hold. `peak_bytes` is the most that was seen.

    Pages that a fork shares with its parent are counted for both, which costs little to read. Only where that comes to
    more than the limit are the shares of each page added up instead.
    """

    def __init__(self, limits: Limits) -> None:
        self._limit_bytes = limits.memory_mb * MIB
        self.peak_bytes = 0
        self.most_bytes = 1 << 62
        self.next_look = time.monotonic() + self._limit_bytes / _BYTES_PER_SECOND
        #: What the guest's first process begins with is the runner's.
        self._begin = _of_process("self")
        self._main = True

    def used_up(self) -> bool:
        """Whether the guest holds more than its limit. Says when to look again, too."""
        pids = [name for name in os.listdir("/proc") if name.isdecimal() and name != "1"]
        files = _files()
        used = files + sum(map(_of_process, pids)) - self._begin
        if used > self._limit_bytes:
            with AsGuest():
                used = min(used, files + sum(map(_share_of_process, pids)))
        self.peak_bytes = max(self.peak_bytes, used)
        left = self._limit_bytes - used
        self.next_look = time.monotonic() + max(left / _BYTES_PER_SECOND, _LOOK_SECONDS)
        return left < 0


def _of_process(pid: str) -> int:
    total = 0
    with suppress(OSError):
        for line in _read(f"/proc/{pid}/status").splitlines():
            name, _, value = line.partition(b":")
            if name in _FIELDS:
                total += int(value.split()[0]) * (_THREAD_BYTES if name == b"Threads" else 1024)
    return total


def _share_of_process(pid: str) -> int:
    """As `_of_process`, with pages divided among those that have them. A guest that hides them pays for the whole."""
    try:
        for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
            if line.startswith(b"Pss_Anon:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return _of_process(pid)


def _files() -> int:
    disk = os.statvfs(WORKSPACE)
    sockets = _read("/proc/self/net/sockstat").split(b"\n", 1)[0]
    return (disk.f_blocks - disk.f_bfree) * disk.f_frsize + int(sockets.split()[-1]) * _SOCKET_BYTES


def _read(path: str) -> bytes:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(fd, 4096)
    finally:
        os.close(fd)
