"""A shell that stays: the jobs of a Bash session.

Bash reads its script from the job pipe, a pipe that the runner writes to: one line for each job. The line sources the job's
code, so that everything runs in the same shell, and then writes its exit code to a descriptor that the code and its
children do not have open. Code that ends the shell (`exit`, `exec`, `set -e` and a failure) ends the session.

SIGINT must end the job and not the shell. Its trap lets every further command of the job return from the function or
file that it is in, until the line that started the job continues.
"""

from __future__ import annotations

import os

from runner.process.session_stdin import STDIN_PATH
from runner.support.identity import WORKSPACE
from runner.support.suppress import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from runner.protocol.job import Job

_FOLDER = f"{WORKSPACE}/.hotcell"
_SCRIPT = f"{_FOLDER}/main.sh"
#: Numbers that scripts seldom use for their descriptors.
_ANSWER_FD = 60
_JOB_FD = 61
_UNWIND = "(( ${#BASH_SOURCE[@]} > 1 )) && builtin return 130; builtin trap - DEBUG; builtin set +T"
_PRELUDE = f"exec {_JOB_FD}<&-; "
_LINE = (
    "{{ {trap}; }} 2>/dev/null; {{ builtin printf 'O\\0\\0\\0\\{width:o}%d' {call} >&{fd}; {status}builtin . {script} {fd}>&-; }} <{stdin}; "
    "{{ builtin printf 'X\\0\\0\\0\\{exit_width:o}%d %03d' {call} \"$?\" >&{fd}; }} 2>/dev/null\n"
)
#: The value of `$?` when the job begins. As the first part of a list, it ends no shell under `set -e` and starts no trap.
_STATUS = "(builtin exit {code}) && builtin :; "


class BashSession:
    """The runner's view of the shell."""

    def __init__(self) -> None:
        self._env: dict[str, str] | None = None

    def job_message(self, job: Job, last_code: int) -> bytes:
        """The line that runs the job, and before it the names that the shell does not have yet."""
        # Imported late, because few cells run more than one job.
        from shlex import quote

        prelude = _PRELUDE if self._env is None else ""
        known = job.env if self._env is None else self._env
        names = [name for name, value in job.env.items() if known.get(name) != value]
        self._env = job.env
        exports = "".join(f"export {name}={quote(job.env[name])}; " for name in names)
        stdin = STDIN_PATH if job.has_stdin else "/dev/null"
        width = len(str(job.call))
        trap = f"builtin trap {quote(f'builtin set -T; builtin trap {quote(_UNWIND)} DEBUG')} INT"
        line = _LINE.format(
            call=job.call,
            width=width,
            exit_width=width + 4,
            fd=_ANSWER_FD,
            script=_SCRIPT,
            stdin=stdin,
            trap=trap,
            status=_STATUS.format(code=last_code) if last_code else "",
        )
        return (prelude + exports + line).encode()


def prepare(job: Job) -> None:
    """Writes the job's files, even if the guest left other files in their place."""
    with suppress(FileExistsError):
        os.mkdir(_FOLDER, 0o700)
    folder = os.open(_FOLDER, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        for name, content in (("value.json", None), ("inputs.json", job.inputs), ("main.sh", job.code.encode())):
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)
            if content is not None:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
                with open(os.open(name, flags, 0o600, dir_fd=folder), "wb") as file:
                    file.write(content)
    finally:
        os.close(folder)


def serve(answer_fd: int, job_fd: int) -> NoReturn:
    """Becomes the shell."""
    os.dup2(answer_fd, _ANSWER_FD, inheritable=True)
    os.dup2(job_fd, _JOB_FD, inheritable=True)
    os.execv("/bin/bash", ["bash", f"/dev/fd/{_JOB_FD}"])
