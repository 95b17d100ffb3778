# tries: get more of the processors than a neighbour: many processes and threads, and every way to raise its weight
# holds: each thread of a job weighs the less the more of them run, and a guest can only lower that
# threat: T15
# ends: success
# proof: ^tried \d+
# request: {"limits": {"processes": 64, "timeoutMs": 30000}}
import ctypes
import os
import resource
import time

libc = ctypes.CDLL(None, use_errno=True)
x86 = os.uname().machine == "x86_64"
set_attributes, set_io = (314, 251) if x86 else (274, 30)
leader = os.getpid()
for _ in range(4):
    os.fork()
end = time.monotonic() + 15
while os.getpriority(os.PRIO_PROCESS, 0) < 19 and time.monotonic() < end:
    pass
tried = 0
mine = os.getpriority(os.PRIO_PROCESS, 0)
policy = os.sched_getscheduler(0)
for nice in range(-20, mine):
    for kind, who in ((os.PRIO_PROCESS, 0), (os.PRIO_PGRP, 0), (os.PRIO_USER, 0), (os.PRIO_USER, os.getuid())):
        try:
            os.setpriority(kind, who, nice)
            print("BREACH nice", nice)
        except OSError:
            tried += 1
for wanted in (os.SCHED_FIFO, os.SCHED_RR, 6, *(() if policy == 0 else (os.SCHED_OTHER, os.SCHED_BATCH))):
    try:
        os.sched_setscheduler(0, wanted, os.sched_param(1 if wanted in (os.SCHED_FIFO, os.SCHED_RR) else 0))
        print("BREACH policy", wanted)
    except OSError:
        tried += 1
for kind in (resource.RLIMIT_NICE, resource.RLIMIT_RTPRIO):
    for limits in ((1, 1), (40, 40), (0, 40)):
        try:
            resource.setrlimit(kind, limits)
            print("BREACH limit", kind, limits)
        except (OSError, ValueError):
            tried += 1
# size, policy, flags, nice, priority, runtime, deadline, period
attributes = (ctypes.c_uint32 * 12)(48, 0, 0, 0, mine - 1 & 0xFFFF_FFFF)
if libc.syscall(set_attributes, 0, attributes, 0) != -1:
    print("BREACH attributes")
if libc.syscall(set_io, 1, 0, 1 << 13) != -1:
    print("BREACH real time at the disk")
# One's own may be set, and counts in no cgroup but the machine's first.
try:
    with open("/proc/1/autogroup", "w") as file:
        file.write("19")
    print("BREACH the runner's autogroup")
except OSError:
    tried += 1
if os.getpid() != leader:
    os._exit(0)
if mine < 19:
    print("BREACH one of 16 processes has the nice level", mine)
print("tried", tried)
