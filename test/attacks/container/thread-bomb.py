# tries: start threads until the kernel refuses, then go on as if nothing were
# holds: threads count as processes; the cell's bound stops them
# threat: T8
# ends: success
# proof: refused after \d{1,2}$
# request: {"limits": {"processes": 48}}
import threading

never = threading.Event()
started = 0
try:
    while started < 5_000:
        threading.Thread(target=never.wait, args=(60,), daemon=True).start()
        started += 1
    print("BREACH", started, "threads")
except RuntimeError:
    print("refused after", started)
