"""The program's answer, kept for the realm, which asks for it."""

from __future__ import annotations


class Reply:
    """Takes the one record of a program."""

    def __init__(self) -> None:
        self.tag = b""
        self.payload = b""
        self.error: dict[str, object] | None = None

    def say(self, tag: bytes, payload: bytes = b"") -> None:
        """Records how the program ended, with its value."""
        self.tag, self.payload = tag, payload

    def say_error(self, tag: bytes, name: str, message: str, stack: str = "", line: int = 0) -> None:
        """Records what went wrong; a line of 0 is unknown."""
        self.tag = tag
        self.error = {"name": name, "message": message, "stack": stack, "line": line}
