"""The warm interpreter that forks a runner for each job.

It never reads a byte of any job: the supervisor gives it the runner's end of a channel, which it hands on in the fork and
closes. So no runner, and no guest, finds data of an earlier job in its own memory.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
from contextlib import suppress

from runner.process.guest_name import name_guest
from runner.serve import LATE_MODULES, create_harness
from runner.support.loop import READABLE, Loop
from tenant import control, kernel
from tenant.guest_filter import build
from tenant.immortal import make_immortal
from tenant.job import NAMESPACES, run_runner
from tenant.users import give_users, job_map

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from runner.protocol.language import Harness
    from tenant.control import Control

_FOREVER: Final = 1_000_000.0


def serve(folder: str, supervisor: Control) -> None:
    """Works until the supervisor is gone."""
    name_guest()
    harness = create_harness(folder)
    for name in (*LATE_MODULES, *harness.IDLE_MODULES):
        importlib.import_module(name)
    with suppress(_SupervisorGone, BrokenPipeError):
        _Zygote(harness, supervisor).run()


class _SupervisorGone(Exception):
    """No supervisor is left to fork for."""


class _Zygote:
    """The parent of all runners."""

    def __init__(self, harness: Harness, supervisor: Control) -> None:
        gc.collect()
        make_immortal()
        gc.disable()
        gc.freeze()
        os.environ.clear()
        self._harness = harness
        self._filter = build()
        self._supervisor = supervisor
        self._pids: dict[int, int] = {}
        self._loop = Loop()
        self._loop.watch(supervisor.fileno(), READABLE, self._receive)
        read, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._loop.watch(read, READABLE, lambda _: self._woken(read))
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def run(self) -> None:
        self._supervisor.send(control.READY, text=self._harness.LANGUAGE)
        while True:
            self._loop.step(_FOREVER)

    def _receive(self, _: int) -> None:
        message = self._supervisor.receive()
        if message is None:
            raise _SupervisorGone
        if message.kind == control.FORK:
            self._fork(message.slot, message.fd)
        elif message.kind == control.KILL:
            # One that was reaped meanwhile is no longer there, and its number may be another's.
            if message.slot in self._pids:
                os.kill(self._pids[message.slot], signal.SIGKILL)
        elif message.kind == control.PING:
            self._supervisor.send(control.PONG)

    def _fork(self, slot: int, channel: int) -> None:
        has_users = os.eventfd(0)
        pid = kernel.fork_into(NAMESPACES)
        if pid == 0:
            run_runner(self._harness, channel, has_users, self._filter)
        os.close(channel)
        give_users(pid, job_map(slot))
        os.eventfd_write(has_users, 1)
        os.close(has_users)
        self._pids[slot] = pid

    def _woken(self, wake: int) -> None:
        with suppress(BlockingIOError):
            os.read(wake, 4096)
        while self._pids:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            slot = next(slot for slot, each in self._pids.items() if each == pid)
            del self._pids[slot]
            self._supervisor.send(control.ENDED, slot, status=status)
