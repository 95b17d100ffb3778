"""`tools` and `ToolError` in the guest's program: the host's tools as functions.

`tools.search(q="…")`, or `tools.search({"q": "…"})`, waits for the answer; `await tools.aio.search(…)` waits as asyncio
does. `tool_lines` carries calls and answers out of and into the interpreter.
"""

from __future__ import annotations

from python.tool_lines import Lines
from runner.support import lean_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn


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
        raise AttributeError(f"There is no tool {name!r}; the job has {names}.")


def open_tools(described: list[dict[str, str]]) -> Tools:
    """The guest's `tools`."""
    lines = Lines()
    names = {tool["name"]: tool["description"] for tool in described}
    tools = Tools({name: _waiting(lines, name, text) for name, text in names.items()})
    vars(tools)["aio"] = Tools({name: _awaiting(lines, name, text) for name, text in names.items()})
    return tools


def _waiting(lines: Lines, name: str, description: str) -> Callable[..., object]:
    def call(*arguments: object, **named: object) -> object:
        text = _input(name, arguments, named)
        return _value(name, *lines.ask(name, text))

    return _described(call, name, description)


def _awaiting(lines: Lines, name: str, description: str) -> Callable[..., object]:
    async def call(*arguments: object, **named: object) -> object:
        text = _input(name, arguments, named)
        return _value(name, *await lines.ask_soon(name, text))

    return _described(call, name, description)


def _described(call: Callable[..., object], name: str, description: str) -> Callable[..., object]:
    call.__name__ = call.__qualname__ = name
    call.__doc__ = description
    return call


def _input(name: str, arguments: tuple[object, ...], named: dict[str, object]) -> bytes:
    if len(arguments) > 1 or (arguments and named):
        raise TypeError(f"{name}() takes its input by name, or as one value.")
    value = arguments[0] if arguments else named
    return lean_json.encode(value)


def _value(name: str, succeeded: bool, text: bytes) -> object:
    value = lean_json.loads(text)
    if succeeded:
        return value
    raise ToolError(name, value["code"], value["message"])
