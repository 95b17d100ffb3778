"""Jobs of a session: the guest stays when one is over, and continues with the next.

Between jobs all processes of the guest are stopped (SIGSTOP), with their threads, and also those in the background: so
nothing runs outside a call, and files do not change while they are collected. Output that waits in the pipes then is
sent with the next job.

A job at the end of its time is interrupted first. SIGINT goes to all of the guest's processes; those that ignore it are
killed, the main process last, and only then the session is lost.
"""

from __future__ import annotations

import os
import time

from runner.cell import SETTLE_SECONDS
from runner.files.artifacts import Collector, Program, list_files
from runner.process.job_pipe import JobPipe
from runner.process.output import OutputPump
from runner.process.session_stdin import SessionStdin
from runner.process.one_writer import OneWriter
from runner.protocol import frames
from runner.protocol.answers import Answer
from runner.protocol.records import Records
from runner.protocol.verdict import Outcome, plain_verdict
from runner.run import end_all
from runner.support import lean_json
from runner.support.identity import AsGuest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.cell import Cell
    from runner.process.guest import Guest
    from runner.process.meter import Meter
    from runner.protocol.job import Job
    from runner.protocol.language import Harness
    from runner.protocol.verdict import Verdict

#: Seconds after an interrupt until all processes but the main one are killed, and until the main one is: the engine gives
#: up after half a second and must have the verdict before.
_OTHERS_SECONDS = 0.12
_MAIN_SECONDS = 0.3
_LOOK_SECONDS = 0.02
#: A session that its engine forgets ends this long after its time.
_FORGOTTEN_SECONDS = 120.0
#: Most reads of the rest of a pipe.
_DRAIN_READS = 16


class Session:
    """One guest and its jobs."""

    def __init__(self, cell: Cell, harness: Harness, guest: Guest, job: Job) -> None:
        guest.begin(job)
        os.close(guest.stdin)
        self._cell = cell
        self._harness = harness
        self._records = Records(job.limits.value_bytes)
        self._stdin = SessionStdin(cell.loop)
        self._job_pipe = JobPipe(guest.job_pipe, cell.loop)
        #: The exit code of the last job.
        self._last_code = 0
        #: The collected files, so that a job collects only new ones.
        self._seen: dict[str, tuple[int, ...]] = {}
        pipes = (guest.stdout, guest.stderr, guest.answer)
        for fd in pipes:
            os.set_blocking(fd, False)
        self._outputs = (
            OutputPump(guest.stdout, cell.loop, lambda data: self._pass_on(frames.STDOUT, data)),
            OutputPump(guest.stderr, cell.loop, lambda data: self._pass_on(frames.STDERR, data)),
        )
        self._answer = OneWriter(guest.answer, guest.pid, cell.loop, self._records.take)

    def serve(self, job: Job) -> None:
        """Runs job after job, until the guest is gone."""
        cell = self._cell
        while True:
            verdict = self._attempt(job)
            cell.processes.reap()
            kept = cell.processes.status is None
            cell.send_verdict(verdict | {"session": "kept" if kept else "lost"})
            if not kept:
                return
            cell.intake.renew(self._stdin.renew())
            job = cell.await_next(job.idle_seconds + _FORGOTTEN_SECONDS)

    def _attempt(self, job: Job) -> Verdict:
        cell = self._cell
        if cell.intake.stop:
            return plain_verdict(cell.intake.stop)
        if cell.intake.fault:
            return plain_verdict("threw", cell.intake.fault)
        if job.action == "place":
            dropped = cell.send_artifacts(job, Collector(job.collect, job.limits))
            return plain_verdict("completed") | {"droppedArtifacts": dropped}
        if job.action == "list":
            return self._list(job)
        try:
            self._harness.prepare(job)
        except OSError as error:
            return plain_verdict("threw", f"The call could not be prepared under /workspace: {error}")
        return self._run(job)

    def _list(self, job: Job) -> Verdict:
        with AsGuest():
            files = lean_json.dumps(list_files(job.collect, job.limits), ensure_ascii=False).encode()
        if len(files) > job.limits.value_bytes:
            return plain_verdict("value")
        self._cell.outbox.send(frames.VALUE, files, more=True)
        return plain_verdict("completed") | {"value": "json"}

    def _run(self, job: Job) -> Verdict:
        cell, processes, records = self._cell, self._cell.processes, self._records
        endpoints = cell.open_endpoints(job)
        meter = cell.new_meter(job.limits)
        records.begin(job.call)
        self._stdin.begin(job.has_stdin)
        processes.resume()
        self._job_pipe.send(self._harness.job_message(job, self._last_code))
        stop = self._play(meter)
        meter.stop()
        if processes.status is None and records.exit_code is not None:
            self._freeze()
        else:
            self._end_all()
        endpoints.close()

        self._last_code = records.exit_code or 0
        exited = records.exit_code is not None and not stop
        answer = self._harness.answer(job, records.record, None) if exited else Answer()
        died = processes.status if records.exit_code is None else None
        verdict = Outcome(
            stop=stop,
            status=(records.exit_code or 0) << 8 if died is None else died,
            memory_killed=meter.memory_killed(died is not None and os.WIFSIGNALED(died)),
            cpu_used_up=meter.cpu_used_up(),
            handler=False,
            answer=answer,
        ).verdict()
        if records.broken and not stop:
            verdict = plain_verdict("threw", "The guest wrote to the socket that its session uses for answers, and was stopped.")
        if verdict["value"] != "none":
            cell.outbox.send(frames.VALUE, answer.value, more=True)
        program = Program(self._harness.PROGRAM_FILE, job.code)
        dropped = cell.send_artifacts(job, Collector(job.collect, job.limits, seen=self._seen, program=program))
        return verdict | {
            "usage": meter.usage(),
            "droppedArtifacts": dropped,
            "droppedDisplays": endpoints.displays.dropped,
        }

    def _play(self, meter: Meter) -> str | None:
        """Lets the guest run until it answers or must end; the end that the runner brought about, if it did."""
        processes, records, intake = self._cell.processes, self._records, self._cell.intake
        stop: str | None = None
        interrupted = False
        others_at = main_at = 0.0
        while True:
            processes.reap()
            if processes.status is not None or records.exit_code is not None or records.broken:
                return stop
            if records.begun:
                self._stdin.opened(intake.stdin)
            now = time.monotonic()
            if not stop and (stop := intake.stop or meter.broken()):
                others_at, main_at = now + _OTHERS_SECONDS, now + _MAIN_SECONDS
            elif stop and now >= main_at:
                return stop
            elif stop and now >= others_at:
                processes.kill_all_but_main()
                # The first one may have arrived before there was anything to interrupt.
                interrupted = False
                others_at = main_at
            if stop and records.begun and not interrupted:
                processes.interrupt()
                interrupted = True
            self._step(_LOOK_SECONDS if stop else meter.seconds_to_look())

    def _freeze(self) -> None:
        """Stops the guest, and takes its output until then."""
        processes = self._cell.processes
        processes.freeze()
        deadline = time.monotonic() + SETTLE_SECONDS
        for pump in (*self._outputs, self._answer):
            for _ in range(_DRAIN_READS):
                while self._cell.outbox.full:
                    self._cell.step(_LOOK_SECONDS, deadline)
                try:
                    if pump.ended:
                        break
                    pump.read()
                except BlockingIOError:
                    break
        processes.reap()
        self._stdin.end()

    def _end_all(self) -> None:
        self._stdin.end()
        end_all(self._cell, (*self._outputs, self._answer))

    def _pass_on(self, kind: int, data: bytes) -> None:
        self._cell.outbox.send(kind, data)

    def _step(self, timeout: float) -> None:
        has_room = not self._cell.outbox.full
        waits = [pump.arm(has_room=has_room) for pump in self._outputs]
        self._answer.arm(has_room=True)
        self._cell.step(min(timeout, *waits))
