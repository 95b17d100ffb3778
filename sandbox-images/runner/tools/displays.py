"""Displays and progress of a job's guest on their way to the engine; displays go piece by piece.

The limits are checked here, where the guest can be stopped; the engine has the same ones. A display above them is cut
off, and the engine drops the part that it has.
"""

from __future__ import annotations

import math
import struct
import time

from runner.protocol import frames
from runner.protocol.job import MIB
from runner.tools.display_client import BEGINS, ENDS, SAME, TYPE_MAX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from runner.protocol.job import Limits
    from runner.protocol.outbox import Outbox

#: displaysMax, progressBytesMax and progressPaceMs in src/contract/api/display.ts.
_DISPLAYS_MAX: Final = 256
_PROGRESS_BYTES: Final = 4_096
_PACE_SECONDS: Final = 0.05
_NEVER_SECONDS: Final = 3_600.0
_FRACTION: Final = struct.Struct(">d")
_HEAD: Final = struct.Struct(">BIB")


class Displays:
    """Passes on displays of all processes of the guest, one at a time."""

    def __init__(self, limits: Limits, outbox: Outbox) -> None:
        #: Displays that were not sent to the engine.
        self.dropped = 0
        self._outbox = outbox
        self._display_max = limits.file_mb * MIB
        self._bytes_left = limits.disk_mb * MIB
        self._count = 0
        self._group = 0
        #: The owner of the open display, and how much of it may still arrive.
        self._owner: object | None = None
        #: The owner of the last one.
        self._last: object | None = None
        self._display_left = 0
        self._progress: bytes | None = None
        self._next_progress = 0.0

    def is_free_for(self, who: object) -> bool:
        """Whether a piece of theirs has its turn."""
        return self._owner is None or self._owner is who

    def display(self, who: object, piece: bytes) -> bool:
        """Takes `u8 flags | in the first piece: u8 length | media type | bytes`; whether the rest of it is wanted, too."""
        flags = piece[0] if piece else 0
        start = 1
        if flags & BEGINS:
            start = 2 + (piece[1] if len(piece) > 1 else 0)
            if start > min(len(piece), 2 + TYPE_MAX) or not self._may_begin(len(piece) - start):
                self.forget(who)
                self.dropped += 1
                return False
            if not flags & SAME or self._last is not who:
                self._group += 1
            self._count += 1
            self._owner = self._last = who
            self._display_left = self._display_max
        elif self._owner is not who:
            return False
        content = memoryview(piece)[start:]
        if len(content) > min(self._display_left, self._bytes_left):
            self.forget(who)
            return False
        self._display_left -= len(content)
        self._bytes_left -= len(content)
        wire_flags = flags & (BEGINS | ENDS)
        head = _HEAD.pack(wire_flags, self._group, start - 2) + piece[2:start] if flags & BEGINS else bytes([wire_flags])
        self._outbox.send(frames.DISPLAY, head + content)
        if flags & ENDS:
            self._owner = None
        return True

    def progress(self, message: bytes) -> bool:
        """Takes `f64 fraction | text`, of which the latest is passed on at some pace; whether it was one."""
        if len(message) < _FRACTION.size:
            return False
        (fraction,) = _FRACTION.unpack_from(message)
        if math.isnan(fraction):
            return False
        text = message[_FRACTION.size : _FRACTION.size + _PROGRESS_BYTES]
        self._progress = _FRACTION.pack(min(max(fraction, 0.0), 1.0)) + text
        self.arm()
        return True

    def arm(self) -> float:
        """Call this before each wait; returns the seconds after which to call it again."""
        if self._progress is None:
            return _NEVER_SECONDS
        wait = self._next_progress - time.monotonic()
        if wait > 0 or self._outbox.full:
            return max(wait, _PACE_SECONDS)
        self.finish()
        self._next_progress = time.monotonic() + _PACE_SECONDS
        return _NEVER_SECONDS

    def finish(self) -> None:
        """Sends the progress that was not sent."""
        if self._progress is not None:
            self._outbox.send(frames.PROGRESS, self._progress, more=True)
            self._progress = None

    def forget(self, who: object) -> None:
        """The owner sends no more of its display; the engine drops the part that it has."""
        if self._owner is who:
            self._owner = None
            self._bytes_left += self._display_max - self._display_left

    def _may_begin(self, size: int) -> bool:
        return self._count < _DISPLAYS_MAX and size <= min(self._display_max, self._bytes_left)
