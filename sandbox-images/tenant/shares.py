"""One job's share of the processors, beside other jobs of a container.

No cgroup can be made for a job here, and the kernel shares a cgroup's processors among threads: a job of 64 threads would have 64 times
what its neighbour with one has. So each thread of a job weighs the less, the more of them want to run at one time. A
guest can only lower its weight: it has neither the right nor the limit (RLIMIT_NICE) to raise it. Nor has the runner,
so a job keeps the weight of its busiest time.
"""

from __future__ import annotations

import math
import os

from runner.support.identity import GUEST_ID, AsGuest
from runner.support.suppress import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

#: Where a guest begins: its runner weighs 9 times as much, and there is room to go down.
GUEST_NICE: Final = 10
_NICE_MAX: Final = 19
#: From one nice level to the next, a thread's weight becomes so much less.
_STEP: Final = 1.25
#: So many threads at the last level weigh as much as one at the first. More become SCHED_IDLE, a fifth of that.
_THREADS_MAX: Final = int(_STEP ** (_NICE_MAX - GUEST_NICE))


class Shares:
    """The weight of one job's threads, and of its runner."""

    def __init__(self) -> None:
        self._most = 1
        self._idle: set[str] = set()

    def set(self, pids: list[str], running: int) -> None:
        """Gives the job's processes their weight. `running` is how many of its threads run or wait for a processor."""
        if running > self._most == 1:
            # To look after many costs much. From now on that is done at the job's own expense.
            os.setpriority(os.PRIO_PROCESS, 0, GUEST_NICE)
        self._most = max(self._most, running)
        # A process that was just forked may have the weight from before, so this is said again at each look.
        if self._most > 1:
            nice = min(GUEST_NICE + math.ceil(math.log(self._most, _STEP)), _NICE_MAX)
            with AsGuest(), suppress(OSError):
                os.setpriority(os.PRIO_USER, GUEST_ID, nice)
                if self._most > _THREADS_MAX:
                    self._let_idle(pids)

    def _let_idle(self, pids: list[str]) -> None:
        nothing = os.sched_param(0)
        for pid in pids:
            if pid not in self._idle:
                # Whatever it forks or starts from now on is like it.
                with suppress(OSError):
                    for thread in os.listdir(f"/proc/{pid}/task"):
                        os.sched_setscheduler(int(thread), os.SCHED_IDLE, nothing)
                    self._idle.add(pid)
