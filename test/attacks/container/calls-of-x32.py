# tries: get past the system call filter by the x32 numbers, which add a bit to those that the filter knows
# holds: the kernel or the filter refuses every one of them
# threat: T5
# ends: success
# proof: tried \d+
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
X32 = 0x40000000
calls = {"getpid": 39, "unshare": 272, "mount": 165, "bpf": 321, "keyctl": 250, "ptrace": 521, "userfaultfd": 323, "perf": 298}
if os.uname().machine == "x86_64":
    for name, number in calls.items():
        if os.fork():
            # A filter may kill for the attempt.
            print(name, "wait status", os.wait()[1])
            continue
        result = libc.syscall(X32 | number, 0x10000000 if name == "unshare" else 0, 0, 0, 0, 0)
        code = ctypes.get_errno()
        if result != -1 or code not in (1, 38):
            print("BREACH", name, result, os.strerror(code), flush=True)
        os._exit(0)
print("tried", len(calls))
