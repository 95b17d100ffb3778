"""The cell's one job from end to end; main.py tells the story."""

from __future__ import annotations

import gc
import os
import sys
import time
from _signal import SIGINT, SIGKILL, SIGTERM, signal

from runner import answers, frames, lean_json
from runner.answers import Answer
from runner.artifacts import WINDOW_BYTES, Collector
from runner.cgroup import Cgroup
from runner.door import Door
from runner.doors import Doors
from runner.ending import Ending, plain_verdict
from runner.family import Family
from runner.guest import Guest
from runner.identity import WORKSPACE, AsGuest
from runner.intake import Intake
from runner.job import Job
from runner.loop import Loop
from runner.meter import Meter
from runner.names import name_guest
from runner.outbox import EngineGone, Outbox
from runner.own_kernel import OwnKernel
from runner.run import SETTLE_SECONDS, Run
from runner.stdin import StdinPump

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from runner.ending import Verdict
    from runner.job import Limits
    from runner.language import Harness
    from runner.proxy import ProxyDoor

#: A job that is not run.
_REHEARSAL = (
    b'{"id":"","language":"","mode":"script","code":"","files":false,"stdin":false,"collect":["output/**"],"env":{},"limits":'
    b'{"timeoutMs":1,"cpuMs":1,"memoryMb":1048576,"processes":1,"diskMb":1,"fileMb":1,"valueKb":1,"openFiles":1},"tools":[],"network":0}'
)
_REHEARSED_RECORD = b"J\0\0\0\0011"
#: What the runner imports where it is wanted; a cell that waits has it ahead.
LATE_MODULES = ("signal", "fnmatch")
#: A cell that has waited this long gets its job later still: time to import what jobs often need. Shorter, and cells that
#: are made for a job under load begin with it while the job is on its way.
_IDLE_SECONDS = 0.1
#: An engine that has said nothing for so long is gone: it asks waiting cells for a sign of life more often. The end of stdin tells a runner that its engine is gone; but where the
#: Docker daemon was killed while it started the container, the shim keeps stdin open for ever and no daemon knows of
#: the container any more.
_ABANDONED_SECONDS = 120.0


def serve(folder: str) -> NoReturn:
    """Runs one job and exits; with 0 unless the runner itself failed."""
    code = 70
    try:
        Cell(__import__(f"{folder}.harness", fromlist=["create"]).create()).serve()
        code = 0
    except EngineGone:
        code = 0
    except BaseException:
        sys.__excepthook__(*sys.exc_info())
    finally:
        # Whatever still lives in the container dies with this process.
        os._exit(code)


class Cell:
    """What the parts of the runner share."""

    #: How long it waits for a word of the engine.
    abandoned_seconds = _ABANDONED_SECONDS
    #: How much less of the processors the guest gets than the runner; 19: next to nothing while that wants to run.
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
        self.family = Family(self.loop)
        self.cgroup = Cgroup()
        #: Whether the kernel shows what this container uses; else it may be the container's own.
        self.has_cgroup = self.cgroup.oom_kills() is not None
        self._language = harness.LANGUAGE
        self._harness = harness
        #: Forked before this process reads a byte of its job (tenant/main.py says why).
        self._guest: Guest | None = None
        #: Opened ahead, too.
        self._door: Door | None = None

    def serve(self) -> None:
        """Says `ready`, runs the job, says the verdict."""
        self.name_guest()
        with AsGuest():
            os.mkdir(f"{WORKSPACE}/.tmp", 0o700)
        ready = {"protocol": 1, "language": self._language, "python": "{}.{}.{}".format(*sys.version_info)}
        self.outbox.send(frames.READY, lean_json.dumps(ready).encode())
        job = self._await_job()
        self.outbox.job = self.intake.job_number
        try:
            if job.action:
                self._serve_session(job)
                return
            verdict = self._run(job)
        except (EngineGone, frames.ProtocolError):
            raise
        except Exception as error:
            sys.__excepthook__(*sys.exc_info())
            verdict = plain_verdict("fault", f"The cell failed: {type(error).__name__}: {error}")
        self.say(verdict)

    def say(self, verdict: Verdict) -> None:
        """Sends the last word on a job."""
        self.outbox.send(frames.VERDICT, lean_json.dumps(verdict, ensure_ascii=False).encode())
        self._settle(lambda: self.outbox.empty)

    def await_next(self, seconds: float) -> Job:
        """Waits for the next job of a session, for so long."""
        deadline = time.monotonic() + seconds
        while not self.intake.startable:
            self.step(deadline - time.monotonic(), deadline)
        assert self.intake.job
        return self.intake.job

    def new_meter(self, limits: Limits) -> Meter:
        watch = OwnKernel.find(limits, self.family) if self.cgroup.oom_kills() is None else None
        host_count = (lambda: self.intake.cpu_spent) if watch else None
        return Meter(limits, self.cgroup, self.family, watch, host_count)

    def name_guest(self) -> None:
        """Lets the guest have a name, before the first of it runs."""
        name_guest()

    def step(self, timeout: float, deadline: float | None = None) -> bool:
        """Waits for something to happen and deals with it; whether anything did.

        Past `deadline`, an engine that does not take what it is sent counts as gone.
        """
        if deadline is not None and time.monotonic() > deadline:
            raise EngineGone
        self.intake.arm()
        if self.intake.door:
            timeout = min(timeout, self.intake.door.arm())
        if self.intake.network:
            self.intake.network.arm()
        self.outbox.flush()
        return self.loop.step(timeout)

    def _await_job(self) -> Job:
        """Waits until the guest can start, or is not to start at all, and warms up meanwhile."""
        idle_modules = [*reversed((*LATE_MODULES, *self._harness.IDLE_MODULES))]
        timeout = _IDLE_SECONDS
        while not self.intake.startable:
            # Where the engine speaks, there is a guest.
            idle = self._guest is None
            heard = self.step(timeout if idle else self.abandoned_seconds)
            if not heard and not idle:
                raise EngineGone
            if not heard:
                timeout = 0
                if idle_modules:
                    __import__(idle_modules.pop())
                else:
                    self._fork_guest(rehearse=True).is_confined()
                    self._door = Door(self.loop, self.outbox)
                    self._rehearse()
            if self._guest and self.family.has_lost_main():
                raise RuntimeError("The guest's process ended before it received its job.")
        assert self.intake.job
        return self.intake.job

    def _serve_session(self, job: Job) -> None:
        # Late: few cells live for more than one job.
        from runner.session import Session

        guest = self._guest
        if job.language != self._language or not guest or not guest.is_confined():
            self.say(plain_verdict("fault", "The guest of the session could not be started."))
            return
        Session(self, self._harness, guest, job).serve(job)

    def _run(self, job: Job) -> Verdict:
        if self.intake.stop:
            return plain_verdict(self.intake.stop)
        if self.intake.fault:
            return plain_verdict("fault", self.intake.fault)
        if job.language != self._language:
            return plain_verdict("fault", f"This cell runs {self._language}, not {job.language}.")
        private_files = self._harness.prepare(job)
        stdin = self._harness.stdin(job)
        if stdin is not None:
            self.stdin.replace(stdin)
        guest = self._guest
        if not guest or not guest.is_confined():
            return plain_verdict("fault", "The guest could not be confined, so it was not started.")
        doors = self.open_doors(job)
        run = Run(self, job, guest)
        run.play()
        doors.close()

        status = run.status
        exited = not run.stop and os.WIFEXITED(status)
        captured = None if run.stdout.overflowed else run.stdout.content
        answer = self._harness.answer(job, run.record, captured) if exited else Answer()
        verdict = Ending(
            stop=run.stop,
            status=status,
            memory_killed=run.meter.memory_killed(os.WIFSIGNALED(status) and os.WTERMSIG(status) == SIGKILL),
            cpu_used_up=run.meter.cpu_used_up(),
            handler=job.handler,
            answer=answer,
        ).verdict()
        usage = run.meter.usage()
        if verdict["value"] != "none":
            self.outbox.send(frames.VALUE, answer.value, more=True)
        dropped = self.send_artifacts(job, Collector(job.collect, job.limits, private=private_files))
        return verdict | {"usage": usage, "droppedArtifacts": dropped, "droppedDisplays": doors.showing.dropped}

    def _have_guest(self) -> None:
        """Forks the guest, unless that was done ahead. Called before the first byte of the engine's is read."""
        if not self._guest:
            self._fork_guest(rehearse=False)

    def _fork_guest(self, *, rehearse: bool) -> Guest:
        self._guest = guest = Guest(self._harness, rehearse=rehearse, has_cgroup=self.has_cgroup, nice=self.guest_nice)
        self.family.adopt(guest.pid)
        return guest

    def _rehearse(self) -> None:
        """Does some of what a job will need: what is written to for the first time since the fork is copied first."""
        job = Job(_REHEARSAL)
        job.pack()
        list(frames.Decoder().feed(frames.frame(frames.CONTROL_JOB, frames.PING, b"")))
        meter = self.new_meter(job.limits)
        meter.broken()
        meter.stop()
        ending = Ending(
            stop=None,
            status=0,
            memory_killed=meter.memory_killed(False),
            cpu_used_up=meter.cpu_used_up(),
            handler=False,
            answer=answers.parse(_REHEARSED_RECORD),
        )
        with AsGuest():
            list(Collector(job.collect, job.limits).chunks())
        lean_json.dumps(ending.verdict() | {"usage": meter.usage()}, ensure_ascii=False).encode()

    def open_doors(self, job: Job) -> Doors:
        """Opens the ways that the job's guest has to the host."""
        door, self._door = self._door or Door(self.loop, self.outbox), None
        doors = Doors(door, door.begin(job), self._open_network() if job.network else None)
        self.intake.door = door
        return doors

    def _open_network(self) -> ProxyDoor:
        # Late: most jobs have none.
        from runner.proxy import ProxyDoor

        self.intake.network = ProxyDoor(self.loop, self.outbox, self.intake.stdin)
        return self.intake.network

    def send_artifacts(self, job: Job, collector: Collector) -> int:
        """Sends them as fast as the engine takes them, and stops where it cancels; how many were left out."""
        intake, sent = self.intake, 0
        stopped_before = intake.stop is not None
        # Whoever takes them for the engine has as long for a step as the guest had for all.
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
        """Whether the engine cancels what it has not stopped before."""
        return self.intake.stop is not None and not stopped_before

    def _settle(self, done: Callable[[], bool], seconds: float = SETTLE_SECONDS) -> None:
        """Waits until the engine has taken enough."""
        deadline = time.monotonic() + seconds
        while not done():
            self.step(1, deadline)
