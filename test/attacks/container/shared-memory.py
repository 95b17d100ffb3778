# tries: hold more memory than the job may have, in shared memory without a name, from processes that end one after the other
# holds: it counts as the job's memory, whatever process has it
# threat: T8
# ends: memory_limit
# proof: began
# request: {"limits": {"memoryMb": 48, "diskMb": 512, "openFiles": 1024, "timeoutMs": 60000}}
import mmap
import os

print("began")
kept = []
while len(kept) < 400:
    fd = os.open("/dev/shm/block", os.O_RDWR | os.O_CREAT | os.O_EXCL)
    os.unlink("/dev/shm/block")
    os.posix_fallocate(fd, 0, 1 << 20)
    child = os.fork()
    if child == 0:
        with mmap.mmap(fd, 1 << 20) as block:
            block[:] = b"x" * (1 << 20)
        os._exit(0)
    os.waitpid(child, 0)
    kept.append(fd)
    if len(kept) % 16 == 0:
        print("held", len(kept), "MiB", flush=True)
print("BREACH held", len(kept), "MiB under a limit of 48")
