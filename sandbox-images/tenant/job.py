"""One job's side: from a fork of the zygote to a runner in its own namespaces."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import traceback
from contextlib import suppress

from runner.cell import Cell
from runner.process.meter import Meter
from runner.protocol import frames
from runner.protocol.job import MIB
from runner.protocol.outbox import EngineGone
from runner.serve import serve_cell
from runner.support.identity import GUEST_ID, WORKSPACE, prefer_for_oom_kill
from runner.tools.tool_client import SOCKET_FOLDER
from tenant import kernel
from tenant.memory import SharedKernel
from tenant.shares import GUEST_NICE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, NoReturn

    from runner.protocol.answers import Answer
    from runner.protocol.job import Job, Limits
    from runner.protocol.language import Harness

NAMESPACES: Final = (
    kernel.NEW_USER
    | kernel.NEW_PIDS
    | kernel.NEW_MOUNTS
    | kernel.NEW_IPC
    | kernel.NEW_UTS
    | kernel.NEW_NET
    | kernel.NEW_CGROUP
)
#: The disk that a waiting runner has: limits.diskMb by default.
_DISK_MB: Final = 64
_QUIET: Final = kernel.NO_SUID | kernel.NO_DEV | kernel.NO_EXEC
_TERMINALS: Final = "newinstance,ptmxmode=0666,mode=0620,max=16"
#: The default stack of a thread, and memory that an interpreter maps besides its data.
_STACK_MB: Final = 8


def run_runner(harness: Harness, channel: int, has_users: int, guest_filter: bytes) -> NoReturn:
    """In the fork: runs one job. `channel` leads to the supervisor; the eventfd `has_users` says when there are users."""
    code = 70
    try:
        signal.set_wakeup_fd(-1)
        os.dup2(channel, 0)
        os.dup2(channel, 1)
        os.dup2(has_users, 3)
        # The zygote's way to the supervisor is among them.
        os.closerange(4, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        os.eventfd_read(3)
        os.close(3)
        _move_in()
        serve_cell(TenantCell(TenantHarness(harness, guest_filter)))
        code = 0
    except EngineGone:
        code = 0
    except OSError as error:
        # Before `ready`: the supervisor tells the engine what does not work here.
        for piece in frames.encode(frames.CONTROL_JOB, frames.READY, json.dumps({"refused": str(error)}).encode()):
            with suppress(OSError):
                os.write(1, piece)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _move_in() -> None:
    # The whole job goes first if the container's memory runs out: before PID 1, the zygote and jobs that hold less.
    # Later it could not set that: a process that changed its user owns nothing under /proc.
    prefer_for_oom_kill()
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    kernel.set_host_name("cell")
    kernel.mount("proc", "/proc", "proc", _QUIET)
    _open_loopback()
    # Read-only as in a fresh container: any process could open some settings, although none without rights could write.
    kernel.mount("/proc/sys", "/proc/sys", "", kernel.BIND)
    kernel.mount("", "/proc/sys", "", kernel.BIND | kernel.REMOUNT | kernel.READ_ONLY | _QUIET)
    # Its own terminals, and few of them: the kernel limits their number for all containers together, and charges no job
    # for the data that waits in them.
    kernel.mount("devpts", "/dev/pts", "devpts", kernel.NO_SUID | kernel.NO_EXEC, _TERMINALS)
    # Its own socket for tool calls, which no other job can reach.
    kernel.mount("tools", SOCKET_FOLDER, "tmpfs", _QUIET, "size=4k,nr_inodes=2,mode=0755")
    kernel.mount("workspace", WORKSPACE, "tmpfs", kernel.NO_SUID | kernel.NO_DEV, _disk_options(_DISK_MB, owner=True))
    # The capability in addition to a runner's own is for the size of the disk, which the job sets.
    kernel.bound_capabilities(kernel.RUNNER)
    kernel.hold_capabilities((*kernel.RUNNER, kernel.ADMIN))


def _open_loopback() -> None:
    """Brings up the guest's only network, over which its own processes talk, and on which its proxy listens."""
    # The buffers of a connection are charged to no job, so they stay as small as those of any socket (memory.py).
    for name, sizes in (("tcp_rmem", b"4096 131072 212992"), ("tcp_wmem", b"4096 16384 212992")):
        setting = os.open(f"/proc/sys/net/ipv4/{name}", os.O_WRONLY)
        os.write(setting, sizes)
        os.close(setting)
    kernel.raise_loopback()


def _disk_options(disk_mb: int, *, owner: bool) -> str:
    """As for a fresh container (container-spec.ts). The owner is given once, when it is made."""
    inodes = max(4_096, disk_mb * 256)
    whose = f",mode=0700,uid={GUEST_ID},gid={GUEST_ID}" if owner else ""
    return f"size={disk_mb}m,nr_inodes={inodes}{whose}"


class TenantCell(Cell):
    """A cell that shares its container."""

    #: When the supervisor ends, its stdin ends; a waiting runner gets no other message.
    abandoned_seconds = 1_000_000.0
    guest_nice = GUEST_NICE

    def __init__(self, harness: Harness) -> None:
        super().__init__(harness)
        # In a shared container the kernel is the host's.
        self.has_cgroup = True
        self._is_limited = False

    def name_guest(self) -> None:
        """The guest's number is the same in all jobs, and its name there since the zygote's start."""

    def link_shared_memory(self) -> None:
        """All jobs share the link of their container, and it leads to each job's own disk."""

    def new_meter(self, limits: Limits) -> Meter:
        return Meter(limits, self.cgroup, self.processes, SharedKernel(limits))

    def step(self, timeout: float, deadline: float | None = None) -> bool:
        happened = super().step(timeout, deadline)
        job = self.intake.job
        if job is not None and not self._is_limited:
            self._is_limited = True
            if job.limits.disk_mb != _DISK_MB:
                flags = kernel.REMOUNT | kernel.NO_SUID | kernel.NO_DEV
                kernel.mount("workspace", WORKSPACE, "tmpfs", flags, _disk_options(job.limits.disk_mb, owner=False))
            # From here on it has the rights of a runner in any container, and only over this job's users.
            kernel.hold_capabilities(kernel.RUNNER)
        return happened


class TenantHarness:
    """A language's harness whose guests are confined further before their code runs."""

    def __init__(self, harness: Harness, guest_filter: bytes) -> None:
        self.LANGUAGE = harness.LANGUAGE
        self.PROGRAM_FILE = harness.PROGRAM_FILE
        self.IDLE_MODULES = ()
        self.JOB_PIPE_IS_SOCKET = harness.JOB_PIPE_IS_SOCKET
        self.prepare = harness.prepare
        self.stdin = harness.stdin
        self._harness = harness
        self._filter = guest_filter

    def enter(self, *, rehearse: bool) -> None:
        # So that the runner may count its pages (memory.py); no other user shares this namespace.
        kernel.be_dumpable()
        # It keeps its share (shares.py), even if the host allows its containers more.
        for kind in (resource.RLIMIT_NICE, resource.RLIMIT_RTPRIO):
            resource.setrlimit(kind, (0, 0))
        kernel.filter_calls(self._filter)
        self._harness.enter(rehearse=rehearse)

    def run(self, job: Job, answer_fd: int) -> NoReturn:
        limits = job.limits
        data_bytes = (limits.memory_mb + limits.processes * _STACK_MB) * MIB
        resource.setrlimit(resource.RLIMIT_NPROC, (limits.processes, limits.processes))
        # In addition to the runner's checks: one process cannot exceed this between two of them.
        resource.setrlimit(resource.RLIMIT_DATA, (data_bytes, data_bytes))
        self._harness.run(job, answer_fd)

    def answer(self, job: Job, record: bytes, stdout: bytes | None) -> Answer:
        return self._harness.answer(job, record, stdout)
