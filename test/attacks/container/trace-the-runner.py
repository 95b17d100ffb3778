# tries: trace the runner, read and write its memory, compare its resources, take its descriptors
# holds: the runner is another user and the guest has no capability: each call is refused
# threat: T4
# ends: success
# proof: tried \d+
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
ATTACH, SEIZE, PIDFD_GETFD = 16, 0x4206, 438
KCMP = {"x86_64": 312, "aarch64": 272}[os.uname().machine]
buffer = ctypes.create_string_buffer(16)
piece = (ctypes.c_uint64 * 2)(ctypes.addressof(buffer), 16)
attacks = {
    "attach": lambda: libc.ptrace(ATTACH, 1, None, None),
    "seize": lambda: libc.ptrace(SEIZE, 1, None, None),
    "read memory": lambda: libc.process_vm_readv(1, piece, 1, piece, 1, 0),
    "write memory": lambda: libc.process_vm_writev(1, piece, 1, piece, 1, 0),
    "kcmp": lambda: libc.syscall(KCMP, os.getpid(), 1, 0, 0, 1),
}
try:
    runner = os.pidfd_open(1)
    for fd in range(16):
        attacks[f"descriptor {fd}"] = lambda fd=fd: libc.syscall(PIDFD_GETFD, runner, fd, 0)
    # process_madvise could drop the runner's pages, and thus what they say.
    attacks["madvise"] = lambda: libc.syscall(440, runner, piece, 1, 4, 0)
except OSError as error:
    print("pidfd_open", error.strerror)
for name, attack in attacks.items():
    if attack() != -1:
        print("BREACH", name)
print("tried", len(attacks))
