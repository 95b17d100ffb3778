"""Starts the guest: a fork of this warm interpreter that gives up everything before it receives a job.

A waiting cell has its guest forked ahead. Confined like any guest, it touches what a program will touch, so that the
copies which that takes are made, and then reads from its job pipe, on which the runner sends the job. If a job comes
sooner, the same guest is forked before the job is read, without the rehearsal.
"""

from __future__ import annotations

import fcntl
import gc
import os
import resource
import struct
import sys
import time
from _signal import SIG_DFL, SIGCHLD, SIGINT, SIGTERM, default_int_handler, set_wakeup_fd, signal
from _socket import AF_UNIX, SO_OOBINLINE, SO_PASSCRED, SOCK_STREAM, SOL_SOCKET, socketpair

from runner.process.own_kernel import OwnKernel
from runner.protocol.job import MIB, PROXY_ADDRESS, Job
from runner.support.identity import WORKSPACE, AsGuest, become_guest, prefer_for_oom_kill
from runner.support.suppress import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from runner.protocol.language import Harness

#: The guest's descriptors besides 0, 1 and 2. Only the first is open when foreign code runs, and no exec keeps it.
_ANSWER_FD = 3
_CONFINED_FD = 4
_JOB_FD = 5
#: Large enough that a guest that prints much seldom waits.
_OUTPUT_PIPE_BYTES = 262_144
#: Before a packed job.
LENGTH = struct.Struct(">I")
_BASE_ENVIRONMENT = {
    "HOME": WORKSPACE,
    "LANG": "C.UTF-8",
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "TMPDIR": "/tmp",
}


class Guest:
    """A guest that waits for its job, or was given it: its main process and this side of its pipes."""

    __slots__ = ("pid", "stdin", "stdout", "stderr", "answer", "job_pipe", "_confined", "_is_confined")

    def __init__(self, harness: Harness, *, rehearse: bool, has_cgroup: bool, nice: int) -> None:
        # Made with the guest's uid, so that it can open /dev/stdout and the like, which are links to these.
        with AsGuest():
            (stdin, self.stdin), (self.stdout, stdout), (self.stderr, stderr) = os.pipe(), os.pipe(), os.pipe()
            self._confined, confined = os.pipe()
            jobs, self.job_pipe = _socket_pair() if harness.JOB_PIPE_IS_SOCKET else os.pipe()
        # The kernel reports which process wrote each message on it (one_writer.py).
        answer, self.answer = _socket_pair()
        # Refused if processes with the same uid, by chance in other containers, hold too many pipes.
        with suppress(PermissionError):
            fcntl.fcntl(stdout, fcntl.F_SETPIPE_SZ, _OUTPUT_PIPE_BYTES)
        # Warm objects stay shared with the guest, because its collector does not touch them.
        gc.freeze()
        theirs = (stdin, stdout, stderr, answer, confined, jobs)
        self.pid = os.fork()
        if self.pid == 0:
            _enter(harness, rehearse, has_cgroup, nice, theirs)
        for fd in theirs:
            os.close(fd)
        self._is_confined: bool | None = None

    def is_confined(self) -> bool:
        """Whether the guest has lost all rights; it does so at once, or fails and ends."""
        if self._is_confined is None:
            self._is_confined = os.read(self._confined, 1) == b"\1"
            os.close(self._confined)
        return self._is_confined

    def begin(self, job: Job) -> None:
        """Gives the guest its job; that of a session stays at its job pipe for more."""
        packed = job.pack()
        left = memoryview(LENGTH.pack(len(packed)) + packed)
        # A guest that was killed meanwhile has an end like any other.
        with suppress(ConnectionError):
            while left:
                left = left[os.write(self.job_pipe, left) :]
        if not job.action:
            os.close(self.job_pipe)


def _socket_pair() -> tuple[int, int]:
    """The guest's end and the runner's. Unlike a pipe, it cannot be opened once more through /proc, to write into it."""
    theirs, ours = socketpair(AF_UNIX, SOCK_STREAM)
    ours.setsockopt(SOL_SOCKET, SO_PASSCRED, 1)
    # Urgent data would make the socket readable with nothing to read.
    ours.setsockopt(SOL_SOCKET, SO_OOBINLINE, 1)
    return theirs.detach(), ours.detach()


def _enter(harness: Harness, rehearse: bool, has_cgroup: bool, nice: int, fds: tuple[int, ...]) -> NoReturn:
    try:
        _reset_signals()
        os.setsid()
        _keep_only(fds)
        prefer_for_oom_kill()
        # The runner goes first when it wants to run. With no limit above 0, it cannot be raised again.
        os.nice(nice)
        become_guest()
        os.chdir(WORKSPACE)
        os.umask(0o022)
        # The runner emptied its own at its start.
        os.environ.update(_BASE_ENVIRONMENT)
        os.write(_CONFINED_FD, b"\1")
        os.close(_CONFINED_FD)
        harness.enter(rehearse=rehearse)
        job = Job.unpack(read_job(_JOB_FD))
        _limit(job, has_cgroup)
        if job.network:
            os.environ.update(_proxy_environment())
        os.environ.update(job.env)
        gc.enable()
        if job.action:
            harness.serve(_ANSWER_FD, _JOB_FD)
        os.close(_JOB_FD)
        harness.run(job, _ANSWER_FD)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())
    finally:
        # In any case, no code of the runner may continue in this process.
        os._exit(70)


def _proxy_environment() -> dict[str, str]:
    """Programs look for their proxy by these names. No host can be reached without it."""
    url = "http://{}:{}".format(*PROXY_ADDRESS)
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    return {each: url for name in names for each in (name, name.lower())} | {"NO_PROXY": "", "no_proxy": ""}


def _reset_signals() -> None:
    set_wakeup_fd(-1)
    for number in (SIGCHLD, SIGTERM):
        signal(number, SIG_DFL)
    signal(SIGINT, default_int_handler)


def _keep_only(fds: tuple[int, ...]) -> None:
    """Makes `fds` the descriptors 0 to 5 and closes all others: with them the channel to the engine."""
    if min(fds) <= _JOB_FD:
        raise RuntimeError("A pipe of the guest already has one of the descriptor numbers 0 to 5.")
    for target, fd in enumerate(fds):
        os.dup2(fd, target, inheritable=target <= 2)
    os.closerange(_JOB_FD + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def read_job(fd: int) -> bytes:
    """Waits for the job."""
    (left,) = LENGTH.unpack(os.read(fd, LENGTH.size))
    pieces = []
    while left:
        pieces.append(os.read(fd, left))
        left -= len(pieces[-1])
        if not pieces[-1]:
            raise EOFError("The runner has ended.")
    return b"".join(pieces)


def _limit(job: Job, has_cgroup: bool) -> None:
    """The kernel's limits of one process; those of all together are the container's and the meter's."""
    limits = job.limits
    # The kernel that ends a process by a wrong count is the same that counts (meter.py).
    counts_too_much = not has_cgroup and OwnKernel.is_there(limits)
    # The process used some before its job arrived.
    cpu_seconds = -int(-(limits.cpu_ms / 1000 + time.process_time()) // 1)
    for kind, wanted in (
        (resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1)),
        (resource.RLIMIT_NOFILE, (limits.open_files, limits.open_files)),
        (resource.RLIMIT_FSIZE, (limits.disk_mb * MIB, limits.disk_mb * MIB)),
        (resource.RLIMIT_CORE, (0, 0)),
    ):
        # The container's own limit cannot be raised.
        ceiling = resource.getrlimit(kind)[1]
        if kind == resource.RLIMIT_CPU and (job.action or counts_too_much):
            # It counts for all jobs of the session; the meter counts for each.
            continue
        soft, hard = wanted if ceiling == resource.RLIM_INFINITY else (min(each, ceiling) for each in wanted)
        resource.setrlimit(kind, (soft, hard))
    # Message queues in /dev/mqueue are not on the disk, and count per user in all containers. gVisor has no such limit.
    with suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_MSGQUEUE, (0, 0))
