# tries: use up the processes of the container beside other jobs, and its processors
# holds: a job's processes have their own limit, and all of them end with it
# threat: T15
# ends: timeout error success
# request: {"limits": {"timeoutMs": 1500, "processes": 32}}
import os

started = 0
while True:
    try:
        if os.fork() == 0:
            while True:
                pass
        started += 1
        if started > 40:
            print("BREACH", started)
    except OSError:
        pass
