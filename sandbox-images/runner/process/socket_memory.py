"""Memory that the buffers of a network namespace's sockets hold or may hold; its processes belong to one job."""

from __future__ import annotations

import os

from runner.protocol.job import MIB
from runner.support.suppress import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

#: The least number of a runner's own sockets: the ends of a pair, and the socket for tool calls.
_RUNNERS_SOCKETS: Final = 3


class SocketMemory:
    """Counts sockets by what one can hold, and looks up what those of UDP do hold. A guest cannot ask for other sizes
    (seccomp-options.ts)."""

    def __init__(self, *, is_received_counted: bool, has_local: bool) -> None:
        #: Whether the buffers of TCP, and data that UDP has received, are counted elsewhere.
        self._is_received_counted = is_received_counted
        #: Whether sockets between processes are also counted.
        self._has_local = has_local
        self._connection_bytes = self._local_bytes = 0

    def bytes(self) -> int:
        """The total. Sockets that no process holds open any more, or yet, also count."""
        connections = datagram_sockets = others = 0
        for line in (_read("/proc/self/net/sockstat") + _read("/proc/self/net/sockstat6")).splitlines():
            name, _, count = line.split(None, 3)[:3]
            if name in (b"TCP:", b"TCP6:"):
                connections += int(count)
            elif name in (b"UDP:", b"UDP6:"):
                datagram_sockets += int(count)
            elif name == b"sockets:":
                others = int(count)
        held = self._bytes_of_local(others - connections - datagram_sockets) if self._has_local else 0
        if datagram_sockets:
            held += self._datagram_bytes()
        if connections and not self._is_received_counted:
            self._connection_bytes = self._connection_bytes or _most("tcp_rmem") + _most("tcp_wmem")
            held += connections * self._connection_bytes
        return held

    def _bytes_of_local(self, count: int) -> int:
        if count <= _RUNNERS_SOCKETS:
            return 0
        if not self._local_bytes:
            from _socket import AF_UNIX, SO_SNDBUF, SOCK_DGRAM, SOL_SOCKET, socket

            one = socket(AF_UNIX, SOCK_DGRAM)
            # It takes one more message unless it is full, and that message may be as large as all others together.
            self._local_bytes = 2 * one.getsockopt(SOL_SOCKET, SO_SNDBUF)
            one.close()
        return (count - _RUNNERS_SOCKETS) * self._local_bytes

    def _datagram_bytes(self) -> int:
        held = 0
        for name in ("udp", "udp6"):
            for line in _read(f"/proc/self/net/{name}").splitlines()[1:]:
                to_send, _, to_read = line.split(None, 5)[4].partition(b":")
                held += int(to_send, 16) + (0 if self._is_received_counted else int(to_read, 16))
        return held


def _most(name: str) -> int:
    """The most that one direction of a connection holds."""
    sizes = _read(f"/proc/sys/net/ipv4/{name}").split()
    # If these are the host's own, they may be larger than any guest uses.
    return min(int(sizes[-1]), MIB) if sizes else 0


def _read(path: str) -> bytes:
    """The whole file; nothing if the file does not exist."""
    with suppress(OSError):
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            pieces = [os.read(fd, 65_536)]
            while pieces[-1]:
                pieces.append(os.read(fd, 65_536))
            return b"".join(pieces)
        finally:
            os.close(fd)
    return b""
