# tries: hold memory in processes whose first thread has ended, by which the kernel shows no memory of a process
# holds: their other threads are looked at, and the job is ended at its limit
# threat: T15
# ends: memory_limit
# request: {"limits": {"memoryMb": 64}}
import _thread
import ctypes
import os
import time

libc = ctypes.CDLL(None)
exit_thread = 60 if os.uname().machine == "x86_64" else 93


def hold():
    time.sleep(0.2)
    kept = [bytearray(os.urandom(1024) * 1024) for _ in range(60)]
    time.sleep(9)
    os._exit(len(kept))


for _ in range(4):
    if os.fork() == 0:
        _thread.start_new_thread(hold, ())
        libc.syscall(exit_thread, 0)
time.sleep(9)
