# tries: get larger buffers for sockets, also by numbers whose upper half a filter may compare and the kernel does not read
# holds: a socket keeps the buffers that it has by default; the call says that it succeeded, as programs stop if it does not
# threat: T8
# ends: success
# proof: ^asked 24 times$
# skip: runsc its kernel's memory is that of the container
import ctypes
import os
import socket

libc = ctypes.CDLL(None, use_errno=True)
SETSOCKOPT = 208 if os.uname().machine == "aarch64" else 54
size = ctypes.c_int(1 << 30)
asked = 0
kinds = [(socket.AF_UNIX, socket.SOCK_DGRAM), (socket.AF_INET, socket.SOCK_STREAM), (socket.AF_INET, socket.SOCK_DGRAM), (socket.AF_INET6, socket.SOCK_STREAM)]
for kind in kinds:
    one = socket.socket(*kind)
    for name in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        before = one.getsockopt(socket.SOL_SOCKET, name)
        one.setsockopt(socket.SOL_SOCKET, name, size.value)
        for high in (1 << 32, -1 << 32):
            asked += 1
            libc.syscall(*map(ctypes.c_long, (SETSOCKOPT, one.fileno(), high | socket.SOL_SOCKET, high | name)), ctypes.byref(size), ctypes.c_long(4))
        asked += 1
        if one.getsockopt(socket.SOL_SOCKET, name) != before:
            print("BREACH", kind, name, before, one.getsockopt(socket.SOL_SOCKET, name))
print("asked", asked, "times")
