# tries: leave a key in keyrings that jobs of one user could share, and find those of others
# holds: there are no keyring calls, and each job that runs is another user to the kernel
# threat: T15
# ends: success
# proof: tried \d+
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
x86 = os.uname().machine == "x86_64"
add_key, keyctl = (248, 250) if x86 else (217, 219)
tried = 0
for ring in (-1, -2, -3, -4, -5):
    if libc.syscall(add_key, b"user", b"neighbour", b"secret", 6, ring) != -1:
        print("BREACH a key in keyring", ring)
    if libc.syscall(keyctl, 10, ring, b"user", b"neighbour", 0) != -1:
        print("BREACH found a key in keyring", ring)
    tried += 2
for line in open("/proc/keys"):
    print("BREACH a key:", line)
print("tried", tried)
