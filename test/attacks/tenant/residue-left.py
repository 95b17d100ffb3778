# tries: leave something for the job that comes after it: files, daemons, a lowered priority, open terminals, mounts
# holds: all of it ends with the job; residue-found.py looks for it
# threat: T15
# ends: success
# proof: left
import os
import signal
import time

with open("/tmp/residue", "w") as file:
    file.write("residue")
os.mkdir("/workspace/residue")
if os.fork() == 0:
    os.setsid()
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    if os.fork() == 0:
        for fd in range(3):
            os.close(fd)
        open("/proc/self/comm", "w").write("residue")
        time.sleep(60)
    os._exit(0)
os.openpty()
os.umask(0)
print("left")
