# tries: keep and find things in the kernel's keyrings, which no namespace parts: the session's, the user's, by number
# holds: no keyring call is allowed, so nothing is kept from call to call and nobody's key is found
# threat: T6
# ends: success
# proof: tried \d+
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
x86 = os.uname().machine == "x86_64"
ADD, REQUEST, KEYCTL = (248, 249, 250) if x86 else (217, 218, 219)
GET_ID, JOIN, READ, GET_PERSISTENT = 0, 1, 11, 22
rings = range(-8, 0)
text = ctypes.create_string_buffer(4096)
tried = 0
for ring in rings:
    tried += 1
    if libc.syscall(ADD, b"user", b"hotcell-residue", b"left here", 9, ring) != -1:
        print("BREACH kept a key in", ring)
    if libc.syscall(KEYCTL, GET_ID, ring, 1) != -1:
        print("BREACH has keyring", ring)
if libc.syscall(REQUEST, b"user", b"hotcell-residue", None, 0) != -1:
    print("BREACH found a key of another call")
if libc.syscall(KEYCTL, JOIN, b"hotcell") != -1 or libc.syscall(KEYCTL, GET_PERSISTENT, -1, -3) != -1:
    print("BREACH joined a keyring")
for path in ("/proc/keys", "/proc/key-users"):
    try:
        with open(path) as file:
            for line in file:
                print("NOTE" if path.endswith("users") else "BREACH", path, line.rstrip())
    except OSError as error:
        print(path, error.strerror)
for serial in range(1, 2_000):
    if libc.syscall(KEYCTL, READ, serial, text, len(text)) != -1:
        print("BREACH read key", serial)
print("tried", tried)
