"""`tools` and `ToolError` in the guest's program: the host's tools as functions.

`tools.search(q="…")`, or `tools.search({"q": "…"})`, waits for the answer; `await tools.aio.search(…)` waits as asyncio
does. Each call that is under way has a connection of its own, so threads and tasks may call as they like.
"""

from __future__ import annotations

import json
import os

from runner import tool_client

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from typing import Final, NoReturn

#: Calls of one event loop at one time; what goes beyond waits here. toolCallsAtOnce in src/cells/tool-messages.ts.
_CALLS_AT_ONCE: Final = 64


class ToolError(Exception):
    """A call failed. `tool` is the name, `code` one of the codes in docs/tools.md, `message` a sentence."""

    def __init__(self, tool: str, code: str, message: str) -> None:
        super().__init__(tool, code, message)
        self.tool = tool
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


# Python shows it without the name of a module that the guest does not have.
ToolError.__module__ = "__main__"


class Tools:
    """Tools by name, as attributes and as items."""

    def __init__(self, functions: dict[str, Callable[..., object]]) -> None:
        vars(self).update(functions)

    def __getitem__(self, name: str) -> Callable[..., object]:
        return vars(self)[name]

    def __getattr__(self, name: str) -> NoReturn:
        names = ", ".join(each for each in vars(self) if each != "aio")
        raise AttributeError(f"There is no tool {name!r}; there are {names}.")


def open_tools(described: list[dict[str, str]]) -> Tools:
    """The guest's `tools`."""
    lines = _Lines()
    names = {tool["name"]: tool["description"] for tool in described}
    tools = Tools({name: _waiting(lines, name, text) for name, text in names.items()})
    vars(tools)["aio"] = Tools({name: _awaiting(lines, name, text) for name, text in names.items()})
    return tools


def _waiting(lines: _Lines, name: str, description: str) -> Callable[..., object]:
    def call(*arguments: object, **named: object) -> object:
        text = _input(name, arguments, named)
        with lines.taken() as line:
            answer = tool_client.ask(line, name, text)
        return _value(name, *answer)

    return _described(call, name, description)


def _awaiting(lines: _Lines, name: str, description: str) -> Callable[..., object]:
    async def call(*arguments: object, **named: object) -> object:
        frame = tool_client.request(name, _input(name, arguments, named))
        async with lines.gate():
            with lines.taken() as line:
                answer = await _exchange(line, frame)
        return _value(name, *answer)

    return _described(call, name, description)


def _described(call: Callable[..., object], name: str, description: str) -> Callable[..., object]:
    call.__name__ = call.__qualname__ = name
    call.__doc__ = description
    return call


def _input(name: str, arguments: tuple[object, ...], named: dict[str, object]) -> bytes:
    if len(arguments) > 1 or (arguments and named):
        raise TypeError(f"{name}() takes its input by name, or as one value.")
    value = arguments[0] if arguments else named
    try:
        return json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # A lone surrogate: UTF-8 cannot say it, an escape can.
        return json.dumps(value, allow_nan=False).encode()


def _value(name: str, succeeded: bool, text: bytes) -> object:
    value = json.loads(text)
    if succeeded:
        return value
    raise ToolError(name, value["code"], value["message"])


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


class _Lines:
    """Connections to the runner; one is kept for the next call."""

    def __init__(self) -> None:
        self._idle: list[tool_client.socket] = []
        self._process = os.getpid()
        self._gate: tuple[asyncio.AbstractEventLoop, asyncio.Semaphore] | None = None

    def taken(self) -> _Taken:
        return _Taken(self)

    def gate(self) -> asyncio.Semaphore:
        """Lets so many calls of an event loop through as can be under way."""
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
    """A connection for one call. Where the call breaks off, so does the connection: an answer may still come on it."""

    def __init__(self, lines: _Lines) -> None:
        self._lines = lines

    def __enter__(self) -> tool_client.socket:
        self._line = self._lines.take()
        return self._line

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._lines.give_back(self._line)
        else:
            self._line.close()
