# tries: enter the namespaces of the runner and of itself, by path and by pidfd
# holds: entering needs a capability
# threat: T5
# ends: success
# proof: tried \d+
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
ALL = 0x7E020080
tried = 0
for pid in (1, os.getpid()):
    for kind in ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts", "time"):
        tried += 1
        try:
            fd = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY)
        except OSError as error:
            print(pid, kind, error.strerror)
            continue
        if libc.setns(fd, 0) != -1:
            print("BREACH entered", pid, kind)
    try:
        if libc.setns(os.pidfd_open(pid), ALL) != -1:
            print("BREACH entered all of", pid)
    except OSError as error:
        print("pidfd", error.strerror)
print("tried", tried)
