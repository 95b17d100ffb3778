# tries: read the kernel's memory and log through /proc and /dev
# holds: each is absent, masked or closed to the guest; not one byte comes
# threat: T5
# ends: success
# proof: tried \d+
import os

paths = [f"/proc/{name}" for name in ("kcore", "kmem", "kmsg", "kpagecount", "kpageflags", "kpagecgroup", "vmcore")]
paths += [f"/dev/{name}" for name in ("mem", "kmem", "port", "kmsg", "crash", "oldmem", "fmem")]
for path in paths:
    try:
        found = os.read(os.open(path, os.O_RDONLY | os.O_NONBLOCK), 64)
        if found:
            print("BREACH", path, found[:16].hex())
    except OSError as error:
        print(path, error.strerror)
print("tried", len(paths))
