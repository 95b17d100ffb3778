"""Who acts: the runner (uid 0, with SETUID, SETGID and KILL alone) or the guest."""

from __future__ import annotations

import os

#: Part of the image's contract: see README.md.
GUEST_UID = 10_001
GUEST_GID = 10_001
#: Where the guest lives, and the only place that can be written to.
WORKSPACE = "/workspace"


class AsGuest:
    """Within `with AsGuest():` this process acts on files, and makes pipes, with the guest's rights.

    Only the effective ids change; the real and the saved uid stay 0, so no process of the guest may signal or trace
    this one meanwhile.
    """

    def __enter__(self) -> None:
        os.setegid(GUEST_GID)
        os.seteuid(GUEST_UID)

    def __exit__(self, *_: object) -> None:
        os.seteuid(0)
        os.setegid(0)


def become_guest() -> None:
    """Turns this process into the guest for good: after that it holds no capability and cannot get one."""
    os.setgroups([])
    os.setresgid(GUEST_GID, GUEST_GID, GUEST_GID)
    os.setresuid(GUEST_UID, GUEST_UID, GUEST_UID)
    if os.getresuid() != (GUEST_UID,) * 3 or os.getresgid() != (GUEST_GID,) * 3 or os.getgroups():
        raise PermissionError("The guest's identity was not taken on.")
