"""Reads what one process of the guest writes to the answer socket, and drops what others write there.

All processes of a session that were forked from its main one have that socket, and what an earlier call left behind can
write to it while a later one runs. The kernel notes with each piece which process wrote it, and never reads two writers
as one piece. So what others write is dropped as if it had never been there.
"""

from __future__ import annotations

import struct
from _socket import AF_UNIX, CMSG_SPACE, SCM_CREDENTIALS, SOCK_STREAM, SOL_SOCKET, socket

from runner.process.output import OutputPump

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from runner.support.loop import Loop

#: `struct ucred`: process, user, group.
_CREDENTIALS: Final = struct.Struct("3i")
#: No room for descriptors: those that a guest sends along are closed by the kernel.
_NOTE_BYTES: Final = CMSG_SPACE(_CREDENTIALS.size)


class OneWriter(OutputPump):
    """Hands over the output of the process `pid`."""

    def __init__(self, fd: int, pid: int, loop: Loop, sink: Callable[[bytes], None]) -> None:
        super().__init__(fd, loop, sink, paced=False)
        # The descriptor is the pump's, which closes it.
        self._socket = socket(AF_UNIX, SOCK_STREAM, 0, fd)
        self._pid = pid

    def _receive(self, max_bytes: int) -> bytes | None:
        data, notes, _, _ = self._socket.recvmsg(max_bytes, _NOTE_BYTES)
        if not data:
            self._socket.detach()
            return data
        for level, kind, note in notes:
            if level == SOL_SOCKET and kind == SCM_CREDENTIALS and len(note) == _CREDENTIALS.size:
                return data if _CREDENTIALS.unpack(note)[0] == self._pid else None
        return None
