"""The heads of HTTP messages between a guest and its proxy: taken apart as they are written, and judged by the engine."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

END: Final = b"\r\n\r\n"
#: The broker's limits, 64 KiB of headers and 16 KiB of URL (src/egress/http-request.ts), and a reserve.
BYTES_MAX: Final = 98_304
GO_ON: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_REASON_MAX: Final = 500
#: Status of the answer to a request with this outcome (NetworkFailure in src/cells/protocol/network-messages.ts).
_FAILURES: Final = {"refused": 403, "failed": 502, "cut": 504}


class Head:
    """A guest's request. Nothing in it is known to be valid except the end of its body."""

    __slots__ = ("method", "target", "headers", "body_bytes", "awaits_word")

    def __init__(self, method: str, target: str, headers: list[tuple[str, str]]) -> None:
        self.method = method
        self.target = target
        self.headers = headers
        fields = {name.lower(): value for name, value in reversed(headers)}
        size = fields.get("content-length", "")
        self.body_bytes = int(size) if size.isascii() and size.isdigit() and len(size) < 16 else 0
        self.awaits_word = fields.get("expect", "").lower() == "100-continue"

    def pack(self) -> bytes:
        """As a NetworkRequestHead."""
        head = {"method": self.method, "url": self.target, "headers": self.headers}
        return json.dumps(head | {"hasBody": self.body_bytes > 0, "redirects": 0}).encode()


def parse(head: bytes) -> Head | None:
    """Splits a head at its line ends, spaces and colons; None if it does not have this form."""
    request, *lines = head.decode("latin-1").split("\r\n")
    words = request.split(" ")
    if len(words) != 3 or words[2] not in ("HTTP/1.1", "HTTP/1.0"):
        return None
    headers = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            return None
        headers.append((name, value.strip(" \t")))
    return Head(words[0], words[1], headers)


def established() -> bytes:
    return b"HTTP/1.1 200 Connection established\r\n\r\n"


def response(opened: bytes) -> bytes:
    """The head of an answer, from a NetworkResponseHead. The answer ends with the connection, whatever its size."""
    head = json.loads(opened)
    lines = [f"HTTP/1.1 {head['status']} ", *(f"{name}: {value}" for name, value in head["headers"]), "Connection: close"]
    return "\r\n".join(lines).encode("latin-1", "replace") + END


def failure(reset: bytes) -> bytes:
    """The answer to a failed request, from a NetworkFailure."""
    said = json.loads(reset)
    return _answer(_FAILURES.get(said["outcome"], 502), said["message"])


def unreadable() -> bytes:
    return _answer(400, "The request is refused: it is not an HTTP request, or its head is too long.")


def _answer(status: int, message: str) -> bytes:
    """Gives the reason twice, because many programs show only the first line."""
    body = message.encode() + b"\n"
    reason = "".join(character if " " <= character <= "~" else "?" for character in message)[:_REASON_MAX]
    head = f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + body
