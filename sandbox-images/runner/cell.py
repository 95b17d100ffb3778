"""The state that the parts of the runner share. serve.py runs the cell's one job, or the jobs of its session."""

from __future__ import annotations

import gc
import os
import time
from _signal import SIGINT, SIGTERM, signal

from runner.files.artifacts import WINDOW_BYTES
from runner.intake import Intake
from runner.process.cgroup import Cgroup
from runner.process.guest import Guest
from runner.process.guest_name import name_guest
from runner.process.meter import Meter
from runner.process.own_kernel import OwnKernel
from runner.process.process_tree import ProcessTree
from runner.process.shared_memory import link_shared_memory
from runner.process.stdin import StdinPump
from runner.process.uncounted_memory import UncountedMemory
from runner.protocol import frames
from runner.protocol.outbox import EngineGone, Outbox
from runner.support import lean_json
from runner.support.identity import AsGuest
from runner.support.loop import Loop
from runner.tools.tool_socket import ToolSocket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from runner.files.artifacts import Collector
    from runner.network.proxy import Proxy
    from runner.protocol.job import Job, Limits
    from runner.protocol.language import Harness
    from runner.protocol.verdict import Verdict
    from runner.tools.displays import Displays

#: After the guest's death, the engine must take the remaining data within this time.
SETTLE_SECONDS = 10.0
#: An engine that sends nothing for this time is gone, because it checks more often that waiting cells are alive.
#: Usually the end of stdin shows that the engine is gone. But if the Docker daemon was killed while it started the
#: container, the shim keeps stdin open for ever, and no daemon knows the container any more.
_ABANDONED_SECONDS = 120.0


class GuestEndpoints:
    """The connections of one job's guest to the host, to be closed when no process of the guest is left."""

    __slots__ = ("displays", "_tool_socket", "_network")

    def __init__(self, tool_socket: ToolSocket, displays: Displays, network: Proxy | None) -> None:
        self.displays = displays
        self._tool_socket = tool_socket
        self._network = network

    def close(self) -> None:
        self._tool_socket.close()
        if self._network:
            self._network.close()


class Cell:
    """The state that the parts of the runner share: the channel to the engine, the loop, the guest and its processes."""

    #: How long it waits for a message of the engine.
    abandoned_seconds = _ABANDONED_SECONDS
    #: The guest's nice level, relative to the runner's; 19: it gets almost no processor time while the runner wants to run.
    guest_nice = 19

    def __init__(self, harness: Harness) -> None:
        gc.disable()
        os.environ.clear()
        for number in (SIGTERM, SIGINT):
            signal(number, lambda *_: os._exit(143))
        self.loop = Loop()
        self.outbox = Outbox(1, self.loop)
        self.stdin = StdinPump(self.loop)
        self.intake = Intake(
            0, self.loop, self.stdin, self._have_guest, lambda: self.outbox.send(frames.PONG, b"", more=True)
        )
        self.processes = ProcessTree(self.loop)
        self.cgroup = Cgroup()
        #: Whether the kernel shows what this container uses; if not, the kernel may be the container's own.
        self.has_cgroup = self.cgroup.oom_kills() is not None
        self.harness = harness
        #: Forked before this process reads a byte of its job (tenant/main.py says why).
        self.guest: Guest | None = None
        #: Also opened ahead.
        self._tool_socket: ToolSocket | None = None

    def send_verdict(self, verdict: Verdict) -> None:
        """Sends the last message of a job."""
        self.outbox.send(frames.VERDICT, lean_json.dumps(verdict, ensure_ascii=False).encode())
        self._settle(lambda: self.outbox.empty)

    def await_next(self, seconds: float) -> Job:
        """Waits at most `seconds` for the next job of a session."""
        deadline = time.monotonic() + seconds
        while not self.intake.startable:
            self.step(deadline - time.monotonic(), deadline)
        assert self.intake.job
        return self.intake.job

    def new_meter(self, limits: Limits) -> Meter:
        watch = OwnKernel.find(limits, self.processes) if self.cgroup.oom_kills() is None else None
        host_count = (lambda: self.intake.cpu_spent) if watch else None
        # The container's own kernel counts all its memory.
        uncounted = None if watch else UncountedMemory(limits, self.cgroup)
        return Meter(limits, self.cgroup, self.processes, watch, host_count, uncounted)

    def name_guest(self) -> None:
        """Gives the guest a name, before its first process runs."""
        name_guest()

    def link_shared_memory(self) -> None:
        """Lets the C library find the job's semaphores and shared memory."""
        link_shared_memory()

    def step(self, timeout: float, deadline: float | None = None) -> bool:
        """Waits for an event and handles it; returns whether there was one.

        After `deadline`, an engine that does not take its data counts as gone.
        """
        if deadline is not None and time.monotonic() > deadline:
            raise EngineGone
        self.intake.arm()
        if self.intake.tool_socket:
            timeout = min(timeout, self.intake.tool_socket.arm())
        if self.intake.network:
            self.intake.network.arm()
        self.outbox.flush()
        return self.loop.step(timeout)

    def _have_guest(self) -> None:
        """Forks the guest, unless that was done ahead. Called before the first byte of the engine is read."""
        if not self.guest:
            self.fork_guest(rehearse=False)

    def fork_guest(self, *, rehearse: bool) -> Guest:
        self.guest = guest = Guest(self.harness, rehearse=rehearse, has_cgroup=self.has_cgroup, nice=self.guest_nice)
        self.processes.adopt(guest.pid)
        return guest

    def open_tool_socket(self) -> None:
        """Opens the socket ahead, before there is a job."""
        self._tool_socket = ToolSocket(self.loop, self.outbox)

    def open_endpoints(self, job: Job) -> GuestEndpoints:
        """Opens the connections of the job's guest to the host."""
        tool_socket, self._tool_socket = self._tool_socket or ToolSocket(self.loop, self.outbox), None
        endpoints = GuestEndpoints(tool_socket, tool_socket.begin(job), self._open_network() if job.network else None)
        self.intake.tool_socket = tool_socket
        return endpoints

    def _open_network(self) -> Proxy:
        # Imported late, because most jobs have no network.
        from runner.network.proxy import Proxy

        self.intake.network = Proxy(self.loop, self.outbox, self.intake.stdin)
        return self.intake.network

    def send_artifacts(self, job: Job, collector: Collector) -> int:
        """Sends them as fast as the engine takes them, and stops if it cancels; returns how many were left out."""
        intake, sent = self.intake, 0
        stopped_before = intake.stop is not None
        # The engine may take as long for each step as the guest had for the whole job.
        patience = job.limits.timeout_ms / 1000 + SETTLE_SECONDS
        chunks = collector.chunks()
        while True:
            with AsGuest():
                chunk = next(chunks, None)
            if chunk is None:
                return collector.dropped
            self._settle(lambda: not self.outbox.full)
            self._settle(lambda: sent - intake.artifacts_taken < WINDOW_BYTES or self._is_stopped(stopped_before), patience)
            if self._is_stopped(stopped_before):
                return collector.dropped
            self.outbox.send(frames.ARTIFACTS, chunk, more=True)
            sent += len(chunk)

    def _is_stopped(self, stopped_before: bool) -> bool:
        """Whether the engine cancels a job that it had not stopped before."""
        return self.intake.stop is not None and not stopped_before

    def _settle(self, done: Callable[[], bool], seconds: float = SETTLE_SECONDS) -> None:
        """Waits until the engine has taken enough data."""
        deadline = time.monotonic() + seconds
        while not done():
            self.step(1, deadline)
