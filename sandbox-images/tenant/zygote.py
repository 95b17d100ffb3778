"""The warm interpreter that forks a runner for each job and carries what is said between runners and the engine."""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
import time
from contextlib import suppress

from runner import frames
from runner.cell import LATE_MODULES
from runner.loop import READABLE, Loop
from runner.names import name_guest
from runner.outbox import EngineGone, Outbox
from tenant import kernel
from tenant.guest_filter import build
from tenant.immortal import make_immortal
from tenant.init import give_users, refuse
from tenant.job import NAMESPACES, live
from tenant.link import Link
from tenant.users import job_map

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, NoReturn

    from runner.language import Harness

#: Runners are forked ahead once nothing has happened for so long, in seconds: jobs come first.
_CALM_SECONDS: Final = 0.001
#: Runners that wait, as long as nobody asks for another number.
_SPARES: Final = 2
#: An engine that has said nothing for so long while no job runs is gone; it pings more often.
_ABANDONED_SECONDS: Final = 120.0
#: So many runners in a row that end before they are ready: it will not get better.
_FAILURES_MAX: Final = 8


def serve(folder: str, slots: int) -> None:
    """Works until the engine is gone."""
    name_guest()
    harness: Harness = importlib.import_module(f"{folder}.harness").create()
    for name in (*LATE_MODULES, *harness.IDLE_MODULES):
        importlib.import_module(name)
    with suppress(EngineGone):
        Zygote(harness, slots).run()


class Zygote:
    """All runners of the container."""

    def __init__(self, harness: Harness, slots: int) -> None:
        gc.collect()
        make_immortal()
        gc.disable()
        gc.freeze()
        os.environ.clear()
        self._language = harness.LANGUAGE
        self._harness = harness
        self._filter = build()
        self._slots = list(range(slots))
        self._loop = Loop()
        self._outbox = Outbox(1, self._loop)
        self._decoder = frames.Decoder()
        self._links: dict[int, Link] = {}
        self._waiting: list[Link] = []
        self._jobs: dict[int, Link] = {}
        self._spares = _SPARES
        self._told = -1
        self._failures = 0
        self._heard_at = time.monotonic()
        self._listening = True
        os.set_blocking(0, False)
        self._loop.watch(0, READABLE, self._hear)
        read, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._loop.watch(read, READABLE, lambda _: self._woken(read))
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def run(self) -> NoReturn:
        first = self._fork()
        while not first.ready and first.pid in self._links:
            self._loop.step(10)
        if first.refused is not None or not first.ready:
            refuse(first.refused or "The first runner ended before it was ready.")
        ready = {"protocol": 1, "language": self._language, "python": "{}.{}.{}".format(*sys.version_info)}
        self._outbox.send(frames.READY, json.dumps(ready).encode())
        while True:
            wanted = len(self._waiting) < self._spares and bool(self._slots)
            happened = self._loop.step(_CALM_SECONDS if wanted else _ABANDONED_SECONDS)
            if not happened and wanted:
                self._fork()
                self._tell_waiting()
            elif not happened and not self._jobs and time.monotonic() - self._heard_at >= _ABANDONED_SECONDS:
                return
            if self._listening == self._outbox.full:
                self._listening = not self._listening
                for each in self._links.values():
                    each.listen(self._listening)

    def _fork(self) -> Link:
        """Starts a runner, which waits from now on."""
        slot = self._slots.pop()
        ours, theirs = socket.socketpair()
        pid = kernel.fork_into(NAMESPACES)
        if pid == 0:
            live(self._harness, theirs.fileno(), self._filter)
        theirs.close()
        give_users(pid, job_map(slot))
        started = Link(pid, slot, ours.detach(), self._loop, self._outbox.forward)
        started.write(b"\1")
        self._links[pid] = started
        self._waiting.append(started)
        return started

    def _hear(self, _: int) -> None:
        try:
            data = os.read(0, 262_144)
        except BlockingIOError:
            return
        if not data:
            raise EngineGone
        self._heard_at = time.monotonic()
        for job, kind, more, payload in self._decoder.feed(data):
            if job == frames.CONTROL_JOB:
                self._obey(kind, payload)
                continue
            link = self._jobs.get(job)
            if link is None:
                # Whatever else comes for a job that is not there came too late.
                if kind != frames.JOB:
                    continue
                link = self._assign(job)
            if kind == frames.DROP:
                link.kill()
            else:
                link.write(frames.frame(job, kind | frames.MORE if more else kind, payload))

    def _obey(self, kind: int, payload: bytes) -> None:
        if kind == frames.PING:
            self._outbox.send(frames.PONG, b"")
        elif kind == frames.SPARES:
            self._spares = json.loads(payload)["count"]
            self._told = -1
            self._tell_waiting()
        else:
            raise frames.ProtocolError(f"A message of kind {kind} is not allowed here.")

    def _tell_waiting(self) -> None:
        """Says how many wait, once so many do as the engine asked for."""
        if self._told != self._spares <= len(self._waiting):
            self._told = self._spares
            self._outbox.send(frames.WAITING, json.dumps({"count": len(self._waiting)}).encode())

    def _assign(self, job: int) -> Link:
        link = self._waiting.pop(0) if self._waiting else self._fork_now()
        link.job = job
        self._jobs[job] = link
        return link

    def _fork_now(self) -> Link:
        # The engine knows how many jobs there may be; what ended a moment ago may not be gone yet.
        while not self._slots:
            time.sleep(0.001)
            self._reap()
        self._fork()
        return self._waiting.pop()

    def _woken(self, wake: int) -> None:
        with suppress(BlockingIOError):
            os.read(wake, 4096)
        self._reap()

    def _reap(self) -> None:
        while self._links:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            link = self._links.pop(pid)
            link.close()
            self._slots.append(link.slot)
            if link.job != frames.CONTROL_JOB:
                del self._jobs[link.job]
                self._failures = 0
                if not link.finished:
                    said = {"violation": link.fault is not None, "message": link.fault or _describe(status)}
                    self._outbox.forward(frames.frame(link.job, frames.LOST, json.dumps(said).encode()))
            else:
                self._waiting.remove(link)
                self._failures += 1
                if self._failures > _FAILURES_MAX:
                    raise RuntimeError(f"Runners end before they have a job. {link.refused or _describe(status)}")


def _describe(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    how = f"of signal {-code}" if code < 0 else f"with exit code {code}"
    return f"The job's runner ended {how}, without a verdict."
