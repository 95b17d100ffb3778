# tries: open the kernel's large interfaces: bpf, perf, userfaultfd, fanotify, dcookies
# holds: none of them can be had: they are where most holes in kernels were found
# threat: T5
# ends: success
# proof: tried \d+
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
x86 = os.uname().machine == "x86_64"
attributes = ctypes.create_string_buffer(128)
attributes[4] = 128
array_map = ctypes.create_string_buffer(b"\2\0\0\0\4\0\0\0\4\0\0\0\1\0\0\0", 128)
path = ctypes.create_string_buffer(256)
attacks = {
    "bpf": lambda: libc.syscall(321 if x86 else 280, 0, array_map, 128),
    "perf_event_open": lambda: libc.syscall(298 if x86 else 241, attributes, 0, -1, -1, 0),
    "userfaultfd": lambda: libc.syscall(323 if x86 else 282, 1),
    "fanotify_init": lambda: libc.syscall(300 if x86 else 262, 0, 0),
    "lookup_dcookie": lambda: libc.syscall(212 if x86 else 18, 0, path, 256),
}
for name, attack in attacks.items():
    result = attack()
    print(name, os.strerror(ctypes.get_errno()) if result == -1 else "it is there")
    if result != -1:
        print("BREACH", name)
print("tried", len(attacks))
