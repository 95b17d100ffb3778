"""The guest's time and memory: how much it used, and whether that exceeds the limits."""

from __future__ import annotations

import os
import time

from runner.process.cgroup import Cgroup
from runner.process.process_tree import ProcessTree
from runner.protocol.job import MIB, Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class Watch(Protocol):
        """A resource that the runner itself watches."""

        #: When to ask again, by time.monotonic.
        next_look: float

        def used_up(self) -> bool:
            """Whether the guest holds more than its limit."""

    class MemoryWatch(Watch, Protocol):
        """The runner holds the guest to its memory if no cgroup does."""

        #: The most that was seen, and the most that there can be, in bytes.
        peak_bytes: int
        most_bytes: int


#: Asked once: the kernel answers with a file.
_PROCESSORS = os.cpu_count() or 1
#: Shortest time between two looks at the processor time, in seconds; and where the host has yet to agree.
_LOOK_SECONDS = 0.005
_DOUBT_SECONDS = 0.05


class Meter:
    """Counts from its making on, which is to be just before the guest has its job, to `stop`.

    `uncounted` watches memory that a cgroup does not count. Where the kernel counts too much processor time, `host_count`
    gives the host's count in seconds, once that has reached the limit.
    """

    def __init__(
        self,
        limits: Limits,
        cgroup: Cgroup,
        processes: ProcessTree,
        watch: MemoryWatch | None,
        host_count: Callable[[], float | None] | None = None,
        uncounted: Watch | None = None,
    ) -> None:
        self._limits = limits
        self._cgroup = cgroup
        self._processes = processes
        self._start = time.monotonic()
        self._wall: float | None = None
        self._own_cpu = time.process_time()
        self._cpu = cgroup.cpu_seconds()
        # Also of those that an earlier job of the session left, and of those that are gone since.
        self._waiting_cpu = processes.cpu_seconds + processes.living_cpu_seconds() if self._cpu is None else 0.0
        self._host_count = host_count
        self._oom_kills = cgroup.oom_kills()
        self._watch = watch
        self._watches = [each for each in (watch, uncounted) if each]
        self._next_look = self._start

    def broken(self) -> str | None:
        """The limit that is broken now: `wall`, `cpu`, `memory` or None."""
        now = time.monotonic()
        if now - self._start >= self._limits.timeout_ms / 1000:
            return "wall"
        if now >= self._next_look:
            left = self._limits.cpu_ms / 1000 - self.cpu_seconds()
            if left <= 0 and self._is_counted_right():
                return "cpu"
            # With all processors busy, it cannot be used up sooner.
            self._next_look = now + (max(left / _PROCESSORS, _LOOK_SECONDS) if left > 0 else _DOUBT_SECONDS)
        if any(now >= watch.next_look and watch.used_up() for watch in self._watches):
            return "memory"
        return None

    def seconds_to_look(self) -> float:
        """When to ask `broken` again."""
        looks = [watch.next_look for watch in self._watches]
        return min(self._start + self._limits.timeout_ms / 1000, self._next_look, *looks) - time.monotonic()

    def stop(self) -> None:
        """The guest ended now."""
        self._wall = time.monotonic() - self._start

    def cpu_seconds(self) -> float:
        """Processor time of the guest's processes, those that ended included."""
        total = self._cgroup.cpu_seconds()
        if total is None or self._cpu is None:
            return max(self._processes.cpu_seconds + self._processes.living_cpu_seconds() - self._waiting_cpu, 0)
        return max(total - self._cpu - (time.process_time() - self._own_cpu), 0)

    def cpu_used_up(self) -> bool:
        return self._is_counted_right() and self.cpu_seconds() >= self._limits.cpu_ms / 1000

    def _is_counted_right(self) -> bool:
        """Whether a count that has reached the limit can be trusted."""
        return self._host_count is None or self._host_count() is not None

    def memory_killed(self, main_killed: bool) -> bool:
        """Whether the kernel killed a process because memory was used up.

        Where the kernel's counter cannot be read: whether the main process was killed, which `main_killed` says, while
        a process held nine tenths of the limit.
        """
        if self._watch:
            # Nothing is killed for want of memory but by the runner.
            return False
        kills = self._cgroup.oom_kills()
        if kills is None or self._oom_kills is None:
            return main_killed and self._processes.peak_bytes >= 0.9 * self._limits.memory_mb * MIB
        return kills > self._oom_kills

    def usage(self) -> dict[str, float]:
        """For the verdict."""
        wall = self._wall or 0
        cpu = self.cpu_seconds()
        if self._host_count:
            cpu = min(cpu, wall * _PROCESSORS, self._host_count() or cpu)
        return {
            "wallMs": round(wall * 1000, 3),
            "cpuMs": round(cpu * 1000, 3),
            "peakMemoryBytes": self._peak_bytes(),
        }

    def _peak_bytes(self) -> int:
        if not self._watch:
            return self._cgroup.peak_bytes() or self._processes.peak_bytes
        return self._cgroup.peak_bytes() or min(max(self._processes.peak_bytes, self._watch.peak_bytes), self._watch.most_bytes)
