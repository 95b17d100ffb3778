# tries: see processes that are not its own: by listing, by number, by signal, by session, by the host's number
# holds: there is the runner, which tells nothing, and what the guest started
# threat: T13
# ends: success
# proof: processes \[1, \d+\]
import os

canary = inputs["canary"]["pid"]
found = [int(name) for name in os.listdir("/proc") if name.isdigit()]
print("processes", sorted(found))
for pid in set(found) - {1, os.getpid()}:
    print("BREACH a process:", pid, open(f"/proc/{pid}/cmdline").read())
for pid in [canary, *range(2, 3_000)]:
    if pid in (1, os.getpid()):
        continue
    try:
        os.kill(pid, 0)
        print("BREACH can signal", pid)
    except ProcessLookupError:
        pass
    except PermissionError:
        print("BREACH there is a process", pid)
    try:
        os.getsid(pid)
        print("BREACH session of", pid)
    except OSError:
        pass
with open("/proc/1/cmdline") as file:
    print("runner", file.read().split("\0")[:1])
