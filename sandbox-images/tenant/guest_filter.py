"""The second filter of system calls, only for guests of a shared container.

The container's own filter must let the zygote make namespaces. This one refuses that, and all calls that would hold memory
which is counted for no job, because it is neither in a process's own pages nor in its /workspace. It also refuses to
watch files: those of the image are the same for all jobs, and show what neighbours load and start.
"""

from __future__ import annotations

import os
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# Instructions of classic BPF, and offsets in struct seccomp_data. Arguments are compared by their lower half,
# which contains the bits in question.
_LOAD: Final = 0x20
_AND: Final = 0x54
_JUMP_EQUAL: Final = 0x15
_JUMP_ANY_BIT: Final = 0x45
_RETURN: Final = 0x06
_NUMBER: Final = 0
_ALLOW: Final = 0x7FFF_0000
_ERROR: Final = 0x0005_0000
_EPERM: Final = 1

_NAMESPACES: Final = 0x7E02_0000
_SHARED_ANONYMOUS: Final = 0x21
_SOL_SOCKET: Final = 1
_BUFFER_SIZES: Final = (7, 8)
#: Signals when something happens in a folder.
_F_NOTIFY: Final = 1026
#: One more filter. All filter programs of the machine share a limited part of its memory.
_SET_SECCOMP: Final = 22

_X86: Final = os.uname().machine == "x86_64"


def _numbers(**calls: tuple[int, int]) -> tuple[int, ...]:
    return tuple(pair[0 if _X86 else 1] for pair in calls.values())


#: Refused with any arguments. The container's own filter already refuses many of these, but it may be a different one.
_REFUSED: Final = _numbers(
    unshare=(272, 97),
    setns=(308, 268),
    mount=(165, 40),
    umount2=(166, 39),
    pivot_root=(155, 41),
    chroot=(161, 51),
    open_tree=(428, 428),
    move_mount=(429, 429),
    fsopen=(430, 430),
    fsconfig=(431, 431),
    fsmount=(432, 432),
    fspick=(433, 433),
    mount_setattr=(442, 442),
    sethostname=(170, 161),
    setdomainname=(171, 162),
    ptrace=(101, 117),
    process_vm_readv=(310, 270),
    process_vm_writev=(311, 271),
    process_madvise=(440, 440),
    kcmp=(312, 272),
    pidfd_getfd=(438, 438),
    memfd_create=(319, 279),
    memfd_secret=(447, 447),
    shmget=(29, 194),
    shmat=(30, 196),
    msgget=(68, 186),
    semget=(64, 190),
    mq_open=(240, 180),
    add_key=(248, 217),
    request_key=(249, 218),
    keyctl=(250, 219),
    bpf=(321, 280),
    userfaultfd=(323, 282),
    perf_event_open=(298, 241),
    io_uring_setup=(425, 425),
    # A lock on a file of the image affects all jobs; `fcntl` locks for writing need a file that the guest may write.
    flock=(73, 32),
    # arm64 has only the second of these.
    inotify_init=(253, 26),
    inotify_init1=(294, 26),
    inotify_add_watch=(254, 27),
    fanotify_init=(300, 262),
    fanotify_mark=(301, 263),
)
_CLONE, _CLONE3, _MMAP, _SETSOCKOPT, _FCNTL, _PRCTL = _numbers(
    clone=(56, 220), clone3=(435, 435), mmap=(9, 222), setsockopt=(54, 208), fcntl=(72, 25), prctl=(157, 167)
)


def _statement(code: int, value: int) -> bytes:
    return struct.pack("=HBBI", code, 0, 0, value)


def _jump(code: int, value: int, then: int, otherwise: int) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)


def _argument(index: int) -> bytes:
    return _statement(_LOAD, 16 + 8 * index)


def build() -> bytes:
    """The program. It ignores the architecture, because the container's filter allows no calls of another one."""
    refuse = _statement(_RETURN, _ERROR | _EPERM)
    allow = _statement(_RETURN, _ALLOW)
    parts = [_statement(_LOAD, _NUMBER)]
    for number in _REFUSED:
        parts += [_jump(_JUMP_EQUAL, number, 0, 1), refuse]
    # Its flags are in memory, which filters cannot read. With ENOSYS the C library falls back to clone.
    parts += [_jump(_JUMP_EQUAL, _CLONE3, 0, 1), _statement(_RETURN, _ERROR | 38)]
    parts += [
        _jump(_JUMP_EQUAL, _CLONE, 0, 4),
        _argument(0),
        _jump(_JUMP_ANY_BIT, _NAMESPACES, 0, 1),
        refuse,
        allow,
    ]
    for number, index, value in ((_FCNTL, 1, _F_NOTIFY), (_PRCTL, 0, _SET_SECCOMP)):
        parts += [
            _jump(_JUMP_EQUAL, number, 0, 4),
            _argument(index),
            _jump(_JUMP_EQUAL, value, 0, 1),
            refuse,
            allow,
        ]
    # Shared memory without a file outlives its mapping in any process.
    parts += [
        _jump(_JUMP_EQUAL, _MMAP, 0, 5),
        _argument(3),
        _statement(_AND, _SHARED_ANONYMOUS),
        _jump(_JUMP_EQUAL, _SHARED_ANONYMOUS, 0, 1),
        refuse,
        allow,
    ]
    # A socket is charged for the default size of its buffers, so a request for another size has no effect and no error.
    parts += [
        _jump(_JUMP_EQUAL, _SETSOCKOPT, 0, 6),
        _argument(1),
        _jump(_JUMP_EQUAL, _SOL_SOCKET, 0, 4),
        _argument(2),
        _jump(_JUMP_EQUAL, _BUFFER_SIZES[0], 1, 0),
        _jump(_JUMP_EQUAL, _BUFFER_SIZES[1], 0, 1),
        _statement(_RETURN, _ERROR),
    ]
    return b"".join((*parts, allow))
