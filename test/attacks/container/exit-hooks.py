# tries: live on past its end: exit functions that fork and wait, hooks that never return
# holds: all of it is the guest's time: the deadline ends it and nothing is left
# threat: T9
# ends: timeout
# proof: at the end
# request: {"limits": {"timeoutMs": 700}}
import atexit
import os
import sys
import threading
import time


def again():
    os.write(1, b"at the end\n")
    atexit.register(again)
    if os.fork() == 0:
        os.setsid()
        time.sleep(60)
    time.sleep(60)


sys.excepthook = sys.unraisablehook = threading.excepthook = lambda *_: time.sleep(60)
atexit.register(again)
