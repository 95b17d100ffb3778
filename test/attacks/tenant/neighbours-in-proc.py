# tries: see the jobs beside it, by listing /proc again and again and by asking for numbers, environments and roots
# holds: a job has its own pid namespace and its own /proc, which show its runner and the processes that it started
# threat: T15
# ends: success
# proof: looked at \d+
import os
import time

looked = 0
end = time.monotonic() + 0.8
while time.monotonic() < end:
    for name in os.listdir("/proc"):
        if name.isdecimal() and int(name) not in (1, os.getpid()):
            print("BREACH a process:", name, open(f"/proc/{name}/cmdline").read())
    looked += 1
    time.sleep(0.02)
for pid in (1, *range(3, 2_000)):
    for what in ("environ", "cwd", "root", "mem", "maps", "ns/pid"):
        try:
            os.close(os.open(f"/proc/{pid}/{what}", os.O_RDONLY))
            print("BREACH opened", pid, what)
        except OSError:
            looked += 1
print("looked at", looked)
