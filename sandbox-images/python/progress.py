"""`hotcell.progress(fraction, text)` in the guest's program."""

from __future__ import annotations

import os
import time
from _thread import allocate_lock, start_new_thread

from runner.tools import display_client

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_PACE_SECONDS: Final = 0.05


class Progress:
    """Says at once what comes seldom. Of what comes often, the latest is said at a pace, by a thread that then ends."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self._lock = allocate_lock()
        self._process = os.getpid()
        self._next = 0.0
        #: What waits for the thread.
        self._latest: tuple[float, str] | None = None

    def say(self, fraction: float, text: object = "") -> None:
        """Tells the caller how far the program is, from 0 to 1, and with what, in a line."""
        number = float(fraction)
        if number != number:
            raise ValueError("The progress must be a number from 0 to 1, not NaN.")
        message = (min(max(number, 0.0), 1.0), str(text))
        if self._process != os.getpid():
            # A fork: the lock may be held, and the thread is not there.
            self._start()
        with self._lock:
            waits = self._latest is not None
            wait = self._next - time.monotonic()
            self._latest = message if wait > 0 else None
            if wait <= 0:
                self._next = time.monotonic() + _PACE_SECONDS
        if wait <= 0:
            _tell(message)
        elif not waits:
            try:
                start_new_thread(self._say_later, (wait,))
            except RuntimeError:
                # No more threads: then it is said now.
                self.flush()

    def flush(self) -> None:
        """Says what waits."""
        with self._lock:
            message, self._latest = self._latest, None
            self._next = time.monotonic() + _PACE_SECONDS
        if message is not None:
            _tell(message)

    def _say_later(self, wait: float) -> None:
        time.sleep(wait)
        self.flush()


def _tell(message: tuple[float, str]) -> None:
    try:
        display_client.send_progress(*message)
    except OSError:
        # A program does not fail because its progress reaches nobody.
        return
