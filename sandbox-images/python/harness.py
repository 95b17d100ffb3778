"""Python guests (runner/protocol/language.py says what a harness is).

The guest is not a new interpreter: it continues in the fork of the runner's warm one. So interpreter.py repeats the
steps of a new one's start and end; between them the program is compiled and run (program.py).
"""

from __future__ import annotations

import gc
import sys

from python import interpreter, program, session
from python.reply import Reply
from python.sources import Sources
from runner.process.guest import LENGTH
from runner.protocol import answers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from runner.protocol.job import Job


class PythonHarness:
    """A program run in this interpreter."""

    LANGUAGE = "python"
    PROGRAM_FILE = "main.py"
    #: The modules that programs import most, cheap ones first. Every job pays for each with its fork, about 0.05 ms. So
    #: asyncio is not among them: 30 ms to import, but seldom used, and 7 MiB in every waiting cell; nor dataclasses: 6 ms
    #: and 1.1 MiB, most of it for code that is never called.
    IDLE_MODULES = (
        *("json", "traceback", "importlib", "selectors", "math", "random", "datetime", "typing", "string", "heapq", "bisect"),
        *("copy", "threading", "decimal", "pathlib"),
    )

    JOB_PIPE_IS_SOCKET = True

    def __init__(self) -> None:
        self._own_modules = interpreter.complete()

    def enter(self, *, rehearse: bool) -> None:
        if rehearse:
            program.rehearse()
            gc.freeze()
        interpreter.start(self._own_modules)

    def prepare(self, job: Job) -> frozenset[int]:
        return frozenset()

    def stdin(self, job: Job) -> None:
        return None

    def run(self, job: Job, answer_fd: int) -> NoReturn:
        if job.has_files:
            interpreter.make_way()
        main = sys.modules["__main__"]
        code = program.run(job, main, Reply(answer_fd), Sources(main))
        interpreter.finish(main, code)

    def serve(self, answer_fd: int, job_fd: int) -> NoReturn:
        session.serve(answer_fd, job_fd)

    def job_message(self, job: Job, last_code: int) -> bytes:
        packed = job.pack()
        return LENGTH.pack(len(packed)) + packed

    def answer(self, job: Job, record: bytes, stdout: bytes | None) -> answers.Answer:
        return answers.parse(record)


def create() -> PythonHarness:
    return PythonHarness()
