"""Bash guests (runner/protocol/language.py says what a harness is).

The code is a script file, because a script is what it expects to be: `$0`, `$BASH_SOURCE` and messages say `main.sh`,
and lines are counted as they are. The file is in /workspace, and the guest may do anything with it; it is not an
artifact. Inputs and value are files in /workspace/.hotcell, named by `$HOTCELL_INPUTS` and `$HOTCELL_VALUE`.

In handler mode stdin contains the inputs, and stdout the answer.
"""

from __future__ import annotations

import os
import stat
from _signal import SIG_DFL, SIGPIPE, SIGXFSZ, signal

from bash import session
from runner.protocol import answers
from runner.protocol.answers import Answer
from runner.support.identity import WORKSPACE, AsGuest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from runner.protocol.job import Job

_FOLDER = f"{WORKSPACE}/.hotcell"
_SCRIPT = "main.sh"
#: Path of the script if the job brings a file with that name.
_OTHER_SCRIPT = ".hotcell/main.sh"


class BashHarness:
    """A script run by /bin/bash."""

    LANGUAGE = "bash"
    #: The shell opens it as its script.
    JOB_PIPE_IS_SOCKET = False
    #: `prepare` tells of the script's.
    PROGRAM_FILE = ""
    IDLE_MODULES = ()

    def __init__(self) -> None:
        self._session = session.BashSession()

    def enter(self, *, rehearse: bool) -> None:
        # Python ignores these two; a shell's pipelines need the first.
        for number in (SIGPIPE, SIGXFSZ):
            signal(number, SIG_DFL)

    def prepare(self, job: Job) -> frozenset[int]:
        with AsGuest():
            if job.action:
                session.prepare(job)
                return frozenset()
            os.makedirs(_FOLDER, mode=0o700, exist_ok=True)
            _write(f"{_FOLDER}/inputs.json", job.inputs)
            job.script = _OTHER_SCRIPT if os.path.lexists(f"{WORKSPACE}/{_SCRIPT}") else _SCRIPT
            return frozenset({_write(f"{WORKSPACE}/{job.script}", job.code.encode())})

    def stdin(self, job: Job) -> bytes | None:
        return job.inputs if job.handler else None

    def run(self, job: Job, answer_fd: int) -> NoReturn:
        os.environ["HOTCELL_INPUTS"] = f"{_FOLDER}/inputs.json"
        os.environ["HOTCELL_VALUE"] = f"{_FOLDER}/value.json"
        os.execv("/bin/bash", ["bash", job.script])

    def serve(self, answer_fd: int, job_fd: int) -> NoReturn:
        os.environ["HOTCELL_INPUTS"] = f"{_FOLDER}/inputs.json"
        os.environ["HOTCELL_VALUE"] = f"{_FOLDER}/value.json"
        session.serve(answer_fd, job_fd)

    def job_message(self, job: Job, last_code: int) -> bytes:
        return self._session.job_message(job, last_code)

    def answer(self, job: Job, record: bytes, stdout: bytes | None) -> Answer:
        text = stdout if job.handler else _read_value(job.limits.value_bytes)
        if text is None:
            return Answer(answers.TOO_LARGE)
        if text.strip():
            return Answer(answers.JSON, text.removesuffix(b"\n"))
        # A script need not have a value; a handler that writes nothing gave no answer.
        return Answer() if job.handler else Answer(answers.NOTHING)


def create() -> BashHarness:
    return BashHarness()


def _write(path: str, content: bytes) -> int:
    """Writes a file before the guest starts; its inode."""
    with open(path, "wb") as file:
        file.write(content)
        return os.fstat(file.fileno()).st_ino


def _read_value(max_bytes: int) -> bytes | None:
    """The value file: empty if none can be read, None if it is too large. The guest made it."""
    try:
        with AsGuest():
            folder = os.open(_FOLDER, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
                value = os.open("value.json", flags, dir_fd=folder)
            finally:
                os.close(folder)
    except OSError:
        return b""
    try:
        status = os.fstat(value)
        if not stat.S_ISREG(status.st_mode):
            return b""
        return None if status.st_size > max_bytes else os.read(value, max_bytes)
    finally:
        os.close(value)
