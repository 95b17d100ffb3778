"""Host tools, of which there are none in WebAssembly yet: the engine refuses a job that has some."""

from __future__ import annotations

from typing import NoReturn


class ToolError(Exception):
    """A call of a tool failed."""


def open_tools(described: list[dict[str, str]]) -> NoReturn:
    raise ToolError("There are no host tools here.")
