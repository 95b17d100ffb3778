# tries: outlive the call: daemons that left session and group, ignore signals and hold the streams and the answer pipe
# holds: the call ends with its main process, and not one byte comes from a daemon afterwards
# threat: T9
# ends: success
# proof: the end
import os
import signal
import time

for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        time.sleep(0.6)
        os.write(1, b"BREACH a daemon outlived the call\n")
        os.write(3, b"J\0\0\0\x01" + b"7")
        time.sleep(60)
time.sleep(0.1)
print("the end", flush=True)
