"""What is open to the guest of one job."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.door import Door
    from runner.proxy import ProxyDoor
    from runner.showing import Showing


class Doors:
    """The ways of one job's guest to the host, to be closed when nobody is left to use them."""

    __slots__ = ("showing", "_door", "_network")

    def __init__(self, door: Door, showing: Showing, network: ProxyDoor | None) -> None:
        self.showing = showing
        self._door = door
        self._network = network

    def close(self) -> None:
        self._door.close()
        if self._network:
            self._network.close()
