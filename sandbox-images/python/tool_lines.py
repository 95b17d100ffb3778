"""Connections to the runner for tool calls of the interpreter.

Each open call has its own connection, so threads and tasks may call at any time.
"""

from __future__ import annotations

import os

from runner.tools import tool_client

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from typing import Final

#: Calls of one event loop at one time; more calls wait here. toolCallsAtOnce in src/cells/protocol/tool-messages.ts.
_CALLS_AT_ONCE: Final = 64


class Lines:
    """Connections to the runner; one is kept for the next call."""

    def __init__(self) -> None:
        self._idle: list[tool_client.socket] = []
        self._process = os.getpid()
        self._gate: tuple[asyncio.AbstractEventLoop, asyncio.Semaphore] | None = None

    def ask(self, name: str, text: bytes) -> tuple[bool, bytes]:
        """Calls a tool and waits. Returns whether it succeeded, and its value or error as JSON text."""
        with _Taken(self) as line:
            return tool_client.ask(line, name, text)

    async def ask_soon(self, name: str, text: bytes) -> tuple[bool, bytes]:
        """The same, as asyncio waits."""
        async with self._open_gate():
            with _Taken(self) as line:
                return await _exchange(line, tool_client.request(name, text))

    def _open_gate(self) -> asyncio.Semaphore:
        """Limits the calls of an event loop that are open at one time."""
        import asyncio

        loop = asyncio.get_running_loop()
        if self._gate is None or self._gate[0] is not loop:
            self._gate = (loop, asyncio.Semaphore(_CALLS_AT_ONCE))
        return self._gate[1]

    def take(self) -> tool_client.socket:
        if self._process != os.getpid():
            # A fork: the connections are the parent's.
            self._process = os.getpid()
            self._idle = []
        while self._idle:
            line = self._idle.pop()
            if tool_client.is_open(line):
                return line
            line.close()
        return tool_client.connect()

    def give_back(self, line: tool_client.socket) -> None:
        if self._idle:
            line.close()
        else:
            self._idle.append(line)


class _Taken:
    """A connection for one call. An aborted call closes it, because an answer may still arrive on it."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def __enter__(self) -> tool_client.socket:
        self._line = self._lines.take()
        return self._line

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._lines.give_back(self._line)
        else:
            self._line.close()


async def _exchange(line: tool_client.socket, frame: bytes) -> tuple[bool, bytes]:
    import asyncio

    loop = asyncio.get_running_loop()
    line.setblocking(False)
    await loop.sock_sendall(line, frame)
    received = b""
    end = tool_client.LENGTH.size
    while len(received) < end:
        more = await loop.sock_recv(line, max(end - len(received), 65_536))
        if not more:
            raise tool_client.JobOver("The job takes no more tool calls.")
        received += more
        if end == tool_client.LENGTH.size and len(received) >= end:
            end += tool_client.LENGTH.unpack_from(received)[0]
    line.setblocking(True)
    return tool_client.parse(received[tool_client.LENGTH.size :])
