"""The file systems that all jobs of a container see and none can change: the zygote makes them once, in its own mounts."""

from __future__ import annotations

import os

from runner.tools.tool_client import SOCKET_FOLDER
from tenant import kernel
from tenant.users import GUEST_ID

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_QUIET: Final = kernel.NO_SUID | kernel.NO_DEV | kernel.NO_EXEC
#: Folders of the container that show what all jobs do together, or in which jobs could meet. /dev/shm is a link to the
#: disk of each job, unless the container came with a folder.
_COVERED: Final = ("/sys/fs/cgroup", "/sys/firmware", "/dev/shm", "/dev/mqueue")


def prepare_mounts() -> None:
    """In the zygote: mounts the common parts and keeps no right to change them. Then `runner.identity` knows the guest."""
    os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    kernel.be_dumpable()
    _mount_all()
    # The capabilities that give a new namespace its users. Over its children's namespaces it has every right in any case.
    kernel.bound_capabilities((kernel.SET_GID, kernel.SET_UID))
    kernel.hold_capabilities((kernel.SET_GID, kernel.SET_UID))


def _mount_all() -> None:
    for path in _COVERED:
        if os.path.islink(path) or not os.path.isdir(path):
            continue
        kernel.mount("none", path, "tmpfs", _QUIET | kernel.READ_ONLY, "size=4k,nr_inodes=1")
    # It reads the same, and nothing can be mapped from it: memory mapped from /dev/zero is counted for no job.
    kernel.mount("/dev/full", "/dev/zero", "", kernel.BIND)
    kernel.mount("run", "/run", "tmpfs", _QUIET, "size=64k,nr_inodes=16,mode=0755")
    os.mkdir(SOCKET_FOLDER)
    # Under the disk of each job: its owner tells the runner who the guest is.
    kernel.mount(
        "none",
        "/workspace",
        "tmpfs",
        _QUIET | kernel.READ_ONLY,
        f"size=4k,nr_inodes=1,mode=0700,uid={GUEST_ID},gid={GUEST_ID}",
    )
