# tries: fork without end, each child in its own session, so that no process group contains them
# holds: the cell's number of processes is limited, and all of them are killed at the deadline
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
