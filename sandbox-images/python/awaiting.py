"""Runs the awaits at the top level of a program, and detects when nothing is left that could settle them."""

from __future__ import annotations

import sys
from _signal import ITIMER_REAL, getitimer

from python import tracebacks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable
    from selectors import BaseSelector, SelectorKey


class Unsettled(BaseException):
    """The program awaits something that nothing can settle any more. The guest's `except Exception` does not catch it."""


def settle(awaitable: Awaitable[object]) -> object:
    """Runs an event loop until `awaitable` is done; its result.

    asyncio is imported only here, because that takes longer than everything else together.
    """
    import asyncio

    async def main() -> object:
        return await awaitable

    for each in (settle, main):
        tracebacks.hide(each.__code__)
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(_selector())) as runner:
        return runner.run(main())


def _selector() -> BaseSelector:
    """Refuses to wait for ever if nothing can happen: no timer, only the loop's own descriptor, no thread, no alarm."""
    from selectors import DefaultSelector

    class Selector(DefaultSelector):
        def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
            if timeout is None and len(self.get_map()) == 1 and not _may_be_woken():
                raise Unsettled("The code awaits something that can never settle, because nothing is left running.")
            return super().select(timeout)

    return Selector()


def _may_be_woken() -> bool:
    threading = sys.modules["threading"]  # asyncio imports it.
    return threading.active_count() > 1 or getitimer(ITIMER_REAL)[0] > 0
