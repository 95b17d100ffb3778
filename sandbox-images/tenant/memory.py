"""The memory of one job among others of a container, whose cgroup counts them all together."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from runner.process.file_locks import FileLocks
from runner.process.socket_memory import SocketMemory
from runner.protocol.job import MIB
from runner.support.identity import WORKSPACE, AsGuest
from tenant.shares import Shares

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from runner.protocol.job import Limits

#: Kernel memory that no counter shows for a job: stacks of threads.
_THREAD_BYTES: Final = 32 * 1024
#: Faster than a guest was seen to take memory: 3 GiB/s on the reference machine.
_BYTES_PER_SECOND: Final = 4 * 1024 * MIB
_LOOK_SECONDS: Final = 0.005
#: How long a job may have more than its share of the processors.
_LOOK_SECONDS_MAX: Final = 0.1
_MEMORY_FIELDS: Final = {b"RssAnon", b"RssShmem", b"VmPTE"}


class SharedKernel:
    """Adds up what the guest's processes, files and sockets hold. `peak_bytes` is the most that was seen.

    Pages that a fork shares with its parent are counted for both, because that is cheap to read. Only if the sum exceeds
    the limit, the shares of each page are added up instead. Because it looks at all processes, it also sets the job's
    share of the processors.
    """

    def __init__(self, limits: Limits) -> None:
        self._limit_bytes = limits.memory_mb * MIB
        self._shares = Shares()
        self._sockets = SocketMemory(is_received_counted=False, has_local=True)
        self._locks = FileLocks()
        #: Seconds in which the job was seen to run.
        self._busy = 0.0
        self._last_look = time.monotonic()
        self.peak_bytes = 0
        self.most_bytes = 1 << 62
        self.next_look = 0.0
        self._plan(self._limit_bytes)
        #: The memory with which the guest's first process begins is the runner's.
        self._begin = _Process("self").bytes

    def used_up(self) -> bool:
        """Whether the guest holds more than its limit. Says when to look again, too."""
        pids = [name for name in os.listdir("/proc") if name.isdecimal() and name != "1"]
        processes = [*map(_Process, pids)]
        files = _files() + self._sockets.bytes()
        used = files + sum(each.bytes for each in processes) - self._begin
        if used > self._limit_bytes:
            with AsGuest():
                used = min(used, files + sum(map(_share_of_process, pids)))
        self.peak_bytes = max(self.peak_bytes, used)
        running = sum(each.running for each in processes)
        self._shares.set(pids, running)
        left = self._limit_bytes - used
        self._plan(left)
        return left < 0 or self._has_too_many_locks(running)

    def _has_too_many_locks(self, running: int) -> bool:
        now = time.monotonic()
        self._busy += (now - self._last_look) * running
        self._last_look = now
        return self._locks.are_too_many(self._busy)

    def _plan(self, left: int) -> None:
        self.next_look = time.monotonic() + min(max(left / _BYTES_PER_SECOND, _LOOK_SECONDS), _LOOK_SECONDS_MAX)


class _Process:
    """The memory of one process, and how many of its threads run or wait for a processor. All 0 if it is gone."""

    __slots__ = ("bytes", "running")

    def __init__(self, pid: str) -> None:
        self.bytes = self.running = 0
        with suppress(OSError):
            status = _read(f"/proc/{pid}/status")
            self.running = int(b"\nState:\tR" in status)
            threads = int(status.partition(b"\nThreads:")[2].split(None, 1)[0])
            held = _memory(status)
            if threads > 1:
                names = os.listdir(f"/proc/{pid}/task")
                self.running = _running_threads(pid, names)
                # The kernel shows the memory of a process by its first thread, which may have ended before the others.
                held = held or _memory_by_threads(pid, names)
            self.bytes = held + threads * _THREAD_BYTES


def _memory(status: bytes) -> int:
    """0 for a thread that has ended."""
    held = 0
    for line in status.splitlines():
        name, _, value = line.partition(b":")
        if name in _MEMORY_FIELDS:
            held += int(value.split()[0]) * 1024
    return held


def _memory_by_threads(pid: str, names: list[str]) -> int:
    for thread in names:
        with suppress(OSError):
            held = _memory(_read(f"/proc/{pid}/task/{thread}/status"))
            if held:
                return held
    return 0


def _running_threads(pid: str, names: list[str]) -> int:
    running = 0
    for thread in names:
        with suppress(OSError):
            # After the name, which may contain anything.
            running += _read(f"/proc/{pid}/task/{thread}/stat").rpartition(b")")[2].split(None, 1)[0] == b"R"
    return running


def _share_of_process(pid: str) -> int:
    """As `_of_process`, with pages divided among those that have them. A guest that hides them pays for the whole."""
    try:
        for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
            if line.startswith(b"Pss_Anon:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return _Process(pid).bytes


def _files() -> int:
    disk = os.statvfs(WORKSPACE)
    return (disk.f_blocks - disk.f_bfree) * disk.f_frsize


def _read(path: str) -> bytes:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(fd, 4096)
    finally:
        os.close(fd)
