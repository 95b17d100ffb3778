"""POSIX semaphores and shared memory: files on the job's own disk, under the name that the C library looks for.

/dev/shm is a link to a folder under /tmp. So there is no second disk: `diskMb` bounds what lies there with everything
else, memory counts it once, other jobs do not see it, and it goes with the job.
"""

from __future__ import annotations

import os

from runner.support.suppress import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_LINK: Final = "/dev/shm"
_FOLDER: Final = "/tmp/.shm"


def link_shared_memory() -> None:
    """Once in each container, as its root, which owns /dev. A container that has a disk there already keeps it."""
    with suppress(OSError):
        # gVisor makes a folder that only root can write to.
        os.rmdir(_LINK)
    with suppress(OSError):
        os.symlink(_FOLDER, _LINK)


def make_shared_memory() -> None:
    """Once for each job, with the guest's effective ids (identity.AsGuest)."""
    os.mkdir(_FOLDER, 0o700)
