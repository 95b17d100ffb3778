"""One job's share of the processors, among other jobs of a container.

A job cannot have a cgroup here, and the kernel divides a cgroup's processors among threads: a job of 64 threads would get
64 times as much as a job with one. So a job's threads weigh less, the more of them want to run at one time. A guest can
only lower its weight: it has neither the right nor the limit (RLIMIT_NICE) to raise it. The runner cannot raise it
either, so a job keeps the weight of its busiest time.
"""

from __future__ import annotations

import math
import os

from runner.support.identity import GUEST_ID, AsGuest
from runner.support.suppress import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

#: The level at which a guest begins: its runner weighs 9 times as much, and there is room for lower weights.
GUEST_NICE: Final = 10
_NICE_MAX: Final = 19
#: Each nice level divides a thread's weight by this.
_STEP: Final = 1.25
#: This number of threads at the last level weighs as much as one at the first. If there are more, all become SCHED_IDLE
#: and weigh a fifth of that.
_THREADS_MAX: Final = int(_STEP ** (_NICE_MAX - GUEST_NICE))


class Shares:
    """The weight of one job's threads, and of its runner."""

    def __init__(self) -> None:
        self._most = 1
        self._idle: set[str] = set()

    def set(self, pids: list[str], running: int) -> None:
        """Gives the job's processes their weight. `running` is how many of its threads run or wait for a processor."""
        if running > self._most == 1:
            # Looking at many threads costs much. From now on the job pays for that.
            os.setpriority(os.PRIO_PROCESS, 0, GUEST_NICE)
        self._most = max(self._most, running)
        # A process that was just forked may have the previous weight, so this is set again at each look.
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
                # Processes that it starts from now on inherit this.
                with suppress(OSError):
                    for thread in os.listdir(f"/proc/{pid}/task"):
                        os.sched_setscheduler(int(thread), os.SCHED_IDLE, nothing)
                    self._idle.add(pid)
