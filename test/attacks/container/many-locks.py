# tries: hold memory of the kernel's in locks on parts of files, which are counted for nobody
# holds: a guest with more locks than a program needs is ended
# threat: T8
# ends: memory_limit
# proof: ^began
# request: {"limits": {"memoryMb": 64, "timeoutMs": 60000, "cpuMs": 60000, "processes": 32}}
# skip: runsc its kernel's memory is that of the container
import fcntl
import os
import time


def lock(number):
    kept = []
    for name in range(200):
        file = open(f"/workspace/{number}-{name}", "wb")
        kept.append(file)
        # From the end to the start, which the kernel finds fastest.
        for place in range(4_000, 0, -2):
            fcntl.lockf(file, fcntl.LOCK_EX, 1, place)
    time.sleep(60)


print("began", flush=True)
for number in range(4):
    if os.fork() == 0:
        lock(number)
for _ in range(4):
    os.wait()
print("BREACH 1 600 000 locks")
