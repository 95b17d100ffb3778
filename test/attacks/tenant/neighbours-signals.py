# tries: end, stop or trace the jobs beside it: by every number, by groups, by -1, through pidfd
# holds: their numbers mean nothing here, and the runner takes no signal of a guest's
# threat: T15
# ends: success
# proof: tried \d+
import ctypes
import os
import signal

libc = ctypes.CDLL(None, use_errno=True)
tried = 0
for pid in (1, *range(3, 4_000)):
    for number in (0, signal.SIGSTOP, signal.SIGKILL):
        try:
            os.kill(pid, number)
            print("BREACH signalled", pid, number)
        except OSError:
            tried += 1
    for request in (16, 0x4206):
        if libc.ptrace(request, pid, 0, 0) != -1:
            print("BREACH traced", pid)
for group in (1, *range(3, 500)):
    try:
        os.killpg(group, signal.SIGKILL)
        print("BREACH signalled group", group)
    except OSError:
        tried += 1
try:
    os.kill(-1, signal.SIGKILL)
    print("BREACH signalled all")
except OSError:
    tried += 1
try:
    signal.pidfd_send_signal(os.pidfd_open(1), signal.SIGKILL)
    print("BREACH signalled the runner")
except OSError:
    tried += 1
print("tried", tried)
