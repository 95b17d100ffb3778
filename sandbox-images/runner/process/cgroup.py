"""The kernel's counters of this container, if /sys/fs/cgroup shows them (cgroup v2, else v1)."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_ROOT = "/sys/fs/cgroup"


class Cgroup:
    """Reads counters of the container; each returns None if the kernel does not show it.

    The files stay open, so that a guest that uses up descriptors or memory does not hide them.
    """

    def __init__(self) -> None:
        self._cpu = _counter("cpu.stat", lambda text: _field(text, "usage_usec") / 1e6) or _counter(
            "cpuacct/cpuacct.usage", lambda text: int(text) / 1e9
        )
        self._oom_kills = _counter("memory.events", lambda text: _field(text, "oom_kill"))
        #: Whether it counts what TCP and UDP receive, as cgroup v2 does.
        self.counts_received = self._oom_kills is not None
        self._oom_kills = self._oom_kills or _counter(
            "memory/memory.oom_control", lambda text: _field(text, "oom_kill")
        )
        # memory.peak came with Linux 5.19.
        self._peak = _counter("memory.peak", int) or _counter("memory/memory.max_usage_in_bytes", int)

    def cpu_seconds(self) -> float | None:
        """Processor time of all processes there are and were, this one included."""
        return self._cpu() if self._cpu else None

    def oom_kills(self) -> int | None:
        """Processes that the kernel killed because the container's memory was used up."""
        return int(self._oom_kills()) if self._oom_kills else None

    def room_bytes(self) -> int | None:
        """How much more memory the kernel could give, after it had reclaimed its cache of files."""
        folder = _ROOT if self.counts_received else f"{_ROOT}/memory"
        names = ("memory.max", "memory.current", "file", "shmem")
        if not self.counts_received:
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_cache", "total_shmem")
        limit, used, cached, files = names
        try:
            stat = _text(f"{folder}/memory.stat")
            held = int(_text(f"{folder}/{used}")) - _field(stat, cached) + _field(stat, files)
            return int(_text(f"{folder}/{limit}")) - held
        except (OSError, ValueError):
            return None

    def peak_bytes(self) -> int | None:
        """The most memory that was in use, files on tmpfs included."""
        return int(self._peak()) if self._peak else None


def _counter(path: str, parse: Callable[[str], float]) -> Callable[[], float] | None:
    """A function that reads and parses one file, or None if that does not work."""
    try:
        fd = os.open(f"{_ROOT}/{path}", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None

    def read() -> float:
        return parse(os.pread(fd, 4096, 0).decode("ascii"))

    try:
        read()
    except (OSError, ValueError):
        os.close(fd)
        return None
    return read


def _text(path: str) -> str:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(fd, 16_384).decode("ascii")
    finally:
        os.close(fd)


def _field(text: str, name: str) -> int:
    for line in text.splitlines():
        key, _, value = line.partition(" ")
        if key == name:
            return int(value)
    raise ValueError(f"There is no field {name}.")
