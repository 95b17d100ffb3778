"""System calls that Python's standard library does not have."""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# Flags of clone(2).
NEW_MOUNTS: Final = 0x0002_0000
NEW_CGROUP: Final = 0x0200_0000
NEW_UTS: Final = 0x0400_0000
NEW_IPC: Final = 0x0800_0000
NEW_USER: Final = 0x1000_0000
NEW_PIDS: Final = 0x2000_0000
NEW_NET: Final = 0x4000_0000
_SIGCHLD: Final = 17

# Flags of mount(2).
READ_ONLY: Final = 1
NO_SUID: Final = 2
NO_DEV: Final = 4
NO_EXEC: Final = 8
REMOUNT: Final = 32
BIND: Final = 4096

# Operations of prctl(2).
_SET_DUMPABLE: Final = 4
_SET_SECCOMP: Final = 22
_DROP_BOUND: Final = 24
_SECCOMP_FILTER: Final = 2

# Of a network device: its request and its flag.
_SET_FLAGS: Final = 0x8914
_UP: Final = 1

# Capabilities.
KILL: Final = 5
SET_GID: Final = 6
SET_UID: Final = 7
ADMIN: Final = 21
#: A runner's capabilities: to become the guest for a moment, and to end it.
RUNNER: Final = (KILL, SET_GID, SET_UID)

_CLONE: Final = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
_CAPABILITY_VERSION: Final = 0x2008_0522
#: Does not release the interpreter's lock: none of these calls waits, and a fork must find it held.
_libc = ctypes.PyDLL(None, use_errno=True)
with open("/proc/sys/kernel/cap_last_cap", encoding="ascii") as _file:
    _CAPABILITIES: Final = int(_file.read()) + 1


def fork_into(namespaces: int) -> int:
    """Like os.fork, with the child in new namespaces. For a process without other threads."""
    return _checked(_libc.syscall(_CLONE, namespaces | _SIGCHLD, 0, 0, 0, 0), "fork into new namespaces")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mounts, or changes a mount; `kind` is that of the file system."""
    texts = [text.encode() if text else None for text in (source, target, kind, options)]
    _checked(_libc.mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3]), f"mount {target}")


def set_host_name(name: str) -> None:
    _checked(_libc.sethostname(name.encode(), len(name)), "set the host's name")


def raise_loopback() -> None:
    """Brings up the loopback of this network namespace, whose owner's rights this process has."""
    from _socket import AF_INET, SOCK_DGRAM, socket

    request = struct.pack("16sh14x", b"lo", _UP)
    with_addresses = socket(AF_INET, SOCK_DGRAM)
    fcntl.ioctl(with_addresses, _SET_FLAGS, request)
    with_addresses.close()


def bound_capabilities(kept: tuple[int, ...]) -> None:
    """Lets no program that is started from here gain others."""
    for number in range(_CAPABILITIES):
        if number not in kept:
            _checked(_libc.prctl(_DROP_BOUND, number, 0, 0, 0), "give up capabilities")


def hold_capabilities(kept: tuple[int, ...]) -> None:
    """Gives up all others that this process has."""
    mask = sum(1 << each for each in kept)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    # Effective, permitted, inheritable; the lower half, then the upper.
    sets = (ctypes.c_uint32 * 6)(mask, mask, 0, 0, 0, 0)
    _checked(_libc.capset(header, sets), "give up capabilities")


def be_dumpable() -> None:
    """Lets processes of the same user look at this one; and this one's children be given their users."""
    _checked(_libc.prctl(_SET_DUMPABLE, 1, 0, 0, 0), "be dumpable")


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def filter_calls(program: bytes) -> None:
    """Puts this process and its descendants under one more filter: classic BPF, eight bytes an instruction."""
    head = _Program(len(program) // 8, program)
    _checked(_libc.prctl(_SET_SECCOMP, _SECCOMP_FILTER, ctypes.byref(head), 0, 0), "filter system calls")


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"The kernel did not {what}: {os.strerror(number)}")
    return result
