# tries: use, raise and inherit capabilities: capset, ambient ones, the bounding set, a wider set for a child
# holds: every set that counts is empty and nothing can be added to it
# threat: T6
# ends: success
# proof: tried
import ctypes
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
PR_CAP_AMBIENT, RAISE, PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS = 47, 2, 28, 38


def read_status():
    with open("/proc/self/status") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


status = read_status()
for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
    if int(status.get(name, "0"), 16):
        print("BREACH", name, status[name])
# The bounding set is what a set-uid program could gain, were there one and were it allowed to. Here: what the runner has.
print("bounding", status["CapBnd"])
if int(status["CapBnd"], 16) & ~0xE0:
    print("BREACH CapBnd", status["CapBnd"])
if status.get("NoNewPrivs", "1") != "1":
    print("BREACH NoNewPrivs", status["NoNewPrivs"])
header = ctypes.create_string_buffer(struct.pack("Ii", 0x20080522, 0))
CAPSET = {"x86_64": 126, "aarch64": 91}[os.uname().machine]
for capability in range(41):
    low, high = (1 << capability) & 0xFFFFFFFF, (1 << capability) >> 32
    wanted = ctypes.create_string_buffer(struct.pack("6I", low, low, low, high, high, high))
    # gVisor takes capabilities that it does not know, and gives nothing.
    if libc.syscall(CAPSET, header, wanted) != -1 and int(read_status()["CapPrm"], 16):
        print("BREACH capset", capability)
    if libc.prctl(PR_CAP_AMBIENT, RAISE, capability, 0, 0) != -1:
        print("BREACH ambient", capability)
if libc.prctl(PR_SET_SECUREBITS, 0x10, 0, 0, 0) != -1:
    print("BREACH securebits")
if libc.prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) != -1:
    print("BREACH no_new_privs was taken back")
print("tried")
