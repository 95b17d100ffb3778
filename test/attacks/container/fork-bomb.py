# tries: fork without end, each child in a session of its own, so that no process group holds them
# holds: the cell's number of processes is bounded, and all of them are killed at the deadline
# threat: T8
# ends: timeout error
# proof: before
# request: {"limits": {"timeoutMs": 900, "processes": 32, "memoryMb": 512}}
import os

print("before", flush=True)
while True:
    try:
        if os.fork() == 0:
            os.setsid()
    except OSError:
        pass
