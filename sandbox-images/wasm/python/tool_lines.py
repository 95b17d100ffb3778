"""The ways of tool calls out of the interpreter: two functions of the realm around it, which has one thread for all."""

from __future__ import annotations

import asyncio

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    #: Sends a tool's name and input; returns the number of the call.
    Call = Callable[[str, str], int]
    #: Waits for an answer, at most the given milliseconds, or without limit if they are negative: number, 1 or 0 for a
    #: failure, JSON.
    Take = Callable[[float], str | None]


class ToolCallRelay:
    """The realm's functions, and the callers that wait for answers."""

    def __init__(self) -> None:
        self._call: Call | None = None
        self._take: Take | None = None
        self._callers: dict[int, Callable[[bool, bytes], None]] = {}

    def open(self, call: Call, take: Take) -> None:
        self._call, self._take = call, take

    @property
    def awaits(self) -> bool:
        """Whether a caller waits for an answer."""
        return bool(self._callers)

    def send(self, name: str, text: bytes, answered: Callable[[bool, bytes], None]) -> int:
        assert self._call
        number = self._call(name, text.decode())
        self._callers[number] = answered
        return number

    def forget(self, number: int) -> None:
        """The caller is gone, or has the answer."""
        self._callers.pop(number, None)

    def receive(self, seconds: float | None) -> None:
        """Waits for one answer, and hands it over."""
        assert self._take
        answer = self._take(-1 if seconds is None else seconds * 1000)
        if answer is None:
            return
        number, succeeded, text = answer.split(" ", 2)
        if caller := self._callers.get(int(number)):
            caller(succeeded == "1", text.encode())


TOOL_CALLS: Final = ToolCallRelay()


class Lines:
    """Calls tools through the relay."""

    def ask(self, name: str, text: bytes) -> tuple[bool, bytes]:
        """Calls a tool and waits. Returns whether it succeeded, and its value or error as JSON text."""
        answers: list[tuple[bool, bytes]] = []
        number = TOOL_CALLS.send(name, text, lambda *answer: answers.append(answer))
        try:
            while not answers:
                TOOL_CALLS.receive(None)
        finally:
            TOOL_CALLS.forget(number)
        return answers[0]

    async def ask_soon(self, name: str, text: bytes) -> tuple[bool, bytes]:
        """The same, as asyncio waits."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[tuple[bool, bytes]] = loop.create_future()

        def answered(*answer: bool | bytes) -> None:
            if not future.done() and not loop.is_closed():
                future.set_result(answer)

        number = TOOL_CALLS.send(name, text, answered)
        try:
            return await future
        finally:
            TOOL_CALLS.forget(number)
