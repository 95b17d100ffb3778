"""The guest's life: from the fork until nothing of it is left."""

from __future__ import annotations

import time

from runner.cell import SETTLE_SECONDS
from runner.process.output import Capture, OutputPump
from runner.protocol import frames
from runner.protocol.answers import record_limit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.cell import Cell
    from runner.process.guest import Guest
    from runner.process.process_tree import ProcessTree
    from runner.protocol.job import Job

#: How long to wait for a killed process before it is killed again.
_KILL_AGAIN_SECONDS = 0.05


class Run:
    """One guest. After `play`, `stop` is the end that the runner brought about, if it did."""

    def __init__(self, cell: Cell, job: Job, guest: Guest) -> None:
        self.stop: str | None = None
        self.meter = cell.new_meter(job.limits)
        guest.begin(job)
        self._cell = cell
        self._processes: ProcessTree = cell.processes
        # A handler in Bash answers on stdout.
        self.stdout = Capture(job.limits.value_bytes if job.handler else 0)
        self._record = Capture(record_limit(job.limits.value_bytes))
        cell.stdin.attach(guest.stdin)
        self._outputs = (
            OutputPump(guest.stdout, cell.loop, self._take_stdout),
            OutputPump(guest.stderr, cell.loop, lambda data: self._pass_on(frames.STDERR, data)),
        )
        self._answer = OutputPump(guest.answer, cell.loop, self._record.take, paced=False)

    @property
    def record(self) -> bytes:
        """What the guest wrote to its answer socket."""
        return self._record.content

    @property
    def status(self) -> int:
        """Wait status of the main process."""
        if self._processes.status is None:
            raise RuntimeError("The guest's main process has not ended.")
        return self._processes.status

    def play(self) -> None:
        """Lets the guest run until it ends or must end, then ends all its remaining processes."""
        processes, meter = self._processes, self.meter
        while True:
            processes.reap()
            if processes.status is not None:
                break
            self.stop = self._cell.intake.stop or meter.broken()
            if self.stop:
                break
            self._step(meter.seconds_to_look())
        meter.stop()
        self._cell.stdin.discard()
        end_all(self._cell, (*self._outputs, self._answer))

    def _take_stdout(self, data: bytes) -> None:
        self.stdout.take(data)
        self._pass_on(frames.STDOUT, data)

    def _pass_on(self, kind: int, data: bytes) -> None:
        self._cell.outbox.send(kind, data, more=self._processes.gone)

    def _step(self, timeout: float) -> None:
        has_room = not self._cell.outbox.full
        waits = [pump.arm(has_room=has_room) for pump in self._outputs]
        self._answer.arm(has_room=True)
        self._cell.step(min(timeout, *waits))


def end_all(cell: Cell, pumps: tuple[OutputPump, ...]) -> None:
    """Kills all remaining processes of the guest, and passes on their output until then."""
    processes = cell.processes
    deadline = time.monotonic() + SETTLE_SECONDS
    while not processes.gone:
        processes.kill()
        processes.reap()
        for pump in pumps:
            pump.arm(has_room=not cell.outbox.full)
        cell.step(_KILL_AGAIN_SECONDS, deadline)
    # No writer is left: reading the rest never waits for the guest, only for the engine.
    for pump in pumps:
        while not pump.ended:
            if cell.outbox.full:
                cell.step(_KILL_AGAIN_SECONDS, deadline)
            else:
                pump.read()
