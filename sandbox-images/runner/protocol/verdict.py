"""Decides how a job ended: first by the facts of the kernel and the runner, last by the answer of the guest."""

from __future__ import annotations

import os
from _signal import SIGKILL, SIGXCPU

from runner.protocol.answers import Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    #: A Verdict of src/cells/protocol/messages.ts.
    Verdict: TypeAlias = dict[str, object]


class Outcome:
    """The facts after the guest's death."""

    __slots__ = ("stop", "status", "memory_killed", "cpu_used_up", "handler", "answer")

    def __init__(
        self, *, stop: str | None, status: int, memory_killed: bool, cpu_used_up: bool, handler: bool, answer: Answer
    ) -> None:
        #: The end that the runner itself brought about, first reason first.
        self.stop = stop
        #: Wait status of the main process.
        self.status = status
        self.memory_killed = memory_killed
        self.cpu_used_up = cpu_used_up
        self.handler = handler
        self.answer = answer

    def verdict(self) -> Verdict:
        """The verdict's fields except usage and artifacts. `value` says whether the answer's value counts."""
        if self.stop:
            return {"end": self.stop, "value": "none"}
        if os.WIFSIGNALED(self.status):
            return self._signalled(os.WTERMSIG(self.status))
        return self._exited(os.WEXITSTATUS(self.status))

    def _signalled(self, number: int) -> Verdict:
        # The kernel reclaims memory only by SIGKILL: a process that dies of another signal has its own fault.
        if self.memory_killed and number == SIGKILL:
            end = "memory"
        elif self.cpu_used_up and number in (SIGXCPU, SIGKILL):
            # RLIMIT_CPU was faster than the meter.
            end = "cpu"
        else:
            end = "signalled"
        return {"end": end, "value": "none", "signal": _signal_name(number)}

    def _exited(self, code: int) -> Verdict:
        answer = self.answer
        verdict: Verdict = {"value": "none", "exitCode": code}
        if answer.end is not None and code == answer.exit_code:
            verdict["end"] = answer.end
            verdict["value"] = answer.kind
            if answer.error:
                verdict["error"] = answer.error
                if answer.error.get("name") == "MemoryError":
                    verdict["end"] = "memory"
        elif code == 0 and self.handler:
            verdict["end"] = "no-answer"
        else:
            verdict["end"] = "exited"
        # A process of the guest was killed because memory was used up, and the guest could not do without it.
        if self.memory_killed and code != 0:
            verdict["end"] = "memory"
        return verdict


def plain_verdict(end: str, message: str = "") -> Verdict:
    """The verdict on a job whose guest did not run for it."""
    verdict: Verdict = {
        "end": end,
        "value": "none",
        "usage": {"wallMs": 0, "cpuMs": 0, "peakMemoryBytes": 0},
        "droppedArtifacts": 0,
    }
    return verdict | {"error": {"message": message}} if message else verdict


def _signal_name(number: int) -> str:
    # Imported late, because few guests die of a signal.
    import signal

    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"
