# tries: kill all that it may, again and again, its own children first, and stop what cannot be killed
# holds: that is the guest's own family alone; the runner tells how it ended
# threat: T9
# ends: success error
# proof: before
import os
import signal
import time

print("before", flush=True)
for _ in range(10):
    if os.fork() == 0:
        time.sleep(60)
for number in (signal.SIGSTOP, signal.SIGCONT, signal.SIGTERM, signal.SIGKILL):
    for target in (-1, 1, 0 if number == signal.SIGCONT else -1):
        try:
            os.kill(target, number)
        except OSError as error:
            print(number, target, error.strerror, flush=True)
