# tries: chroot and pivot_root, the classic ways out of a changed root
# holds: both need a capability that the guest has not; the root stays the image's
# threat: T5
# ends: success
# proof: chroot: Operation not permitted
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}[os.uname().machine]
os.makedirs("new/old")
outside = os.open("/", os.O_RDONLY)
try:
    os.chroot("new")
    # The walk up from a folder that is above the new root.
    os.fchdir(outside)
    for _ in range(64):
        os.chdir("..")
    os.chroot(".")
    print("BREACH changed root:", os.listdir("."))
except OSError as error:
    print("chroot:", error.strerror)
if libc.syscall(PIVOT_ROOT, b"/workspace/new", b"/workspace/new/old") != -1:
    print("BREACH pivot_root")
