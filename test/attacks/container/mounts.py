# tries: mount tmpfs and proc, bind /, make the root writable, lift the masks of /proc, by the old calls and the new
# holds: no mount call works without a capability that the guest has not
# threat: T5
# ends: success
# proof: tried \d+
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
REMOUNT, BIND, MOVE, PRIVATE, DETACH = 0x20, 0x1000, 0x2000, 0x40000, 2
OPEN_TREE, MOVE_MOUNT, FSOPEN, FSPICK, MOUNT_SETATTR = 428, 429, 430, 433, 442
here = b"/workspace/mnt"
__import__("os").makedirs(here)
attacks = {
    "tmpfs": lambda: libc.mount(b"none", here, b"tmpfs", 0, None),
    "proc": lambda: libc.mount(b"proc", here, b"proc", 0, None),
    "sysfs": lambda: libc.mount(b"sysfs", here, b"sysfs", 0, None),
    "cgroup": lambda: libc.mount(b"cgroup", here, b"cgroup", 0, b"rdma"),
    "cgroup2": lambda: libc.mount(b"none", here, b"cgroup2", 0, None),
    "overlay": lambda: libc.mount(b"o", here, b"overlay", 0, b"lowerdir=/,upperdir=/workspace,workdir=/workspace/mnt"),
    "bind of /": lambda: libc.mount(b"/", here, None, BIND, None),
    "writable /": lambda: libc.mount(None, b"/", None, REMOUNT, None),
    "writable / as bind": lambda: libc.mount(None, b"/", None, REMOUNT | BIND, None),
    "writable /proc/sys": lambda: libc.mount(None, b"/proc/sys", None, REMOUNT | BIND, None),
    "suid on /workspace": lambda: libc.mount(None, b"/workspace", None, REMOUNT | BIND, None),
    "private": lambda: libc.mount(None, b"/", None, PRIVATE, None),
    "move": lambda: libc.mount(b"/workspace", b"/mnt", None, MOVE, None),
    "umount of a mask": lambda: libc.umount2(b"/proc/keys", DETACH),
    "umount of /sys/firmware": lambda: libc.umount2(b"/sys/firmware", DETACH),
    "open_tree clone": lambda: libc.syscall(OPEN_TREE, -100, b"/", 1),
    "fsopen": lambda: libc.syscall(FSOPEN, b"tmpfs", 0),
    "fspick": lambda: libc.syscall(FSPICK, -100, b"/", 0),
    "move_mount": lambda: libc.syscall(MOVE_MOUNT, -100, b"/workspace", -100, b"/mnt", 0),
    "mount_setattr": lambda: libc.syscall(MOUNT_SETATTR, -100, b"/", 0, bytes(32), 32),
}
for name, attack in attacks.items():
    if attack() != -1:
        print("BREACH", name)
print("tried", len(attacks))
