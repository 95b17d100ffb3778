"""The socket for tool calls and displays of the guest's processes: it is in /run, and they can only connect to it.

Every connection is the guest's. So a connection has one open call at a time, the number of calls at the host is limited,
the length of frames is checked before they are read, and everything is passed on in frames that the runner makes. A
process that does not read its answers holds back the engine's messages, never the runner: the limits still hold.
"""

from __future__ import annotations

import os
import struct
from _socket import AF_UNIX, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM, socket

from runner.protocol import frames
from runner.support import lean_json
from runner.support.loop import READABLE, Loop
from runner.support.suppress import suppress
from runner.tools.display_client import DISPLAY, FRAME_MAX, PROGRESS
from runner.tools.displays import Displays
from runner.tools.tool_client import SOCKET_FOLDER, SOCKET_PATH
from runner.tools.tool_connection import NAME_MAX, ToolConnection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from runner.protocol.job import Job
    from runner.protocol.outbox import Outbox

#: toolCallsAtOnce in src/cells/protocol/tool-messages.ts.
_CALLS_AT_ONCE: Final = 64
#: More wait to be accepted. Each costs a descriptor, of which the runner has 256.
_CONNECTIONS_MAX: Final = 128
#: Answers that wait to be read by the guest, in bytes, before nothing more is taken from the engine.
_UNREAD_BYTES: Final = 262_144
_NUMBER: Final = struct.Struct(">I")


class ToolSocket:
    """Takes calls and displays of a job's guest while it is open, and hands out answers. It opens before there is a job."""

    def __init__(self, loop: Loop, outbox: Outbox) -> None:
        self.unread_bytes = 0
        #: The connection whose long frame is being read.
        self.long: ToolConnection | None = None
        #: The longest payload: a name and an input, or a piece of a display.
        self.frame_max = FRAME_MAX
        self.loop = loop
        self._outbox = outbox
        self._connections: set[ToolConnection] = set()
        #: Calls at the host by their numbers; None if the caller is gone.
        self._calls: dict[int, ToolConnection | None] = {}
        self._last_call = 0
        self._listening = False
        self._is_open = True
        self._listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK)
        os.makedirs(SOCKET_FOLDER, exist_ok=True)
        self._listener.bind(SOCKET_PATH)
        os.chmod(SOCKET_PATH, 0o666)
        self._listener.listen(_CONNECTIONS_MAX)

    def begin(self, job: Job) -> Displays:
        """The job is known. Returns the counter of its displays."""
        self._tools = job.tools
        self._value_kb = job.limits.value_kb
        #: The longest call.
        self._call_max = 1 + NAME_MAX + job.limits.value_bytes
        self.frame_max = max(self._call_max, FRAME_MAX)
        self.displays = Displays(job.limits, self._outbox)
        return self.displays

    @property
    def calling(self) -> bool:
        """Whether a call is at the host."""
        return bool(self._calls)

    @property
    def has_room(self) -> bool:
        """Whether there is room for more answers."""
        return self.unread_bytes < _UNREAD_BYTES

    def has_turn(self, connection: ToolConnection, kind: int) -> bool:
        """Whether a frame that begins with `kind` may be handled now."""
        if kind == PROGRESS:
            return True
        if kind == DISPLAY:
            return self.displays.is_free_for(connection) and not self._outbox.full
        return len(self._calls) < _CALLS_AT_ONCE and not self._outbox.full

    def arm(self) -> float:
        """Call this before each wait; returns the seconds after which to call it again."""
        if not self._is_open:
            return self.displays.arm()
        for connection in tuple(self._connections):
            connection.arm()
        listen = len(self._connections) < _CONNECTIONS_MAX
        if listen != self._listening:
            self._listening = listen
            self.loop.watch(self._listener.fileno(), READABLE if listen else 0, self._accept)
        return self.displays.arm()

    def close(self) -> None:
        """No process of the guest is left that could connect."""
        self._is_open = False
        self.displays.finish()
        self.loop.forget(self._listener.fileno())
        self._listener.close()
        for connection in tuple(self._connections):
            connection.close()
        self._connections.clear()
        os.unlink(SOCKET_PATH)

    def receive_answer(self, message: bytes) -> None:
        """Takes a tool-result message of the engine's."""
        (number,) = _NUMBER.unpack_from(message)
        if number not in self._calls:
            raise frames.ProtocolError(f"An answer came to tool call {number}, which the guest did not make.")
        connection = self._calls.pop(number)
        if connection is not None:
            connection.answer(message[_NUMBER.size :])

    def call(self, connection: ToolConnection, payload: bytes) -> None:
        """Passes on the call that a connection made; `payload` is the tail of a tool-call message."""
        if not self._tools:
            self._refuse_all(connection)
            return
        if len(payload) > self._call_max:
            self.refuse_long(connection)
            return
        connection.calling = True
        self._last_call += 1
        self._calls[self._last_call] = connection
        self._outbox.send(frames.TOOL_CALL, _NUMBER.pack(self._last_call) + payload)

    def list_tools(self, connection: ToolConnection) -> None:
        if self._tools:
            connection.answer(b"\1" + lean_json.dumps(self._tools).encode())
        else:
            self._refuse_all(connection)

    def refuse_long(self, connection: ToolConnection) -> None:
        message = f"The input is larger than limits.valueKb = {self._value_kb} KiB."
        _refuse(connection, "VALUE_LIMIT", message)

    def forget(self, connection: ToolConnection) -> None:
        """The caller is gone; an answer that still arrives is dropped."""
        self._connections.discard(connection)
        self.displays.forget(connection)
        if self.long is connection:
            self.long = None
        for number, caller in self._calls.items():
            if caller is connection:
                self._calls[number] = None

    def _refuse_all(self, connection: ToolConnection) -> None:
        _refuse(connection, "UNKNOWN_TOOL", "This job has no tools.")

    def _accept(self, _: int) -> None:
        # The guest may be gone again, or the runner short of descriptors.
        with suppress(OSError):
            fd, _address = self._listener._accept()
            os.set_blocking(fd, False)
            self._connections.add(ToolConnection(self, fd))


def _refuse(connection: ToolConnection, code: str, message: str) -> None:
    connection.answer(b"\0" + lean_json.dumps({"code": code, "message": message}).encode())
