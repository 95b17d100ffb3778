"""Runs the awaits at the top level of a program. There is one thread and no descriptor to wait for.

A waiting program sleeps, and the answer of a host function wakes it.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Awaitable, Mapping

from python import tracebacks
from python.tool_lines import TOOL_CALLS


class Unsettled(BaseException):
    """The program awaits something that nothing can settle any more. The guest's `except Exception` does not catch it."""


class _Selector(selectors.BaseSelector):
    """Has nothing to wait for but time and the answers of tools, which it hands over itself."""

    def __init__(self) -> None:
        self._keys: dict[int, selectors.SelectorKey] = {}

    def register(self, fileobj: int, events: int, data: object = None) -> selectors.SelectorKey:
        raise OSError("Waiting for file descriptors is not possible here.")

    def unregister(self, fileobj: int) -> selectors.SelectorKey:
        raise KeyError(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if TOOL_CALLS.awaits:
            TOOL_CALLS.receive(timeout if timeout is None else max(timeout, 0))
        elif timeout is None:
            raise Unsettled("The code awaits something that can never settle, because nothing is left running.")
        elif timeout > 0:
            time.sleep(timeout)
        return []

    def get_map(self) -> Mapping[int, selectors.SelectorKey]:
        return self._keys


class Loop(asyncio.SelectorEventLoop):
    """An event loop without descriptors, in place of Pyodide's, which leaves waiting to a page."""

    def __init__(self) -> None:
        super().__init__(_Selector())

    def _make_self_pipe(self) -> None:
        """Nothing wakes it: there is no other thread and no signal."""
        self._ssock = self._csock = None
        self._internal_fds += 1

    def _close_self_pipe(self) -> None:
        self._internal_fds -= 1

    def _write_to_self(self) -> None:
        pass


class Policy(asyncio.events._BaseDefaultEventLoopPolicy):
    """Lets `asyncio.run` and its like have such loops."""

    _loop_factory = Loop


def settle(awaitable: Awaitable[object]) -> object:
    """Runs an event loop until `awaitable` is done; its result."""

    async def main() -> object:
        return await awaitable

    for each in (settle, main):
        tracebacks.hide(each.__code__)
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(main())
