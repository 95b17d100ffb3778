"""The one place where the runner waits."""

from __future__ import annotations

import select

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

READABLE = select.EPOLLIN
WRITABLE = select.EPOLLOUT
#: Asks only for the event, once, that the connection was broken off.
BROKEN_ONLY = select.EPOLLET
BROKEN = select.EPOLLERR
#: Reported whether asked for or not: the other side of a pipe is gone.
GONE = select.EPOLLHUP | select.EPOLLERR


class Loop:
    """Calls the handler of each descriptor that has something to say, with what it says."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._handlers: dict[int, Callable[[int], None]] = {}

    def watch(self, fd: int, events: int, handler: Callable[[int], None]) -> None:
        """Starts to watch a descriptor, or changes for what."""
        if fd in self._handlers:
            self._epoll.modify(fd, events)
        else:
            self._epoll.register(fd, events)
        self._handlers[fd] = handler

    def forget(self, fd: int) -> None:
        """Stops watching; a descriptor that is not watched is fine."""
        if self._handlers.pop(fd, None) is not None:
            self._epoll.unregister(fd)

    def step(self, timeout: float) -> bool:
        """Waits for at most `timeout` seconds and calls handlers; whether there was anything to do."""
        events = self._epoll.poll(max(timeout, 0))
        for fd, event in events:
            handler = self._handlers.get(fd)
            if handler is not None:
                handler(event)
        return bool(events)
