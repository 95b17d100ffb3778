"""The guest's side of displays: for `display` and `hotcell.progress` in Python and for the command `hotcell`.

They go through the socket of tool calls (tool_client.py), in frames that differ from every tool call:

    display    u8 255 | u8 flags | in the first piece: u8 length of the media type | media type | bytes
    progress   u8 254 | f64 fraction | text
    answer     u8 1, or 0 if no more of it is wanted

Each uses its own connection, so that any process and thread can show displays, however it was started.
"""

from __future__ import annotations

import struct

from runner.tools.tool_client import LENGTH, connect, receive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _socket import socket
    from collections.abc import Iterable
    from typing import Final

DISPLAY: Final = 255
PROGRESS: Final = 254
#: Flags of a piece. `SAME`: a new form begins, of the display that was shown on this connection before.
BEGINS: Final = 1
ENDS: Final = 2
SAME: Final = 4
#: mediaTypeMax in src/contract/api/display.ts.
TYPE_MAX: Final = 127
#: The longest payload of a piece and of a progress, head included.
FRAME_MAX: Final = 65_536
_PIECE_BYTES: Final = FRAME_MAX - 3 - TYPE_MAX
_TEXT_BYTES: Final = 4_096


def show(forms: Iterable[tuple[str, bytes]]) -> None:
    """Shows one thing in several forms, each a media type and its content. The result counts those that are refused."""
    connection = connect()
    try:
        same = 0
        for media_type, content in forms:
            _send(connection, media_type.encode("utf-8", "replace")[:TYPE_MAX], content, same)
            same = SAME
    finally:
        connection.close()


def send_progress(fraction: float, text: str) -> None:
    """Reports the job's progress."""
    connection = connect()
    try:
        _send_frame(connection, struct.pack(">Bd", PROGRESS, fraction) + text.encode("utf-8", "replace")[:_TEXT_BYTES])
    finally:
        connection.close()


def _send(connection: socket, media_type: bytes, content: bytes, same: int) -> None:
    for start in range(0, len(content) or 1, _PIECE_BYTES):
        end = start + _PIECE_BYTES
        flags = ENDS if end >= len(content) else 0
        head = bytes([DISPLAY, flags])
        if start == 0:
            head = bytes([DISPLAY, flags | BEGINS | same, len(media_type)]) + media_type
        if not _send_frame(connection, head + content[start:end]):
            return


def _send_frame(connection: socket, payload: bytes) -> bool:
    connection.sendall(LENGTH.pack(len(payload)) + payload)
    return receive(connection, LENGTH.size + 1)[-1:] == b"\1"
