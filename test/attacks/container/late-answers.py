# tries: answer after its own end: a daemon that writes a value and a verdict to the answer pipe when its parent exits
# holds: the main process is the guest; a value that another process adds to is at most the guest's own
# threat: T4
# ends: success
# proof: the end
import os

main = os.getpid()
if os.fork() == 0:
    os.setsid()
    while os.getppid() == main:
        pass
    # The runner is killing by now; what gets through comes behind the first record, which counts.
    while True:
        os.write(3, b"J\0\0\0\x17" + b'"BREACH a late answer!"')
print("the end", flush=True)
"its own"
