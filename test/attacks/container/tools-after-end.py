# tries: leave processes that go on calling tools after the program has ended
# holds: they are dead before the verdict, and nothing is called after it
# threat: T16
# ends: success
# tools: yes
# skip: wasm has no processes, and its own programs
# proof: ^left 10$
import os
import signal

for _ in range(10):
    if os.fork() == 0:
        os.setsid()
        for number in range(1, 65):
            if number not in (signal.SIGKILL, signal.SIGSTOP, 32, 33):
                signal.signal(number, signal.SIG_IGN)
        while True:
            try:
                tools.echo("late")
            except Exception:
                pass
print("left", 10)
