# tries: make namespaces, mount, change the host's name, enter others' namespaces, become another user
# holds: a second filter refuses on the guest what the container must allow its zygote
# threat: T15
# ends: success
# proof: tried \d+
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
x86 = os.uname().machine == "x86_64"
tried = 0
for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
    child = libc.syscall(56 if x86 else 220, flag | 17, 0, 0, 0, 0)
    if child == 0:
        os._exit(0)
    if child != -1:
        print("BREACH clone", hex(flag))
    for call in (272 if x86 else 97,):
        if libc.syscall(call, flag) != -1:
            print("BREACH unshare", hex(flag))
    tried += 2
for name in os.listdir("/proc/self/ns"):
    fd = os.open(f"/proc/self/ns/{name}", os.O_RDONLY)
    if libc.setns(fd, 0) != -1:
        print("BREACH setns", name)
    os.close(fd)
    tried += 1
for target, flags in ((b"/workspace", 0), (b"/proc", 32), (b"/", 4096 | 32)):
    if libc.mount(b"none", target, b"tmpfs", flags, None) != -1:
        print("BREACH mounted on", target)
    if libc.umount2(target, 2) != -1:
        print("BREACH unmounted", target)
    tried += 2
if libc.sethostname(b"mine", 4) != -1 or libc.chroot(b"/workspace") != -1:
    print("BREACH host name or root")
for user in (0, 10_000, 10_002, 10_003, 65_534):
    for become in (os.setuid, os.setgid):
        try:
            become(user)
            print("BREACH became", user)
        except OSError:
            tried += 1
for name, text in (("uid_map", b"0 0 1"), ("gid_map", b"0 0 1"), ("setgroups", b"allow"), ("oom_score_adj", b"-1000")):
    for pid in ("self", "1"):
        try:
            with open(f"/proc/{pid}/{name}", "wb", 0) as file:
                file.write(text)
            print("BREACH wrote", pid, name)
        except OSError:
            tried += 1
print("tried", tried)
