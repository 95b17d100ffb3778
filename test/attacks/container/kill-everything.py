# tries: kill all processes that it can, again and again, its own children first, and stop those that cannot be killed
# holds: only the guest's own processes are hit, and the runner reports the end
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
