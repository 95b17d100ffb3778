"""The life of a cell: `ready`, its one job or the jobs of its session, the verdict. See main.py."""

from __future__ import annotations

import os
import sys
from _signal import SIGKILL

from runner.cell import Cell
from runner.files.artifacts import Collector, Program
from runner.files.unpack import OUTPUT_FOLDER
from runner.process.shared_memory import make_shared_memory
from runner.protocol import answers, frames
from runner.protocol.answers import Answer
from runner.protocol.job import Job
from runner.protocol.outbox import EngineGone
from runner.protocol.verdict import Outcome, plain_verdict
from runner.run import Run
from runner.support import lean_json
from runner.support.identity import WORKSPACE, AsGuest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from runner.protocol.language import Harness
    from runner.protocol.verdict import Verdict

#: A job that is not run.
_REHEARSAL = (
    b'{"id":"","language":"","mode":"script","code":"","files":false,"stdin":false,"collect":["output/**"],"env":{},"limits":'
    b'{"timeoutMs":1,"cpuMs":1,"memoryMb":1048576,"processes":1,"diskMb":1,"fileMb":1,"valueKb":1,"openFiles":1},"tools":[],"network":0}'
)
_REHEARSED_RECORD = b"J\0\0\0\0011"
#: Modules that the runner imports when it needs them; a cell that waits imports them ahead.
LATE_MODULES = ("signal", "fnmatch")
#: A cell that has waited this long probably waits longer, and has time to import modules that jobs often need. With a
#: shorter time, cells that are made for a job under load would do so while the job is on its way.
_IDLE_SECONDS = 0.1


def serve(folder: str) -> NoReturn:
    """Runs one job and exits; with 0 unless the runner itself failed."""
    code = 70
    try:
        serve_cell(Cell(create_harness(folder)))
        code = 0
    except EngineGone:
        code = 0
    except BaseException:
        sys.__excepthook__(*sys.exc_info())
    finally:
        # All remaining processes of the container die with this process.
        os._exit(code)


def create_harness(folder: str) -> Harness:
    """Imports the image's harness. `folder` is the image's argument; each image has one of these folders."""
    if folder == "python":
        from python.harness import create
    elif folder == "python_data":
        from python_data.harness import create
    elif folder == "bash":
        from bash.harness import create
    else:
        raise ValueError(f"The runner knows no language folder {folder!r}.")
    return create()


def serve_cell(cell: Cell) -> None:
    """Sends `ready`, runs the job, sends the verdict."""
    cell.name_guest()
    cell.link_shared_memory()
    with AsGuest():
        os.mkdir(f"{WORKSPACE}/.tmp", 0o700)
        make_shared_memory()
        os.mkdir(f"{WORKSPACE}/{OUTPUT_FOLDER}", 0o755)
    ready = {"protocol": 1, "language": cell.harness.LANGUAGE, "python": "{}.{}.{}".format(*sys.version_info)}
    cell.outbox.send(frames.READY, lean_json.dumps(ready).encode())
    job = _await_job(cell)
    cell.outbox.job = cell.intake.job_number
    try:
        if job.action:
            _serve_session(cell, job)
            return
        verdict = _run_job(cell, job)
    except (EngineGone, frames.ProtocolError):
        raise
    except Exception as error:
        sys.__excepthook__(*sys.exc_info())
        verdict = plain_verdict("fault", f"The cell failed: {type(error).__name__}: {error}")
    cell.send_verdict(verdict)


def _await_job(cell: Cell) -> Job:
    """Waits until the guest can start, or must not start at all, and warms up meanwhile."""
    idle_modules = [*reversed((*LATE_MODULES, *cell.harness.IDLE_MODULES))]
    timeout = _IDLE_SECONDS
    while not cell.intake.startable:
        # Once the engine has written, there is a guest.
        idle = cell.guest is None
        happened = cell.step(timeout if idle else cell.abandoned_seconds)
        if not happened and not idle:
            raise EngineGone
        if not happened:
            timeout = 0
            if idle_modules:
                __import__(idle_modules.pop())
            else:
                cell.fork_guest(rehearse=True).is_confined()
                cell.open_tool_socket()
                _rehearse(cell)
        if cell.guest and cell.processes.has_lost_main():
            raise RuntimeError("The guest's process ended before it received its job.")
    assert cell.intake.job
    return cell.intake.job


def _serve_session(cell: Cell, job: Job) -> None:
    # Imported late, because few cells run more than one job.
    from runner.session import Session

    guest = cell.guest
    if job.language != cell.harness.LANGUAGE or not guest or not guest.is_confined():
        cell.send_verdict(plain_verdict("fault", "The guest of the session could not be started."))
        return
    Session(cell, cell.harness, guest, job).serve(job)


def _run_job(cell: Cell, job: Job) -> Verdict:
    if cell.intake.stop:
        return plain_verdict(cell.intake.stop)
    if cell.intake.fault:
        return plain_verdict("fault", cell.intake.fault)
    if job.language != cell.harness.LANGUAGE:
        return plain_verdict("fault", f"This cell runs {cell.harness.LANGUAGE}, not {job.language}.")
    private_files = cell.harness.prepare(job)
    stdin = cell.harness.stdin(job)
    if stdin is not None:
        cell.stdin.replace(stdin)
    guest = cell.guest
    if not guest or not guest.is_confined():
        return plain_verdict("fault", "The guest could not be confined, so it was not started.")
    endpoints = cell.open_endpoints(job)
    run = Run(cell, job, guest)
    run.play()
    endpoints.close()

    status = run.status
    exited = not run.stop and os.WIFEXITED(status)
    captured = None if run.stdout.overflowed else run.stdout.content
    answer = cell.harness.answer(job, run.record, captured) if exited else Answer()
    verdict = Outcome(
        stop=run.stop,
        status=status,
        memory_killed=run.meter.memory_killed(os.WIFSIGNALED(status) and os.WTERMSIG(status) == SIGKILL),
        cpu_used_up=run.meter.cpu_used_up(),
        handler=job.handler,
        answer=answer,
    ).verdict()
    usage = run.meter.usage()
    if verdict["value"] != "none":
        cell.outbox.send(frames.VALUE, answer.value, more=True)
    dropped = cell.send_artifacts(job, Collector(job.collect, job.limits, private=private_files, program=Program(cell.harness.PROGRAM_FILE, job.code)))
    return verdict | {"usage": usage, "droppedArtifacts": dropped, "droppedDisplays": endpoints.displays.dropped}


def _rehearse(cell: Cell) -> None:
    """Runs some code ahead that a job will need, because the first write to each page after the fork copies the page."""
    job = Job(_REHEARSAL)
    job.pack()
    list(frames.Decoder().feed(frames.frame(frames.CONTROL_JOB, frames.PING, b"")))
    meter = cell.new_meter(job.limits)
    meter.broken()
    meter.stop()
    outcome = Outcome(
        stop=None,
        status=0,
        memory_killed=meter.memory_killed(False),
        cpu_used_up=meter.cpu_used_up(),
        handler=False,
        answer=answers.parse(_REHEARSED_RECORD),
    )
    with AsGuest():
        list(Collector(job.collect, job.limits).chunks())
    lean_json.dumps(outcome.verdict() | {"usage": meter.usage()}, ensure_ascii=False).encode()
