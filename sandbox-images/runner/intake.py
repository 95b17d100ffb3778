"""Takes the engine's messages: puts a job together, then passes on stdin and listens for `cancel`."""

from __future__ import annotations

import os

from runner.files.unpack import Unpacker
from runner.process.stdin import StdinPump
from runner.protocol import frames
from runner.protocol.job import Job
from runner.protocol.outbox import EngineGone
from runner.support import lean_json
from runner.support.identity import AsGuest
from runner.support.loop import GONE, READABLE, Loop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from runner.network.proxy import Proxy
    from runner.tools.tool_socket import ToolSocket

#: Small enough for the heap of `malloc`: with more, each read would map memory and unmap it again.
_READ_BYTES = 65_536
#: The end of a job that is cancelled for one of the reasons in CancelMessage (src/cells/protocol/messages.ts).
_CANCEL_ENDS = {"cancelled": "cancelled", "output": "output", "timeout": "wall"}


class Intake:
    """The reading side of the channel.

    `complete` says that the guest can start. `stop` is the end that a `cancel` asks for, `fault` says why the files
    could not be placed. `before_reading` is called once, before the first byte is read, and `pinged` when the engine
    checks that a waiting cell is alive. Once the job begins, `tool_socket` takes the answers of host functions, and
    `network`, if the job has one, the messages for its connections.
    """

    def __init__(
        self, fd: int, loop: Loop, stdin: StdinPump, before_reading: Callable[[], None], pinged: Callable[[], None]
    ) -> None:
        self.job: Job | None = None
        self.job_number = frames.CONTROL_JOB
        self.stop: str | None = None
        self.fault: str | None = None
        self.tool_socket: ToolSocket | None = None
        self.network: Proxy | None = None
        #: The job's processor time, in seconds, when the host found that it exceeded the limit.
        self.cpu_spent: float | None = None
        #: Bytes of artifacts that the engine has taken.
        self.artifacts_taken = 0
        self._fd = fd
        self._loop = loop
        self.stdin = stdin
        self._before_reading: Callable[[], None] | None = before_reading
        self._pinged = pinged
        self._decoder = frames.Decoder()
        #: Whether a job is over: messages for it that arrive now are too late.
        self._is_between = False
        self._partial = bytearray()
        self._unpacker = Unpacker()
        self._inputs_come = True
        self._files_come = True
        os.set_blocking(fd, False)
        self._listening = True
        loop.watch(fd, READABLE, self._ready)

    @property
    def complete(self) -> bool:
        return self.job is not None and not self._inputs_come and not self._files_come

    @property
    def startable(self) -> bool:
        """Whether the guest can start, or must not start at all."""
        return self.complete or self.job is not None and bool(self.stop or self.fault)

    def renew(self, stdin: StdinPump) -> None:
        """Listens for the next job of a session."""
        self.job = self.stop = self.fault = self.tool_socket = self.network = None
        self.cpu_spent = None
        self.stdin = stdin
        self._unpacker = Unpacker()
        self._inputs_come = self._files_come = self._is_between = True
        self._partial.clear()

    def arm(self) -> None:
        """Stops reading from the engine while the guest does not take the data that waits. Called before each wait.

        While a tool call runs, the engine sends no stdin, so that little of it is ahead of the answer. In a job with a
        network it sends only as much stdin as the guest reads.
        """
        listen = self.stdin.has_room or self.network is not None
        if self.tool_socket:
            listen = (listen or self.tool_socket.calling) and self.tool_socket.has_room
        if listen != self._listening:
            self._listening = listen
            # An engine that is gone is reported even if no event is asked for.
            self._loop.watch(self._fd, READABLE if listen else 0, self._ready)

    def _ready(self, event: int) -> None:
        if not event & READABLE and event & GONE:
            raise EngineGone
        if self._before_reading:
            before_reading, self._before_reading = self._before_reading, None
            before_reading()
        try:
            data = os.read(self._fd, _READ_BYTES)
        except BlockingIOError:
            return
        if not data:
            raise EngineGone
        for job, kind, more, payload in self._decoder.feed(data):
            if self.job is not None and job != self.job_number:
                raise frames.ProtocolError(f"A frame names job {job}, but this cell runs only job {self.job_number}.")
            self._take(job, kind, more, payload)

    def _take(self, job: int, kind: int, more: bool, payload: bytes) -> None:
        if self._is_between and job != frames.CONTROL_JOB and kind != frames.JOB:
            return
        if kind == frames.FILES and self.job is not None and self._files_come:
            self._unpack(payload)
        elif kind == frames.STDIN:
            self.stdin.feed(payload)
        elif kind == frames.FROM_NETWORK and not more and self.network:
            self.network.receive(payload)
        elif kind == frames.CPU_SPENT:
            self.cpu_spent = int(payload) / 1000
        elif kind == frames.PING and self.job is None:
            self._pinged()
        elif kind in (frames.JOB, frames.INPUTS, frames.CANCEL, frames.TOOL_RESULT, frames.ARTIFACTS_TAKEN):
            self._partial += payload
            if not more:
                message = bytes(self._partial)
                self._partial.clear()
                self._message(job, kind, message)
        else:
            raise frames.ProtocolError(f"A message of kind {kind} is not allowed here.")

    def _message(self, number: int, kind: int, message: bytes) -> None:
        if kind == frames.JOB:
            if self.job is not None:
                raise frames.ProtocolError("This cell already has its one job.")
            self.job = Job(message)
            self.job_number = number
            self.artifacts_taken = 0
            self._files_come = self.job.has_files
            self._is_between = False
            if not self.job.has_stdin:
                self.stdin.feed(b"")
        elif kind == frames.TOOL_RESULT:
            if not self.tool_socket:
                raise frames.ProtocolError("An answer came before the job.")
            self.tool_socket.receive_answer(message)
        elif kind == frames.ARTIFACTS_TAKEN:
            self.artifacts_taken = int(message)
        elif kind == frames.CANCEL:
            self.stop = self.stop or _CANCEL_ENDS[lean_json.loads(message)["reason"]]
        elif self.job is None or not self._inputs_come:
            raise frames.ProtocolError("Inputs came before their job or came twice.")
        else:
            self.job.inputs = message
            self._inputs_come = False

    def _unpack(self, chunk: bytes) -> None:
        if not chunk:
            self._files_come = False
        if self.fault:
            return
        try:
            with AsGuest():
                if chunk:
                    self._unpacker.feed(chunk)
                else:
                    self._unpacker.finish()
        except (OSError, ValueError) as error:
            self.fault = f"The files could not be placed under /workspace: {error}"
