# tries: have the kernel keep programs (filters of sockets and of system calls), whose memory all containers share
# holds: a guest can set no filter
# threat: T8
# ends: success
# proof: ^tried 6$
import ctypes
import os
import socket
import struct

libc = ctypes.CDLL(None, use_errno=True)
instructions = struct.pack("=HBBI", 6, 0, 0, 0x7FFF_0000)
code = ctypes.create_string_buffer(instructions, len(instructions))


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]


program = ctypes.byref(Program(1, ctypes.addressof(code)))
tried = 0


def attempt(name, result):
    global tried
    tried += 1
    print("BREACH" if result >= 0 else "refused:", name, os.strerror(ctypes.get_errno()))


number = ctypes.c_int(0)
one = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
other = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
high = 1 << 32
attempt("SO_ATTACH_FILTER", libc.setsockopt(one.fileno(), 1, 26, program, 16))
attempt("SO_ATTACH_REUSEPORT_CBPF", libc.setsockopt(other.fileno(), 1, 51, program, 16))
attempt("SO_ATTACH_FILTER by high bits", libc.syscall(ctypes.c_long(208 if os.uname().machine == "aarch64" else 54), one.fileno(), ctypes.c_long(high | 1), ctypes.c_long(high | 26), program, 16))
attempt("TCP_ULP", libc.setsockopt(other.fileno(), 6, 31, b"tls", 3))
attempt("PR_SET_SECCOMP", libc.prctl(22, 2, program, 0, 0))
attempt("PR_SET_SECCOMP by high bits", libc.syscall(ctypes.c_long(167 if os.uname().machine == "aarch64" else 157), ctypes.c_long(high | 22), 2, program, 0, 0))
print("tried", tried)
