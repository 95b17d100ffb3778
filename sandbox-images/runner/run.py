"""The guest's life: from the fork until nothing of it is left."""

from __future__ import annotations

import time

from runner import frames
from runner.answers import record_limit
from runner.family import Family
from runner.guest import Guest
from runner.output import Capture, OutputPump

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.cell import Cell
    from runner.job import Job

#: After the guest's death, the engine must take what is left within this time.
SETTLE_SECONDS = 10.0
#: How long to wait for a killed process before it is killed again.
_KILL_AGAIN_SECONDS = 0.05


class Run:
    """One guest. After `play`, `stop` is the end that the runner brought about, if it did."""

    def __init__(self, cell: Cell, job: Job) -> None:
        self.stop: str | None = None
        self.meter = cell.new_meter(job.limits)
        self._cell = cell
        self._family: Family = cell.family
        # A handler in Bash answers on stdout.
        self.stdout = Capture(job.limits.value_bytes if job.handler else 0)
        self._record = Capture(record_limit(job.limits.value_bytes))
        self._started = Capture(1)
        guest = Guest(cell.harness, job)
        self._family.adopt(guest.pid)
        cell.stdin.attach(guest.stdin)
        self._outputs = (
            OutputPump(guest.stdout, cell.loop, self._take_stdout),
            OutputPump(guest.stderr, cell.loop, lambda data: cell.outbox.send(frames.STDERR, data)),
        )
        self._private = (
            OutputPump(guest.answer, cell.loop, self._record.take),
            OutputPump(guest.started, cell.loop, self._started.take),
        )

    @property
    def record(self) -> bytes:
        """What the guest wrote to its answer pipe."""
        return self._record.content

    @property
    def confined(self) -> bool:
        """Whether the guest's code ever started: not before it had lost all rights."""
        return bool(self._started.content)

    @property
    def status(self) -> int:
        """Wait status of the main process."""
        if self._family.status is None:
            raise RuntimeError("The guest's main process has not ended.")
        return self._family.status

    def play(self) -> None:
        """Lets the guest run until it ends or must end, then ends whatever is left of it."""
        family, meter = self._family, self.meter
        while True:
            family.reap()
            if family.status is not None:
                break
            self.stop = self._cell.intake.stop or meter.broken()
            if self.stop:
                break
            self._step(meter.seconds_to_look())
        meter.stop()
        self._end_all()

    def _end_all(self) -> None:
        family = self._family
        deadline = time.monotonic() + SETTLE_SECONDS
        self._cell.stdin.discard()
        while not (family.gone and all(pump.ended for pump in (*self._outputs, *self._private))):
            if not family.gone:
                family.kill()
                family.reap()
            self._step(_KILL_AGAIN_SECONDS, deadline)

    def _take_stdout(self, data: bytes) -> None:
        self.stdout.take(data)
        self._cell.outbox.send(frames.STDOUT, data)

    def _step(self, timeout: float, deadline: float | None = None) -> None:
        has_room = not self._cell.outbox.full
        # Once the writers are dead, there is nothing to wait for.
        paced = not self._family.gone
        waits = [pump.arm(has_room=has_room, paced=paced) for pump in self._outputs]
        for pump in self._private:
            pump.arm(has_room=True, paced=False)
        self._cell.step(min(timeout, *waits), deadline)
