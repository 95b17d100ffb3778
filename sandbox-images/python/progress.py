"""`hotcell.progress(fraction, text)` in the guest's program."""

from __future__ import annotations

import atexit
import os
import time
from _collections import deque
from _thread import RLock, start_new_thread

from runner.tools import display_client

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_PACE_SECONDS: Final = 0.05


class Progress:
    """Sends rare messages at once. Of frequent ones a thread, which then ends, sends the latest at a fixed pace."""

    def __init__(self) -> None:
        self._flushes_at_exit = False
        self._start()

    def _start(self) -> None:
        self._process = os.getpid()
        #: The thread that holds it sends, so that no message overtakes an older one. A signal handler may come in between.
        self._turn = RLock()
        self._is_sending = False
        #: A signal handler left its message to the call that it interrupted.
        self._again = False
        self._next = 0.0
        #: The message that is not sent yet. Its methods are atomic.
        self._latest: deque[tuple[float, str]] = deque(maxlen=1)
        #: Whether a thread is about to send it.
        self._has_thread = False

    def say(self, fraction: float, text: object = "") -> None:
        """Reports to the caller how far the program is, from 0 to 1, with a text of one line."""
        number = float(fraction)
        if number != number:
            raise ValueError("The progress must be a number from 0 to 1, not NaN.")
        message = (min(max(number, 0.0), 1.0), str(text))
        self._follow_fork()
        self._latest.append(message)
        wait = self._next - time.monotonic()
        if wait <= 0:
            self.flush()
        elif not self._has_thread:
            self._has_thread = True
            if not self._flushes_at_exit:
                # The program's own threads may go on after its last line. The process ends without waiting for this one.
                self._flushes_at_exit = True
                atexit.register(self.flush)
            try:
                start_new_thread(self._say_later, (wait,))
            except RuntimeError:
                # No more threads: then the message is sent now.
                self._has_thread = False
                self.flush()

    def flush(self) -> None:
        """Sends the waiting message, after the one that another thread is sending."""
        self._follow_fork()
        with self._turn:
            self._again = True
            if self._is_sending:
                return
            self._is_sending = True
            try:
                while self._again:
                    self._again = False
                    self._send_latest()
            finally:
                self._is_sending = False

    def _send_latest(self) -> None:
        try:
            message = self._latest.pop()
        except IndexError:
            return
        self._next = time.monotonic() + _PACE_SECONDS
        _tell(message)

    def _say_later(self, wait: float) -> None:
        time.sleep(wait)
        # First, so that a message that comes now starts another thread.
        self._has_thread = False
        self.flush()

    def _follow_fork(self) -> None:
        """In a fork, another thread of the parent may hold the lock for ever, and the parent sends the waiting message."""
        if self._process != os.getpid():
            self._start()


def _tell(message: tuple[float, str]) -> None:
    try:
        display_client.send_progress(*message)
    except OSError:
        # A program does not fail if its progress cannot be sent.
        return
