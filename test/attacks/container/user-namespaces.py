# tries: become root in a new user namespace, by unshare, with each other kind of namespace beside it
# holds: no namespace gives the guest anything: nothing can be mounted, read or signalled that could not before
# threat: T5
# ends: success
# proof: tried 8
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
NEWUSER = 0x10000000
own = os.getuid()
kinds = {"user": 0, "mnt": 0x20000, "cgroup": 0x2000000, "uts": 0x4000000, "ipc": 0x8000000, "pid": 0x20000000, "net": 0x40000000}
kinds["all"] = sum(kinds.values())
for name, kind in kinds.items():
    if os.fork():
        os.wait()
        continue
    if libc.unshare(NEWUSER | kind) == -1:
        print(name, os.strerror(ctypes.get_errno()), flush=True)
        os._exit(0)
    print(name, "it is there", flush=True)
    for file, text in (("setgroups", "deny"), ("uid_map", f"0 {own} 1"), ("gid_map", f"0 {own} 1")):
        try:
            with open(f"/proc/self/{file}", "w") as map:
                map.write(text)
        except OSError as error:
            print(file, error.strerror)
    # As the user that it seems to be now.
    if libc.mount(b"none", b"/workspace", b"tmpfs", 0, None) != -1:
        print("BREACH mounted, with", name, flush=True)
    for attack in (lambda: open("/etc/shadow"), lambda: os.kill(1, 0), lambda: os.listdir("/root")):
        try:
            attack()
            print("BREACH gained by", name, flush=True)
        except OSError:
            pass
    os._exit(0)
print("tried", len(kinds))
