"""The supervisor's end of one runner: bytes in both directions, checked, bounded, never waited for."""

from __future__ import annotations

import json
import os
from collections import deque

from runner.protocol import frames
from runner.support.loop import READABLE, WRITABLE, Loop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

_READ_BYTES: Final = 262_144
#: The engine learns how much a runner took in steps of this size, and has at most twice that on its way
#: (creditBytes in src/backends/docker/tenant/tenant-cell.ts).
_CREDIT_BYTES: Final = 262_144
#: Kinds of messages that a runner may send about its job.
_KINDS: Final = frozenset(
    (
        *(frames.STDOUT, frames.STDERR, frames.VALUE, frames.TOOL_CALL, frames.DISPLAY, frames.PROGRESS),
        *(frames.NETWORK, frames.ARTIFACTS, frames.VERDICT),
    )
)


class Link:
    """One runner, from its fork until all of it is gone."""

    def __init__(
        self, slot: int, fd: int, loop: Loop, send: Callable[[bytes], None], kill: Callable[[], None]
    ) -> None:
        self.slot = slot
        #: Ends the runner, and with it all of the job.
        self.kill = kill
        self.job = frames.CONTROL_JOB
        #: Whether its verdict went out: it has nothing more to send.
        self.finished = False
        #: Why it is being ended, if the runner itself caused that.
        self.fault: str | None = None
        #: What it reported as impossible, before it was ready.
        self.refused: str | None = None
        self.ready = False
        self._fd = fd
        self._loop = loop
        self._send = send
        self._listening = True
        self._incoming = bytearray()
        self._outgoing: deque[memoryview] = deque()
        self._partial_kind = 0
        self._taken = 0
        os.set_blocking(fd, False)
        loop.watch(fd, READABLE, self._happened)

    def listen(self, listening: bool) -> None:
        """Takes the runner's messages, or leaves them there while the engine takes nothing."""
        if self._fd >= 0 and listening != self._listening:
            self._listening = listening
            self._arm()

    def write(self, data: bytes) -> None:
        """Passes bytes on to the runner."""
        if self._fd < 0:
            return
        self._outgoing.append(memoryview(data))
        if len(self._outgoing) == 1:
            self._flush()

    def close(self) -> None:
        """The runner is gone: takes the rest of its messages."""
        if self._fd < 0:
            return
        while self._fd >= 0 and self._read():
            pass
        self._shut()

    def _shut(self) -> None:
        if self._fd >= 0:
            self._loop.forget(self._fd)
            os.close(self._fd)
            self._fd = -1

    def _arm(self) -> None:
        self._loop.watch(self._fd, (READABLE if self._listening else 0) | (WRITABLE if self._outgoing else 0), self._happened)

    def _happened(self, event: int) -> None:
        if event & WRITABLE:
            self._flush()
        if event & ~WRITABLE and not self._read():
            self._shut()

    def _flush(self) -> None:
        was_waiting = len(self._outgoing) > 1
        before = self._taken
        while self._outgoing:
            piece = self._outgoing[0]
            try:
                written = os.write(self._fd, piece)
            except BlockingIOError:
                break
            except OSError:
                # It is dead or dying, and its end is reported by its parent's hand.
                self._outgoing.clear()
                break
            self._taken += written
            if written < len(piece):
                self._outgoing[0] = piece[written:]
            else:
                self._outgoing.popleft()
        if self._outgoing or was_waiting:
            self._arm()
        if self._taken // _CREDIT_BYTES > before // _CREDIT_BYTES:
            self._send(b"".join(frames.encode(self.job, frames.TAKEN, str(self._taken).encode())))

    def _read(self) -> bool:
        """Passes on the runner's messages; returns whether there may be more."""
        try:
            data = os.read(self._fd, _READ_BYTES)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if data and not self.fault:
            try:
                self._take(data)
            except (frames.ProtocolError, ValueError, AttributeError) as error:
                self.fault = str(error)
                self.kill()
        return bool(data)

    def _take(self, data: bytes) -> None:
        buffer = self._incoming
        buffer += data
        start = 0
        while True:
            head = frames.peek(buffer, start)
            if head is None or start + frames.HEADER_BYTES + head[0] > len(buffer):
                break
            length, job, kind = head
            end = start + frames.HEADER_BYTES + length
            if job == frames.CONTROL_JOB and kind == frames.READY and not self.ready:
                said = json.loads(bytes(buffer[start + frames.HEADER_BYTES : end]))
                self.ready = True
                self.refused = said.get("refused")
                del buffer[:end]
                start = 0
                continue
            self._check(job, kind)
            start = end
        if start:
            self._send(bytes(buffer[:start]))
            del buffer[:start]

    def _check(self, job: int, kind: int) -> None:
        bare = kind & ~frames.MORE
        if job != self.job or job == frames.CONTROL_JOB:
            raise frames.ProtocolError(f"A runner sent a message for job {job}, but its own job is {self.job}.")
        if bare not in _KINDS or self.finished or self._partial_kind not in (0, bare):
            raise frames.ProtocolError(f"A message of kind {bare} is not allowed there.")
        self._partial_kind = bare if kind & frames.MORE else 0
        self.finished = bare == frames.VERDICT and not kind & frames.MORE
