"""The stdin of a session's jobs: a fifo for each, so that it ends with its job and carries only that job's bytes.

The guest opens it by its name and says so. Until then the runner holds both ends, so that neither waits for the other;
from then on it holds the writing end alone, and notices when nobody reads any more.
"""

from __future__ import annotations

import os

from runner.process.stdin import StdinPump
from runner.support.loop import Loop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

#: In a folder that the guest cannot write to.
STDIN_PATH: Final = "/run/stdin"


class SessionStdin:
    """Stdin of one job at a time."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._fd = -1
        self._pump: StdinPump | None = None

    def renew(self) -> StdinPump:
        """The pump that takes the next job's stdin from the engine."""
        return StdinPump(self._loop)

    def begin(self, has_stdin: bool) -> None:
        """Has it ready to be opened. Without one, the guest reads from /dev/null."""
        if has_stdin:
            os.mkfifo(STDIN_PATH, 0o644)
            self._fd = os.open(STDIN_PATH, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def opened(self, pump: StdinPump) -> None:
        """The guest has it open. More than one word of that changes nothing."""
        if self._fd < 0 or self._pump:
            return
        self._pump = pump
        pump.attach(os.open(STDIN_PATH, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC))
        self._close()

    def end(self) -> None:
        """The job is over."""
        if self._pump:
            self._pump.discard()
            self._pump = None
        self._close()

    def _close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            os.unlink(STDIN_PATH)
            self._fd = -1
