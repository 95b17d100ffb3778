# tries: find and leave shared memory, semaphores, messages and queues of System V and POSIX
# holds: the cell has its own IPC namespace, and /dev/shm is an empty folder on its own disk: nothing of others is there
# threat: T13
# ends: success
# proof: tried
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
for kind in ("shm", "sem", "msg"):
    try:
        with open(f"/proc/sysvipc/{kind}") as file:
            lines = file.read().splitlines()[1:]
    except OSError as error:
        print(kind, error.strerror)
        continue
    print(kind, len(lines))
    for line in lines:
        print("BREACH", kind, line)
for key in range(1, 200):
    if libc.shmget(key, 0, 0) != -1 or libc.msgget(key, 0) != -1 or libc.semget(key, 0, 0) != -1:
        print("BREACH key", key)
for folder in ("/dev/mqueue", "/dev/shm", "/run/shm"):
    if os.path.isdir(folder):
        for name in os.listdir(folder):
            print("BREACH", folder, name)
if os.path.isdir("/dev/shm"):
    if os.stat("/dev/shm").st_dev not in (os.stat("/workspace").st_dev, os.stat("/tmp").st_dev):
        print("BREACH /dev/shm is on a disk of its own")
    try:
        os.unlink("/dev/shm")
        print("BREACH removed /dev/shm")
    except OSError as error:
        print("/dev/shm", error.strerror)
    # A semaphore that others would find by its name.
    if not libc.sem_open(b"/residue", os.O_CREAT, 0o666, 1):
        print("no semaphores")
# Left for others to find: they must not.
libc.shmget(0x686F74, 4096, 0o1666)
libc.msgget(0x686F74, 0o1666)
queue = libc.mq_open(b"/residue", os.O_CREAT | os.O_RDWR, 0o666, None)
print("queue", os.strerror(ctypes.get_errno()) if queue == -1 else "its own")
print("tried")
