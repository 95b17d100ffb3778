"""An interpreter that stays: makes the jobs of a session interruptible, as `sandbox-images/python/session.py` does."""

from __future__ import annotations

import signal

from python.interpreter import Interrupt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


_INTERRUPT = Interrupt()


def run_interruptibly(run: Callable[[], int]) -> int:
    """Runs a program and returns its exit code; 1 if the interrupt arrives outside of the program."""
    # A program may have taken the signal for itself.
    signal.signal(signal.SIGINT, _INTERRUPT)
    code = 1
    try:
        _INTERRUPT.armed = True
        code = run()
        _INTERRUPT.armed = False
    except KeyboardInterrupt:
        _INTERRUPT.armed = False
    return code
