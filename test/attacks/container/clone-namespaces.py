# tries: make new namespaces by clone and by clone3, whose flags a filter cannot see
# holds: neither makes a process that has rights in its own namespace
# threat: T5
# ends: success
# proof: tried
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
CLONE = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
CLONE3, SIGCHLD, NEWUSER, NEWNS, NEWPID = 435, 17, 0x10000000, 0x20000, 0x20000000
flags = NEWUSER | NEWNS | NEWPID


class Arguments(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("flags", "pidfd", "child", "parent", "exit", "stack", "size", "tls")]


def attack(name, pid):
    if pid == 0:
        # With a capability, this works; without, the namespace is an empty word.
        worked = libc.mount(b"none", b"/workspace", b"tmpfs", 0, None) != -1
        os.write(1, f"{'BREACH mounted in' if worked else 'nothing gained by'} {name}\n".encode())
        os._exit(0)
    print(name, "gives" if pid > 0 else os.strerror(ctypes.get_errno()))
    if pid > 0:
        os.waitpid(pid, 0)


attack("clone", libc.syscall(CLONE, flags | SIGCHLD, None, None, None, None))
arguments = Arguments(flags=flags, exit=SIGCHLD)
attack("clone3", libc.syscall(CLONE3, ctypes.byref(arguments), ctypes.sizeof(arguments)))
print("tried")
