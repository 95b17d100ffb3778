"""Passes messages between runners and the engine, and has the zygote fork a runner for each job.

All bytes of all jobs go through this process. So nothing is ever forked from it: it asks the zygote (zygote.py).
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from socket import socketpair

from runner.protocol import frames
from runner.protocol.outbox import EngineGone, Outbox
from runner.support.loop import READABLE, Loop
from tenant import control
from tenant.link import Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, NoReturn

    from tenant.control import Control, Message

#: Runners are forked ahead after this many seconds without an event, because jobs come first.
_CALM_SECONDS: Final = 0.001
#: Number of runners that wait, unless the engine asks for another number.
_SPARES: Final = 2
#: An engine that sends nothing for this time while no job runs is gone; it pings more often.
_ABANDONED_SECONDS: Final = 120.0
#: If more runners in a row end before they have a job, the container gives up.
_FAILURES_MAX: Final = 8


class Refused(Exception):
    """This host does not allow jobs to be separated within a container; the text says why."""


class ZygoteGone(Exception):
    """No zygote is left to fork runners, and the existing ones die with their parent."""


class Supervisor:
    """All runners of the container. It owns the channel to the engine, on the descriptors 0 and 1."""

    def __init__(self, zygote: Control, slots: int) -> None:
        gc.collect()
        gc.disable()
        gc.freeze()
        self._zygote = zygote
        self._slots = list(range(slots))
        self._loop = Loop()
        self._outbox = Outbox(1, self._loop)
        self._decoder = frames.Decoder()
        #: By their slots.
        self._links: dict[int, Link] = {}
        self._waiting: list[Link] = []
        self._jobs: dict[int, Link] = {}
        self._spares = _SPARES
        self._told = -1
        self._failures = 0
        self._heard_at = time.monotonic()
        self._listening = True
        self._loop.watch(zygote.fileno(), READABLE, lambda _: self._hear_zygote())

    def run(self) -> NoReturn:
        """Works until the engine is gone (EngineGone) or the zygote (ZygoteGone). Raises Refused before the first job."""
        language = self._begin()
        os.set_blocking(0, False)
        self._loop.watch(0, READABLE, self._hear)
        ready = {"protocol": 1, "language": language, "python": "{}.{}.{}".format(*sys.version_info)}
        self._outbox.send(frames.READY, json.dumps(ready).encode())
        try:
            self._work()
        except Refused as error:
            raise RuntimeError(f"The zygote could not go on. {error}") from None

    def _work(self) -> NoReturn:
        while True:
            wanted = len(self._waiting) < self._spares and bool(self._slots)
            happened = self._loop.step(_CALM_SECONDS if wanted else _ABANDONED_SECONDS)
            if not happened and wanted:
                self._fork()
                self._tell_waiting()
            elif not happened and not self._jobs and time.monotonic() - self._heard_at >= _ABANDONED_SECONDS:
                raise EngineGone
            if self._listening == self._outbox.full:
                self._listening = not self._listening
                for each in self._links.values():
                    each.listen(self._listening)

    def _begin(self) -> str:
        """Waits for the zygote and for a first runner; the language of both."""
        zygote = self._receive()
        first = self._fork()
        while not first.ready and first.slot in self._links:
            self._loop.step(10)
        if first.refused is not None or not first.ready:
            raise Refused(first.refused or "A first runner ended before it was ready.")
        return zygote.text

    def _fork(self) -> Link:
        """Has a runner started, which waits from now on."""
        slot = self._slots.pop()
        ours, theirs = socketpair()
        self._zygote.send(control.FORK, slot, fd=theirs.fileno())
        theirs.close()
        kill = lambda: self._zygote.send(control.KILL, slot)  # noqa: E731
        started = Link(slot, ours.detach(), self._loop, self._outbox.forward, kill)
        self._links[slot] = started
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
                # All other messages for a job that does not exist are too late.
                if kind != frames.JOB:
                    continue
                link = self._assign(job)
            if kind == frames.DROP:
                link.kill()
            else:
                link.write(frames.frame(job, kind | frames.MORE if more else kind, payload))

    def _obey(self, kind: int, payload: bytes) -> None:
        if kind == frames.PING:
            # It answers for both.
            self._zygote.send(control.PING)
        elif kind == frames.SPARES:
            self._spares = json.loads(payload)["count"]
            self._told = -1
            self._tell_waiting()
        else:
            raise frames.ProtocolError(f"A message of kind {kind} has no place here.")

    def _tell_waiting(self) -> None:
        """Reports how many runners wait, once they are as many as the engine asked for."""
        if self._told != self._spares <= len(self._waiting):
            self._told = self._spares
            self._outbox.send(frames.WAITING, json.dumps({"count": len(self._waiting)}).encode())

    def _assign(self, job: int) -> Link:
        link = self._waiting.pop(0) if self._waiting else self._fork_now()
        link.job = job
        self._jobs[job] = link
        return link

    def _fork_now(self) -> Link:
        # The engine keeps to the number of jobs, but a runner that just ended may not be gone yet.
        while not self._slots:
            self._hear_zygote()
        self._fork()
        return self._waiting.pop()

    def _hear_zygote(self) -> None:
        """Takes one message, and waits for it if there is none."""
        message = self._receive()
        if message.kind == control.ENDED:
            self._ended(message)
        elif message.kind == control.PONG:
            self._outbox.send(frames.PONG, b"")

    def _receive(self) -> Message:
        message = self._zygote.receive()
        if message is None:
            raise ZygoteGone
        if message.kind == control.REFUSED:
            raise Refused(message.text)
        return message

    def _ended(self, message: Message) -> None:
        link = self._links.pop(message.slot)
        link.close()
        self._slots.append(link.slot)
        if link.job != frames.CONTROL_JOB:
            del self._jobs[link.job]
            self._failures = 0
            if not link.finished:
                said = {"violation": link.fault is not None, "message": link.fault or _describe(message.status)}
                self._outbox.forward(frames.frame(link.job, frames.LOST, json.dumps(said).encode()))
        else:
            self._waiting.remove(link)
            self._failures += 1
            if self._failures > _FAILURES_MAX:
                raise RuntimeError(f"Runners end before they have a job. {link.refused or _describe(message.status)}")


def _describe(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    how = f"of signal {-code}" if code < 0 else f"with exit code {code}"
    return f"The job's runner ended {how}, without a verdict."
