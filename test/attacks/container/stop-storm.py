# tries: hang the runner with a main process that is stopped, and children that stop one another without end
# holds: a stopped guest runs into its deadline like any other, and stopped processes are killed
# threat: T9
# ends: timeout
# proof: before
# request: {"limits": {"timeoutMs": 700}}
import os
import signal

print("before", flush=True)
main = os.getpid()
for _ in range(8):
    if os.fork() == 0:
        os.setsid()
        while True:
            for pid in range(2, 40):
                if pid != os.getpid():
                    try:
                        os.kill(pid, signal.SIGSTOP)
                    except OSError:
                        pass
while True:
    os.kill(main, signal.SIGSTOP)
