# tries: leave thousands of zombies to the runner, in a row, faster than it reaps
# holds: it reaps in portions between looks at its clock; the cell ends in time and nothing is left
# threat: T8
# ends: success error timeout
# proof: before
# request: {"limits": {"timeoutMs": 1200, "processes": 64}}
import os
import time

print("before", flush=True)
made, deadline = 0, time.monotonic() + 0.8
while time.monotonic() < deadline:
    try:
        # The child of a child becomes the runner's when its parent goes.
        if (pid := os.fork()) == 0:
            for _ in range(8):
                if os.fork() == 0:
                    os._exit(0)
            os._exit(0)
        made += 8
        os.waitpid(pid, 0)
    except OSError:
        pass
print("zombies", made)
