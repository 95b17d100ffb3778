"""An interpreter that stays: what lets the jobs of a session be interrupted, as `sandbox-images/python/session.py` does."""

from __future__ import annotations

import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType


class _Interrupt:
    """Raises KeyboardInterrupt for SIGINT, while a program runs and not a moment longer."""

    def __init__(self) -> None:
        self.armed = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        if self.armed:
            raise KeyboardInterrupt


_INTERRUPT = _Interrupt()


def run_interruptibly(run: Callable[[], int]) -> int:
    """Runs a program; its exit code, that of a failure where it was interrupted outside of itself."""
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
