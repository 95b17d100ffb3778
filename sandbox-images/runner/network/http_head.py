"""The heads of HTTP messages between a guest and its proxy: taken apart as they are written, and judged by the engine."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

END: Final = b"\r\n\r\n"
#: What the broker takes: 64 KiB of headers and 16 KiB of URL (src/egress/http-request.ts), and some to spare.
BYTES_MAX: Final = 98_304
GO_ON: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_REASON_MAX: Final = 500
#: Status of the answer to a wish that ended so (NetworkFailure in src/cells/protocol/network-messages.ts).
_FAILURES: Final = {"refused": 403, "failed": 502, "cut": 504}


class Head:
    """What a guest asks for. Nothing of it is known to make sense but where its body ends."""

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
    """Takes a head apart at its line ends, spaces and colons; None where these are not where they must be."""
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
    """The head of an answer, from a NetworkResponseHead. Its end is that of the connection, whatever its size."""
    head = json.loads(opened)
    lines = [f"HTTP/1.1 {head['status']} ", *(f"{name}: {value}" for name, value in head["headers"]), "Connection: close"]
    return "\r\n".join(lines).encode("latin-1", "replace") + END


def failure(reset: bytes) -> bytes:
    """The answer to a wish that was not fulfilled, from a NetworkFailure."""
    said = json.loads(reset)
    return _answer(_FAILURES.get(said["outcome"], 502), said["message"])


def unreadable() -> bytes:
    return _answer(400, "The request is refused: it is not an HTTP request, or its head is too long.")


def _answer(status: int, message: str) -> bytes:
    """Says it twice: many programs show the first line alone."""
    body = message.encode() + b"\n"
    reason = "".join(character if " " <= character <= "~" else "?" for character in message)[:_REASON_MAX]
    head = f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + body
