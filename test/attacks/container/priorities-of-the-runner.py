# tries: change the priority and the processors of the runner and of all processes of its user
# holds: both stay what they were, on runtimes that ask nobody for leave, too
# threat: T8
# ends: success
# proof: tried \d+
import ctypes
import os
import resource

libc = ctypes.CDLL(None, use_errno=True)
SETPRIORITY = {"x86_64": 141, "aarch64": 140}[os.uname().machine]


def state():
    return os.getpriority(os.PRIO_PROCESS, 1), sorted(os.sched_getaffinity(1))


before = state()
attacks = {
    "nice of the runner": lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),
    "nice of the runner's group": lambda: os.setpriority(os.PRIO_PGRP, 1, 19),
    "nice of the runner's user": lambda: os.setpriority(os.PRIO_USER, 0, 19),
    "nice of a number that is cut": lambda: libc.syscall(
        ctypes.c_long(SETPRIORITY), ctypes.c_long(0), ctypes.c_long(0x1_0000_0001), ctypes.c_long(19)
    ),
    "processors of the runner": lambda: os.sched_setaffinity(1, [0]),
    "limits of the runner": lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (3, 3)),
}
for name, attack in attacks.items():
    try:
        attack()
    except OSError as error:
        print(name, error)
    if state() != before:
        print("BREACH", name, state())
os.nice(0)
os.sched_setaffinity(0, os.sched_getaffinity(0))
print("tried", len(attacks))
