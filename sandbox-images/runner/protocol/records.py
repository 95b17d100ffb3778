"""What the guest of a session answers, job after job, on one socket: records as in answers.py.

    O  number of the job                     it has its stdin and begins, so that it can be interrupted
    X  number of the job, space, exit code   it is through; what came before is its answer

Only records of the guest's main process are read (one_writer.py). It can write there what it likes, and so decide how its
own job ends; records with another job's number are dropped, so that none is ever taken for the answer to a later job.
"""

from __future__ import annotations

import struct

from runner.protocol.answers import record_limit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

BEGUN: Final = b"O"
EXITED: Final = b"X"
_HEADER: Final = struct.Struct(">cI")


class Records:
    """Takes the bytes of the socket. `record` is the job's answer, `exit_code` is set once it is through."""

    def __init__(self, value_bytes: int) -> None:
        self.record = b""
        self.exit_code: int | None = None
        self.begun = False
        #: The received bytes are not a record; nothing after them can be parsed.
        self.broken = False
        self._max_bytes = record_limit(value_bytes)
        self._buffer = bytearray()
        self._number = b""

    def begin(self, call: int) -> None:
        """Another job begins, and nothing of the guest runs yet."""
        self._buffer.clear()
        self._number = str(call).encode()
        self.record = b""
        self.exit_code = None
        self.begun = False

    def take(self, data: bytes) -> None:
        self._buffer += data
        while not self.broken and len(self._buffer) >= _HEADER.size:
            tag, length = _HEADER.unpack_from(self._buffer)
            end = _HEADER.size + length
            if end > self._max_bytes:
                self.broken = True
            if len(self._buffer) < end:
                return
            record = bytes(self._buffer[:end])
            del self._buffer[:end]
            self._take_record(tag, record)

    def _take_record(self, tag: bytes, record: bytes) -> None:
        if tag == BEGUN:
            self.begun = self.begun or record[_HEADER.size :] == self._number
        elif tag == EXITED:
            number, _, code = record[_HEADER.size :].partition(b" ")
            if number == self._number and self.exit_code is None:
                self.exit_code = int(code) & 0xFF if code.isdigit() and len(code) < 4 else 255
            elif number != self._number:
                self.record = b""
        elif self.exit_code is None:
            self.record = record
