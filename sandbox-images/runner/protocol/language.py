"""The interface of a language's folder: a module `harness` with a function `create() -> Harness`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn, Protocol

    from runner.protocol.answers import Answer
    from runner.protocol.job import Job

    class Harness(Protocol):
        """The moments in which the language matters. Importing its module is the preloading that `ready` waits for."""

        #: Language of the jobs that it runs, in the contract's words.
        LANGUAGE: str
        #: The file that the guest makes of its code if a program asks for it, below /workspace; empty if there is none.
        PROGRAM_FILE: str
        #: Modules that are imported one by one while the cell waits for its job, behind the runner's own.
        IDLE_MODULES: Sequence[str]
        #: Whether jobs come to the guest on a socket, into which no other process of the guest can write, or on a pipe, which
        #: can be opened by its name.
        JOB_PIPE_IS_SOCKET: bool

        def enter(self, *, rehearse: bool) -> None:
            """Makes the guest's process ready for its job: in that process, confined, before the job is known.

            With `rehearse`, if there is time, it touches memory that the job will touch, so that pages shared with the
            runner are copied before.
            """

        def prepare(self, job: Job) -> frozenset[int]:
            """Places files, with the guest's effective ids (identity.AsGuest), before the guest has its job. Called in the runner.

            Returns the inodes of those that are not artifacts.
            """

        def stdin(self, job: Job) -> bytes | None:
            """The guest's stdin, if it replaces the job's stdin."""

        def run(self, job: Job, answer_fd: int) -> NoReturn:
            """Runs the guest's code: in the guest's process, confined."""

        def serve(self, answer_fd: int, job_fd: int) -> NoReturn:
            """Runs job after job of a session, as they arrive on the job pipe: in the guest's process, confined."""

        def job_message(self, job: Job, last_code: int) -> bytes:
            """The bytes for the guest of a session so that it runs the job. `last_code` is the exit code of the job before."""

        def answer(self, job: Job, record: bytes, stdout: bytes | None) -> Answer:
            """The guest's answer, asked for once all its processes are dead.

            `record` is the content of the answer socket; `stdout` the guest's output there, None if it is longer than the
            limit of a value.
            """
