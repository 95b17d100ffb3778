"""The command `tool`: calls a tool of the host from a shell, or from any program that can start another.

    tool NAME [JSON]    calls it; the answer goes to stdout as one line of JSON. JSON is `{}` by default, `-` is stdin
    tool --list         the tools there are: name, tab, first line of the description

Exit codes: 0 the call succeeded, 1 it failed (stderr says why), 2 the command was not understood.
"""

from __future__ import annotations

import json
import sys

from runner.tools import tool_client

_USAGE = "usage: tool NAME [JSON | -]\n       tool --list\n"
_NAME_MAX = 64


def main(arguments: list[str]) -> int:
    """Runs the command; its exit code."""
    if arguments in (["--help"], ["-h"]):
        sys.stdout.write(_USAGE)
        return 0
    if arguments == ["--list"]:
        return _list()
    if not 1 <= len(arguments) <= 2 or arguments[0].startswith("--") or not 1 <= len(arguments[0]) <= _NAME_MAX:
        sys.stderr.write(_USAGE)
        return 2
    name, text = arguments[0], arguments[1] if len(arguments) == 2 else "{}"
    succeeded, answer = _ask(name, sys.stdin.buffer.read() if text == "-" else text.encode(errors="surrogateescape"))
    if succeeded:
        sys.stdout.buffer.write(answer + b"\n")
        return 0
    failure = json.loads(answer)
    sys.stderr.write(f"tool {name}: {failure['code']}: {failure['message']}\n")
    return 1


def _list() -> int:
    succeeded, answer = _ask("", b"")
    if not succeeded:
        sys.stderr.write(f"tool: {json.loads(answer)['message']}\n")
        return 1
    for tool in json.loads(answer):
        summary = tool["description"].partition("\n")[0]
        sys.stdout.buffer.write(f"{tool['name']}\t{summary}\n".encode())
    return 0


def _ask(name: str, text: bytes) -> tuple[bool, bytes]:
    try:
        return tool_client.ask(tool_client.connect(), name, text)
    except OSError as error:
        failure = {"code": "CANCELLED", "message": str(error)}
    return False, json.dumps(failure).encode()
