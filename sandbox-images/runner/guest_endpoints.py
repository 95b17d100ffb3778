"""What is open to the guest of one job."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.network.proxy import Proxy
    from runner.tools.displays import Displays
    from runner.tools.tool_socket import ToolSocket


class GuestEndpoints:
    """The ways of one job's guest to the host, to be closed when nobody is left to use them."""

    __slots__ = ("displays", "_tool_socket", "_network")

    def __init__(self, tool_socket: ToolSocket, displays: Displays, network: Proxy | None) -> None:
        self.displays = displays
        self._tool_socket = tool_socket
        self._network = network

    def close(self) -> None:
        self._tool_socket.close()
        if self._network:
            self._network.close()
