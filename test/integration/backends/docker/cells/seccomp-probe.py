"""The answers to system calls that no guest needs; the filter answers before their arguments matter."""

import ctypes
import errno
import mmap
import os
import platform
import signal

libc = ctypes.CDLL(None, use_errno=True)
ARM = platform.machine() == "aarch64"

#: Numbers on x86_64 and arm64; None if the architecture has no such call.
CALLS = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "clone3": (435, 435),
    "create_module": (174, None),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "get_kernel_syms": (177, None),
    "get_mempolicy": (239, 236),
    "init_module": (175, 105),
    "io_setup": (206, 0),
    "io_submit": (209, 2),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "lookup_dcookie": (212, 18),
    "mbind": (237, 235),
    "memfd_secret": (447, 447),
    "migrate_pages": (256, 238),
    "modify_ldt": (154, None),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "move_pages": (279, 239),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "name_to_handle_at": (303, 264),
    "nfsservctl": (180, 42),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_madvise": (440, 440),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "query_module": (178, None),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "remap_file_pages": (216, 234),
    "request_key": (249, 218),
    "seccomp": (317, 277),
    "semget": (64, 190),
    "set_mempolicy": (238, 237),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "shmget": (29, 194),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "sysfs": (139, None),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "uselib": (134, None),
    "userfaultfd": (323, 282),
    "ustat": (136, None),
    "vhangup": (153, 58),
    "vmsplice": (278, 75),
    "_sysctl": (156, None),
}

#: Flags of clone, arguments of personality, and sockets (family, type, protocol), none of which is allowed.
NAMESPACES = {"NEWNS": 17, "NEWCGROUP": 25, "NEWUTS": 26, "NEWIPC": 27, "NEWUSER": 28, "NEWPID": 29, "NEWNET": 30}
PERSONALITIES = {"READ_IMPLIES_EXEC": 0x0400000, "ADDR_NO_RANDOMIZE": 0x0040000, "MMAP_PAGE_ZERO": 0x0100000, "PER_LINUX32": 8}
SOCKETS = {
    "netlink": (16, 3, 0),
    "packet": (17, 3, 0),
    "key": (15, 3, 2),
    "tipc": (30, 1, 0),
    "bluetooth": (31, 3, 0),
    "alg": (38, 5, 0),
    "vsock": (40, 1, 0),
    "xdp": (44, 3, 0),
    "raw": (2, 3, 1),
    "ping": (2, 2, 1),
    "sctp": (2, 1, 132),
    "sequenced": (2, 5, 0),
    "dccp": (2, 6, 33),
    "multipath": (2, 1, 262),
    "udplite": (10, 2, 136),
    "high bits": (1 << 32 | 16, 3, 0),
}


def call(number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(each) for each in arguments))
    if result != -1:
        return f"it worked: {result}"
    return errno.errorcode[ctypes.get_errno()]


def in_child(run):
    """How a child that runs `run` ends; the call may kill it."""
    pid = os.fork()
    if pid == 0:
        run()
        os._exit(0)
    status = os.waitpid(pid, 0)[1]
    return signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"


def call_as_32_bit():
    """Calls getpid through the interrupt of 32-bit programs."""
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()


#: Options of processes and of sockets (level, name), none of which is allowed.
PROCESS_OPTIONS = {"PR_SET_SECCOMP": 22, "PR_CAPBSET_DROP": 24, "PR_SET_MM": 35, "PR_SCHED_CORE": 62, "high bits": 1 << 32 | 22}
SOCKET_OPTIONS = {"filter": (1, 26), "program": (1, 50), "balancer": (1, 51), "zero copies": (1, 60), "TCP on top": (6, 31), "UDP inside": (17, 100), "high bits": (1 << 32 | 1, 1 << 32 | 26)}

CLONE, PERSONALITY, SOCKET, PRCTL, SETSOCKOPT = (220, 92, 198, 167, 208) if ARM else (56, 135, 41, 157, 54)
answers = {
    **{name: call(numbers[ARM], -1, -1, -1, -1, -1) for name, numbers in CALLS.items() if numbers[ARM] is not None},
    **{f"clone {name}": call(CLONE, 1 << bit | signal.SIGCHLD, 0, 0, 0, 0) for name, bit in NAMESPACES.items()},
    **{f"personality {name}": call(PERSONALITY, value) for name, value in PERSONALITIES.items()},
    **{f"prctl {name}": call(PRCTL, value, 2, 0, 0, 0) for name, value in PROCESS_OPTIONS.items()},
    **{f"setsockopt {name}": call(SETSOCKOPT, -1, *names, 0, 0) for name, names in SOCKET_OPTIONS.items()},
    **{f"socket {name}": call(SOCKET, *arguments) for name, arguments in SOCKETS.items()},
}
if not ARM:
    answers["getpid of 32-bit programs"] = in_child(call_as_32_bit)
    answers["getpid of x32 programs"] = in_child(lambda: call(0x4000_0000 | 39))
# For each answer, the list of calls that got it.
{answer: [name for name in answers if answers[name] == answer] for answer in sorted(set(answers.values()))}
