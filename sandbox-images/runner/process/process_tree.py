"""All other processes of the container: as PID 1, this one is in the end the parent of each."""

from __future__ import annotations

import os
from _signal import SIGCHLD, SIGCONT, SIGINT, SIGKILL, SIGSTOP, set_wakeup_fd, signal

from runner.support.loop import READABLE, Loop
from runner.support.suppress import suppress

#: A guest that makes zombies all the time must not keep the runner from its clock.
_REAPED_AT_ONCE = 256


class ProcessTree:
    """Reaps processes that end, and ends those that live.

    `status` is the wait status of the guest's main process once that ended, `gone` says that no process is left.
    `cpu_seconds` and `peak_bytes` sum up what the reaped used.
    """

    def __init__(self, loop: Loop) -> None:
        self.status: int | None = None
        self.gone = False
        self.cpu_seconds = 0.0
        self.peak_bytes = 0
        self._main = -1
        # A child's end must wake the loop: Python's own signal handler writes a byte into this pipe.
        read, self._wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        loop.watch(read, READABLE, lambda _: _drain(read))
        set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        signal(SIGCHLD, lambda *_: None)

    def adopt(self, main: int) -> None:
        """Sets the guest's main process."""
        self._main = main

    def has_lost_main(self) -> bool:
        """Whether the guest's main process ended."""
        self.reap()
        return self.status is not None

    def reap(self) -> None:
        """Records the processes that ended."""
        for _ in range(_REAPED_AT_ONCE):
            try:
                pid, status, used = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                self.gone = True
                return
            if pid == 0:
                return
            self.cpu_seconds += used.ru_utime + used.ru_stime
            self.peak_bytes = max(self.peak_bytes, used.ru_maxrss * 1024)
            if pid == self._main:
                self.status = status

    def living_cpu_seconds(self) -> float:
        """Processor time of the living processes and of those that they waited for; used if no cgroup counts it."""
        ticks = 0
        for name in os.listdir("/proc"):
            if name.isdecimal() and name != "1":
                with suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
                    # After the name, which may contain anything: the state, ten more fields, then user and system time, its
                    # own and its children's.
                    fields = file.read().rpartition(b")")[2].split()
                    ticks += sum(map(int, fields[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def count(self) -> int:
        """How many processes live, those that wait to be reaped included."""
        return sum(name.isdecimal() for name in os.listdir("/proc")) - 1

    def freeze(self) -> None:
        """Stops every process but this one, also in one sweep, until `resume`."""
        with suppress(ProcessLookupError):
            os.kill(-1, SIGSTOP)

    def resume(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(-1, SIGCONT)

    def interrupt(self) -> None:
        """As Ctrl-C does; a shell's processes in the background ignore it."""
        with suppress(ProcessLookupError):
            os.kill(-1, SIGINT)

    def kill_all_but_main(self) -> None:
        """Kills the processes for which the guest's main process may wait."""
        for name in os.listdir("/proc"):
            if name.isdecimal() and int(name) not in (1, self._main):
                with suppress(ProcessLookupError):
                    os.kill(int(name), SIGKILL)

    def kill(self) -> None:
        """Kills every process but this one. The kernel does so in one sweep that no fork escapes."""
        with suppress(ProcessLookupError):
            os.kill(-1, SIGKILL)


def _drain(fd: int) -> None:
    with suppress(BlockingIOError):
        os.read(fd, 4096)
