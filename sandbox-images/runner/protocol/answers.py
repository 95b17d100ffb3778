"""What a guest answers: the one thing that it says to the runner rather than to the caller.

It comes as a record, `u8 tag | u32 length | payload`, on a socket that the guest can write what it likes to. So a record
decides about the text of the guest's own value and error, and counts only if the exit code agrees with it.
"""

from __future__ import annotations

import os
import struct
from _codecs import utf_16_le_decode, utf_16_le_encode

from runner.protocol.json_check import is_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

JSON: Final = b"J"
REPR: Final = b"R"
NOTHING: Final = b"N"
TOO_LARGE: Final = b"L"
THREW: Final = b"T"
NO_ANSWER: Final = b"A"
UNSETTLED: Final = b"U"

#: The end that a tag means, and its exit code.
_ENDS: Final = {
    JSON: ("completed", 0),
    REPR: ("completed", 0),
    NOTHING: ("completed", 0),
    TOO_LARGE: ("value", 0),
    THREW: ("threw", 1),
    NO_ANSWER: ("no-answer", 1),
    UNSETTLED: ("unsettled", 1),
}
_HEADER: Final = struct.Struct(">cI")
#: verdictTextMax in src/cells/protocol/messages.ts, in UTF-16 units.
_TEXT_MAX: Final = {"name": 256, "message": 65_536, "stack": 65_536}
#: An error record: three texts and a number, in UTF-8.
_ERROR_BYTES: Final = 524_288


class Answer:
    """A parsed record. `end` stays None if the guest sent nothing useful."""

    __slots__ = ("end", "exit_code", "kind", "value", "error")

    def __init__(self, tag: bytes = b"", payload: bytes = b"") -> None:
        self.end: str | None = None
        self.exit_code = 0
        if tag in _ENDS:
            self.end, self.exit_code = _ENDS[tag]
        #: The form of `value`: `json`, `repr` or `none`.
        self.kind = "none"
        self.value = b""
        self.error: dict[str, object] | None = None
        if tag in (JSON, REPR):
            self.kind = "json" if tag == JSON and is_json(payload) else "repr"
            self.value = payload if self.kind == "json" else payload.decode(errors="replace").encode()
        elif self.end not in (None, "completed", "value"):
            self.error = _error(payload)


def record_limit(value_bytes: int) -> int:
    """Bytes of the longest record that is read."""
    return _HEADER.size + max(value_bytes, _ERROR_BYTES)


def send(fd: int, tag: bytes, payload: bytes = b"") -> None:
    """Writes a record: for the harness, in the guest."""
    view = memoryview(_HEADER.pack(tag, len(payload)) + payload)
    while view:
        view = view[os.write(fd, view) :]


def error_payload(name: str, message: str, stack: str, line: int) -> bytes:
    """The payload of a record that says what went wrong. A line of 0 is unknown."""
    texts = (_cut(name.replace("\0", " "), "name"), str(line), _cut(message.replace("\0", " "), "message"))
    return "\0".join((*texts, _cut(stack, "stack"))).encode()


def parse(record: bytes) -> Answer:
    """Parses the content of the answer socket, as far as possible."""
    if len(record) < _HEADER.size:
        return Answer()
    tag, length = _HEADER.unpack_from(record)
    payload = record[_HEADER.size : _HEADER.size + length]
    return Answer(tag, payload) if len(payload) == length else Answer()


def _error(payload: bytes) -> dict[str, object]:
    name, line, message, stack, *_ = [*payload.decode(errors="replace").split("\0", 3), "", "", ""]
    error: dict[str, object] = {"message": _cut(message, "message")}
    if name:
        error["name"] = _cut(name, "name")
    if stack:
        error["stack"] = _cut(stack, "stack")
    if line.isascii() and line.isdigit() and 0 < len(line) < 10 and int(line):
        error["line"] = int(line)
    return error


def _cut(text: str, field: str) -> str:
    """The head of a text, at most as long as the engine takes, and sound Unicode."""
    # Asked for by name, the codec would be imported, and a guest may have used up its descriptors.
    units, _ = utf_16_le_encode(text[: _TEXT_MAX[field]], "replace")
    return utf_16_le_decode(units[: 2 * _TEXT_MAX[field]], "ignore", True)[0]
