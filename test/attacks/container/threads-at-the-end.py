# tries: end from within a thread, leave threads that never end, fork in the harness's own process at its end
# holds: one process answers, once; the rest is killed
# threat: T9
# ends: success error timeout
# proof: main is done
# request: {"limits": {"timeoutMs": 900}}
import os
import sys
import threading
import time


def leave():
    time.sleep(0.05)
    # Ends the thread and nothing else.
    sys.exit(5)


def stay():
    while True:
        time.sleep(0.05)
        if os.fork() == 0:
            # A second process comes to the program's end too, with the harness's code.
            return


threading.Thread(target=leave).start()
threading.Thread(target=stay, daemon=True).start()
time.sleep(0.2)
os.fork()
print("main is done", flush=True)
"one value"
