# tries: fill memory with the page cache of the image's files, which all containers share, and empty it for the others
# holds: what a cell caches counts for it and is given back under pressure; dropping caches is refused
# threat: T13
# ends: success
# proof: read \d+
# request: {"limits": {"memoryMb": 64, "timeoutMs": 60000}}
import ctypes
import mmap
import os
import time

read, deadline = 0, time.monotonic() + 0.8
for folder, _, names in os.walk("/usr/lib"):
    for name in names:
        path = f"{folder}/{name}"
        if os.path.islink(path) or time.monotonic() > deadline:
            continue
        try:
            with open(path, "rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
                read += len(file.read())
        except OSError:
            pass
print("read", read)
try:
    with open("/proc/sys/vm/drop_caches", "w") as file:
        print("BREACH dropped the caches of the host")
except OSError as error:
    print("drop_caches", error.strerror)
# Which pages of a shared file a neighbour uses would tell what it does.
with open("/usr/bin/python3", "rb") as file:
    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    area = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ | mmap.PROT_WRITE, flags=mmap.MAP_PRIVATE)
    pages = (ctypes.c_ubyte * (len(area) // 4096 + 1))()
    ctypes.CDLL(None).mincore(ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(area))), len(area), pages)
    print("mincore says", sum(pages), "of", len(pages))
