"""Messages between the supervisor and the zygote: numbers of slots, how runners ended, and no byte of any job."""

from __future__ import annotations

import struct
from array import array
from socket import SCM_RIGHTS, SOL_SOCKET, socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# To the zygote.
#: Start a runner in this slot; the descriptor that comes with it is the runner's channel.
FORK: Final = 1
#: End the runner in this slot, and with it all of its job.
KILL: Final = 2
PING: Final = 3

# To the supervisor.
#: The zygote can fork; the text is its language.
READY: Final = 4
#: This host does not allow jobs to be separated; the text says why.
REFUSED: Final = 5
#: All of this slot's job is gone; the status is its runner's, as wait(2) gives it.
ENDED: Final = 6
PONG: Final = 7

#: Kind, slot, status; a text may follow.
_MESSAGE: Final = struct.Struct(">BHI")
_TEXT_MAX: Final = 4096
_FD: Final = struct.Struct("i")


class Message:
    """One message. `fd` is the receiver's to close; -1: there is none."""

    __slots__ = ("kind", "slot", "status", "text", "fd")

    def __init__(self, data: bytes, fd: int) -> None:
        self.kind, self.slot, self.status = _MESSAGE.unpack_from(data)
        self.text = data[_MESSAGE.size :].decode()
        self.fd = fd


class Control:
    """One end of a SOCK_SEQPACKET pair. Sending never waits: there are few messages for each slot."""

    def __init__(self, end: socket) -> None:
        self._end = end

    def fileno(self) -> int:
        return self._end.fileno()

    def send(self, kind: int, slot: int = 0, *, status: int = 0, text: str = "", fd: int = -1) -> None:
        """Sends one message. Raises BrokenPipeError once the other process is gone."""
        data = _MESSAGE.pack(kind, slot, status) + text.encode()[:_TEXT_MAX]
        self._end.sendmsg((data,), ((SOL_SOCKET, SCM_RIGHTS, array("i", (fd,))),) if fd >= 0 else ())

    def receive(self) -> Message | None:
        """Waits for the next message; None once the other process is gone."""
        data, extra, _flags, _address = self._end.recvmsg(_MESSAGE.size + _TEXT_MAX, 64)
        if not data:
            return None
        return Message(data, _FD.unpack_from(extra[0][2])[0] if extra else -1)
