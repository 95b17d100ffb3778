# tries: stop itself for good with vfork: the parent sleeps in the kernel until a child that never ends does
# holds: such a process can be killed like any other
# threat: T8
# ends: timeout
# proof: before
# request: {"limits": {"timeoutMs": 600, "processes": 16, "memoryMb": 512}}
import ctypes
import os

print("before", flush=True)
# CLONE_VFORK | SIGCHLD: as vfork, but with a copy of the memory, so that Python can run on in the child.
CLONE = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
while True:
    if ctypes.CDLL(None).syscall(CLONE, 0x4000 | 17, None, None, None, None) > 0:
        print("BREACH the parent went on")
