# tries: get memory that other jobs could share or that is counted for nobody: SysV, POSIX queues, memfd, shared mappings
# holds: none of it can be had; what can be mapped is private, or a file on the job's own disk
# threat: T15
# ends: success
# proof: tried \d+
import ctypes
import mmap
import os

libc = ctypes.CDLL(None, use_errno=True)
x86 = os.uname().machine == "x86_64"
calls = {
    "shmget": (29 if x86 else 194, 0x1234, 4096, 0o1666),
    "msgget": (68 if x86 else 186, 0x1234, 0o1666, 0),
    "semget": (64 if x86 else 190, 0x1234, 1, 0o1666),
    "mq_open": (240 if x86 else 180, b"neighbour", 0o102, 0o666, 0),
    "memfd_create": (319 if x86 else 279, b"neighbour", 0),
    "memfd_secret": (447, 0),
}
tried = 0
for name, arguments in calls.items():
    if libc.syscall(*arguments) != -1:
        print("BREACH", name)
    tried += 1
for flags in (mmap.MAP_SHARED | mmap.MAP_ANONYMOUS, 3 | mmap.MAP_ANONYMOUS):
    try:
        mmap.mmap(-1, 1 << 20, flags)
        print("BREACH shared mapping", flags)
    except OSError:
        tried += 1
with open("/dev/zero", "rb") as zero:
    if zero.read(4) != bytes(4):
        print("BREACH /dev/zero does not read as zeros")
    for protection in (mmap.PROT_READ, mmap.PROT_READ | mmap.PROT_WRITE):
        try:
            mmap.mmap(zero.fileno(), 1 << 20, mmap.MAP_SHARED, protection)
            print("BREACH mapped /dev/zero")
        except OSError:
            tried += 1
try:
    os.close(os.open("/dev/mqueue/neighbour", os.O_CREAT | os.O_RDWR))
    print("BREACH wrote to /dev/mqueue")
except OSError:
    tried += 1
if os.stat("/dev/shm").st_dev != os.stat("/workspace").st_dev or os.listdir("/dev/shm"):
    print("BREACH /dev/shm is not an empty folder of the job's own disk")
for change in (lambda: os.unlink("/dev/shm"), lambda: os.rename("/dev/shm", "/dev/other"), lambda: os.symlink("/", "/dev/x")):
    try:
        change()
        print("BREACH changed /dev")
    except OSError:
        tried += 1
print("tried", tried)
