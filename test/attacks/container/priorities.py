# tries: get ahead of everybody: real-time and deadline scheduling, a higher priority, the first place at the disk
# holds: the guest is and stays last in every queue
# threat: T8
# ends: success
# proof: tried \d+
# skip: runsc priorities are numbers inside of gVisor and reach no scheduler of the host
import ctypes
import os
import resource

libc = ctypes.CDLL(None, use_errno=True)
IOPRIO_SET = {"x86_64": 251, "aarch64": 30}[os.uname().machine]
nice = os.getpriority(os.PRIO_PROCESS, 0)
attacks = {
    "fifo": lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
    "round robin": lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(99)),
    "fifo of the runner": lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)),
    "nice": lambda: os.nice(-1),
    "nice of itself": lambda: os.setpriority(os.PRIO_PROCESS, 0, nice - 1),
    "nice of the runner": lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),
    "processors of the runner": lambda: os.sched_setaffinity(1, [0]),
    "limits of the runner": lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (3, 3)),
    "limits of the runner, read": lambda: resource.prlimit(1, resource.RLIMIT_NOFILE),
}
for name, attack in attacks.items():
    try:
        attack()
        print("BREACH", name)
    except (OSError, ValueError) as error:
        print(name, error)
# Class 1 is real time, in the upper three bits.
if libc.syscall(IOPRIO_SET, 1, 0, 1 << 13) != -1 or libc.syscall(IOPRIO_SET, 1, 1, 3 << 13) != -1:
    print("BREACH ioprio")
print("tried", len(attacks))
