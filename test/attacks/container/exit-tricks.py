# tries: end in every way that could be mistaken for another: kills itself as the memory killer and the clock would, exits with their codes
# holds: a signal of the guest's own is the guest's error, never a limit nor the cell's fault
# threat: T4
# ends: error
# proof: statuses \[.*35072.*
import os
import signal

ends = [lambda code=code: os._exit(code) for code in (137, 124, 255, 143, 70, 125)]
ends += [os.abort, lambda: os.kill(os.getpid(), signal.SIGXCPU), lambda: os.execv("/bin/false", ["python3"])]
statuses = []
for end in ends:
    if (pid := os.fork()) == 0:
        end()
    statuses.append(os.waitpid(pid, 0)[1])
print("statuses", statuses, flush=True)
# As the kernel's memory killer does.
os.kill(os.getpid(), signal.SIGKILL)
