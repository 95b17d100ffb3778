# tries: make devices of its own wherever it can write: memory, disks, fuse, tunnels, and the harmless ones too
# holds: no device is made, whatever the runtime thinks of the mount; fifos, sockets and files are
# threat: T5
# ends: success
# proof: tried \d+
import ctypes
import os
import stat
import sys

numbers = [(1, 1), (1, 3), (1, 5), (5, 0), (7, 0), (8, 0), (10, 200), (10, 229), (10, 232), (253, 0)]
for major, minor in numbers:
    for kind in (stat.S_IFCHR, stat.S_IFBLK):
        for folder in ("/workspace", "/tmp", "/dev", "/dev/shm", "/run"):
            try:
                os.mknod(f"{folder}/made", kind | 0o666, os.makedev(major, minor))
                print("BREACH made", folder, major, minor)
                os.unlink(f"{folder}/made")
            except OSError as error:
                reason = error.strerror
# The kernel looks at the lower half of the mode alone.
libc = ctypes.CDLL(None, use_errno=True)
MKNODAT = {"x86_64": 259, "aarch64": 33}[os.uname().machine]
for mode in (0x1_0000_2000, 0xFFFF_FFFF_0000_2000, 0x0001_6000):
    path = b"/workspace/%x" % mode
    if libc.syscall(ctypes.c_long(MKNODAT), ctypes.c_long(-100), path, ctypes.c_long(mode), ctypes.c_long(0x103)) == 0:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            print("BREACH made with the mode", hex(mode))
for name, kind in {"fifo": stat.S_IFIFO, "socket": stat.S_IFSOCK, "file": stat.S_IFREG, "plain": 0}.items():
    try:
        os.mknod(f"/workspace/{name}", kind | 0o600)
    except OSError as error:
        print("no", name, error)
        sys.exit(1)
print("tried", len(numbers), reason)
