"""An interpreter that stays: the jobs of a Python session, one after the other in one namespace."""

from __future__ import annotations

import os
import sys
from _signal import SIGINT, signal

from python import interpreter, lines, program
from python.reply import Reply
from python.sources import Sources
from runner.process.guest import read_job
from runner.process.session_stdin import STDIN_PATH
from runner.protocol import answers
from runner.protocol.job import Job
from runner.protocol.records import BEGUN, EXITED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


class HeldReply(Reply):
    """Keeps a program's answer until nothing can interrupt the sending."""

    def __init__(self, fd: int) -> None:
        super().__init__(fd)
        self._held: tuple[bytes, bytes] | None = None

    def say(self, tag: bytes, payload: bytes = b"") -> None:
        self._held = (tag, payload)

    def say_error(self, tag: bytes, name: str, message: str, stack: str = "", line: int = 0) -> None:
        self._held = (tag, answers.error_payload(name, message, stack, line))

    def send(self, call: int, code: int) -> None:
        """Sends it, and that the job is through."""
        if self._held:
            super().say(*self._held)
        super().say(EXITED, f"{call} {code}".encode())
        self._held = None

    def say_begun(self, call: int) -> None:
        super().say(BEGUN, str(call).encode())


def serve(answer_fd: int, job_fd: int) -> NoReturn:
    """Runs job after job."""
    own_process = os.getpid()
    lines.load_traceback()
    interpreter.make_way()
    main = sys.modules["__main__"]
    reply = HeldReply(answer_fd)
    sources = Sources(main)
    interrupt = interpreter.Interrupt()
    while True:
        job = Job.unpack(read_job(job_fd))
        # A program may have taken the signal for itself, and the stream apart.
        signal(SIGINT, interrupt)
        _open_stdin(job)
        os.environ.update(job.env)
        code = 1
        try:
            interrupt.armed = True
            reply.say_begun(job.call)
            code = program.run(job, main, reply, sources)
            interrupt.armed = False
        except KeyboardInterrupt:
            interrupt.armed = False
        if os.getpid() != own_process:
            # A child that the program forked reached the program's end.
            os._exit(code)
        reply.send(job.call, code)


def _open_stdin(job: Job) -> None:
    fd = os.open(STDIN_PATH if job.has_stdin else "/dev/null", os.O_RDONLY | os.O_CLOEXEC)
    os.dup2(fd, 0)
    os.close(fd)
    sys.stdin = interpreter.open_stdin()
