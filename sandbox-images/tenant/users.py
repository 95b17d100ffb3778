"""The users of a container. The kernel counts quotas, keys and more by user, so concurrent jobs never share a number."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

#: The guest's number within its job: that of `guest` in the image's lists (base/seal.sh).
GUEST_ID: Final = 10_001


def zygote_map(first_id: int, slots: int) -> str:
    """The zygote's namespace: itself as root, then a runner and a guest for each slot."""
    return f"0 {first_id} 1\n{GUEST_ID} {first_id + 1} {2 * slots}\n"


def job_map(slot: int) -> str:
    """A job's namespace, in the zygote's numbers: its runner as root, and its guest."""
    runner = GUEST_ID + 2 * slot
    return f"0 {runner} 1\n{GUEST_ID} {runner + 1} 1\n"


def give_users(pid: int, text: str) -> None:
    """Maps users and groups alike."""
    for name in ("uid_map", "gid_map"):
        fd = os.open(f"/proc/{pid}/{name}", os.O_WRONLY | os.O_CLOEXEC)
        os.write(fd, text.encode())
        os.close(fd)
