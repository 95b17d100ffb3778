"""Who acts: the runner (uid 0, with SETUID, SETGID and KILL alone) or the guest. And which of them the kernel ends first."""

from __future__ import annotations

import os

#: Where the guest lives, and the only place that it can write to.
WORKSPACE = "/workspace"
#: The guest's user and group. The engine chooses a number for each container, as the kernel counts some things by user in
#: all containers together, and says so by the owner of the workspace.
GUEST_ID = os.stat(WORKSPACE).st_uid
if GUEST_ID == 0:
    raise PermissionError(f"{WORKSPACE} belongs to root, but must belong to the guest's user.")


class AsGuest:
    """Within `with AsGuest():` this process acts on files, and makes pipes, with the guest's rights.

    Only the effective ids change; the real and the saved uid stay 0, so no process of the guest may signal or trace
    this one meanwhile.
    """

    def __enter__(self) -> None:
        os.setegid(GUEST_ID)
        os.seteuid(GUEST_ID)

    def __exit__(self, *_: object) -> None:
        os.seteuid(0)
        os.setegid(0)


def become_guest() -> None:
    """Turns this process into the guest for good: after that it holds no capability and cannot get one."""
    os.setgroups([])
    os.setresgid(GUEST_ID, GUEST_ID, GUEST_ID)
    os.setresuid(GUEST_ID, GUEST_ID, GUEST_ID)
    if os.getresuid() != (GUEST_ID,) * 3 or os.getresgid() != (GUEST_ID,) * 3 or os.getgroups():
        raise PermissionError("The process could not switch to the guest's user.")


def prefer_for_oom_kill() -> None:
    """Makes this process the kernel's first choice when memory runs out. In a tenant's container it is already."""
    fd = os.open("/proc/self/oom_score_adj", os.O_RDONLY | os.O_CLOEXEC)
    score = os.read(fd, 8)
    os.close(fd)
    if score == b"1000\n":
        return
    fd = os.open("/proc/self/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC)
    os.write(fd, b"1000")
    os.close(fd)
