"""The guest's end of the runner's socket, and tool calls through it: for `tools` in Python and for the command `tool`.

Both sides speak in frames, `u32 length | payload`, big-endian. A connection carries one call at a time.

    call      u8 length of the name | name | input as JSON; without a name: a request for the list of tools
    answer    u8 1, or 0 if the call failed | answer as JSON, or {"code", "message"}
"""

from __future__ import annotations

import struct
import time
from _socket import AF_UNIX, MSG_DONTWAIT, MSG_PEEK, SOCK_CLOEXEC, SOCK_STREAM, socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

#: The folder in which the runner listens while a job runs. The guest cannot write there.
SOCKET_FOLDER: Final = "/run/tools"
SOCKET_PATH: Final = f"{SOCKET_FOLDER}/socket"
LENGTH: Final = struct.Struct(">I")
_CONNECT_AGAIN_SECONDS: Final = 0.002


class JobOver(ConnectionError):
    """The runner takes no more calls."""


def connect() -> socket:
    """A new connection."""
    while True:
        connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC)
        try:
            connection.connect(SOCKET_PATH)
            return connection
        except BlockingIOError:
            # Linux waits until there is room, gVisor does not.
            connection.close()
            time.sleep(_CONNECT_AGAIN_SECONDS)


def is_open(connection: socket) -> bool:
    """Whether the runner still listens on it: it hangs up at the end of a session's job, and only ever sends answers."""
    try:
        connection.recv(1, MSG_PEEK | MSG_DONTWAIT)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


def request(name: str, text: bytes) -> bytes:
    """The frame of a call."""
    encoded = name.encode()
    return LENGTH.pack(1 + len(encoded) + len(text)) + bytes([len(encoded)]) + encoded + text


def parse(payload: bytes) -> tuple[bool, bytes]:
    """Whether the call succeeded, and its value or error as JSON text."""
    return payload[:1] == b"\1", payload[1:]


def ask(connection: socket, name: str, text: bytes) -> tuple[bool, bytes]:
    """Makes a call and waits for its answer."""
    connection.sendall(request(name, text))
    (length,) = LENGTH.unpack(receive(connection, LENGTH.size))
    return parse(receive(connection, length))


def receive(connection: socket, length: int) -> bytes:
    """Waits for `length` bytes."""
    received = connection.recv(length)
    while len(received) < length:
        more = connection.recv(length - len(received))
        if not more:
            raise JobOver("The job takes no more tool calls.")
        received += more
    return received
