"""The frame codec of the cell protocol. Its twin, src/cells/protocol/frame-codec.ts, holds the rules."""

from __future__ import annotations

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

# From the engine.
JOB: Final = 1
INPUTS: Final = 2
FILES: Final = 3
STDIN: Final = 4
TOOL_RESULT: Final = 5
CANCEL: Final = 6
PING: Final = 7
#: Only to the supervisor of a tenant's container: a job is over for the engine; how many runners must wait.
DROP: Final = 8
SPARES: Final = 9
#: To PID 1 of such a container, before anything else: its users.
BEGIN: Final = 10
#: The same in both directions: src/cells/protocol/network-messages.ts holds the rules.
FROM_NETWORK: Final = 11
#: Bytes of artifacts that the engine has taken so far, as a number in text.
ARTIFACTS_TAKEN: Final = 15
#: By the host's count, the job has used up its processor time: how much it used, in whole milliseconds, as text.
CPU_SPENT: Final = 16

# To the engine.
READY: Final = 17
STDOUT: Final = 18
STDERR: Final = 19
VALUE: Final = 20
TOOL_CALL: Final = 21
ARTIFACTS: Final = 22
VERDICT: Final = 23
PONG: Final = 24
#: Only from that supervisor: a job's runner is gone without a verdict; bytes that it took; number of waiting runners.
LOST: Final = 25
TAKEN: Final = 26
WAITING: Final = 27
NETWORK: Final = 28
#: The guest's displays and progress.
DISPLAY: Final = 30
PROGRESS: Final = 31

#: Job number of messages that belong to the cell itself.
CONTROL_JOB: Final = 0
#: Set in the kind if more of the message follows.
MORE: Final = 0x80
_HEADER: Final = struct.Struct(">IIB")
#: The longest payload: with its header, 1 MiB.
PAYLOAD_MAX: Final = 1_048_576 - _HEADER.size
HEADER_BYTES: Final = _HEADER.size


class ProtocolError(Exception):
    """The engine broke the cell protocol."""


def encode(job: int, kind: int, payload: bytes) -> Iterator[bytes]:
    """Splits a message into the pieces to write: headers and parts of the payload."""
    if len(payload) <= PAYLOAD_MAX:
        yield _HEADER.pack(len(payload), job, kind) + payload
        return
    view = memoryview(payload)
    for start in range(0, len(payload), PAYLOAD_MAX):
        part = view[start : start + PAYLOAD_MAX]
        more = MORE if start + PAYLOAD_MAX < len(payload) else 0
        yield _HEADER.pack(len(part), job, kind | more)
        yield bytes(part)


def frame(job: int, kind: int, payload: bytes) -> bytes:
    """One frame as it is written; `kind` may say that more follows."""
    return _HEADER.pack(len(payload), job, kind) + payload


def peek(buffer: bytearray, start: int) -> tuple[int, int, int] | None:
    """The header that begins there: length of the payload, job and kind as it is on the wire; None while it is cut."""
    if len(buffer) - start < _HEADER.size:
        return None
    length, job, kind = _HEADER.unpack_from(buffer, start)
    if length > PAYLOAD_MAX:
        raise ProtocolError(f"A frame announces {length} bytes; at most {PAYLOAD_MAX} are allowed.")
    return length, job, kind


class Decoder:
    """Turns a byte stream, cut anywhere, back into frames: (job, kind, more, payload). Holds at most one frame."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[int, int, bool, bytes]]:
        """Takes the next bytes and yields the frames that are complete with them."""
        buffer = self._buffer
        buffer += data
        start = 0
        while len(buffer) - start >= _HEADER.size:
            length, job, kind = _HEADER.unpack_from(buffer, start)
            if length > PAYLOAD_MAX:
                raise ProtocolError(f"A frame announces {length} bytes; at most {PAYLOAD_MAX} are allowed.")
            end = start + _HEADER.size + length
            if end > len(buffer):
                break
            yield job, kind & ~MORE, bool(kind & MORE), bytes(buffer[start + _HEADER.size : end])
            start = end
        del buffer[:start]
